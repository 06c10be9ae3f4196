// C1 to C6: ranks, element types, sizes that must agree.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @attention_c1_query(%q: tensor<4x3x8xf32>, %k: tensor<2x4x3x8xf32>,
                                  %v: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C1) expected query of rank 4, [B, H, N, D], got rank 3}}
  %o = whorl.attention %q, %k, %v
       : (tensor<4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c1_value(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x3x8xf32>,
                                  %v: tensor<1x2x4x3x8xf32>) {
  // expected-error @+1 {{(C1) expected value of rank 4, [B, H, N, D], got rank 5}}
  %o = whorl.attention %q, %k, %v
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<1x2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c1_layout(%q: tensor<2x4x3x8xf32>, %k: tensor<f32>,
                                   %v: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C1) expected key of rank 4, [B, N, H, D], got rank 0}}
  %o = whorl.attention %q, %k, %v layout bnhd
       : (tensor<2x4x3x8xf32>, tensor<f32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

// The generic form can put operands into any segment.
func.func @attention_c1_segments(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C1) expected one query, one key and one value, got 0, 1 and 2}}
  %o = "whorl.attention"(%q, %q, %q)
      <{operandSegmentSizes = array<i32: 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0>}> ({})
      : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c2_type(%q: tensor<2x4x3x8xi32>, %k: tensor<2x4x3x8xi32>,
                                 %v: tensor<2x4x3x8xi32>) {
  // expected-error @+1 {{(C2) expected elements of type f16, bf16, f32 or f64, got 'i32'}}
  %o = whorl.attention %q, %k, %v
       : (tensor<2x4x3x8xi32>, tensor<2x4x3x8xi32>, tensor<2x4x3x8xi32>) -> tensor<2x4x3x8xi32>
  return
}

// -----

func.func @attention_c2_mixed(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x3x8xf32>,
                                  %v: tensor<2x4x3x8xf16>) {
  // expected-error @+1 {{(C2) expected query, key and value of one element type, got 'f32' and 'f16'; cast one of them}}
  %o = whorl.attention %q, %k, %v
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf16>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c3_key(%q: tensor<2x4x3x8xf32>, %k: tensor<5x4x3x8xf32>,
                                %v: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C3) expected query and key to agree in batch size, got 2 and 5}}
  %o = whorl.attention %q, %k, %v
       : (tensor<2x4x3x8xf32>, tensor<5x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c3_value(%q: tensor<2x4x3x8xf32>, %k: tensor<?x4x3x8xf32>,
                                  %v: tensor<5x4x3x8xf32>) {
  // expected-error @+1 {{(C3) expected query and value to agree in batch size, got 2 and 5}}
  %o = whorl.attention %q, %k, %v
       : (tensor<2x4x3x8xf32>, tensor<?x4x3x8xf32>, tensor<5x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c4_heads(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x3x8xf32>,
                                  %v: tensor<2x2x3x8xf32>) {
  // expected-error @+1 {{(C4) expected key and value to agree in heads, got 4 and 2}}
  %o = whorl.attention %q, %k, %v
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x2x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c4_rows(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x7x8xf32>,
                                 %v: tensor<2x4x9x8xf32>) {
  // expected-error @+1 {{(C4) expected key and value to agree in rows, got 7 and 9}}
  %o = whorl.attention %q, %k, %v
       : (tensor<2x4x3x8xf32>, tensor<2x4x7x8xf32>, tensor<2x4x9x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c4_bnhd(%q: tensor<2x3x4x8xf32>, %k: tensor<2x7x4x8xf32>,
                                 %v: tensor<2x9x4x8xf32>) {
  // expected-error @+1 {{(C4) expected key and value to agree in rows, got 7 and 9}}
  %o = whorl.attention %q, %k, %v layout bnhd
       : (tensor<2x3x4x8xf32>, tensor<2x7x4x8xf32>, tensor<2x9x4x8xf32>) -> tensor<2x3x4x8xf32>
  return
}

// -----

func.func @attention_c5(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x3x6xf32>,
                            %v: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C5) expected query and key to agree in head size, got 8 and 6}}
  %o = whorl.attention %q, %k, %v
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x6xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c6(%q: tensor<2x3x4x8xf32>, %k: tensor<2x2x4x8xf32>,
                            %v: tensor<2x2x4x8xf32>) {
  // expected-error @+1 {{(C6) expected the number of query heads to be a multiple of the number of key heads, got 3 and 2; for [B, N, H, D] add: layout bnhd}}
  %o = whorl.attention %q, %k, %v
       : (tensor<2x3x4x8xf32>, tensor<2x2x4x8xf32>, tensor<2x2x4x8xf32>) -> tensor<2x3x4x8xf32>
  return
}

// -----

func.func @attention_c6_bnhd(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x2x8xf32>,
                                 %v: tensor<2x4x2x8xf32>) {
  // expected-error @+1 {{(C6) expected the number of query heads to be a multiple of the number of key heads, got 3 and 2}}
  %o = whorl.attention %q, %k, %v layout bnhd
       : (tensor<2x4x3x8xf32>, tensor<2x4x2x8xf32>, tensor<2x4x2x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c6_none(%q: tensor<2x4x3x8xf32>, %k: tensor<2x0x3x8xf32>,
                                 %v: tensor<2x0x3x8xf32>) {
  // expected-error @+1 {{(C6) expected the number of query heads to be a multiple of the number of key heads, got 4 and 0; for [B, N, H, D] add: layout bnhd}}
  %o = whorl.attention %q, %k, %v
       : (tensor<2x4x3x8xf32>, tensor<2x0x3x8xf32>, tensor<2x0x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}
