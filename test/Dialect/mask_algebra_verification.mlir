// M9 of and, or, not; parts verify their own operands.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{(M9) expected a mask, got 3 : i64}}
func.func private @mask_m9_and() attributes {a.b = #whorl.and<[#whorl.causal, 3]>}

// -----

// expected-error @+1 {{(M9) expected a mask, got #whorl.rope}}
func.func private @mask_m9_or() attributes {a.b = #whorl.or<[#whorl.rope]>}

// -----

// expected-error @+1 {{(M9) expected a mask, got [#whorl.causal]}}
func.func private @mask_m9_not() attributes {a.b = #whorl.not<[#whorl.causal]>}

// -----

// expected-error @+1 {{(M9) expected at least one mask, got none}}
func.func private @mask_m9_empty_and() attributes {a.b = #whorl.and<[]>}

// -----

// expected-error @+1 {{(M9) expected at least one mask, got none}}
func.func private @mask_m9_empty_or() attributes {a.b = #whorl.or<[]>}

// -----

func.func @mask_m2_and(%q: tensor<2x4x3x8xf32>, %n: index) {
  // expected-error @+1 {{(C11) (M2) the mask takes 2 mask operands, got 1}}
  %o = whorl.attention %q, %q, %q mask #whorl.and<[#whorl.prefix_lm, #whorl.key_lengths]>(%n : index)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

// Operands are those of the parts, in order.
func.func @mask_m6_nested(%q: tensor<2x4x3x8xf32>, %n: index) {
  // expected-error @+1 {{(C11) (M6) key_lengths takes a tensor of 2 integers (one per batch), got 'index'}}
  %o = whorl.attention %q, %q, %q mask #whorl.not<#whorl.or<[#whorl.prefix_lm, #whorl.key_lengths]>>(%n, %n : index, index)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}
