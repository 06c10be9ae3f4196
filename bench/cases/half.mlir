// Attention on 2048 rows in bf16 and f16: 8 heads of 64, and 8 heads of 128 on 2
// heads of keys.

func.func @bf16_d64(%q: tensor<1x8x2048x64xbf16>, %k: tensor<1x8x2048x64xbf16>,
                    %v: tensor<1x8x2048x64xbf16>)
    -> tensor<1x8x2048x64xbf16> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x2048x64xbf16>, tensor<1x8x2048x64xbf16>, tensor<1x8x2048x64xbf16>)
      -> tensor<1x8x2048x64xbf16>
  return %o : tensor<1x8x2048x64xbf16>
}

func.func @bf16_d64_causal(%q: tensor<1x8x2048x64xbf16>, %k: tensor<1x8x2048x64xbf16>,
    %v: tensor<1x8x2048x64xbf16>)
    -> tensor<1x8x2048x64xbf16> {
  %o = whorl.attention %q, %k, %v
    mask #whorl.causal
    : (tensor<1x8x2048x64xbf16>, tensor<1x8x2048x64xbf16>, tensor<1x8x2048x64xbf16>)
      -> tensor<1x8x2048x64xbf16>
  return %o : tensor<1x8x2048x64xbf16>
}

func.func @bf16_d128(%q: tensor<1x8x2048x128xbf16>, %k: tensor<1x2x2048x128xbf16>,
                     %v: tensor<1x2x2048x128xbf16>)
    -> tensor<1x8x2048x128xbf16> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x2048x128xbf16>, tensor<1x2x2048x128xbf16>, tensor<1x2x2048x128xbf16>)
      -> tensor<1x8x2048x128xbf16>
  return %o : tensor<1x8x2048x128xbf16>
}

func.func @bf16_d128_causal(%q: tensor<1x8x2048x128xbf16>, %k: tensor<1x2x2048x128xbf16>,
    %v: tensor<1x2x2048x128xbf16>)
    -> tensor<1x8x2048x128xbf16> {
  %o = whorl.attention %q, %k, %v
    mask #whorl.causal
    : (tensor<1x8x2048x128xbf16>, tensor<1x2x2048x128xbf16>, tensor<1x2x2048x128xbf16>)
      -> tensor<1x8x2048x128xbf16>
  return %o : tensor<1x8x2048x128xbf16>
}

func.func @f16_d64(%q: tensor<1x8x2048x64xf16>, %k: tensor<1x8x2048x64xf16>,
                   %v: tensor<1x8x2048x64xf16>)
    -> tensor<1x8x2048x64xf16> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x2048x64xf16>, tensor<1x8x2048x64xf16>, tensor<1x8x2048x64xf16>)
      -> tensor<1x8x2048x64xf16>
  return %o : tensor<1x8x2048x64xf16>
}

func.func @f16_d64_causal(%q: tensor<1x8x2048x64xf16>, %k: tensor<1x8x2048x64xf16>,
    %v: tensor<1x8x2048x64xf16>)
    -> tensor<1x8x2048x64xf16> {
  %o = whorl.attention %q, %k, %v
    mask #whorl.causal
    : (tensor<1x8x2048x64xf16>, tensor<1x8x2048x64xf16>, tensor<1x8x2048x64xf16>)
      -> tensor<1x8x2048x64xf16>
  return %o : tensor<1x8x2048x64xf16>
}

func.func @f16_d128(%q: tensor<1x8x2048x128xf16>, %k: tensor<1x2x2048x128xf16>,
                    %v: tensor<1x2x2048x128xf16>)
    -> tensor<1x8x2048x128xf16> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x2048x128xf16>, tensor<1x2x2048x128xf16>, tensor<1x2x2048x128xf16>)
      -> tensor<1x8x2048x128xf16>
  return %o : tensor<1x8x2048x128xf16>
}

func.func @f16_d128_causal(%q: tensor<1x8x2048x128xf16>, %k: tensor<1x2x2048x128xf16>,
    %v: tensor<1x2x2048x128xf16>)
    -> tensor<1x8x2048x128xf16> {
  %o = whorl.attention %q, %k, %v
    mask #whorl.causal
    : (tensor<1x8x2048x128xf16>, tensor<1x2x2048x128xf16>, tensor<1x2x2048x128xf16>)
      -> tensor<1x8x2048x128xf16>
  return %o : tensor<1x8x2048x128xf16>
}
