// Each contract refuses what breaks it, and accepts the same IR at the stages
// that it fits.
// RUN: rm -rf %t && split-file %s %t

// RUN: not whorl-opt %t/call.mlir --whorl-verify-contract=stage=simplify 2>&1 | FileCheck %s --check-prefix=CALL
// RUN: not whorl-opt %t/call.mlir --whorl-verify-contract=stage=fuse 2>&1 | FileCheck %s --check-prefix=CALL
// RUN: not whorl-opt %t/call.mlir --whorl-verify-contract=stage=plan 2>&1 | FileCheck %s --check-prefix=CALL
// CALL: error: {{.*}}is left after simplify: expected every call to be inlined

// RUN: not whorl-opt %t/external.mlir --whorl-verify-contract=stage=simplify 2>&1 | FileCheck %s --check-prefix=EXTERNAL
// EXTERNAL: error: {{.*}}has no body: expected a graph that needs no external functions

// RUN: whorl-opt %t/attention.mlir --whorl-verify-contract=stage=simplify --whorl-verify-contract=stage=fuse
// RUN: not whorl-opt %t/attention.mlir --whorl-verify-contract=stage=plan 2>&1 | FileCheck %s --check-prefix=SCHEDULE
// SCHEDULE: attention.mlir:4:{{[0-9]+}}: error: {{.*}}has no schedule after plan; run whorl-plan
// RUN: not whorl-opt %t/target.mlir --whorl-verify-contract=stage=plan 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: error: {{.*}}has no target after plan: expected the attribute whorl.target; run whorl-set-target

// RUN: not whorl-opt %t/attention.mlir --whorl-verify-contract=stage=bufferise 2>&1 | FileCheck %s --check-prefix=TENSORS
// TENSORS: error: {{.*}}tensors after bufferise
// RUN: not whorl-opt %t/argument.mlir --whorl-verify-contract=stage=bufferise 2>&1 | FileCheck %s --check-prefix=ARGUMENT
// ARGUMENT: error: {{.*}}still takes tensors after bufferise

// RUN: whorl-opt %t/linalg.mlir --whorl-verify-contract=stage=bufferise
// RUN: not whorl-opt %t/linalg.mlir --whorl-verify-contract=stage=lower 2>&1 | FileCheck %s --check-prefix=LINALG
// LINALG: linalg.mlir:3:{{[0-9]+}}: error: {{.*}}is left after lower

// RUN: whorl-opt %t/loops.mlir --whorl-verify-contract=stage=lower
// RUN: not whorl-opt %t/loops.mlir --whorl-verify-contract=stage=finish 2>&1 | FileCheck %s --check-prefix=LLVM
// LLVM: error: {{.*}}is left after finish: expected the LLVM and OpenMP dialects alone
// RUN: whorl-opt %t/llvm.mlir --whorl-verify-contract=stage=finish

// RUN: not whorl-opt %t/llvm.mlir --whorl-verify-contract=stage=bufferize 2>&1 | FileCheck %s --check-prefix=NAME
// NAME: error: no stage is named 'bufferize': expected simplify, fuse, plan, bufferise, lower or finish

//--- call.mlir
module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 32, vector_registers = 16, fma = true, l1_bytes = 32768, l2_bytes = 1048576, cpu = "x86-64-v3", features = "">} {
  func.func @f() {
    call @f() : () -> ()
    return
  }
}
//--- external.mlir
func.func private @f()
//--- attention.mlir
module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 32, vector_registers = 16, fma = true, l1_bytes = 32768, l2_bytes = 1048576, cpu = "x86-64-v3", features = "">} {
  func.func @f(%q: tensor<1x2x5x8xf32>) -> tensor<1x2x5x8xf32> {
    // The op that has no schedule.
    %o = whorl.attention %q, %q, %q : (tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>) -> tensor<1x2x5x8xf32>
    return %o : tensor<1x2x5x8xf32>
  }
}
//--- target.mlir
func.func @f() {
  return
}
//--- argument.mlir
func.func @f(%x: tensor<4xf32>) {
  return
}
//--- linalg.mlir
func.func @f(%x: memref<4xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%x : memref<4xf32>)
  return
}
//--- loops.mlir
func.func @f(%x: memref<4xf32>, %i: index) {
  %zero = arith.constant 0.0 : f32
  memref.store %zero, %x[%i] : memref<4xf32>
  return
}
//--- llvm.mlir
llvm.func @f() {
  llvm.return
}
