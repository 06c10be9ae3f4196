// Two entries, so that one must be chosen.
func.func @attend(%query: tensor<1x2x?x8xf32>, %key: tensor<1x2x?x8xf32>, %value: tensor<1x2x?x8xf32>) -> tensor<1x2x?x8xf32> {
  %o = whorl.attention %query, %key, %value mask #whorl.causal : (tensor<1x2x?x8xf32>, tensor<1x2x?x8xf32>, tensor<1x2x?x8xf32>) -> tensor<1x2x?x8xf32>
  return %o : tensor<1x2x?x8xf32>
}
func.func @negate(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %y = arith.negf %x : tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}
