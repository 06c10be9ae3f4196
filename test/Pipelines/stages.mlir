// Each stage runs alone on what the one before left, and leaves what its
// contract says.
// RUN: whorl-opt %s --whorl-simplify -o %t.simplify && FileCheck %s --check-prefix=SIMPLIFY < %t.simplify
// RUN: whorl-opt %t.simplify --whorl-fuse -o %t.fuse && FileCheck %s --check-prefix=FUSE < %t.fuse
// RUN: whorl-opt %t.fuse --whorl-plan=target=x86-64-v3 -o %t.plan && FileCheck %s --check-prefix=PLAN < %t.plan
// RUN: whorl-opt %t.plan --whorl-bufferise -o %t.bufferise && FileCheck %s --check-prefix=BUFFERISE < %t.bufferise
// RUN: whorl-opt %t.bufferise --whorl-lower -o %t.lower && FileCheck %s --check-prefix=LOWER < %t.lower
// RUN: whorl-opt %t.lower --whorl-finish -o %t.finish && FileCheck %s --check-prefix=FINISH < %t.finish
// RUN: whorl-opt %s --whorl-compile-pipeline=target=x86-64-v3 | FileCheck %s --check-prefix=FINISH

// SIMPLIFY: whorl.require {{.*}}, "attention: key and value must have the same number of rows"
// SIMPLIFY: whorl.encode_position
// SIMPLIFY-NOT: call

// FUSE-NOT: whorl.encode_position
// FUSE: whorl.attention %arg0, %arg1, %arg2 position [#whorl.rope] mask #whorl.causal

// PLAN: schedule #whorl.cpu_schedule_by_queries<most = 8, few = <{{.*}}, role = features>, many = <lanes = 8, tile = [4, 3]

// BUFFERISE: func.func @f(%arg0: memref<1x2x?x32xf32>
// BUFFERISE-NOT: tensor.
// BUFFERISE-NOT: memref.alloc
// BUFFERISE: whorl.attention {{.*}} outs(%arg3 : memref<1x2x?x32xf32>)
// BUFFERISE-NOT: memref.copy

// LOWER-NOT: whorl.attention
// LOWER: vector.fma
// LOWER-NOT: whorl.attention

// FINISH: llvm.func @f(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr) -> !llvm.ptr
// FINISH-NOT: {{func\.func|scf\.|memref\.| vector\.}}
func.func private @rotate(%x: tensor<1x2x?x32xf32>) -> tensor<1x2x?x32xf32> {
  %y = whorl.encode_position #whorl.rope %x role key : tensor<1x2x?x32xf32>
  return %y : tensor<1x2x?x32xf32>
}
func.func @f(%q: tensor<1x2x?x32xf32>, %k: tensor<1x2x?x32xf32>, %v: tensor<1x2x?x32xf32>) -> tensor<1x2x?x32xf32> {
  %qr = whorl.encode_position #whorl.rope %q role query : tensor<1x2x?x32xf32>
  %kr = func.call @rotate(%k) : (tensor<1x2x?x32xf32>) -> tensor<1x2x?x32xf32>
  %o = whorl.attention %qr, %kr, %v mask #whorl.causal : (tensor<1x2x?x32xf32>, tensor<1x2x?x32xf32>, tensor<1x2x?x32xf32>) -> tensor<1x2x?x32xf32>
  return %o : tensor<1x2x?x32xf32>
}
