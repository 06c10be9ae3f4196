// whorl.random and whorl.random_bits print as they were parsed.
// RUN: whorl-opt %s | whorl-opt | FileCheck %s
// RUN: whorl-opt %s --mlir-print-op-generic | whorl-opt | FileCheck %s

// CHECK-LABEL: func @seed
func.func @seed(%seed: i64) -> tensor<3x5xf32> {
  // CHECK: whorl.random distribution = #whorl.normal generator = #whorl.philox key(%{{.*}} : i64) : tensor<3x5xf32>
  %z = whorl.random distribution = #whorl.normal generator = #whorl.philox
         key(%seed : i64) : tensor<3x5xf32>
  return %z : tensor<3x5xf32>
}

// CHECK-LABEL: func @clauses
func.func @clauses(%a: i32, %b: i32, %s: i64, %n: index, %t: tensor<?x4xf64>)
    -> tensor<?x4xf64> {
  // CHECK: whorl.random distribution = #whorl.uniform<low = -1.0, high = 2.0, form = jax> generator = #whorl.threefry key(%{{.*}}, %{{.*}} : i32, i32) stream(%{{.*}}) offset(%{{.*}}) sizes(%{{.*}}) outs(%{{.*}} : tensor<?x4xf64>) : tensor<?x4xf64>
  %z = whorl.random distribution = #whorl.uniform<form = jax, high = 2.0, low = -1.0>
         generator = #whorl.threefry key(%a, %b : i32, i32) stream(%s) offset(%s)
         sizes(%n) outs(%t : tensor<?x4xf64>) : tensor<?x4xf64>
  return %z : tensor<?x4xf64>
}

// CHECK-LABEL: func @memref
func.func @memref(%seed: i64, %m: memref<4xi32>) {
  // CHECK: whorl.random distribution = #whorl.bits generator = #whorl.philox key(%{{.*}} : i64) outs(%{{.*}} : memref<4xi32>)
  // CHECK-NOT: ->
  whorl.random distribution = #whorl.bits generator = #whorl.philox
    key(%seed : i64) outs(%m : memref<4xi32>)
  return
}

// CHECK-LABEL: func @bits
func.func @bits(%k: i32, %s: i64, %i: index, %n: index) {
  // CHECK: whorl.random_bits generator = #whorl.philox draw = word key(%{{.*}}, %{{.*}}) : i32
  %a = whorl.random_bits generator = #whorl.philox draw = word key(%k, %k) : i32
  // CHECK: whorl.random_bits generator = #whorl.threefry draw = two_words key(%{{.*}}, %{{.*}}) stream(%{{.*}}) offset(%{{.*}}) at(%{{.*}}, %{{.*}}) of(%{{.*}}, %{{.*}}) : i32, i32
  %b, %c = whorl.random_bits generator = #whorl.threefry draw = two_words
      key(%k, %k) stream(%s) offset(%s) at(%i, %i) of(%n, %n) : i32, i32
  // CHECK: draw = pair {{.*}} : i32, i32, i32
  %d, %e, %f = whorl.random_bits generator = #whorl.philox draw = pair
      key(%k, %k) at(%i) of(%n) : i32, i32, i32
  return
}

// CHECK-LABEL: func @distributions
func.func @distributions() attributes {
  // CHECK-SAME: a = #whorl.uniform, b = #whorl.uniform<form = open_closed>
  a = #whorl.uniform<low = 0.0>, b = #whorl.uniform<form = open_closed>,
  // CHECK-SAME: c = #whorl.normal<mean = -1.2, stddev = 1.2>, d = #whorl.normal<form = box_muller>
  c = #whorl.normal<stddev = 1.2, mean = -1.2>, d = #whorl.normal<form = box_muller>,
  // CHECK-SAME: e = #whorl.exponential, f = #whorl.exponential<rate = 0.5, form = jax>
  e = #whorl.exponential<form = precise>, f = #whorl.exponential<rate = 0.5, form = jax>,
  // CHECK-SAME: g = #whorl.gumbel, h = #whorl.gumbel<form = jax>
  g = #whorl.gumbel, h = #whorl.gumbel<form = jax>,
  // CHECK-SAME: i = #whorl.integers<low = -3, high = 4>
  i = #whorl.integers<low = -3, high = 4>
} {
  return
}
