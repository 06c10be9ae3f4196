// Where buffers are needed there are as many as needed, and they are freed.
// RUN: whorl-opt %s --split-input-file --whorl-simplify --whorl-bufferise | FileCheck %s

!t = tensor<1x2x3x4xf32>

// CHECK-LABEL: func.func @chain
// CHECK: %[[M:.*]] = memref.alloc() {{.*}} : memref<1x2x3x4xf32>
// CHECK-NOT: memref.alloc
// CHECK: whorl.attention %arg0, %arg1, %arg1 outs(%[[M]] :
// CHECK-NEXT: whorl.attention %[[M]], %arg1, %arg1 outs(%arg2 :
// CHECK-NEXT: memref.dealloc %[[M]]
// CHECK-NOT: memref.copy
func.func @chain(%q: !t, %k: !t) -> !t {
  %o = whorl.attention %q, %k, %k : (!t, !t, !t) -> !t
  %p = whorl.attention %o, %k, %k : (!t, !t, !t) -> !t
  return %p : !t
}

// -----

!t = tensor<1x2x3x4xf32>

// An output that is read afterwards needs none of its own.
// CHECK-LABEL: func.func @both_outputs
// CHECK-NOT: memref.alloc
// CHECK: whorl.attention %arg0, %arg0, %arg0 outs(%arg1 :
// CHECK: whorl.attention %arg1, %arg0, %arg0 outs(%arg2 :
// CHECK-NOT: memref.copy
func.func @both_outputs(%q: !t) -> (!t, !t) {
  %o = whorl.attention %q, %q, %q : (!t, !t, !t) -> !t
  %p = whorl.attention %o, %q, %q : (!t, !t, !t) -> !t
  return %o, %p : !t, !t
}

// -----

!t = tensor<1x2x3x4xf32>

// What is read while the result is written cannot be the destination.
// CHECK-LABEL: func.func @not_in_place
// CHECK: whorl.attention %arg0, %arg0, %arg0 outs(%arg1 :
// CHECK: %[[M:.*]] = memref.alloc()
// CHECK: whorl.attention %arg1, %arg0, %arg0 outs(%[[M]] :
// CHECK: memref.copy %[[M]], %arg1
func.func @not_in_place(%q: !t) -> !t {
  %x = whorl.attention %q, %q, %q : (!t, !t, !t) -> !t
  %o = whorl.attention %x, %q, %q outs(%x : !t) : (!t, !t, !t) -> !t
  return %o : !t
}
