// C12 and C13: bias and sinks.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @attention_c12_shape(%q: tensor<2x4x3x8xf32>, %b: tensor<4x1x5xf32>) {
  // expected-error @+1 {{(C12) expected a bias of f16, bf16, f32 or f64, of rank 1 to 4 and broadcasting to [2, 4, 3, 3], got 'tensor<4x1x5xf32>'}}
  %o = whorl.attention %q, %q, %q bias(%b : tensor<4x1x5xf32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c12_rank(%q: tensor<2x4x3x8xf32>, %b: tensor<1x2x4x3x3xf32>) {
  // expected-error @+1 {{(C12) expected a bias of f16, bf16, f32 or f64, of rank 1 to 4 and broadcasting to [2, 4, 3, 3], got 'tensor<1x2x4x3x3xf32>'}}
  %o = whorl.attention %q, %q, %q bias(%b : tensor<1x2x4x3x3xf32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c12_scalar(%q: tensor<2x4x3x8xf32>, %b: tensor<f32>) {
  // expected-error @+1 {{(C12) expected a bias of f16, bf16, f32 or f64, of rank 1 to 4 and broadcasting to [2, 4, 3, 3], got 'tensor<f32>'}}
  %o = whorl.attention %q, %q, %q bias(%b : tensor<f32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c12_type(%q: tensor<2x4x3x8xf32>, %b: tensor<3xi32>) {
  // expected-error @+1 {{(C12) expected a bias of f16, bf16, f32 or f64, of rank 1 to 4 and broadcasting to [2, 4, 3, 3], got 'tensor<3xi32>'}}
  %o = whorl.attention %q, %q, %q bias(%b : tensor<3xi32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c12_narrow(%q: tensor<2x4x3x8xf32>, %b: tensor<3xf8E5M2>) {
  // expected-error @+1 {{(C12) expected a bias of f16, bf16, f32 or f64, of rank 1 to 4 and broadcasting to [2, 4, 3, 3], got 'tensor<3xf8E5M2>'}}
  %o = whorl.attention %q, %q, %q bias(%b : tensor<3xf8E5M2>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c13_size(%q: tensor<2x4x3x8xf32>, %s: tensor<3xf32>) {
  // expected-error @+1 {{(C13) expected 4 sinks (one per query head) of f16, bf16, f32 or f64, got 'tensor<3xf32>'}}
  %o = whorl.attention %q, %q, %q sinks(%s : tensor<3xf32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c13_rank(%q: tensor<2x4x3x8xf32>, %s: tensor<4x1xf32>) {
  // expected-error @+1 {{(C13) expected 4 sinks (one per query head) of f16, bf16, f32 or f64, got 'tensor<4x1xf32>'}}
  %o = whorl.attention %q, %q, %q sinks(%s : tensor<4x1xf32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c13_type(%q: tensor<2x4x3x8xf32>, %s: tensor<4xi32>) {
  // expected-error @+1 {{(C13) expected 4 sinks (one per query head) of f16, bf16, f32 or f64, got 'tensor<4xi32>'}}
  %o = whorl.attention %q, %q, %q sinks(%s : tensor<4xi32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}
