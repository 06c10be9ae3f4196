// C15: results and destinations.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @attention_c15_none(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C15) expected as results 1 (output), got 0}}
  whorl.attention %q, %q, %q
      : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> ()
  return
}

// -----

func.func @attention_c15_three(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C15) expected as results 1 (output), got 3}}
  %r0, %r1, %r2 = whorl.attention %q, %q, %q
      : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> (tensor<2x4x3x8xf32>, tensor<2x4x3xf32>, tensor<2xf32>)
  return
}

// -----

func.func @attention_c15_shape(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C15) expected output of shape [2, 4, 3, 8] with elements 'f32', got 'tensor<2x4x3x9xf32>'}}
  %r0 = whorl.attention %q, %q, %q
      : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x9xf32>
  return
}

// -----

func.func @attention_c15_rank(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C15) expected output of shape [2, 4, 3, 8] with elements 'f32', got 'tensor<2x4xf32>'}}
  %r0 = whorl.attention %q, %q, %q
      : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @attention_c15_type(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C15) expected output of shape [2, 4, 3, 8] with elements 'f32', got 'tensor<2x4x3x8xf64>'}}
  %r0 = whorl.attention %q, %q, %q
      : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf64>
  return
}

// -----

func.func @attention_c15_lse(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C15) expected lse of shape [2, 4, 3] with elements 'f32', got 'tensor<2x3x4xf32>'}}
  %r0, %r1 = whorl.attention %q, %q, %q
      : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> (tensor<2x4x3x8xf32>, tensor<2x3x4xf32>)
  return
}

// -----

func.func @attention_c15_lse_type(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C15) expected lse of shape [2, 4, 3] with elements 'f32', got 'tensor<2x4x3xf64>'}}
  %r0, %r1 = whorl.attention %q, %q, %q
      : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> (tensor<2x4x3x8xf32>, tensor<2x4x3xf64>)
  return
}

// -----

func.func @attention_c15_outs_count(%q: tensor<2x4x3x8xf32>, %l: tensor<2x4x3xf32>) {
  // expected-error @+1 {{(C15) expected as results 2 (output, lse), got 1}}
  %r0 = whorl.attention %q, %q, %q outs(%q, %l : tensor<2x4x3x8xf32>, tensor<2x4x3xf32>)
      : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c15_outs_missing(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C15) expected as results 1 (output), got 2}}
  %r0, %r1 = whorl.attention %q, %q, %q outs(%q : tensor<2x4x3x8xf32>)
      : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> (tensor<2x4x3x8xf32>, tensor<2x4x3xf32>)
  return
}

// -----

func.func @attention_c15_outs_type(%q: tensor<2x4x3x8xf32>, %x: tensor<2x4x?x8xf32>) {
  // expected-error @+1 {{(C15) expected outs of the result's type 'tensor<2x4x3x8xf32>', got 'tensor<2x4x?x8xf32>'; cast it}}
  %r0 = whorl.attention %q, %q, %q outs(%x : tensor<2x4x?x8xf32>)
      : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c15_memref(%q: memref<2x4x3x8xf32>) {
  // expected-error @+1 {{(C15) expected no results and, as outs, 1 (output) on memrefs, got 0 and 0}}
  whorl.attention %q, %q, %q
      : (memref<2x4x3x8xf32>, memref<2x4x3x8xf32>, memref<2x4x3x8xf32>) -> ()
  return
}

// -----

func.func @attention_c15_memref_shape(%q: memref<2x4x3x8xf32>, %x: memref<2x4x3x7xf32>) {
  // expected-error @+1 {{(C15) expected output of shape [2, 4, 3, 8] with elements 'f32', got 'memref<2x4x3x7xf32>'}}
  whorl.attention %q, %q, %q outs(%x : memref<2x4x3x7xf32>)
      : (memref<2x4x3x8xf32>, memref<2x4x3x8xf32>, memref<2x4x3x8xf32>) -> ()
  return
}
