// A random tensor is an elementwise op on the bits of its elements.
// RUN: whorl-opt %s --whorl-expand-random --split-input-file | FileCheck %s
// RUN: whorl-opt %s --convert-elementwise-to-linalg --whorl-expand-random --whorl-fuse-elementwise --canonicalize --cse --split-input-file | FileCheck %s --check-prefix=FUSE

// CHECK-LABEL: func @noise
// CHECK-SAME: (%[[SEED:.*]]: i64, %[[N:.*]]: index)
// CHECK-DAG: %[[LOW:.*]] = arith.trunci %[[SEED]]
// CHECK-DAG: %[[HIGH:.*]] = arith.trunci %{{.*}} : i64 to i32
// CHECK: tensor.empty(%[[N]])
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} outs(
// CHECK: %[[I:.*]] = linalg.index 0
// CHECK: %[[J:.*]] = linalg.index 1
// CHECK: whorl.random_bits generator = #whorl.philox draw = two_words key(%[[LOW]], %[[HIGH]]) at(%[[I]], %[[J]]) of(%[[N]], %{{.*}}) : i32, i32
// CHECK-NOT: math.log
// CHECK: linalg.yield %{{.*}} : f32
func.func @noise(%seed: i64, %n: index) -> tensor<?x4xf32> {
  %z = whorl.random distribution = #whorl.gumbel generator = #whorl.philox
         key(%seed : i64) sizes(%n) : tensor<?x4xf32>
  return %z : tensor<?x4xf32>
}

// -----

// Into an elementwise consumer: one op, no tensor of noise.
// FUSE-LABEL: func @reparameterise
// FUSE: linalg.generic {{.*}} ins(%arg1, %arg2 : tensor<8x16xf32>, tensor<8x16xf32>)
// FUSE: whorl.random_bits
// FUSE-NOT: linalg.generic
func.func @reparameterise(%seed: i64, %mu: tensor<8x16xf32>,
                          %sigma: tensor<8x16xf32>) -> tensor<8x16xf32> {
  %eps = whorl.random distribution = #whorl.normal generator = #whorl.philox
           key(%seed : i64) : tensor<8x16xf32>
  %product = arith.mulf %sigma, %eps : tensor<8x16xf32>
  %z = arith.addf %mu, %product : tensor<8x16xf32>
  return %z : tensor<8x16xf32>
}

// -----

// Two users: the numbers are made once.
// FUSE-LABEL: func @two_users
// FUSE: linalg.generic
// FUSE: whorl.random_bits
// FUSE: linalg.generic
// FUSE-NOT: whorl.random_bits
func.func @two_users(%seed: i64, %x: tensor<8xf32>)
    -> (tensor<8xf32>, tensor<8xf32>) {
  %z = whorl.random distribution = #whorl.normal generator = #whorl.philox
         key(%seed : i64) : tensor<8xf32>
  %y = arith.addf %x, %z : tensor<8xf32>
  return %y, %z : tensor<8xf32>, tensor<8xf32>
}
