// One negative test per constraint of whorl.step and whorl.schedule_value.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @step_c1(%x: tensor<4xi32>) -> tensor<4xi32> {
  // expected-error @+1 {{(C1) expected the element type f16, bf16, f32 or f64, got 'i32'}}
  %y = whorl.step %x, %x at 0 sampler = #whorl.euler
         schedule = #whorl.flow<steps = 4> prediction = velocity : tensor<4xi32>
  return %y : tensor<4xi32>
}

// -----

func.func @step_c2_shape(%x: tensor<4xf32>, %m: tensor<5xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C2) expected the model output to have the shape and element type of the state, 'tensor<4xf32>', got 'tensor<5xf32>'}}
  %y = whorl.step %x, %m at 0 sampler = #whorl.euler
         schedule = #whorl.flow<steps = 4> prediction = velocity
         : (tensor<4xf32>, tensor<5xf32>)
  return %y : tensor<4xf32>
}

// -----

func.func @step_c2_type(%x: tensor<4xf32>, %o: tensor<4xf64>) -> tensor<4xf32> {
  // expected-error @+1 {{(C2) expected outs to have the shape and element type of the state}}
  %y = whorl.step %x, %x at 0 sampler = #whorl.euler
         schedule = #whorl.flow<steps = 4> prediction = velocity
         outs(%o : tensor<4xf64>) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c3(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C3) expected a noise schedule, such as #whorl.ve<...>, got #whorl.euler}}
  %y = whorl.step %x, %x at 0 sampler = #whorl.euler
         schedule = #whorl.euler prediction = velocity : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c4(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C4) expected a sampler, such as #whorl.euler, got #whorl.flow<steps = 4>}}
  %y = whorl.step %x, %x at 0 sampler = #whorl.flow<steps = 4>
         schedule = #whorl.flow<steps = 4> prediction = velocity : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c5_range(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C5) expected an index from 0 to 3, got 4}}
  %y = whorl.step %x, %x at 4 sampler = #whorl.euler
         schedule = #whorl.flow<steps = 4> prediction = velocity : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c5_none(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C5) expected the index once, as a constant or as a value, got neither}}
  %y = "whorl.step"(%x, %x) <{operandSegmentSizes = array<i32: 1, 1, 0, 0, 0, 0, 0, 0, 0, 0>,
    sampler = #whorl.euler, schedule = #whorl.flow<steps = 4>,
    prediction = #whorl<prediction x0>}>
    : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// At t = 1 a flow is noise alone, of which epsilon says nothing new.
func.func @step_c6(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C6) epsilon does not determine step 0, which starts from x = 0.0 x0 + 1.0 eps; predict v, or leave that level out of the schedule}}
  %y = whorl.step %x, %x at %i sampler = #whorl.euler
         schedule = #whorl.flow<steps = 4> prediction = epsilon : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c7_missing(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C7) expected noise(%z : 'tensor<4xf32>'), which this sampler draws, got none}}
  %y = whorl.step %x, %x at %i sampler = #whorl.ddim<eta = 1.0>
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c7_superfluous(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C7) expected no noise, as this sampler draws none; remove the noise clause}}
  %y = whorl.step %x, %x at %i sampler = #whorl.ddim
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 noise(%x : tensor<4xf32>) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c8_mixed(%x: tensor<4xf32>, %o: memref<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C8) expected all tensors or all memrefs, got 'tensor<4xf32>' and 'memref<4xf32>'}}
  %y = whorl.step %x, %x at 0 sampler = #whorl.euler
         schedule = #whorl.flow<steps = 4> prediction = velocity
         outs(%o : memref<4xf32>) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c8_outs(%x: memref<4xf32>) {
  // expected-error @+1 {{(C8) expected outs to hold the results on memrefs, of which there are 1, got 0}}
  whorl.step %x, %x at 0 sampler = #whorl.euler
    schedule = #whorl.flow<steps = 4> prediction = velocity : memref<4xf32>
  return
}

// -----

func.func @schedule_value_c1() -> f32 {
  // expected-error @+1 {{(C1) expected a noise schedule, such as #whorl.ve<...>, got #whorl.euler}}
  %y = whorl.schedule_value time of #whorl.euler at 0 : f32
  return %y : f32
}

// -----

func.func @schedule_value_c2() -> f32 {
  // expected-error @+1 {{(C2) expected an index from 0 to 4, got 5}}
  %y = whorl.schedule_value time of #whorl.flow<steps = 4> at 5 : f32
  return %y : f32
}

// -----

func.func @step_c2_history(%x: tensor<4xf32>, %i: index, %h: tensor<5xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C2) expected history to have the shape and element type of the state, 'tensor<4xf32>', got 'tensor<5xf32>'}}
  %y, %k = whorl.step %x, %x at %i sampler = #whorl.dpmpp
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 history(%h : tensor<5xf32>) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c5_calls(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C5) expected an index from 0 to 6, got 7}}
  %y, %k = whorl.step %x, %x at 7 sampler = #whorl.heun
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 history(%x : tensor<4xf32>) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c8_two_outs(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C8) expected as many outs as results, 2, got 1}}
  %y, %k = whorl.step %x, %x at %i sampler = #whorl.dpmpp
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 history(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c9_none(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C9) expected 1 histories, which the sampler looks back, got 0}}
  %y, %k = whorl.step %x, %x at %i sampler = #whorl.dpmpp
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0  : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c9_many(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C9) expected 2 histories, which the sampler looks back, got 3}}
  %y, %k = whorl.step %x, %x at %i sampler = #whorl.unipc
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 history(%x, %x, %x : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c9_constant(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C9) expected 1 to 2 histories, which the sampler looks back, got 0}}
  %y, %k = whorl.step %x, %x at 1 sampler = #whorl.unipc
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0  : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c10_base(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C10) expected base, which this sampler reads, got none}}
  %y = whorl.step %x, %x at %i sampler = #whorl.dpmpp_sde
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 noise(%x : tensor<4xf32>) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c10_no_base(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C10) expected no base, as this sampler reads none; remove the base clause}}
  %y = whorl.step %x, %x at %i sampler = #whorl.euler
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 base(%x : tensor<4xf32>) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c10_variance(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C10) expected variance, which this sampler reads, got none}}
  %y = whorl.step %x, %x at %i sampler = #whorl.ddpm<variance = learned>
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 noise(%x : tensor<4xf32>) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c10_no_variance(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C10) expected no variance, as this sampler reads none; remove the variance clause}}
  %y = whorl.step %x, %x at %i sampler = #whorl.ddpm
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 noise(%x : tensor<4xf32>) variance(%x : tensor<4xf32>) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c2_renoise(%x: tensor<4xf32>, %u: tensor<5xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C2) expected renoise to have the shape and element type of the state, 'tensor<4xf32>', got 'tensor<5xf32>'}}
  %y = whorl.step %x, %x at 0 sampler = #whorl.euler
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 renoise(%u : tensor<5xf32>) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c11_clamp(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C11) expected a positive number in clamp, got 0.0}}
  %y = whorl.step %x, %x at %i sampler = #whorl.euler
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 clamp(0.0) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c11_both(%x: tensor<4xf32>, %i: index, %t: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C11) expected clamp or threshold, got both}}
  %y = whorl.step %x, %x at %i sampler = #whorl.euler
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 clamp(1.0) threshold(%t : tensor<4xf32>) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @step_c11_shape(%x: tensor<4xf32>, %i: index, %t: tensor<3xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C11) expected threshold to hold one 'f32' for each sample of the state, 'tensor<4xf32>', got 'tensor<3xf32>'}}
  %y = whorl.step %x, %x at %i sampler = #whorl.euler
         schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 4>
         prediction = x0 threshold(%t : tensor<3xf32>) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @schedule_value_c3() -> f32 {
  // expected-error @+1 {{(C3) expected a sampler, such as #whorl.heun, got #whorl.flow<steps = 4>}}
  %y = whorl.schedule_value time of #whorl.flow<steps = 4> sampler = #whorl.flow<steps = 4> at 0 : f32
  return %y : f32
}

// -----

func.func @schedule_value_c3_schedule() -> f32 {
  // expected-error @+1 {{(C3) expected a schedule of signal scale 1 for churn}}
  %y = whorl.schedule_value time of #whorl.flow<steps = 4> sampler = #whorl.heun<churn = edm(1.0)> at 0 : f32
  return %y : f32
}
