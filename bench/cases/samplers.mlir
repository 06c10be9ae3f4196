// One call of each kind of sampler, its history and guidance in the same pass:
// bound by memory. Latents of 4 x 16 x 128 x 128 and images of 64 x 3 x 64 x 64.
// The index of the call is an input, as in the loop of a sampler.

func.func @ddim_latent_f32(%x: tensor<4x16x128x128xf32>, %m: tensor<4x16x128x128xf32>, %i: index)
    -> (tensor<4x16x128x128xf32>) {
  %y = whorl.step %x, %m at %i sampler = #whorl.ddim
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon : tensor<4x16x128x128xf32>
  return %y : tensor<4x16x128x128xf32>
}

func.func @dpmpp_2m_latent_f32(%x: tensor<4x16x128x128xf32>, %m: tensor<4x16x128x128xf32>, %p: tensor<4x16x128x128xf32>, %i: index)
    -> (tensor<4x16x128x128xf32>, tensor<4x16x128x128xf32>) {
  %y, %k = whorl.step %x, %m at %i sampler = #whorl.dpmpp
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon history(%p : tensor<4x16x128x128xf32>)
      : tensor<4x16x128x128xf32>
  return %y, %k : tensor<4x16x128x128xf32>, tensor<4x16x128x128xf32>
}

func.func @ddpm_latent_f32(%x: tensor<4x16x128x128xf32>, %m: tensor<4x16x128x128xf32>, %z: tensor<4x16x128x128xf32>, %i: index)
    -> (tensor<4x16x128x128xf32>) {
  %y = whorl.step %x, %m at %i sampler = #whorl.ddpm
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon noise(%z : tensor<4x16x128x128xf32>) : tensor<4x16x128x128xf32>
  return %y : tensor<4x16x128x128xf32>
}

func.func @unipc_latent_f32(%x: tensor<4x16x128x128xf32>, %m: tensor<4x16x128x128xf32>, %p: tensor<4x16x128x128xf32>, %q: tensor<4x16x128x128xf32>, %i: index)
    -> (tensor<4x16x128x128xf32>, tensor<4x16x128x128xf32>) {
  %y, %k = whorl.step %x, %m at %i sampler = #whorl.unipc
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon history(%p, %q : tensor<4x16x128x128xf32>, tensor<4x16x128x128xf32>)
      : tensor<4x16x128x128xf32>
  return %y, %k : tensor<4x16x128x128xf32>, tensor<4x16x128x128xf32>
}

func.func @cfg_ddim_latent_f32(%x: tensor<4x16x128x128xf32>, %u: tensor<4x16x128x128xf32>, %c: tensor<4x16x128x128xf32>, %i: index)
    -> (tensor<4x16x128x128xf32>) {
  %m = whorl.guidance %u, %c rule = #whorl.cfg scale(7.5) : tensor<4x16x128x128xf32>
  %y = whorl.step %x, %m at %i sampler = #whorl.ddim
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon : tensor<4x16x128x128xf32>
  return %y : tensor<4x16x128x128xf32>
}

func.func @ddim_latent_bf16(%x: tensor<4x16x128x128xbf16>, %m: tensor<4x16x128x128xbf16>, %i: index)
    -> (tensor<4x16x128x128xbf16>) {
  %y = whorl.step %x, %m at %i sampler = #whorl.ddim
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon : tensor<4x16x128x128xbf16>
  return %y : tensor<4x16x128x128xbf16>
}

func.func @dpmpp_2m_latent_bf16(%x: tensor<4x16x128x128xbf16>, %m: tensor<4x16x128x128xbf16>, %p: tensor<4x16x128x128xbf16>, %i: index)
    -> (tensor<4x16x128x128xbf16>, tensor<4x16x128x128xbf16>) {
  %y, %k = whorl.step %x, %m at %i sampler = #whorl.dpmpp
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon history(%p : tensor<4x16x128x128xbf16>)
      : tensor<4x16x128x128xbf16>
  return %y, %k : tensor<4x16x128x128xbf16>, tensor<4x16x128x128xbf16>
}

func.func @ddpm_latent_bf16(%x: tensor<4x16x128x128xbf16>, %m: tensor<4x16x128x128xbf16>, %z: tensor<4x16x128x128xbf16>, %i: index)
    -> (tensor<4x16x128x128xbf16>) {
  %y = whorl.step %x, %m at %i sampler = #whorl.ddpm
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon noise(%z : tensor<4x16x128x128xbf16>) : tensor<4x16x128x128xbf16>
  return %y : tensor<4x16x128x128xbf16>
}

func.func @unipc_latent_bf16(%x: tensor<4x16x128x128xbf16>, %m: tensor<4x16x128x128xbf16>, %p: tensor<4x16x128x128xbf16>, %q: tensor<4x16x128x128xbf16>, %i: index)
    -> (tensor<4x16x128x128xbf16>, tensor<4x16x128x128xbf16>) {
  %y, %k = whorl.step %x, %m at %i sampler = #whorl.unipc
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon history(%p, %q : tensor<4x16x128x128xbf16>, tensor<4x16x128x128xbf16>)
      : tensor<4x16x128x128xbf16>
  return %y, %k : tensor<4x16x128x128xbf16>, tensor<4x16x128x128xbf16>
}

func.func @cfg_ddim_latent_bf16(%x: tensor<4x16x128x128xbf16>, %u: tensor<4x16x128x128xbf16>, %c: tensor<4x16x128x128xbf16>, %i: index)
    -> (tensor<4x16x128x128xbf16>) {
  %m = whorl.guidance %u, %c rule = #whorl.cfg scale(7.5) : tensor<4x16x128x128xbf16>
  %y = whorl.step %x, %m at %i sampler = #whorl.ddim
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon : tensor<4x16x128x128xbf16>
  return %y : tensor<4x16x128x128xbf16>
}

func.func @ddim_image_f32(%x: tensor<64x3x64x64xf32>, %m: tensor<64x3x64x64xf32>, %i: index)
    -> (tensor<64x3x64x64xf32>) {
  %y = whorl.step %x, %m at %i sampler = #whorl.ddim
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon : tensor<64x3x64x64xf32>
  return %y : tensor<64x3x64x64xf32>
}

func.func @dpmpp_2m_image_f32(%x: tensor<64x3x64x64xf32>, %m: tensor<64x3x64x64xf32>, %p: tensor<64x3x64x64xf32>, %i: index)
    -> (tensor<64x3x64x64xf32>, tensor<64x3x64x64xf32>) {
  %y, %k = whorl.step %x, %m at %i sampler = #whorl.dpmpp
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon history(%p : tensor<64x3x64x64xf32>)
      : tensor<64x3x64x64xf32>
  return %y, %k : tensor<64x3x64x64xf32>, tensor<64x3x64x64xf32>
}

func.func @ddpm_image_f32(%x: tensor<64x3x64x64xf32>, %m: tensor<64x3x64x64xf32>, %z: tensor<64x3x64x64xf32>, %i: index)
    -> (tensor<64x3x64x64xf32>) {
  %y = whorl.step %x, %m at %i sampler = #whorl.ddpm
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon noise(%z : tensor<64x3x64x64xf32>) : tensor<64x3x64x64xf32>
  return %y : tensor<64x3x64x64xf32>
}

func.func @unipc_image_f32(%x: tensor<64x3x64x64xf32>, %m: tensor<64x3x64x64xf32>, %p: tensor<64x3x64x64xf32>, %q: tensor<64x3x64x64xf32>, %i: index)
    -> (tensor<64x3x64x64xf32>, tensor<64x3x64x64xf32>) {
  %y, %k = whorl.step %x, %m at %i sampler = #whorl.unipc
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon history(%p, %q : tensor<64x3x64x64xf32>, tensor<64x3x64x64xf32>)
      : tensor<64x3x64x64xf32>
  return %y, %k : tensor<64x3x64x64xf32>, tensor<64x3x64x64xf32>
}

func.func @cfg_ddim_image_f32(%x: tensor<64x3x64x64xf32>, %u: tensor<64x3x64x64xf32>, %c: tensor<64x3x64x64xf32>, %i: index)
    -> (tensor<64x3x64x64xf32>) {
  %m = whorl.guidance %u, %c rule = #whorl.cfg scale(7.5) : tensor<64x3x64x64xf32>
  %y = whorl.step %x, %m at %i sampler = #whorl.ddim
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon : tensor<64x3x64x64xf32>
  return %y : tensor<64x3x64x64xf32>
}

func.func @ddim_image_bf16(%x: tensor<64x3x64x64xbf16>, %m: tensor<64x3x64x64xbf16>, %i: index)
    -> (tensor<64x3x64x64xbf16>) {
  %y = whorl.step %x, %m at %i sampler = #whorl.ddim
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon : tensor<64x3x64x64xbf16>
  return %y : tensor<64x3x64x64xbf16>
}

func.func @dpmpp_2m_image_bf16(%x: tensor<64x3x64x64xbf16>, %m: tensor<64x3x64x64xbf16>, %p: tensor<64x3x64x64xbf16>, %i: index)
    -> (tensor<64x3x64x64xbf16>, tensor<64x3x64x64xbf16>) {
  %y, %k = whorl.step %x, %m at %i sampler = #whorl.dpmpp
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon history(%p : tensor<64x3x64x64xbf16>)
      : tensor<64x3x64x64xbf16>
  return %y, %k : tensor<64x3x64x64xbf16>, tensor<64x3x64x64xbf16>
}

func.func @ddpm_image_bf16(%x: tensor<64x3x64x64xbf16>, %m: tensor<64x3x64x64xbf16>, %z: tensor<64x3x64x64xbf16>, %i: index)
    -> (tensor<64x3x64x64xbf16>) {
  %y = whorl.step %x, %m at %i sampler = #whorl.ddpm
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon noise(%z : tensor<64x3x64x64xbf16>) : tensor<64x3x64x64xbf16>
  return %y : tensor<64x3x64x64xbf16>
}

func.func @unipc_image_bf16(%x: tensor<64x3x64x64xbf16>, %m: tensor<64x3x64x64xbf16>, %p: tensor<64x3x64x64xbf16>, %q: tensor<64x3x64x64xbf16>, %i: index)
    -> (tensor<64x3x64x64xbf16>, tensor<64x3x64x64xbf16>) {
  %y, %k = whorl.step %x, %m at %i sampler = #whorl.unipc
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon history(%p, %q : tensor<64x3x64x64xbf16>, tensor<64x3x64x64xbf16>)
      : tensor<64x3x64x64xbf16>
  return %y, %k : tensor<64x3x64x64xbf16>, tensor<64x3x64x64xbf16>
}

func.func @cfg_ddim_image_bf16(%x: tensor<64x3x64x64xbf16>, %u: tensor<64x3x64x64xbf16>, %c: tensor<64x3x64x64xbf16>, %i: index)
    -> (tensor<64x3x64x64xbf16>) {
  %m = whorl.guidance %u, %c rule = #whorl.cfg scale(7.5) : tensor<64x3x64x64xbf16>
  %y = whorl.step %x, %m at %i sampler = #whorl.ddim
      schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
      prediction = epsilon : tensor<64x3x64x64xbf16>
  return %y : tensor<64x3x64x64xbf16>
}
