// Stock mlir-opt, with our dialect, passes and pipelines loaded into it.
// UNSUPPORTED: asan
// RUN: mlir-opt %s --load-dialect-plugin=%whorl_lib_dir/WhorlPlugin.so --load-pass-plugin=%whorl_lib_dir/WhorlPlugin.so --pass-pipeline='builtin.module(whorl-simplify,whorl-fuse,whorl-plan{target=x86-64-v3})' | FileCheck %s

// CHECK: whorl.target = #whorl.cpu_target<vector_bytes = 32
// CHECK: whorl.attention %arg0, %arg1, %arg2 mask #whorl.causal schedule #whorl.cpu_schedule<lanes = 8
func.func @f(%q: tensor<1x2x64x32xf32>, %k: tensor<1x2x64x32xf32>, %v: tensor<1x2x64x32xf32>) -> tensor<1x2x64x32xf32> {
  %o = whorl.attention %q, %k, %v mask #whorl.causal : (tensor<1x2x64x32xf32>, tensor<1x2x64x32xf32>, tensor<1x2x64x32xf32>) -> tensor<1x2x64x32xf32>
  return %o : tensor<1x2x64x32xf32>
}
