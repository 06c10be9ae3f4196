// Causal attention with rotary positions: 8 heads of 64, any number of rows.
func.func @attend(%q: tensor<1x8x?x64xf32>, %k: tensor<1x8x?x64xf32>,
                  %v: tensor<1x8x?x64xf32>) -> tensor<1x8x?x64xf32> {
  %o = whorl.attention %q, %k, %v
         position [#whorl.rope<theta = 1.0e+04>]
         mask #whorl.causal
       : (tensor<1x8x?x64xf32>, tensor<1x8x?x64xf32>, tensor<1x8x?x64xf32>)
         -> tensor<1x8x?x64xf32>
  return %o : tensor<1x8x?x64xf32>
}
