// One negative test per constraint of whorl.sample_tokens and its filters.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @c1_rank(%l: tensor<f32>) {
  // expected-error @+1 {{(C1) expected logits of one dimension or more, the last of which is the vocabulary, got 'tensor<f32>'}}
  %0 = whorl.sample_tokens %l  : tensor<f32> -> tensor<i32>
  return
}

// -----

func.func @c1_element(%l: tensor<3x50xi32>) {
  // expected-error @+1 {{(C1) expected logits of f16, bf16, f32 or f64, got 'i32'}}
  %0 = whorl.sample_tokens %l  : tensor<3x50xi32> -> tensor<3xi32>
  return
}

// -----

func.func @c1_vocabulary(%l: tensor<3x0xf32>) {
  // expected-error @+1 {{(C1) expected a vocabulary of 1 to 16777216 tokens, got 0}}
  %0 = whorl.sample_tokens %l  : tensor<3x0xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c2_alone(%l: tensor<3x50xf32>) {
  // expected-error @+1 {{(C2) expected unconditional(%u) and guidance(w) together, got one of them}}
  %0 = whorl.sample_tokens %l guidance(1.0) : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c2_shape(%l: tensor<3x50xf32>, %u: tensor<2x50xf32>) {
  // expected-error @+1 {{(C2) expected unconditional to have the shape of the logits, 'tensor<3x50xf32>', and elements 'f32', got 'tensor<2x50xf32>'}}
  %0 = whorl.sample_tokens %l unconditional(%u : tensor<2x50xf32>) guidance(1.0) : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c3_mask(%l: tensor<3x50xf32>, %x: tensor<3xi32>) {
  // expected-error @+1 {{(C3) expected mask_token = m beside known}}
  %0 = whorl.sample_tokens %l known(%x : tensor<3xi32>) : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c3_known(%l: tensor<3x50xf32>) {
  // expected-error @+1 {{(C3) expected known(%x) beside mask_token; to leave a token out, suppress it}}
  %0 = whorl.sample_tokens %l mask_token = 3 : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c3_shape(%l: tensor<3x50xf32>, %x: tensor<4xi32>) {
  // expected-error @+1 {{(C3) expected known to have the shape [3] and elements i32 or i64, got 'tensor<4xi32>'}}
  %0 = whorl.sample_tokens %l known(%x : tensor<4xi32>) mask_token = 3 : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c3_token(%l: tensor<3x50xf32>, %x: tensor<3xi32>) {
  // expected-error @+1 {{(C3) expected mask_token to be a token, 0 to 49, got 50}}
  %0 = whorl.sample_tokens %l known(%x : tensor<3xi32>) mask_token = 50 : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c4_temperature(%l: tensor<3x50xf32>) {
  // expected-error @+1 {{(C4) expected a finite temperature that is not negative, got -1.0}}
  %0 = whorl.sample_tokens %l temperature(-1.0) : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c4_guidance(%l: tensor<3x50xf32>) {
  // expected-error @+1 {{(C4) expected a finite guidance, got inf}}
  %0 = whorl.sample_tokens %l unconditional(%l : tensor<3x50xf32>) guidance(1.0e999) : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c5_temperature(%l: tensor<3x50xf32>) {
  // expected-error @+1 {{(C5) expected a temperature beside filters}}
  %0 = whorl.sample_tokens %l filters = [#whorl.top_k<3>] : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c5_filter(%l: tensor<3x50xf32>) {
  // expected-error @+1 {{(C5) expected a token filter, such as #whorl.top_p<0.95>, got #whorl.philox}}
  %0 = whorl.sample_tokens %l temperature(0.0) filters = [#whorl.philox] : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c6_both(%l: tensor<3x50xf32>, %s: i64) {
  // expected-error @+1 {{(C6) expected noise or a draw, got both}}
  %0 = whorl.sample_tokens %l temperature(1.0) noise(%l : tensor<3x50xf32>) draw = element generator = #whorl.philox key(%s : i64) : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c6_none(%l: tensor<3x50xf32>) {
  // expected-error @+1 {{(C6) expected draw = element, draw = blocked or noise at a temperature that is not 0, got none}}
  %0 = whorl.sample_tokens %l temperature(1.0) : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c6_zero(%l: tensor<3x50xf32>, %s: i64) {
  // expected-error @+1 {{(C6) expected a temperature that is not 0 beside noise or a draw, got none}}
  %0 = whorl.sample_tokens %l temperature(0.0) draw = element generator = #whorl.philox key(%s : i64) : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c6_unused(%l: tensor<3x50xf32>, %s: i64) {
  // expected-error @+1 {{(C6) expected generator, key, stream and offset beside a draw only}}
  %0 = whorl.sample_tokens %l key(%s : i64) : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c6_generator(%l: tensor<3x50xf32>, %s: i64) {
  // expected-error @+1 {{(C6) expected a random generator beside a draw, such as generator = #whorl.philox}}
  %0 = whorl.sample_tokens %l temperature(1.0) draw = element generator = #whorl.normal key(%s : i64) : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c6_key(%l: tensor<3x50xf32>, %s: i32) {
  // expected-error @+1 {{(C6) expected the key to be one i64 or two i32, got 'i32'}}
  %0 = whorl.sample_tokens %l temperature(1.0) draw = element generator = #whorl.philox key(%s : i32) : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c7(%l: tensor<3x50xbf16>) {
  // expected-error @+1 {{(C7) expected noise to have the shape of the logits, 'tensor<3x50xbf16>', and elements 'f32', got 'tensor<3x50xbf16>'}}
  %0 = whorl.sample_tokens %l temperature(1.0) noise(%l : tensor<3x50xbf16>) : tensor<3x50xbf16> -> tensor<3xi32>
  return
}

// -----

func.func @c8_count(%l: tensor<3x50xf32>) {
  // expected-error @+1 {{(C8) expected 2 results, the tokens and one for each measure, got 1}}
  %0 = whorl.sample_tokens %l measures = [margin] : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c8_token(%l: tensor<3x50xf32>) {
  // expected-error @+1 {{(C8) expected results 0 to have the shape [3] and elements i32 or i64, got 'tensor<3xi8>'}}
  %0 = whorl.sample_tokens %l  : tensor<3x50xf32> -> tensor<3xi8>
  return
}

// -----

func.func @c8_measure(%l: tensor<3x50xf32>) {
  // expected-error @+1 {{(C8) expected results 1 to have the shape [3] and elements 'f32', got 'tensor<3xf64>'}}
  %0:2 = whorl.sample_tokens %l measures = [margin] : tensor<3x50xf32> -> tensor<3xi32>, tensor<3xf64>
  return
}

// -----

func.func @c8_twice(%l: tensor<3x50xf32>) {
  // expected-error @+1 {{(C8) expected each measure once, got margin twice}}
  %0:3 = whorl.sample_tokens %l measures = [margin, margin] : tensor<3x50xf32> -> tensor<3xi32>, tensor<3xf32>, tensor<3xf32>
  return
}

// -----

func.func @c9(%l: tensor<3x50xf32>) {
  // expected-error @+1 {{(C9) expected a suppressed token to be a token, 0 to 49, got -1}}
  %0 = whorl.sample_tokens %l suppress = [-1] : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c10(%l: tensor<50xf32>) {
  // expected-error @+1 {{(C10) expected logits of two dimensions or more with shift, got 'tensor<50xf32>'}}
  %0 = whorl.sample_tokens %l {shift} : tensor<50xf32> -> tensor<i32>
  return
}

// -----

func.func @c11_mixed(%l: tensor<3x50xf32>, %x: memref<3xi32>) {
  // expected-error @+1 {{(C11) expected all tensors or all memrefs, got 'tensor<3x50xf32>' and 'memref<3xi32>'}}
  %0 = whorl.sample_tokens %l known(%x : memref<3xi32>) mask_token = 1 : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c11_outs(%l: tensor<3x50xf32>, %x: tensor<3xi64>) {
  // expected-error @+1 {{(C11) expected outs to have the results' types}}
  %0 = whorl.sample_tokens %l outs(%x : tensor<3xi64>) : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c11_memref(%l: memref<3x50xf32>, %o: memref<3xi32>) {
  // expected-error @+1 {{(C11) expected no results on memrefs, which outs hold}}
  %0 = whorl.sample_tokens %l outs(%o : memref<3xi32>) : memref<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @c8_no_outs(%l: memref<3x50xf32>) {
  // expected-error @+1 {{(C8) expected 1 outs, the tokens and one for each measure, got 0}}
  whorl.sample_tokens %l : memref<3x50xf32>
  return
}

// -----

// expected-error @+1 {{(K1) expected k to be 1 or more, got 0}}
func.func private @k1() attributes {whorl.f = #whorl.top_k<0>}

// -----

// expected-error @+1 {{(P1) expected 0 < p <= 1, got 1.5}}
func.func private @p1() attributes {whorl.f = #whorl.top_p<1.5>}

// -----

// expected-error @+1 {{(I1) expected 0 < p <= 1, got 0.0}}
func.func private @i1() attributes {whorl.f = #whorl.min_p<0.0>}

// -----

func.func @measure(%l: tensor<3x50xf32>) {
  // expected-error @+1 {{expected confidence, margin, entropy or logit, got 'surprise'}}
  %0 = whorl.sample_tokens %l measures = [surprise] : tensor<3x50xf32> -> tensor<3xi32>
  return
}

// -----

func.func @draw(%l: tensor<3x50xf32>) {
  // expected-error @+1 {{expected element or blocked, got 'all'}}
  %0 = whorl.sample_tokens %l temperature(1.0) draw = all : tensor<3x50xf32> -> tensor<3xi32>
  return
}
