// One negative test per constraint of whorl.sample.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @sample_c1(%x: tensor<4xi32>) -> tensor<4xi32> {
  // expected-error @+1 {{(C1) expected a state of f16, bf16, f32 or f64, got 'tensor<4xi32>'}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 {
    ^bb0(%s: tensor<4xi32>, %t: f32):
      whorl.yield %s : tensor<4xi32>
  } : tensor<4xi32>
  return %y : tensor<4xi32>
}

// -----

func.func @sample_c1_rank(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{(C1) expected a state of f16, bf16, f32 or f64 and of rank 1 or more, got 'tensor<f32>'}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 guidance = #whorl.cfg scale(2.0) {
    ^bb0(%s: tensor<f32>, %t: f32):
      whorl.yield %s, %s : tensor<f32>, tensor<f32>
  } : tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @sample_c1_result(%x: tensor<?xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C1) expected a result of the state's type, 'tensor<?xf32>', got 'tensor<4xf32>'}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 {
    ^bb0(%s: tensor<?xf32>, %t: f32):
      whorl.yield %s : tensor<?xf32>
  } : (tensor<?xf32>, tensor<4xf32>)
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c2_schedule(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C2) expected a noise schedule, such as #whorl.ve<...>, got #whorl.euler}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.euler
      prediction = x0 {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c2_sampler(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C2) expected a sampler, such as #whorl.euler, got #whorl.cfg}}
  %y = whorl.sample %x sampler = #whorl.cfg schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c2_runs(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C2) expected a schedule of signal scale 1 for churn}}
  %y = whorl.sample %x sampler = #whorl.heun<churn = edm(1.0)> schedule = #whorl.flow<steps = 4>
      prediction = velocity {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c3(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C3) epsilon does not determine call 0, which starts from x = 0.0 x0 + 1.0 eps; predict v, or leave that level out of the schedule}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.flow<steps = 4>
      prediction = epsilon {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c4(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C4) expected a model of 'tensor<4xf32>', an f32 or f64 and perhaps an index, got 'tensor<5xf32>', 'f32'}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 {
    ^bb0(%s: tensor<5xf32>, %t: f32):
      whorl.yield %s : tensor<5xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c4_time(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C4) expected a model of 'tensor<4xf32>', an f32 or f64 and perhaps an index, got 'tensor<4xf32>', 'i64'}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 {
    ^bb0(%s: tensor<4xf32>, %t: i64):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c4_batched(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C4) expected a model of 'tensor<8xf32>', an f32 or f64 and perhaps an index, got 'tensor<4xf32>', 'f32'}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 guidance = #whorl.cfg scale(2.0) batched {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c5(%x: tensor<4xf32>, %z: tensor<4xf64>) -> tensor<4xf32> {
  // expected-error @+1 {{(C5) expected the model to yield 'tensor<4xf32>', got 'tensor<4xf64>'}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %z : tensor<4xf64>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c5_two(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C5) expected the model to yield 2 tensors, got 1}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 guidance = #whorl.cfg scale(2.0) {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c5_variance(%x: tensor<4xf32>, %k: i64) -> tensor<4xf32> {
  // expected-error @+1 {{(C5) expected the model to yield 2 tensors, got 1}}
  %y = whorl.sample %x sampler = #whorl.ddpm<variance = learned> schedule = #whorl.vp<beta = cosine, steps = 4>
      prediction = x0 key(%k : i64) {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c6_none(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C6) expected a key or noise, which this sampler draws, got neither}}
  %y = whorl.sample %x sampler = #whorl.ddim<eta = 1.0> schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c6_both(%x: tensor<4xf32>, %k: i64, %z: tensor<4x4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C6) expected a key or noise, which this sampler draws, got both}}
  %y = whorl.sample %x sampler = #whorl.ddim<eta = 1.0> schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 key(%k : i64) noise(%z : tensor<4x4xf32>) {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c6_superfluous(%x: tensor<4xf32>, %k: i64) -> tensor<4xf32> {
  // expected-error @+1 {{(C6) expected no key, as this sampler draws none}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 key(%k : i64) {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c6_stream(%x: tensor<4xf32>, %k: i64, %z: tensor<4x4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C6) expected a key with the stream, got none}}
  %y = whorl.sample %x sampler = #whorl.ddim<eta = 1.0> schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 stream(%k) noise(%z : tensor<4x4xf32>) {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c6_key(%x: tensor<4xf32>, %k: i32) -> tensor<4xf32> {
  // expected-error @+1 {{(C6) expected a key of one i64 or two i32}}
  %y = whorl.sample %x sampler = #whorl.ddim<eta = 1.0> schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 key(%k : i32) {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c6_noise(%x: tensor<4xf32>, %z: tensor<3x4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C6) expected noise of all calls, 'tensor<4x4xf32>', got 'tensor<3x4xf32>'}}
  %y = whorl.sample %x sampler = #whorl.ddim<eta = 1.0> schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 noise(%z : tensor<3x4xf32>) {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c7(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C7) expected a guidance rule, such as #whorl.cfg, got #whorl.euler}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 guidance = #whorl.euler scale(2.0) {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s, %s : tensor<4xf32>, tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c7_scale(%x: tensor<4xf32>, %w: tensor<3xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C7) expected the scale to be a scalar, or one for each sample of 'tensor<4xf32>', got 'tensor<3xf32>'}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 guidance = #whorl.cfg scale(%w : tensor<3xf32>) {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s, %s : tensor<4xf32>, tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c7_batched(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C7) expected guidance with scale, batched or renoise, got none}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 batched {
    ^bb0(%s: tensor<8xf32>, %t: f32):
      whorl.yield %s : tensor<8xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c7_renoise(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C7) expected guidance with scale, batched or renoise, got none}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 renoise {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @sample_c8(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C8) expected a positive number in clamp, got -1.0}}
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 4>
      prediction = x0 clamp(-1.0) {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}
