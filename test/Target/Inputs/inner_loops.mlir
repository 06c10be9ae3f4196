// What test/Target/inner_loops.test looks into.

func.func @full(%q: tensor<1x8x2048x64xf32>, %k: tensor<1x8x2048x64xf32>,
                %v: tensor<1x8x2048x64xf32>) -> tensor<1x8x2048x64xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>)
      -> tensor<1x8x2048x64xf32>
  return %o : tensor<1x8x2048x64xf32>
}

func.func @softcap(%q: tensor<1x8x2048x64xf32>, %k: tensor<1x8x2048x64xf32>,
                   %v: tensor<1x8x2048x64xf32>) -> tensor<1x8x2048x64xf32> {
  %o = whorl.attention %q, %k, %v softcap(30.0)
    : (tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>)
      -> tensor<1x8x2048x64xf32>
  return %o : tensor<1x8x2048x64xf32>
}
