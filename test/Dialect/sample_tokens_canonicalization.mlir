// Constant numbers become part of the op; at a temperature of 0 the draw would have
// to go, so that it stays.
// RUN: whorl-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func @constants
func.func @constants(%l: tensor<3x50xf32>, %s: i64) -> tensor<3xi32> {
  // CHECK: guidance(-0.5) temperature(0.75)
  %w = arith.constant -0.5 : f32
  %t = arith.constant 0.75 : f32
  %0 = whorl.sample_tokens %l unconditional(%l : tensor<3x50xf32>) guidance(%w) temperature(%t)
      draw = blocked generator = #whorl.philox key(%s : i64) : tensor<3x50xf32> -> tensor<3xi32>
  return %0 : tensor<3xi32>
}

// CHECK-LABEL: func @zero
func.func @zero(%l: tensor<3x50xf32>, %s: i64) -> tensor<3xi32> {
  // CHECK: temperature(%{{.*}})
  %t = arith.constant 0.0 : f32
  %0 = whorl.sample_tokens %l temperature(%t)
      draw = blocked generator = #whorl.philox key(%s : i64) : tensor<3x50xf32> -> tensor<3xi32>
  return %0 : tensor<3xi32>
}
