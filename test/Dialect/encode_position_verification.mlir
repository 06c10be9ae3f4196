// One negative test at least per constraint of whorl.encode_position.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @encode_position_c1_rank(%x: tensor<8xf32>) {
  // expected-error @+1 {{(C1) expected an input of rank 2, 3 or 4, got 1}}
  %y = whorl.encode_position #whorl.sinusoidal %x : tensor<8xf32>
  return
}

// -----

func.func @encode_position_c1_scalar(%x: tensor<f32>) {
  // expected-error @+1 {{(C1) expected an input of rank 2, 3 or 4, got 0}}
  %y = whorl.encode_position #whorl.sinusoidal %x : tensor<f32>
  return
}

// -----

func.func @encode_position_c1_type(%x: tensor<2x8xi32>) {
  // expected-error @+1 {{(C1) expected elements of type f16, bf16, f32 or f64, got 'i32'}}
  %y = whorl.encode_position #whorl.sinusoidal %x : tensor<2x8xi32>
  return
}

// -----

func.func @encode_position_c1_layout(%x: tensor<2x16x8xf32>) {
  // expected-error @+1 {{(C1) expected an input of rank 4 with layout bnhd, got 3; remove the layout}}
  %y = whorl.encode_position #whorl.sinusoidal %x layout bnhd : tensor<2x16x8xf32>
  return
}

// -----

// The generic form can put operands into any segment.
func.func @encode_position_c1_segments(%x: tensor<2x8xf32>) {
  // expected-error @+1 {{(C1) expected one input, got 0}}
  %y = "whorl.encode_position"(%x) <{encoding = #whorl.sinusoidal,
      operandSegmentSizes = array<i32: 0, 1, 0, 0, 0>}> : (tensor<2x8xf32>) -> tensor<2x8xf32>
  return
}

// -----

func.func @encode_position_c2(%x: tensor<2x16x8xf32>) {
  // expected-error @+1 {{(C2) expected an encoding that acts on embeddings, got 3 : i64}}
  %y = whorl.encode_position 3 %x : tensor<2x16x8xf32>
  return
}

// -----

func.func @encode_position_c2_mask(%x: tensor<2x16x8xf32>) {
  // expected-error @+1 {{(C2) expected an encoding that acts on embeddings, got #whorl.causal}}
  %y = whorl.encode_position #whorl.causal %x : tensor<2x16x8xf32>
  return
}

// -----

func.func @encode_position_c2_role(%x: tensor<2x16x8xf32>) {
  // expected-error @+1 {{(C2) expected an encoding that acts on embeddings, got #whorl.rope; add: role query, or: role key}}
  %y = whorl.encode_position #whorl.rope %x : tensor<2x16x8xf32>
  return
}

// -----

func.func @encode_position_c2_score(%x: tensor<2x16x8xf32>) {
  // expected-error @+1 {{(C2) expected an encoding that acts on queries and keys, got #whorl.alibi}}
  %y = whorl.encode_position #whorl.alibi %x role query : tensor<2x16x8xf32>
  return
}

// -----

func.func @encode_position_c3(%x: tensor<2x16x8xf32>) {
  // expected-error @+1 {{(C3) (L1) learned takes one operand, the table, got 0}}
  %y = whorl.encode_position #whorl.learned %x : tensor<2x16x8xf32>
  return
}

// -----

func.func @encode_position_c4_positions(%x: tensor<2x16x8xf32>, %p: tensor<15xi32>) {
  // expected-error @+1 {{(C4) expected positions as integers, f32 or f64 of shape [16], [2, 16] or [axes, 2, 16], got 'tensor<15xi32>'}}
  %y = whorl.encode_position #whorl.sinusoidal %x positions(%p : tensor<15xi32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @encode_position_c4_axes(%x: tensor<2x16x8xf32>, %p: tensor<2x2x16xi32>) {
  // expected-error @+1 {{(C4) expected positions with 1 axes, got 2}}
  %y = whorl.encode_position #whorl.sinusoidal %x positions(%p : tensor<2x2x16xi32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @encode_position_c4_offset(%x: tensor<2x16x8xf32>, %n: f32) {
  // expected-error @+1 {{(C4) expected an offset of type index or a tensor of 2 integers, got 'f32'}}
  %y = whorl.encode_position #whorl.sinusoidal %x offset(%n : f32) : tensor<2x16x8xf32>
  return
}

// -----

func.func @encode_position_c4_offset_size(%x: tensor<16x8xf32>, %n: tensor<2xi32>) {
  // expected-error @+1 {{(C4) expected an offset of type index or a tensor of 1 integers, got 'tensor<2xi32>'}}
  %y = whorl.encode_position #whorl.sinusoidal %x offset(%n : tensor<2xi32>) : tensor<16x8xf32>
  return
}

// -----

func.func @encode_position_c4_both(%x: tensor<2x16x8xf32>, %n: index) {
  // expected-error @+1 {{(C4) expected the offset as a constant or a value, got both}}
  %y = whorl.encode_position #whorl.sinusoidal %x static_offset(5) offset(%n : index) : tensor<2x16x8xf32>
  return
}

// -----

func.func @encode_position_c5_type(%x: tensor<2x16x8xf32>) {
  // expected-error @+1 {{(C5) expected a result of type 'tensor<2x16x8xf32>', got 'tensor<2x16x8xf64>'}}
  %y = whorl.encode_position #whorl.sinusoidal %x : tensor<2x16x8xf32> -> tensor<2x16x8xf64>
  return
}

// -----

func.func @encode_position_c5_shape(%x: tensor<2x16x8xf32>) {
  // expected-error @+1 {{(C5) expected a result of type 'tensor<2x16x8xf32>', got 'tensor<2x?x8xf32>'}}
  %y = whorl.encode_position #whorl.sinusoidal %x : tensor<2x16x8xf32> -> tensor<2x?x8xf32>
  return
}

// -----

func.func @encode_position_c5_outs(%x: tensor<2x16x8xf32>, %o: tensor<2x?x8xf32>) {
  // expected-error @+1 {{(C5) expected outs of type 'tensor<2x16x8xf32>', got 'tensor<2x?x8xf32>'}}
  %y = whorl.encode_position #whorl.sinusoidal %x outs(%o : tensor<2x?x8xf32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @encode_position_c5_memref(%x: memref<2x8xf32>) {
  // expected-error @+1 {{(C5) expected one result on tensors, and none but an `outs` on memrefs}}
  whorl.encode_position #whorl.sinusoidal %x : memref<2x8xf32>
  return
}

// -----

func.func @encode_position_c6(%x: tensor<2x16x8xf32>, %t: memref<5x8xf32>) {
  // expected-error @+1 {{(C6) expected all operands to be tensors, as 'tensor<2x16x8xf32>' is, got 'memref<5x8xf32>'}}
  %y = whorl.encode_position #whorl.learned %x operands(%t : memref<5x8xf32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @encode_position_unranked(%x: tensor<*xf32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor or memref, but got 'tensor<*xf32>'}}
  %y = whorl.encode_position #whorl.sinusoidal %x : tensor<*xf32>
  return
}
