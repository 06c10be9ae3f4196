// C9 and C10: position ids and encodings.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @attention_c9_rows(%q: tensor<2x4x3x8xf32>, %p: tensor<4xi32>) {
  // expected-error @+1 {{(C9) expected query positions as integers, f32 or f64 of shape [3], [2, 3] or [axes, 2, 3], got 'tensor<4xi32>'}}
  %o = whorl.attention %q, %q, %q positions(%p, %p : tensor<4xi32>, tensor<4xi32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c9_batch(%q: tensor<2x4x3x8xf32>, %p: tensor<3xi32>, %r: tensor<4x3xi32>) {
  // expected-error @+1 {{(C9) expected key positions as integers, f32 or f64 of shape [3], [2, 3] or [axes, 2, 3], got 'tensor<4x3xi32>'}}
  %o = whorl.attention %q, %q, %q positions(%p, %r : tensor<3xi32>, tensor<4x3xi32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c9_rank(%q: tensor<2x4x3x8xf32>, %p: tensor<i32>) {
  // expected-error @+1 {{(C9) expected query positions as integers, f32 or f64 of shape [3], [2, 3] or [axes, 2, 3], got 'tensor<i32>'}}
  %o = whorl.attention %q, %q, %q positions(%p, %p : tensor<i32>, tensor<i32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c9_type(%q: tensor<2x4x3x8xf32>, %p: tensor<3xf16>) {
  // expected-error @+1 {{(C9) expected query positions as integers, f32 or f64 of shape [3], [2, 3] or [axes, 2, 3], got 'tensor<3xf16>'}}
  %o = whorl.attention %q, %q, %q positions(%p, %p : tensor<3xf16>, tensor<3xf16>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c9_axes(%q: tensor<2x4x3x8xf32>, %p: tensor<2x2x3xi32>) {
  // expected-error @+1 {{(C9) expected query positions with 1 axes, got 2}}
  %o = whorl.attention %q, %q, %q positions(%p, %p : tensor<2x2x3xi32>, tensor<2x2x3xi32>)
         position [#whorl.rope]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c9_one(%q: tensor<2x4x3x8xf32>, %p: tensor<3xi32>) {
  // expected-error @+1 {{(C9) expected positions for both query and key}}
  %o = "whorl.attention"(%q, %q, %q, %p)
      <{operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0>}> ({})
      : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<3xi32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c10_mask(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) expected position encodings that act on queries and keys or on scores, got #whorl.causal}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope, #whorl.causal]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c10_number(%q: tensor<2x4x3x8xf32>, %p: tensor<3xi32>) {
  // expected-error @+1 {{(C10) expected position encodings that act on queries and keys or on scores, got 3 : i64}}
  %o = whorl.attention %q, %q, %q positions(%p, %p : tensor<3xi32>, tensor<3xi32>) position [3]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c10_site(%q: tensor<2x4x3x8xf32>, %t: tensor<9x8xf32>) {
  // expected-error @+1 {{(C10) expected position encodings that act on queries and keys or on scores, got #whorl.learned; apply it to the embeddings with whorl.encode_position}}
  %o = whorl.attention %q, %q, %q position [#whorl.learned](%t : tensor<9x8xf32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c10_count(%q: tensor<2x4x3x8xf32>, %t: tensor<4xf32>) {
  // expected-error @+1 {{(C10) expected 0 operands for the position encodings, got 1}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope, #whorl.alibi](%t : tensor<4xf32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c10_encoding(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R2) rope expects an even number of elements within the row of 8, got 10 from element 0}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<rotary_dim = 10>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}
