// One negative test per constraint of guidance, added noise and preconditioning.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{(R1) expected rescale from 0 to 1, got 1.5}}
func.func @cfg_r1() attributes {a = #whorl.cfg<rescale = 1.5>} { return }

// -----

// expected-error @+1 {{(R2) expected steps from 0 on and 0 <= start <= stop <= 1, got 5, 0.8 and 0.2}}
func.func @cfg_r2() attributes {a = #whorl.cfg<steps = 5, start = 0.8, stop = 0.2>} { return }

// -----

// expected-error @+1 {{(R2) expected steps with start and stop, got none}}
func.func @cfg_r2_steps() attributes {a = #whorl.cfg<start = 0.2>} { return }

// -----

// expected-error @+1 {{(R3) expected finite eta and momentum and cap from 0 on, got 1.0, 0.0 and -1.0}}
func.func @apg_r3() attributes {a = #whorl.apg<cap = -1.0>} { return }

// -----

// expected-error @+1 {{(R4) expected zero_steps from 0 on, got -1}}
func.func @cfg_zero_r4() attributes {a = #whorl.cfg_zero<zero_steps = -1>} { return }

// -----

// expected-error @+1 {{(X1) expected a positive sigma_data, got 0.0}}
func.func @edm_x1() attributes {a = #whorl.edm_scaling<sigma_data = 0.0>} { return }

// -----

func.func @guidance_c1(%u: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{(C1) expected f16, bf16, f32 or f64 and rank 1 or more, got 'tensor<f32>'}}
  %g = whorl.guidance %u, %u rule = #whorl.cfg scale(2.0) : tensor<f32>
  return %g : tensor<f32>
}

// -----

func.func @guidance_c2(%u: tensor<4xf32>, %c: tensor<5xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C2) expected inputs, outs and results of one shape and element type, got 'tensor<4xf32>' and 'tensor<5xf32>'}}
  %g = whorl.guidance %u, %c rule = #whorl.cfg scale(2.0) : (tensor<4xf32>, tensor<5xf32>)
  return %g : tensor<4xf32>
}

// -----

func.func @guidance_c3(%u: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C3) expected a guidance rule, such as #whorl.cfg, got #whorl.euler}}
  %g = whorl.guidance %u, %u rule = #whorl.euler scale(2.0) : tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

func.func @guidance_c4(%u: tensor<4xf32>, %w: tensor<3xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C4) expected the scale to be a scalar, or one for each sample of 'tensor<4xf32>', got 'tensor<3xf32>'}}
  %g = whorl.guidance %u, %u rule = #whorl.cfg scale(%w : tensor<3xf32>) : tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

func.func @guidance_c4_none(%u: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C4) expected the scale once, as a number or as a value, got neither}}
  %g = "whorl.guidance"(%u, %u) <{operandSegmentSizes = array<i32: 1, 1, 0, 0, 0, 0>,
    rule = #whorl.cfg}> : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

func.func @guidance_c5(%u: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C5) expected at(%i), as #whorl.cfg_zero<zero_steps = 1> asks for the index of the step}}
  %g = whorl.guidance %u, %u rule = #whorl.cfg_zero<zero_steps = 1> scale(2.0) : tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

func.func @guidance_c5_none(%u: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C5) expected no index, as #whorl.cfg does not ask for it}}
  %g = whorl.guidance %u, %u rule = #whorl.cfg scale(2.0) at(%i) : tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

func.func @guidance_c6(%u: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C6) expected momentum(%d), as #whorl.apg<momentum = 0.5> has it}}
  %g, %d = whorl.guidance %u, %u rule = #whorl.apg<momentum = 0.5> scale(2.0) : tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

func.func @guidance_c6_none(%u: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C6) expected no momentum, as #whorl.apg has none}}
  %g = whorl.guidance %u, %u rule = #whorl.apg scale(2.0) momentum(%u : tensor<4xf32>) : tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

func.func @guidance_c7(%u: tensor<4xf32>, %c: memref<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C7) expected all tensors or all memrefs, got 'tensor<4xf32>' and 'memref<4xf32>'}}
  %g = whorl.guidance %u, %c rule = #whorl.cfg scale(2.0) : (tensor<4xf32>, memref<4xf32>)
  return %g : tensor<4xf32>
}

// -----

func.func @guidance_c7_outs(%u: memref<4xf32>) {
  // expected-error @+1 {{(C7) expected 1 outs, got 0}}
  whorl.guidance %u, %u rule = #whorl.cfg scale(2.0) : memref<4xf32>
  return
}

// -----

func.func @add_noise_c3(%u: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C3) expected a noise schedule that knows any time, such as #whorl.vp<...>, got #whorl.levels<process = ve, noise = [1.0, 0.0]>}}
  %x = whorl.add_noise %u, %u schedule = #whorl.levels<process = ve, noise = [1.0, 0.0]>
      at(0.5) : tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

func.func @add_noise_c4(%u: tensor<4xf32>, %s: tensor<4x2xi64>) -> tensor<4xf32> {
  // expected-error @+1 {{(C4) expected the time to be a scalar, or one for each sample of 'tensor<4xf32>', got 'tensor<4x2xi64>'}}
  %x = whorl.add_noise %u, %u schedule = #whorl.flow<steps = 4>
      at(%s : tensor<4x2xi64>) : tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

func.func @precondition_c3(%u: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C3) expected a preconditioning, such as #whorl.edm_scaling, got #whorl.cfg}}
  %x = whorl.precondition %u rule = #whorl.cfg sigma(0.5) : tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

func.func @precondition_c4(%u: tensor<4xf32>, %s: i32) -> tensor<4xf32> {
  // expected-error @+1 {{(C4) expected the sigma to be a scalar, or one for each sample of 'tensor<4xf32>', got 'i32'}}
  %x = whorl.precondition %u rule = #whorl.edm_scaling sigma(%s : i32) : tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

func.func @noise_input_c1(%s: f32) -> f32 {
  // expected-error @+1 {{(C1) expected a preconditioning, such as #whorl.edm_scaling, got #whorl.cfg}}
  %x = whorl.noise_input #whorl.cfg of %s : f32
  return %x : f32
}

// -----

func.func @guidance_c4_number(%u: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C4) expected a finite scale, got }}
  %g = "whorl.guidance"(%u, %u) <{operandSegmentSizes = array<i32: 1, 1, 0, 0, 0, 0>,
    rule = #whorl.cfg, static_scale = 0x7FF0000000000000 : f64}> : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

func.func @guidance_c7_results(%u: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C7) expected 1 results on tensors, got 2}}
  %g:2 = "whorl.guidance"(%u, %u) <{operandSegmentSizes = array<i32: 1, 1, 0, 0, 0, 0>,
    rule = #whorl.cfg, static_scale = 2.0 : f64}> : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %g#0 : tensor<4xf32>
}

// -----

func.func @add_noise_c1(%u: tensor<4xi32>) -> tensor<4xi32> {
  // expected-error @+1 {{(C1) expected f16, bf16, f32 or f64 and rank 1 or more, got 'tensor<4xi32>'}}
  %x = whorl.add_noise %u, %u schedule = #whorl.flow<steps = 4> at(0.5) : tensor<4xi32>
  return %x : tensor<4xi32>
}

// -----

func.func @add_noise_c2(%u: tensor<4xf32>, %e: tensor<4xf64>) -> tensor<4xf32> {
  // expected-error @+1 {{(C2) expected inputs, outs and results of one shape and element type, got 'tensor<4xf32>' and 'tensor<4xf64>'}}
  %x = whorl.add_noise %u, %e schedule = #whorl.flow<steps = 4> at(0.5) : (tensor<4xf32>, tensor<4xf64>)
  return %x : tensor<4xf32>
}

// -----

func.func @add_noise_c7(%u: memref<4xf32>) {
  // expected-error @+1 {{(C7) expected 2 outs, got 1}}
  whorl.add_noise %u, %u schedule = #whorl.flow<steps = 4> at(0.5) target = v
      outs(%u : memref<4xf32>) : memref<4xf32>
  return
}

// -----

func.func @precondition_c1(%u: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{(C1) expected f16, bf16, f32 or f64 and rank 1 or more, got 'tensor<f32>'}}
  %x = whorl.precondition %u rule = #whorl.edm_scaling sigma(0.5) : tensor<f32>
  return %x : tensor<f32>
}

// -----

func.func @precondition_c2(%u: tensor<4xf32>, %f: tensor<5xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{(C2) expected inputs, outs and results of one shape and element type, got 'tensor<4xf32>' and 'tensor<5xf32>'}}
  %x = whorl.precondition %u rule = #whorl.edm_scaling sigma(0.5) output(%f : tensor<5xf32>) : tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

func.func @precondition_c7(%u: memref<4xf32>) {
  // expected-error @+1 {{(C7) expected 1 outs, got 0}}
  whorl.precondition %u rule = #whorl.edm_scaling sigma(0.5) : memref<4xf32>
  return
}
