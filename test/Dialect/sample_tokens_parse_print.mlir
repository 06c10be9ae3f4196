// whorl.sample_tokens prints as it was parsed.
// RUN: whorl-opt %s | whorl-opt | FileCheck %s
// RUN: whorl-opt %s --mlir-print-op-generic | whorl-opt | FileCheck %s

// CHECK-LABEL: func @greedy
func.func @greedy(%l: tensor<3x50xbf16>) -> tensor<3xi32> {
  // CHECK: whorl.sample_tokens %{{.*}} : tensor<3x50xbf16> -> tensor<3xi32>
  %0 = whorl.sample_tokens %l : tensor<3x50xbf16> -> tensor<3xi32>
  return %0 : tensor<3xi32>
}

// CHECK-LABEL: func @all
func.func @all(%l: tensor<?x3x50xf32>, %x: tensor<?x3xi64>, %w: f32, %t: f32, %s: i64) -> tensor<?x3xi64> {
  // CHECK: whorl.sample_tokens %{{.*}} unconditional(%{{.*}} : tensor<?x3x50xf32>) guidance(%{{.*}}) known(%{{.*}} : tensor<?x3xi64>) mask_token = 49
  // CHECK-SAME: suppress = [1, 2] temperature(%{{.*}}) filters = [#whorl.top_k<40>, #whorl.top_p<0.95>, #whorl.min_p<0.05>]
  // CHECK-SAME: draw = blocked generator = #whorl.philox key(%{{.*}} : i64) stream(%{{.*}}) offset(%{{.*}}) measures = [confidence, margin, entropy, logit]
  // CHECK-SAME: {live_mask, of_sampled, shift} : tensor<?x3x50xf32> -> tensor<?x3xi64>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>
  %0:5 = whorl.sample_tokens %l unconditional(%l : tensor<?x3x50xf32>) guidance(%w)
      known(%x : tensor<?x3xi64>) mask_token = 49 suppress = [1, 2] temperature(%t)
      filters = [#whorl.top_k<40>, #whorl.top_p<0.95>, #whorl.min_p<0.05>]
      draw = blocked generator = #whorl.philox key(%s : i64) stream(%s) offset(%s)
      measures = [confidence, margin, entropy, logit] {live_mask, of_sampled, shift}
      : tensor<?x3x50xf32> -> tensor<?x3xi64>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>
  return %0#0 : tensor<?x3xi64>
}

// CHECK-LABEL: func @noise
func.func @noise(%l: tensor<50xf64>, %o: tensor<i32>) -> tensor<i32> {
  // CHECK: whorl.sample_tokens %{{.*}} unconditional(%{{.*}} : tensor<50xf64>) guidance(1.5) temperature(0.5) noise(%{{.*}} : tensor<50xf64>) outs(%{{.*}} : tensor<i32>) : tensor<50xf64> -> tensor<i32>
  %0 = whorl.sample_tokens %l unconditional(%l : tensor<50xf64>) guidance(1.5) temperature(0.5)
      noise(%l : tensor<50xf64>) outs(%o : tensor<i32>) : tensor<50xf64> -> tensor<i32>
  return %0 : tensor<i32>
}

// CHECK-LABEL: func @memref
func.func @memref(%l: memref<3x50xf16>, %o: memref<3xi32>) {
  // CHECK: whorl.sample_tokens %{{.*}} temperature(1.0) draw = element generator = #whorl.threefry key(%{{.*}}, %{{.*}} : i32, i32) outs(%{{.*}} : memref<3xi32>) : memref<3x50xf16>
  %k = arith.constant 1 : i32
  whorl.sample_tokens %l temperature(1.0) draw = element generator = #whorl.threefry
      key(%k, %k : i32, i32) outs(%o : memref<3xi32>) : memref<3x50xf16>
  return
}
