// A token for each of 64 rows of LLaDA's vocabulary: 16.2 MB of bf16 logits.

func.func @greedy(%l: tensor<64x126464xbf16>) -> (tensor<64xi64>) {
  %r:1 = whorl.sample_tokens %l
      : tensor<64x126464xbf16> -> tensor<64xi64>
  return %r#0 : tensor<64xi64>
}

func.func @measured(%l: tensor<64x126464xbf16>) -> (tensor<64xi64>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>) {
  %r:4 = whorl.sample_tokens %l measures = [confidence, margin, entropy]
      : tensor<64x126464xbf16> -> tensor<64xi64>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>
  return %r#0, %r#1, %r#2, %r#3 : tensor<64xi64>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>
}

func.func @confident(%l: tensor<64x126464xbf16>) -> (tensor<64xi64>, tensor<64xf32>) {
  %r:2 = whorl.sample_tokens %l measures = [confidence]
      : tensor<64x126464xbf16> -> tensor<64xi64>, tensor<64xf32>
  return %r#0, %r#1 : tensor<64xi64>, tensor<64xf32>
}

func.func @blocked(%l: tensor<64x126464xbf16>, %seed: i64) -> (tensor<64xi64>, tensor<64xf32>) {
  %r:2 = whorl.sample_tokens %l temperature(1.0) draw = blocked generator = #whorl.philox key(%seed : i64)
      measures = [confidence]
      : tensor<64x126464xbf16> -> tensor<64xi64>, tensor<64xf32>
  return %r#0, %r#1 : tensor<64xi64>, tensor<64xf32>
}

func.func @element(%l: tensor<64x126464xbf16>, %seed: i64) -> (tensor<64xi64>, tensor<64xf32>) {
  %r:2 = whorl.sample_tokens %l temperature(1.0) draw = element generator = #whorl.philox key(%seed : i64)
      measures = [confidence]
      : tensor<64x126464xbf16> -> tensor<64xi64>, tensor<64xf32>
  return %r#0, %r#1 : tensor<64xi64>, tensor<64xf32>
}

func.func @nucleus(%l: tensor<64x126464xbf16>, %seed: i64) -> (tensor<64xi64>, tensor<64xf32>) {
  %r:2 = whorl.sample_tokens %l temperature(1.0) filters = [#whorl.top_p<0.95>] draw = blocked generator = #whorl.philox key(%seed : i64)
      measures = [confidence]
      : tensor<64x126464xbf16> -> tensor<64xi64>, tensor<64xf32>
  return %r#0, %r#1 : tensor<64xi64>, tensor<64xf32>
}
