// J1 and J2 of #whorl.complex_order.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @j1_count(%x: tensor<2x16x8xf32>) {
  // expected-error @+1 {{(C3) (J1) complex_order takes 1 operand, got 0}}
  %y = whorl.encode_position #whorl.complex_order %x : tensor<2x16x8xf32>
  return
}

// -----

func.func @j1_count_phases(%x: tensor<2x16x8xf32>, %w: tensor<16x4xf32>) {
  // expected-error @+1 {{(C3) (J1) complex_order takes 2 operands, got 1}}
  %y = whorl.encode_position #whorl.complex_order<phases = true> %x operands(%w : tensor<16x4xf32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @j1_size(%x: tensor<2x16x8xf32>, %w: tensor<16x8xf32>) {
  // expected-error @+1 {{(C3) (J1) complex_order takes float operands of shape [rows, 4] or [2, rows, 4], got 'tensor<16x8xf32>'}}
  %y = whorl.encode_position #whorl.complex_order %x operands(%w : tensor<16x8xf32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @j1_dynamic(%x: tensor<2x16x8xf32>, %w: tensor<16x?xf32>) {
  // expected-error @+1 {{(C3) (J1) complex_order takes float operands of shape [rows, 4] or [2, rows, 4], got 'tensor<16x?xf32>'}}
  %y = whorl.encode_position #whorl.complex_order %x operands(%w : tensor<16x?xf32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @j1_rank(%x: tensor<2x16x8xf32>, %w: tensor<4xf32>) {
  // expected-error @+1 {{(C3) (J1) complex_order takes float operands of shape [rows, 4] or [2, rows, 4], got 'tensor<4xf32>'}}
  %y = whorl.encode_position #whorl.complex_order %x operands(%w : tensor<4xf32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @j1_element(%x: tensor<2x16x8xf32>, %w: tensor<16x4xi32>) {
  // expected-error @+1 {{(C3) (J1) complex_order takes float operands of shape [rows, 4] or [2, rows, 4], got 'tensor<16x4xi32>'}}
  %y = whorl.encode_position #whorl.complex_order %x operands(%w : tensor<16x4xi32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @j1_batch(%x: tensor<2x16x8xf32>, %w: tensor<3x16x4xf32>) {
  // expected-error @+1 {{(C3) (J1) complex_order takes float operands of shape [rows, 4] or [2, rows, 4], got 'tensor<3x16x4xf32>'}}
  %y = whorl.encode_position #whorl.complex_order %x operands(%w : tensor<3x16x4xf32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @j2_odd(%x: tensor<2x7xf32>, %w: tensor<2x3xf32>) {
  // expected-error @+1 {{(C3) (J2) complex_order expects rows of static, even length up to 1048576, got 7}}
  %y = whorl.encode_position #whorl.complex_order %x operands(%w : tensor<2x3xf32>) : tensor<2x7xf32>
  return
}

// -----

func.func @j2_dynamic(%x: tensor<2x?xf32>, %w: tensor<2x3xf32>) {
  // expected-error @+1 {{(C3) (J2) complex_order expects rows of static, even length up to 1048576, got ?}}
  %y = whorl.encode_position #whorl.complex_order %x operands(%w : tensor<2x3xf32>) : tensor<2x?xf32>
  return
}
