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

// Two results, and every clause in its place.
// CHECK-LABEL: func @clauses
func.func @clauses(%x: tensor<2x8xbf16>, %m: tensor<2x8xbf16>, %z: tensor<2x8xbf16>,
                   %p: tensor<2x8xbf16>, %t: tensor<2xf32>, %i: index) -> tensor<2x8xbf16> {
  // CHECK: %{{.*}}:2 = whorl.step %{{.*}}, %{{.*}} at %{{.*}} sampler = #whorl.dpmpp<order = 3, eta = 1.0> schedule = {{.*}} prediction = score threshold(%{{.*}} : tensor<2xf32>) noise(%{{.*}} : tensor<2x8xbf16>) history(%{{.*}}, %{{.*}} : tensor<2x8xbf16>, tensor<2x8xbf16>) : tensor<2x8xbf16>
  %y, %k = whorl.step %x, %m at %i sampler = #whorl.dpmpp<eta = 1.0, order = 3>
      schedule = #whorl.vp<beta = cosine, steps = 8> prediction = score
      threshold(%t : tensor<2xf32>) noise(%z : tensor<2x8xbf16>)
      history(%p, %p : tensor<2x8xbf16>, tensor<2x8xbf16>) : tensor<2x8xbf16>
  // CHECK: whorl.step {{.*}} sampler = #whorl.dpmpp_sde {{.*}} clamp(1.5) noise({{.*}}) base(%{{.*}} : tensor<2x8xbf16>) : tensor<2x8xbf16>
  %s = whorl.step %x, %m at %i sampler = #whorl.dpmpp_sde
      schedule = #whorl.vp<beta = cosine, steps = 8> prediction = v
      clamp(1.5) noise(%z : tensor<2x8xbf16>) base(%p : tensor<2x8xbf16>) : tensor<2x8xbf16>
  // CHECK: whorl.step {{.*}} variance(%{{.*}} : tensor<2x8xbf16>) outs(%{{.*}} : tensor<2x8xbf16>) : tensor<2x8xbf16>
  %v = whorl.step %x, %m at %i sampler = #whorl.ddpm<variance = learned>
      schedule = #whorl.vp<beta = cosine, steps = 8> prediction = v
      noise(%z : tensor<2x8xbf16>) variance(%p : tensor<2x8xbf16>)
      outs(%x : tensor<2x8xbf16>) : tensor<2x8xbf16>
  // CHECK: whorl.step {{.*}} prediction = v renoise(%{{.*}} : tensor<2x8xbf16>) : tensor<2x8xbf16>
  %w = whorl.step %x, %m at 2 sampler = #whorl.ddim
      schedule = #whorl.vp<beta = cosine, steps = 8> prediction = v
      renoise(%p : tensor<2x8xbf16>) : tensor<2x8xbf16>
  // CHECK: whorl.schedule_value time of #whorl.flow<steps = 4> sampler = #whorl.heun at 6 : f32
  %t6 = whorl.schedule_value time of #whorl.flow<steps = 4> sampler = #whorl.heun at 6 : f32
  return %y : tensor<2x8xbf16>
}

// Defaults are not printed.
// CHECK-LABEL: func @samplers
func.func @samplers() attributes {
  // CHECK-SAME: s00 = #whorl.ddpm
  s00 = #whorl.ddpm<variance = small>,
  // CHECK-SAME: s01 = #whorl.ddpm<variance = learned>
  s01 = #whorl.ddpm<variance = learned>,
  // CHECK-SAME: s02 = #whorl.renoise
  s02 = #whorl.renoise,
  // CHECK-SAME: s03 = #whorl.lcm
  s03 = #whorl.lcm<scaling = 10>,
  // CHECK-SAME: s04 = #whorl.lcm<sigma_data = 1.0>
  s04 = #whorl.lcm<sigma_data = 1.0>,
  // CHECK-SAME: s05 = #whorl.tcd
  s05 = #whorl.tcd<gamma = 0.3>,
  // CHECK-SAME: s06 = #whorl.reverse_diffusion
  s06 = #whorl.reverse_diffusion,
  // CHECK-SAME: s07 = #whorl.euler
  s07 = #whorl.euler<churn = none>,
  // CHECK-SAME: s08 = #whorl.euler<churn = edm_late(3.0, 0.05, 50.0, 1.003)>
  s08 = #whorl.euler<churn = edm_late(3.0, 0.05, 50.0, 1.003)>,
  // CHECK-SAME: s09 = #whorl.heun<churn = edm(40.0)>
  s09 = #whorl.heun<churn = edm(40, 0.0)>,
  // CHECK-SAME: s10 = #whorl.dpm2
  s10 = #whorl.dpm2,
  // CHECK-SAME: s11 = #whorl.lms
  s11 = #whorl.lms<order = 4>,
  // CHECK-SAME: s12 = #whorl.lms<order = 2>
  s12 = #whorl.lms<order = 2>,
  // CHECK-SAME: s13 = #whorl.plms
  s13 = #whorl.plms<start = average>,
  // CHECK-SAME: s14 = #whorl.plms<start = runge_kutta>
  s14 = #whorl.plms<start = runge_kutta>,
  // CHECK-SAME: s15 = #whorl.dpmpp
  s15 = #whorl.dpmpp<order = 2>,
  // CHECK-SAME: s16 = #whorl.dpmpp<order = 3, eta = 0.5, rule = heun, lower_order_final = false>
  s16 = #whorl.dpmpp<order = 3, eta = 0.5, rule = heun, lower_order_final = false>,
  // CHECK-SAME: s17 = #whorl.dpmpp_singlestep<order = 3>
  s17 = #whorl.dpmpp_singlestep<order = 3>,
  // CHECK-SAME: s18 = #whorl.dpmpp_2s<eta = 1.0>
  s18 = #whorl.dpmpp_2s<eta = 1.0>,
  // CHECK-SAME: s19 = #whorl.dpmpp_sde
  s19 = #whorl.dpmpp_sde<eta = 1.0>,
  // CHECK-SAME: s20 = #whorl.unipc<order = 3, form = bh1>
  s20 = #whorl.unipc<form = bh1, order = 3>,
  // CHECK-SAME: s21 = #whorl.deis
  s21 = #whorl.deis,
  // CHECK-SAME: s22 = #whorl.levels<process = flow, noise = {{\[}}1.0, 0.5, 0.0{{\]}}, time = {{\[}}1000.0, 500.0, 0.0{{\]}}>
  s22 = #whorl.levels<process = flow, noise = [1, 0.5, 0.0], time = [1000, 500, 0]>,
  // CHECK-SAME: s23 = #whorl.vp<beta = cosine, steps = 4, spacing = distilled>
  s23 = #whorl.vp<beta = cosine, steps = 4, spacing = distilled>,
  // CHECK-SAME: s24 = #whorl.vp<beta = cosine, steps = 4, spacing = leading_open(1.0), sigmas = beta>
  s24 = #whorl.vp<beta = cosine, steps = 4, spacing = leading_open(1.0), sigmas = beta>,
  // CHECK-SAME: s25 = #whorl.ve<sigmas = vp, steps = 4>
  s25 = #whorl.ve<sigmas = vp, steps = 4>,
  // CHECK-SAME: s26 = #whorl.ve<sigmas = beta(0.1, 2.0, 0.5), steps = 4>
  s26 = #whorl.ve<sigmas = beta(0.1, 2.0, 0.5), steps = 4>,
  // CHECK-SAME: s27 = #whorl.flow<steps = 4, first = 0.999>
  s27 = #whorl.flow<steps = 4, first = 0.999>
} { return }
