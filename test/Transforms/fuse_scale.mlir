// A constant factor of query or key becomes part of the scale; zero biases go.
// RUN: whorl-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(whorl-fuse-attention))' | FileCheck %s

!t = tensor<2x4x8x16xf32>

// 1/sqrt(16) * 2 / 8
// CHECK-LABEL: @factors
// CHECK-NOT: arith.mulf
// CHECK-NOT: arith.divf
// CHECK: whorl.attention %arg0, %arg1, %arg1 scale(6.250000e-02) :
func.func @factors(%q: !t, %k: !t) -> !t {
  %two = arith.constant dense<2.0> : !t
  %eight = arith.constant dense<8.0> : !t
  %x = arith.mulf %q, %two : !t
  %y = arith.divf %k, %eight : !t
  %o = whorl.attention %x, %y, %k : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x4x8x16xf32>

// CHECK-LABEL: @with_scale
// CHECK: whorl.attention %arg0, %arg0, %arg0 scale(-1.500000e+00) :
func.func @with_scale(%q: !t) -> !t {
  %c = arith.constant dense<-3.0> : !t
  %x = arith.mulf %q, %c : !t
  %o = whorl.attention %x, %q, %q scale(0.5) : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x4x8x16xf32>

// The rotation is fused after the factor outside of it.
// CHECK-LABEL: @outside_of_rotation
// CHECK: whorl.attention %arg0, %arg1, %arg1 scale(5.000000e-01) position [#whorl.rope]
func.func @outside_of_rotation(%q: !t, %k: !t) -> !t {
  %c = arith.constant dense<2.0> : !t
  %rq = whorl.encode_position #whorl.rope %q role query : !t
  %rk = whorl.encode_position #whorl.rope %k role key : !t
  %x = arith.mulf %rq, %c : !t
  %o = whorl.attention %x, %rk, %k : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x4x8x16xf32>

// A product that is wanted elsewhere, one that is not constant, a scale that is
// not, encoded rows, an infinite product: each factor stays.
// CHECK-LABEL: @refused
// CHECK-COUNT-4: arith.mulf
// CHECK: arith.divf
func.func @refused(%q: !t, %f: !t, %s: f32) -> (!t, !t, !t, !t, !t, !t) {
  %c = arith.constant dense<2.0> : !t
  %zero = arith.constant dense<0.0> : !t
  %x0 = arith.mulf %q, %c : !t
  %o0 = whorl.attention %x0, %q, %q : (!t, !t, !t) -> !t
  %x1 = arith.mulf %q, %f : !t
  %o1 = whorl.attention %x1, %q, %q : (!t, !t, !t) -> !t
  %x2 = arith.mulf %q, %c : !t
  %o2 = whorl.attention %x2, %q, %q scale(%s : f32) : (!t, !t, !t) -> !t
  %x3 = arith.mulf %q, %c : !t
  %o3 = whorl.attention %x3, %q, %q position [#whorl.rope] : (!t, !t, !t) -> !t
  %x4 = arith.divf %q, %zero : !t
  %o4 = whorl.attention %x4, %q, %q : (!t, !t, !t) -> !t
  return %x0, %o0, %o1, %o2, %o3, %o4 : !t, !t, !t, !t, !t, !t
}

// -----

!t = tensor<2x4x8x16xf32>

// CHECK-LABEL: @zero_bias
// CHECK: whorl.attention %arg0, %arg0, %arg0 :
// CHECK: whorl.attention %arg0, %arg0, %arg0 bias(
func.func @zero_bias(%q: !t) -> (!t, !t) {
  %zero = arith.constant dense<0.0> : tensor<8x8xf32>
  %one = arith.constant dense<1.0> : tensor<8x8xf32>
  %o = whorl.attention %q, %q, %q bias(%zero : tensor<8x8xf32>) : (!t, !t, !t) -> !t
  %p = whorl.attention %q, %q, %q bias(%one : tensor<8x8xf32>) : (!t, !t, !t) -> !t
  return %o, %p : !t, !t
}
