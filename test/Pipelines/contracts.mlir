// What a stage promises is checked: a graph that is not there yet is refused.
// RUN: not whorl-opt %s --whorl-verify-contract=stage=bufferise 2>&1 | FileCheck %s --check-prefix=TENSORS
// RUN: not whorl-opt %s --whorl-simplify --whorl-fuse --whorl-plan --whorl-bufferise --whorl-verify-contract=stage=lower 2>&1 | FileCheck %s --check-prefix=LOWER
// RUN: not whorl-opt %s --whorl-verify-contract=stage=finish 2>&1 | FileCheck %s --check-prefix=FINISH

// TENSORS: contracts.mlir:{{[0-9]+}}:{{[0-9]+}}: error: {{.*}}bufferise
// LOWER: contracts.mlir:{{[0-9]+}}:{{[0-9]+}}: error: {{.*}}lower
// FINISH: contracts.mlir:{{[0-9]+}}:{{[0-9]+}}: error: {{.*}}finish
func.func @f(%q: tensor<1x2x8x8xf32>) -> tensor<1x2x8x8xf32> {
  %o = whorl.attention %q, %q, %q : (tensor<1x2x8x8xf32>, tensor<1x2x8x8xf32>, tensor<1x2x8x8xf32>) -> tensor<1x2x8x8xf32>
  return %o : tensor<1x2x8x8xf32>
}
