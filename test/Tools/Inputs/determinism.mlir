func.func @full(%q: tensor<2x8x?x64xf32>, %k: tensor<2x2x?x64xf32>, %v: tensor<2x2x?x48xf32>) -> tensor<2x8x?x48xf32> {
  %o = whorl.attention %q, %k, %v : (tensor<2x8x?x64xf32>, tensor<2x2x?x64xf32>, tensor<2x2x?x48xf32>) -> tensor<2x8x?x48xf32>
  return %o : tensor<2x8x?x48xf32>
}
func.func @causal(%q: tensor<2x8x?x64xf32>, %k: tensor<2x2x?x64xf32>, %v: tensor<2x2x?x48xf32>) -> (tensor<2x8x?x48xf32>, tensor<2x8x?xf32>) {
  %o:2 = whorl.attention %q, %k, %v position [#whorl.rope, #whorl.alibi] mask #whorl.causal offset(70) softcap(20.0) : (tensor<2x8x?x64xf32>, tensor<2x2x?x64xf32>, tensor<2x2x?x48xf32>) -> (tensor<2x8x?x48xf32>, tensor<2x8x?xf32>)
  return %o#0, %o#1 : tensor<2x8x?x48xf32>, tensor<2x8x?xf32>
}
// Rotated keys are shared by the query tiles of different threads.
func.func @rope(%q: tensor<2x8x?x64xf32>, %k: tensor<2x2x?x64xf32>, %v: tensor<2x2x?x48xf32>) -> tensor<2x8x?x48xf32> {
  %o = whorl.attention %q, %k, %v position [#whorl.rope<pairing = interleaved, rotary_dim = 32>] : (tensor<2x8x?x64xf32>, tensor<2x2x?x64xf32>, tensor<2x2x?x48xf32>) -> tensor<2x8x?x48xf32>
  return %o : tensor<2x8x?x48xf32>
}
