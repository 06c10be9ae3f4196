// RUN: not whorl-opt %s --whorl-test-mask-analysis=query-rows=0 2>&1 | FileCheck %s
// CHECK: error: expected tiles of at least one row, got 0 and 16
module {}
