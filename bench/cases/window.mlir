// Attention on 8192 rows in f32, 2 heads of 64: everything, and a window of 256.

func.func @full(%q: tensor<1x2x8192x64xf32>, %k: tensor<1x2x8192x64xf32>,
                %v: tensor<1x2x8192x64xf32>)
    -> tensor<1x2x8192x64xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x2x8192x64xf32>, tensor<1x2x8192x64xf32>, tensor<1x2x8192x64xf32>)
      -> tensor<1x2x8192x64xf32>
  return %o : tensor<1x2x8192x64xf32>
}

func.func @causal(%q: tensor<1x2x8192x64xf32>, %k: tensor<1x2x8192x64xf32>,
                  %v: tensor<1x2x8192x64xf32>)
    -> tensor<1x2x8192x64xf32> {
  %o = whorl.attention %q, %k, %v
    mask #whorl.causal
    : (tensor<1x2x8192x64xf32>, tensor<1x2x8192x64xf32>, tensor<1x2x8192x64xf32>)
      -> tensor<1x2x8192x64xf32>
  return %o : tensor<1x2x8192x64xf32>
}

func.func @window(%q: tensor<1x2x8192x64xf32>, %k: tensor<1x2x8192x64xf32>,
                  %v: tensor<1x2x8192x64xf32>)
    -> tensor<1x2x8192x64xf32> {
  %o = whorl.attention %q, %k, %v
    mask #whorl.sliding_window<left = 255, right = 0>
    : (tensor<1x2x8192x64xf32>, tensor<1x2x8192x64xf32>, tensor<1x2x8192x64xf32>)
      -> tensor<1x2x8192x64xf32>
  return %o : tensor<1x2x8192x64xf32>
}
