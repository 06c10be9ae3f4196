// Tensors that a score region captures become buffers; a branch may read them.
// RUN: whorl-opt %s --whorl-simplify --whorl-bufferise | FileCheck %s

!t = tensor<1x2x3x4xf32>

// CHECK-LABEL: func.func @captured
// CHECK: whorl.attention %arg0, %arg0, %arg0 score(%{{.*}}, %{{.*}}, %[[H:.*]], %[[I:.*]], %[[J:.*]]) {
// CHECK: memref.load %arg1[%[[H]], %[[J]]] : memref<2x3xf32>
// CHECK: scf.if
// CHECK-NEXT: memref.load %arg1[%[[H]], %[[I]]] : memref<2x3xf32>
// CHECK: whorl.yield
// CHECK: outs(%arg2 : memref<1x2x3x4xf32>)
func.func @captured(%q: !t, %table: tensor<2x3xf32>) -> !t {
  %o = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
    %t = tensor.extract %table[%h, %j] : tensor<2x3xf32>
    %p = arith.cmpi eq, %i, %j : index
    %x = scf.if %p -> f32 {
      %y = tensor.extract %table[%h, %i] : tensor<2x3xf32>
      scf.yield %y : f32
    } else {
      scf.yield %t : f32
    }
    %r = arith.addf %s, %x : f32
    whorl.yield %r : f32
  } : (!t, !t, !t) -> !t
  return %o : !t
}

// The captured tensor may be another attention's result.
// CHECK-LABEL: func.func @captured_result
// CHECK: %[[M:.*]] = memref.alloc()
// CHECK: whorl.attention {{.*}} outs(%[[M]] :
// CHECK: whorl.attention
// CHECK: memref.load %[[M]][
// CHECK: memref.dealloc %[[M]]
func.func @captured_result(%q: !t) -> !t {
  %x = whorl.attention %q, %q, %q : (!t, !t, !t) -> !t
  %o = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
    %zero = arith.constant 0 : index
    %t = tensor.extract %x[%b, %h, %i, %zero] : !t
    %r = arith.addf %s, %t : f32
    whorl.yield %r : f32
  } : (!t, !t, !t) -> !t
  return %o : !t
}
