// RUN: not whorl-opt %s --whorl-plan-schedules 2>&1 | FileCheck %s
// CHECK: error: expected a target; run whorl-set-target, or set whorl.target = #whorl.cpu_target<...>
module {}
