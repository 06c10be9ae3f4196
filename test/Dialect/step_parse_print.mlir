// Round trip, in the short and in the generic form.
// RUN: whorl-opt %s | whorl-opt | FileCheck %s
// RUN: whorl-opt --mlir-print-op-generic %s | whorl-opt | FileCheck %s

// CHECK-LABEL: func @denoise
func.func @denoise(%x: tensor<4x16x?x?xf32>, %m: tensor<4x16x?x?xf32>,
                   %i: index) -> tensor<4x16x?x?xf32> {
  // CHECK: whorl.step %{{.*}}, %{{.*}} at %{{.*}} sampler = #whorl.ddim schedule = #whorl.vp<beta = linear(0.0001, 0.02), steps = 50> prediction = epsilon : tensor<4x16x?x?xf32>
  %next = whorl.step %x, %m at %i sampler = #whorl.ddim
            schedule = #whorl.vp<beta = linear(0.0001, 0.02), steps = 50>
            prediction = epsilon : tensor<4x16x?x?xf32>
  return %next : tensor<4x16x?x?xf32>
}

// CHECK-LABEL: func @noise
func.func @noise(%x: tensor<8xbf16>, %m: tensor<?xbf16>, %z: tensor<8xbf16>,
                 %o: tensor<8xbf16>) -> tensor<8xbf16> {
  // CHECK: whorl.step %{{.*}}, %{{.*}} at 3 sampler = #whorl.ddim<eta = 0.5>
  // CHECK-SAME: prediction = v noise(%{{.*}} : tensor<8xbf16>) outs(%{{.*}} : tensor<8xbf16>) : (tensor<8xbf16>, tensor<?xbf16>)
  %y = whorl.step %x, %m at 3 sampler = #whorl.ddim<eta = 0.5>
         schedule = #whorl.ve<sigmas = exponential(0.01, 10), steps = 8>
         prediction = v noise(%z : tensor<8xbf16>) outs(%o : tensor<8xbf16>)
         : (tensor<8xbf16>, tensor<?xbf16>)
  return %y : tensor<8xbf16>
}

// CHECK-LABEL: func @buffers
func.func @buffers(%x: memref<f64>, %m: memref<f64>, %o: memref<f64>) {
  // CHECK: whorl.step %{{.*}}, %{{.*}} at 0 sampler = #whorl.euler schedule = #whorl.flow<steps = 4> prediction = velocity outs(%{{.*}} : memref<f64>) : memref<f64>
  whorl.step %x, %m at 0 sampler = #whorl.euler schedule = #whorl.flow<steps = 4>
    prediction = velocity outs(%o : memref<f64>) : memref<f64>
  return
}

// Parameters may stand in any order; defaults are not printed.
// CHECK-LABEL: func @schedules
func.func @schedules() attributes {
  // CHECK-SAME: a = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 50, spacing = leading(1.0), next = stride, end = first>
  a = #whorl.vp<next = stride, steps = 50, end = first, spacing = leading(1),
                beta = scaled_linear(8.5e-4, 0.012), train_steps = 1000>,
  // CHECK-SAME: b = #whorl.vp<beta = cosine, steps = 8, train_steps = 500, spacing = trailing, zero_terminal_snr = true>
  b = #whorl.vp<beta = cosine(0.008, 0.999), steps = 8, train_steps = 500,
                spacing = trailing, zero_terminal_snr = true>,
  // CHECK-SAME: c = #whorl.vp<beta = sigmoid(0.0001, 0.02), steps = 8, spacing = continuous, sigmas = karras(5.0), state = exploding>
  c = #whorl.vp<beta = sigmoid(0.0001, 0.02), steps = 8, spacing = continuous,
                sigmas = karras(5), state = exploding>,
  // CHECK-SAME: d = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 18>
  d = #whorl.ve<sigmas = karras(0.002, 80.0, 7.0), steps = 18>,
  // CHECK-SAME: e = #whorl.ve<sigmas = linear(0.1, 1.0), steps = 3>
  e = #whorl.ve<steps = 3, sigmas = linear(0.1, 1)>,
  // CHECK-SAME: f = #whorl.flow<steps = 28, times = cosine, last = 1.0e-05, shift = 3.0, time_scale = 1000.0>
  f = #whorl.flow<steps = 28, times = cosine, last = 0.00001, shift = 3,
                  time_scale = 1000>} {
  return
}

// CHECK-LABEL: func @level
func.func @level(%i: index) -> (f32, f64) {
  // CHECK: whorl.schedule_value sigma of #whorl.ve<sigmas = karras(0.002, 80.0), steps = 18> at %{{.*}} : f32
  %sigma = whorl.schedule_value sigma of
      #whorl.ve<sigmas = karras(0.002, 80.0), steps = 18> at %i : f32
  // CHECK: whorl.schedule_value time of #whorl.flow<steps = 4> at 4 : f64
  %time = whorl.schedule_value time of #whorl.flow<steps = 4> at 4 : f64
  return %sigma, %time : f32, f64
}
