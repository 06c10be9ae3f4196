// P1 and P2 of #whorl.rope_cache.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @p1_count(%x: tensor<2x4x3x8xf32>, %c: tensor<9x4xf32>) {
  // expected-error @+1 {{(C3) (P1) rope_cache takes two operands, cosines and sines, got 1}}
  %y = whorl.encode_position #whorl.rope_cache %x role query operands(%c : tensor<9x4xf32>) : tensor<2x4x3x8xf32>
  return
}

// -----

func.func @p1_pairs(%x: tensor<2x4x3x8xf32>, %c: tensor<9x8xf32>) {
  // expected-error @+1 {{(C3) (P1) rope_cache takes float operands of one shape, [positions >= 1, 4] or [2, positions >= 1, 4], got 'tensor<9x8xf32>'}}
  %y = whorl.encode_position #whorl.rope_cache %x role query operands(%c, %c : tensor<9x8xf32>, tensor<9x8xf32>) : tensor<2x4x3x8xf32>
  return
}

// -----

func.func @p1_dynamic(%x: tensor<2x4x3x8xf32>, %c: tensor<9x?xf32>) {
  // expected-error @+1 {{(C3) (P1) rope_cache takes float operands of one shape, [positions >= 1, 4] or [2, positions >= 1, 4], got 'tensor<9x?xf32>'}}
  %y = whorl.encode_position #whorl.rope_cache %x role query operands(%c, %c : tensor<9x?xf32>, tensor<9x?xf32>) : tensor<2x4x3x8xf32>
  return
}

// -----

func.func @p1_rank(%x: tensor<2x4x3x8xf32>, %c: tensor<4xf32>) {
  // expected-error @+1 {{(C3) (P1) rope_cache takes float operands of one shape, [positions >= 1, 4] or [2, positions >= 1, 4], got 'tensor<4xf32>'}}
  %y = whorl.encode_position #whorl.rope_cache %x role query operands(%c, %c : tensor<4xf32>, tensor<4xf32>) : tensor<2x4x3x8xf32>
  return
}

// -----

func.func @p1_element(%x: tensor<2x4x3x8xf32>, %c: tensor<9x4xi32>) {
  // expected-error @+1 {{(C3) (P1) rope_cache takes float operands of one shape, [positions >= 1, 4] or [2, positions >= 1, 4], got 'tensor<9x4xi32>'}}
  %y = whorl.encode_position #whorl.rope_cache %x role query operands(%c, %c : tensor<9x4xi32>, tensor<9x4xi32>) : tensor<2x4x3x8xf32>
  return
}

// -----

func.func @p1_empty(%x: tensor<2x4x3x8xf32>, %c: tensor<0x4xf32>) {
  // expected-error @+1 {{(C3) (P1) rope_cache takes float operands of one shape, [positions >= 1, 4] or [2, positions >= 1, 4], got 'tensor<0x4xf32>'}}
  %y = whorl.encode_position #whorl.rope_cache %x role query operands(%c, %c : tensor<0x4xf32>, tensor<0x4xf32>) : tensor<2x4x3x8xf32>
  return
}

// -----

func.func @p1_batch(%x: tensor<2x4x3x8xf32>, %c: tensor<3x9x4xf32>) {
  // expected-error @+1 {{(C3) (P1) rope_cache takes float operands of one shape, [positions >= 1, 4] or [2, positions >= 1, 4], got 'tensor<3x9x4xf32>'}}
  %y = whorl.encode_position #whorl.rope_cache %x role query operands(%c, %c : tensor<3x9x4xf32>, tensor<3x9x4xf32>) : tensor<2x4x3x8xf32>
  return
}

// -----

func.func @p1_shapes(%x: tensor<2x4x3x8xf32>, %c: tensor<9x4xf32>, %s: tensor<8x4xf32>) {
  // expected-error @+1 {{(C3) (P1) rope_cache takes float operands of one shape, [positions >= 1, 4] or [2, positions >= 1, 4], got 'tensor<8x4xf32>'}}
  %y = whorl.encode_position #whorl.rope_cache %x role query operands(%c, %s : tensor<9x4xf32>, tensor<8x4xf32>) : tensor<2x4x3x8xf32>
  return
}

// -----

func.func @p2(%x: tensor<2x4x3x8xf32>, %c: tensor<9x4xf32>) {
  // expected-error @+1 {{(C3) (R2) rope_cache expects an even number of elements within the row of 8, got 3 from element 0}}
  %y = whorl.encode_position #whorl.rope_cache<rotary_dim = 3> %x role query operands(%c, %c : tensor<9x4xf32>, tensor<9x4xf32>) : tensor<2x4x3x8xf32>
  return
}
