// Sampler steps on latents of 4 x 16 x 256 x 256, 16 MiB in f32: bound by memory.
// The index of the step is an input, as in the loop of a sampler.

// Reads the state and the model's output, writes the next state.
func.func @ddim(%x: tensor<4x16x256x256xf32>, %m: tensor<4x16x256x256xf32>,
                %i: index) -> tensor<4x16x256x256xf32> {
  %next = whorl.step %x, %m at %i sampler = #whorl.ddim
      schedule = #whorl.vp<beta = linear(0.0001, 0.02), steps = 50>
      prediction = epsilon : tensor<4x16x256x256xf32>
  return %next : tensor<4x16x256x256xf32>
}

func.func @ddim_bf16(%x: tensor<4x16x256x256xbf16>,
                     %m: tensor<4x16x256x256xbf16>,
                     %i: index) -> tensor<4x16x256x256xbf16> {
  %next = whorl.step %x, %m at %i sampler = #whorl.ddim
      schedule = #whorl.vp<beta = linear(0.0001, 0.02), steps = 50>
      prediction = epsilon : tensor<4x16x256x256xbf16>
  return %next : tensor<4x16x256x256xbf16>
}

// An ancestral step reads the noise as well.
func.func @ancestral(%x: tensor<4x16x256x256xf32>,
                     %m: tensor<4x16x256x256xf32>,
                     %z: tensor<4x16x256x256xf32>,
                     %i: index) -> tensor<4x16x256x256xf32> {
  %next = whorl.step %x, %m at %i sampler = #whorl.ddim<eta = 1.0>
      schedule = #whorl.vp<beta = linear(0.0001, 0.02), steps = 50>
      prediction = epsilon noise(%z : tensor<4x16x256x256xf32>)
      : tensor<4x16x256x256xf32>
  return %next : tensor<4x16x256x256xf32>
}

// Classifier-free guidance, then an Euler step of flow matching, in one pass.
func.func @guided_euler(%x: tensor<4x16x256x256xf32>,
                        %with: tensor<4x16x256x256xf32>,
                        %without: tensor<4x16x256x256xf32>,
                        %i: index) -> tensor<4x16x256x256xf32> {
  %weight = arith.constant dense<7.5> : tensor<4x16x256x256xf32>
  %direction = arith.subf %with, %without : tensor<4x16x256x256xf32>
  %scaled = arith.mulf %weight, %direction : tensor<4x16x256x256xf32>
  %m = arith.addf %without, %scaled : tensor<4x16x256x256xf32>
  %next = whorl.step %x, %m at %i sampler = #whorl.euler
      schedule = #whorl.flow<steps = 28> prediction = velocity
      : tensor<4x16x256x256xf32>
  return %next : tensor<4x16x256x256xf32>
}

// The latents of one picture, 64 KiB: in the caches, where the call counts.
func.func @small(%x: tensor<1x4x64x64xf32>, %m: tensor<1x4x64x64xf32>,
                 %i: index) -> tensor<1x4x64x64xf32> {
  %next = whorl.step %x, %m at %i sampler = #whorl.ddim
      schedule = #whorl.vp<beta = linear(0.0001, 0.02), steps = 50>
      prediction = epsilon : tensor<1x4x64x64xf32>
  return %next : tensor<1x4x64x64xf32>
}
