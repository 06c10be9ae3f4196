// A1 to A3 of #whorl.alibi.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @alibi_a1(%q: tensor<2x?x3x8xf32>) {
  // expected-error @+1 {{(C10) (A1) alibi needs a static number of query heads, or slopes = true with an operand}}
  %o = whorl.attention %q, %q, %q position [#whorl.alibi]
       : (tensor<2x?x3x8xf32>, tensor<2x?x3x8xf32>, tensor<2x?x3x8xf32>) -> tensor<2x?x3x8xf32>
  return
}

// -----

func.func @alibi_a1_huge(%q: tensor<2x4194304x3x8xf32>) {
  // expected-error @+1 {{(C10) (A1) alibi computes slopes for at most 1048576 heads, got 4194304; give them by slopes = true with an operand}}
  %o = whorl.attention %q, %q, %q position [#whorl.alibi]
       : (tensor<2x4194304x3x8xf32>, tensor<2x4194304x3x8xf32>, tensor<2x4194304x3x8xf32>) -> tensor<2x4194304x3x8xf32>
  return
}

// -----

func.func @alibi_a2_size(%q: tensor<2x4x3x8xf32>, %s: tensor<3xf32>) {
  // expected-error @+1 {{(C10) (A2) alibi takes a float tensor of 4 slopes, got 'tensor<3xf32>'}}
  %o = whorl.attention %q, %q, %q position [#whorl.alibi<slopes = true>](%s : tensor<3xf32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @alibi_a2_type(%q: tensor<2x4x3x8xf32>, %s: tensor<4xi32>) {
  // expected-error @+1 {{(C10) (A2) alibi takes a float tensor of 4 slopes, got 'tensor<4xi32>'}}
  %o = whorl.attention %q, %q, %q position [#whorl.alibi<slopes = true>](%s : tensor<4xi32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @alibi_a2_scalar(%q: tensor<2x4x3x8xf32>, %s: f32) {
  // expected-error @+1 {{(C10) (A2) alibi takes a float tensor of 4 slopes, got 'f32'}}
  %o = whorl.attention %q, %q, %q position [#whorl.alibi<slopes = true>](%s : f32)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @alibi_a2_missing(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) expected 1 operands for the position encodings, got 0}}
  %o = whorl.attention %q, %q, %q position [#whorl.alibi<slopes = true>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @alibi_a3(%q: tensor<2x4x3x8xf32>, %p: tensor<3xi32>, %r: tensor<3xf32>) {
  // expected-error @+1 {{(C10) (A3) alibi expects integer position ids, got float ids}}
  %o = whorl.attention %q, %q, %q positions(%p, %r : tensor<3xi32>, tensor<3xf32>)
         position [#whorl.alibi]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}
