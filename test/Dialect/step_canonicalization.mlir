// RUN: whorl-opt %s --canonicalize | FileCheck %s

// A constant index becomes part of the op; outside, it is the nearest step.
// CHECK-LABEL: func @constant_index
func.func @constant_index(%x: tensor<4xf32>, %m: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>) {
  %c2 = arith.constant 2 : index
  %c9 = arith.constant 9 : index
  // CHECK: whorl.step %{{.*}}, %{{.*}} at 2 sampler
  %y = whorl.step %x, %m at %c2 sampler = #whorl.euler
         schedule = #whorl.flow<steps = 4> prediction = velocity : tensor<4xf32>
  // CHECK: whorl.step %{{.*}}, %{{.*}} at 3 sampler
  %z = whorl.step %x, %m at %c9 sampler = #whorl.euler
         schedule = #whorl.flow<steps = 4> prediction = velocity : tensor<4xf32>
  return %y, %z : tensor<4xf32>, tensor<4xf32>
}

// The last step ends at the data and draws nothing.
// CHECK-LABEL: func @unused_noise
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>, %[[M:.*]]: tensor<4xf32>, %[[Z:.*]]: tensor<4xf32>
func.func @unused_noise(%x: tensor<4xf32>, %m: tensor<4xf32>, %z: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: noise(%[[Z]] : tensor<4xf32>)
  %y = whorl.step %x, %m at 2 sampler = #whorl.ddim<eta = 1.0>
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 noise(%z : tensor<4xf32>) : tensor<4xf32>
  // CHECK-NOT: noise(
  %w = whorl.step %x, %m at 3 sampler = #whorl.ddim<eta = 1.0>
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 noise(%z : tensor<4xf32>) : tensor<4xf32>
  return %y, %w : tensor<4xf32>, tensor<4xf32>
}

// Two equal levels: the step between them does nothing.
// CHECK-LABEL: func @identity
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>,
func.func @identity(%x: tensor<4xf32>, %m: tensor<4xf32>) -> tensor<4xf32> {
  %y = whorl.step %x, %m at 0 sampler = #whorl.euler
         schedule = #whorl.ve<sigmas = linear(1.0, 1.0), steps = 2>
         prediction = epsilon : tensor<4xf32>
  // CHECK-NEXT: return %[[X]]
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func @size
// CHECK-SAME: %[[X:.*]]: tensor<?xf32>,
func.func @size(%x: tensor<?xf32>, %m: tensor<?xf32>, %i: index) -> index {
  %c0 = arith.constant 0 : index
  %y = whorl.step %x, %m at %i sampler = #whorl.euler
         schedule = #whorl.flow<steps = 4> prediction = velocity : tensor<?xf32>
  // The step itself stays: its sizes are checked where it stands.
  %n = tensor.dim %y, %c0 : tensor<?xf32>
  return %n : index
}

// Karras sigmas of the EDM paper's 18 steps; 57.586 is the second.
// CHECK-LABEL: func @levels
func.func @levels() -> (f64, f32, f64, f64, f64) {
  // CHECK-DAG: arith.constant 57.5859847212481{{[0-9]}} : f64
  %sigma = whorl.schedule_value sigma of
      #whorl.ve<sigmas = karras(0.002, 80.0), steps = 18> at 1 : f64
  // The shift of 3 takes 7/8 to 21/22.
  // CHECK-DAG: arith.constant 954.545471 : f32
  %time = whorl.schedule_value time of
      #whorl.flow<steps = 8, shift = 3.0, time_scale = 1000.0> at 1 : f32
  // abar_1000 of Ho et al. is 4.0358e-5; its root is 0.0063528.
  // CHECK-DAG: arith.constant 0.0063528{{[0-9]+}} : f64
  %signal = whorl.schedule_value signal of
      #whorl.vp<beta = linear(0.0001, 0.02), steps = 1000> at 0 : f64
  // CHECK-DAG: arith.constant 0.99997{{[0-9]+}} : f64
  %noise = whorl.schedule_value noise of
      #whorl.vp<beta = linear(0.0001, 0.02), steps = 1000> at 0 : f64
  // CHECK-DAG: arith.constant 0.000000e+00 : f64
  %end = whorl.schedule_value noise of
      #whorl.vp<beta = linear(0.0001, 0.02), steps = 1000> at 1000 : f64
  return %sigma, %time, %signal, %noise, %end : f64, f32, f64, f64, f64
}

// What a known call does not read is not handed to it: PLMS's second call reads
// one of four; the first call of a step needs no base.
// CHECK-LABEL: func @unread
func.func @unread(%x: tensor<4xf32>, %p: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %c1 = arith.constant 1 : index
  // CHECK: whorl.step {{.*}} at 1 sampler = #whorl.plms {{.*}} history(%{{[^,]*}} : tensor<4xf32>) : tensor<4xf32>
  %y, %k = whorl.step %x, %x at %c1 sampler = #whorl.plms
      schedule = #whorl.vp<beta = cosine, steps = 8> prediction = v
      history(%p, %p, %p, %p : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
      : tensor<4xf32>
  // CHECK: whorl.step {{.*}} at 2 sampler = #whorl.dpmpp_sde
  // CHECK-NOT: base
  // CHECK: return
  %z = whorl.step %x, %x at 2 sampler = #whorl.dpmpp_sde
      schedule = #whorl.vp<beta = cosine, steps = 8> prediction = v
      noise(%p : tensor<4xf32>) base(%p : tensor<4xf32>) : tensor<4xf32>
  return %y, %z : tensor<4xf32>, tensor<4xf32>
}
