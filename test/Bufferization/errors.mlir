// RUN: whorl-opt %s --one-shot-bufferize --verify-diagnostics

func.func @no_outs(%q: tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32> {
  // expected-error @+2 {{has no outs; run whorl-add-destinations first}}
  // expected-error @+1 {{failed to bufferize op}}
  %o = whorl.attention %q, %q, %q
      : (tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  return %o : tensor<1x2x3x4xf32>
}
