// C11: the mask and its operands. The masks' own constraints are tested in mask_*.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @attention_c11(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C11) expected a mask, got #whorl.rope}}
  %o = whorl.attention %q, %q, %q mask #whorl.rope
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c11_operands(%q: tensor<2x4x3x8xf32>, %n: index) {
  // expected-error @+1 {{(C11) expected no mask operands without a mask}}
  %o = "whorl.attention"(%q, %q, %q, %n)
      <{operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0>}> ({})
      : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, index) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c11_mask(%q: tensor<2x4x3x8xf32>, %n: index) {
  // expected-error @+1 {{(C11) (M2) causal takes 0 mask operands, got 1}}
  %o = whorl.attention %q, %q, %q mask #whorl.causal(%n : index)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}
