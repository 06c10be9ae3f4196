// One op that makes a function's output writes there: no buffer, no copy.
// RUN: whorl-opt %s --whorl-simplify --whorl-bufferise | FileCheck %s
// RUN: whorl-opt %s --whorl-simplify --whorl-bufferise | FileCheck %s --check-prefix=NONE

!t = tensor<1x2x3x4xf32>

// NONE-NOT: memref.alloc
// NONE-NOT: memref.copy

// CHECK-LABEL: func.func @output
// CHECK-SAME: %[[Q:.*]]: memref<1x2x3x4xf32>{{.*}}, %[[O:.*]]: memref<1x2x3x4xf32>
// CHECK: whorl.attention %[[Q]], %[[Q]], %[[Q]] outs(%[[O]] :
func.func @output(%q: !t) -> !t {
  %o = whorl.attention %q, %q, %q : (!t, !t, !t) -> !t
  return %o : !t
}

// CHECK-LABEL: func.func @lse
// CHECK: whorl.attention %arg0, %arg0, %arg0 outs(%arg2, %arg1 : memref<1x2x3x4xf32>, memref<1x2x3xf32>)
func.func @lse(%q: !t) -> (tensor<1x2x3xf32>, !t) {
  %o, %lse = whorl.attention %q, %q, %q : (!t, !t, !t) -> (!t, tensor<1x2x3xf32>)
  return %lse, %o : tensor<1x2x3xf32>, !t
}

// CHECK-LABEL: func.func @dynamic
// CHECK: whorl.attention %arg0, %arg1, %arg1 outs(%arg2 : memref<?x2x?x4xf32>)
func.func @dynamic(%q: tensor<?x2x?x4xf32>, %k: tensor<?x2x?x4xf32>) -> tensor<?x2x?x4xf32> {
  %o = whorl.attention %q, %k, %k
      : (tensor<?x2x?x4xf32>, tensor<?x2x?x4xf32>, tensor<?x2x?x4xf32>) -> tensor<?x2x?x4xf32>
  return %o : tensor<?x2x?x4xf32>
}

// CHECK-LABEL: func.func @encode
// CHECK: whorl.encode_position #whorl.sinusoidal %arg0 outs(%arg1 : memref<3x4xf32>)
func.func @encode(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %y = whorl.encode_position #whorl.sinusoidal %x : tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}
