// RUN: whorl-opt %s --canonicalize --split-input-file | FileCheck %s

!t = tensor<2x1x3x4xf32>

// CHECK-LABEL: @constants
// CHECK-NOT: arith.constant
// CHECK: whorl.attention %arg0, %arg0, %arg0 scale(2.500000e-01) softcap(3.000000e+01) offset(-7) :
func.func @constants(%q: !t) -> !t {
  %s = arith.constant 0.25 : f32
  %c = arith.constant 30.0 : f64
  %n = arith.constant -7 : index
  %o = whorl.attention %q, %q, %q scale(%s : f32) softcap(%c : f64)
         offset(%n : index) : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x1x3x4xf32>

// The f64 attribute holds what the f32 is, not 0.1.
// CHECK-LABEL: @exact
// CHECK: scale(0.10000000149011612)
func.func @exact(%q: !t) -> !t {
  %s = arith.constant 0.1 : f32
  %o = whorl.attention %q, %q, %q scale(%s : f32) : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x1x3x4xf32>

// CHECK-LABEL: @offset_zero
// CHECK: whorl.attention %arg0, %arg0, %arg0 :
func.func @offset_zero(%q: !t) -> !t {
  %o = whorl.attention %q, %q, %q offset(0) : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x1x3x4xf32>

// Equal offsets of all batches are one; different ones stay.
// CHECK-LABEL: @offset_tensor
// CHECK: whorl.attention %arg0, %arg0, %arg0 offset(5) :
// CHECK: whorl.attention %arg0, %arg0, %arg0 offset(%{{.*}} : tensor<2xi32>) :
func.func @offset_tensor(%q: !t) -> (!t, !t) {
  %equal = arith.constant dense<5> : tensor<2xi32>
  %o = whorl.attention %q, %q, %q offset(%equal : tensor<2xi32>) : (!t, !t, !t) -> !t
  %other = arith.constant dense<[5, 6]> : tensor<2xi32>
  %p = whorl.attention %q, %q, %q offset(%other : tensor<2xi32>) : (!t, !t, !t) -> !t
  return %o, %p : !t, !t
}

// -----

!t = tensor<2x1x3x4xf32>

// What C7 refuses as an attribute stays a value.
// CHECK-LABEL: @not_finite
// CHECK: scale(%{{.*}} : f32) softcap(%{{.*}} : f32)
func.func @not_finite(%q: !t) -> !t {
  %s = arith.constant 0x7F800000 : f32
  %c = arith.constant 0.0 : f32
  %o = whorl.attention %q, %q, %q scale(%s : f32) softcap(%c : f32) : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

// CHECK-LABEL: @encode_position
// CHECK: whorl.encode_position #whorl.sinusoidal %arg0 static_offset(9) :
// CHECK: whorl.encode_position #whorl.sinusoidal %{{.*}} : tensor<3x4xf32>
func.func @encode_position(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %n = arith.constant 9 : index
  %y = whorl.encode_position #whorl.sinusoidal %x offset(%n : index) : tensor<3x4xf32>
  %z = whorl.encode_position #whorl.sinusoidal %y static_offset(0) : tensor<3x4xf32>
  return %z : tensor<3x4xf32>
}
