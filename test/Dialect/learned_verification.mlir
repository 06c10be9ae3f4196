// L1 to L3 of #whorl.learned.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @learned_l1_none(%x: tensor<2x16x8xf32>) {
  // expected-error @+1 {{(C3) (L1) learned takes one operand, the table, got 0}}
  %y = whorl.encode_position #whorl.learned %x : tensor<2x16x8xf32>
  return
}

// -----

func.func @learned_l1_row(%x: tensor<2x16x8xf32>, %t: tensor<5x7xf32>) {
  // expected-error @+1 {{(C3) (L1) learned takes a float table of shape [rows >= 1, 8], got 'tensor<5x7xf32>'}}
  %y = whorl.encode_position #whorl.learned %x operands(%t : tensor<5x7xf32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @learned_l1_rank(%x: tensor<2x16x8xf32>, %t: tensor<8xf32>) {
  // expected-error @+1 {{(C3) (L1) learned takes a float table of shape [rows >= 1, 8], got 'tensor<8xf32>'}}
  %y = whorl.encode_position #whorl.learned %x operands(%t : tensor<8xf32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @learned_l1_type(%x: tensor<2x16x8xf32>, %t: tensor<5x8xi32>) {
  // expected-error @+1 {{(C3) (L1) learned takes a float table of shape [rows >= 1, 8], got 'tensor<5x8xi32>'}}
  %y = whorl.encode_position #whorl.learned %x operands(%t : tensor<5x8xi32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @learned_l1_empty(%x: tensor<2x16x8xf32>, %t: tensor<0x8xf32>) {
  // expected-error @+1 {{(C3) (L1) learned takes a float table of shape [rows >= 1, 8], got 'tensor<0x8xf32>'}}
  %y = whorl.encode_position #whorl.learned %x operands(%t : tensor<0x8xf32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @learned_l2(%x: tensor<2x?xf32>, %t: tensor<5x8xf32>) {
  // expected-error @+1 {{(C3) (L2) learned expects rows of static length, got ?}}
  %y = whorl.encode_position #whorl.learned %x operands(%t : tensor<5x8xf32>) : tensor<2x?xf32>
  return
}

// -----

func.func @learned_l3_zero(%x: tensor<2x16x8xf32>, %t: tensor<5x8xf32>) {
  // expected-error @+1 {{(C3) (L3) learned expects 0 < alpha < 1, got 0.0}}
  %y = whorl.encode_position #whorl.learned<alpha = 0.0> %x operands(%t : tensor<5x8xf32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @learned_l3_one(%x: tensor<2x16x8xf32>, %t: tensor<5x8xf32>) {
  // expected-error @+1 {{(C3) (L3) learned expects 0 < alpha < 1, got 1.0}}
  %y = whorl.encode_position #whorl.learned<alpha = 1.0> %x operands(%t : tensor<5x8xf32>) : tensor<2x16x8xf32>
  return
}
