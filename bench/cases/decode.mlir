// Few queries on 8192 keys: 32 heads of 128 on 8 heads of keys.

func.func @f32_1(%q: tensor<1x32x1x128xf32>, %k: tensor<1x8x8192x128xf32>,
                 %v: tensor<1x8x8192x128xf32>)
    -> tensor<1x32x1x128xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x32x1x128xf32>, tensor<1x8x8192x128xf32>, tensor<1x8x8192x128xf32>)
      -> tensor<1x32x1x128xf32>
  return %o : tensor<1x32x1x128xf32>
}

func.func @f32_2(%q: tensor<1x32x2x128xf32>, %k: tensor<1x8x8192x128xf32>,
                 %v: tensor<1x8x8192x128xf32>)
    -> tensor<1x32x2x128xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x32x2x128xf32>, tensor<1x8x8192x128xf32>, tensor<1x8x8192x128xf32>)
      -> tensor<1x32x2x128xf32>
  return %o : tensor<1x32x2x128xf32>
}

func.func @f32_4(%q: tensor<1x32x4x128xf32>, %k: tensor<1x8x8192x128xf32>,
                 %v: tensor<1x8x8192x128xf32>)
    -> tensor<1x32x4x128xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x32x4x128xf32>, tensor<1x8x8192x128xf32>, tensor<1x8x8192x128xf32>)
      -> tensor<1x32x4x128xf32>
  return %o : tensor<1x32x4x128xf32>
}

func.func @f32_8(%q: tensor<1x32x8x128xf32>, %k: tensor<1x8x8192x128xf32>,
                 %v: tensor<1x8x8192x128xf32>)
    -> tensor<1x32x8x128xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x32x8x128xf32>, tensor<1x8x8192x128xf32>, tensor<1x8x8192x128xf32>)
      -> tensor<1x32x8x128xf32>
  return %o : tensor<1x32x8x128xf32>
}

func.func @f32_16(%q: tensor<1x32x16x128xf32>, %k: tensor<1x8x8192x128xf32>,
                  %v: tensor<1x8x8192x128xf32>)
    -> tensor<1x32x16x128xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x32x16x128xf32>, tensor<1x8x8192x128xf32>, tensor<1x8x8192x128xf32>)
      -> tensor<1x32x16x128xf32>
  return %o : tensor<1x32x16x128xf32>
}

func.func @bf16_1(%q: tensor<1x32x1x128xbf16>, %k: tensor<1x8x8192x128xbf16>,
                  %v: tensor<1x8x8192x128xbf16>)
    -> tensor<1x32x1x128xbf16> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x32x1x128xbf16>, tensor<1x8x8192x128xbf16>, tensor<1x8x8192x128xbf16>)
      -> tensor<1x32x1x128xbf16>
  return %o : tensor<1x32x1x128xbf16>
}

func.func @bf16_4(%q: tensor<1x32x4x128xbf16>, %k: tensor<1x8x8192x128xbf16>,
                  %v: tensor<1x8x8192x128xbf16>)
    -> tensor<1x32x4x128xbf16> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x32x4x128xbf16>, tensor<1x8x8192x128xbf16>, tensor<1x8x8192x128xbf16>)
      -> tensor<1x32x4x128xbf16>
  return %o : tensor<1x32x4x128xbf16>
}

func.func @bf16_16(%q: tensor<1x32x16x128xbf16>, %k: tensor<1x8x8192x128xbf16>,
                   %v: tensor<1x8x8192x128xbf16>)
    -> tensor<1x32x16x128xbf16> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x32x16x128xbf16>, tensor<1x8x8192x128xbf16>, tensor<1x8x8192x128xbf16>)
      -> tensor<1x32x16x128xbf16>
  return %o : tensor<1x32x16x128xbf16>
}

func.func @f32_any(%q: tensor<1x32x?x128xf32>, %k: tensor<1x8x?x128xf32>,
                   %v: tensor<1x8x?x128xf32>)
    -> tensor<1x32x?x128xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x32x?x128xf32>, tensor<1x8x?x128xf32>, tensor<1x8x?x128xf32>)
      -> tensor<1x32x?x128xf32>
  return %o : tensor<1x32x?x128xf32>
}
