// M2 to M5: causal, sliding_window, prefix_lm, block_causal.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @mask_m2_causal(%q: tensor<2x4x3x8xf32>, %n: index) {
  // expected-error @+1 {{(C11) (M2) causal takes 0 mask operands, got 1}}
  %o = whorl.attention %q, %q, %q mask #whorl.causal(%n : index)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m2_window(%q: tensor<2x4x3x8xf32>, %n: index) {
  // expected-error @+1 {{(C11) (M2) sliding_window takes 0 mask operands, got 1}}
  %o = whorl.attention %q, %q, %q mask #whorl.sliding_window<left = 1>(%n : index)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m2_block(%q: tensor<2x4x3x8xf32>, %n: index) {
  // expected-error @+1 {{(C11) (M2) block_causal takes 0 mask operands, got 1}}
  %o = whorl.attention %q, %q, %q mask #whorl.block_causal<2>(%n : index)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m2_prefix(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C11) (M2) prefix_lm takes 1 mask operands, got 0}}
  %o = whorl.attention %q, %q, %q mask #whorl.prefix_lm
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m2_prefix_length(%q: tensor<2x4x3x8xf32>, %n: index) {
  // expected-error @+1 {{(C11) (M2) prefix_lm takes 0 mask operands, got 1}}
  %o = whorl.attention %q, %q, %q mask #whorl.prefix_lm<length = 2>(%n : index)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m2_prefix_type(%q: tensor<2x4x3x8xf32>, %n: tensor<index>) {
  // expected-error @+1 {{(C11) (M2) prefix_lm takes operands of type index, got 'tensor<index>'}}
  %o = whorl.attention %q, %q, %q mask #whorl.prefix_lm(%n : tensor<index>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

// expected-error @+1 {{(M3) expected left and right from 0 to 281474976710656, or -1 for unbounded, got -2 and 0}}
func.func private @mask_m3() attributes {a.b = #whorl.sliding_window<left = -2, right = 0>}

// -----

// expected-error @+1 {{(M3) expected left and right from 0 to 281474976710656, or -1 for unbounded, got 3 and 281474976710657}}
func.func private @mask_m3_right() attributes {a.b = #whorl.sliding_window<left = 3, right = 281474976710657>}

// -----

// expected-error @+1 {{(M4) expected a length from 0 to 281474976710656, or -1 for an operand, got -2}}
func.func private @mask_m4() attributes {a.b = #whorl.prefix_lm<length = -2>}

// -----

// expected-error @+1 {{(M5) expected a block from 1 to 281474976710656, got 0}}
func.func private @mask_m5() attributes {a.b = #whorl.block_causal<0>}
