// R1 to R6 of #whorl.rope. The counts of operands (R4) are seen by an op on rows.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @rope_r1(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R1) rope expects a finite theta > 1, got 1.000000e+00}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<theta = 1.0>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_r1_infinite(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R1) rope expects a finite theta > 1, got INF}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<theta = 1.0e+999>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_r2_odd(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R2) rope expects an even number of elements within the row of 8, got 3 from element 0}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<rotary_dim = 3>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_r2_span(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R2) rope expects an even number of elements within the row of 8, got 4 from element 6}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<rotary_dim = 4, rotary_start = 6>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_r2_start(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R2) rope expects an even number of elements within the row of 8, got 0 from element -2}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<rotary_start = -2>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_r2_overflow(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R2) rope expects an even number of elements within the row of 8, got 9223372036854775806 from element 4}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<rotary_dim = 9223372036854775806, rotary_start = 4>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_r2_none(%q: tensor<2x4x3x0xf32>) {
  // expected-error @+1 {{(C10) (R2) rope expects an even number of elements within the row of 0, got 0 from element 0}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope]
       : (tensor<2x4x3x0xf32>, tensor<2x4x3x0xf32>, tensor<2x4x3x0xf32>) -> tensor<2x4x3x0xf32>
  return
}

// -----

func.func @rope_r2_huge(%q: tensor<2x4x3x?xf32>) {
  // expected-error @+1 {{(C10) (R2) rope turns at most 1048576 elements of a row, got 2097152}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<rotary_dim = 2097152>]
       : (tensor<2x4x3x?xf32>, tensor<2x4x3x?xf32>, tensor<2x4x3x?xf32>) -> tensor<2x4x3x?xf32>
  return
}

// -----

func.func @rope_r3(%q: tensor<2x4x3x?xf32>) {
  // expected-error @+1 {{(C10) (R3) rope on rows of dynamic length needs rotary_dim, e.g. rotary_dim = 64}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope]
       : (tensor<2x4x3x?xf32>, tensor<2x4x3x?xf32>, tensor<2x4x3x?xf32>) -> tensor<2x4x3x?xf32>
  return
}

// -----

func.func @rope_r4(%x: tensor<2x4x3x8xf32>, %t: tensor<8xf32>) {
  // expected-error @+1 {{(C3) (R4) rope takes no operands, got 1}}
  %y = whorl.encode_position #whorl.rope %x role query operands(%t : tensor<8xf32>)
       : tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_r1_multiplier(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R1) rope expects a finite multiplier, not 0, got 0.0}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<multiplier = 0.0>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_r1_multiplier_infinite(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R1) rope expects a finite multiplier, not 0, got inf}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<multiplier = 1.0e+999>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_r5_one(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R5) rope expects sections of 2 or 3 axes, got 1}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<sections = [4]>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_r5_sum(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C3) (R5) rope expects sections of 4 pairs in all, none negative, got [2, 1]}}
  %y = whorl.encode_position #whorl.rope<sections = [2, 1]> %q role query : tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_r5_negative(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C3) (R5) rope expects sections of 4 pairs in all, none negative, got [5, -1]}}
  %y = whorl.encode_position #whorl.rope<sections = [5, -1]> %q role query : tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_r5_overflow(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C3) (R5) rope expects sections of 4 pairs in all, none negative, got [4, 9223372036854775807, -9223372036854775807]}}
  %y = whorl.encode_position #whorl.rope<sections = [4, 9223372036854775807, -9223372036854775807]> %q role query : tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_r5_places(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C3) (R5) rope expects at most 1 pairs of axis 1 among 4 interleaved ones, got 2; use section_order = blocks}}
  %y = whorl.encode_position #whorl.rope<sections = [1, 2, 1], section_order = interleaved> %q role query : tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_r5_without(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R5) rope expects sections beside section_order and section_frequencies, got none; e.g. sections = [2, 2]}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<section_frequencies = own>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_r6(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) rope expects a scaling such as #whorl.yarn, got #whorl.causal}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.causal>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_axes_missing(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C9) expected positions with 2 axes for this encoding, got none}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<sections = [2, 2]>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_axes_few(%q: tensor<2x4x3x8xf32>, %p: tensor<2x3xi32>) {
  // expected-error @+1 {{(C9) expected query positions with 2 axes, got 1}}
  %o = whorl.attention %q, %q, %q positions(%p, %p : tensor<2x3xi32>, tensor<2x3xi32>)
         position [#whorl.rope<sections = [2, 2]>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @rope_axes_many(%x: tensor<2x4x3x8xf32>, %p: tensor<3x2x3xi32>) {
  // expected-error @+1 {{(C4) expected positions with 2 axes, got 3}}
  %y = whorl.encode_position #whorl.rope<sections = [2, 2]> %x role query
         positions(%p : tensor<3x2x3xi32>) : tensor<2x4x3x8xf32>
  return
}

// -----

// How many axes there are may be known at run time only.
func.func @rope_axes_dynamic(%x: tensor<2x4x3x8xf32>, %p: tensor<?x2x3xi32>) {
  %y = whorl.encode_position #whorl.rope<sections = [2, 2]> %x role query
         positions(%p : tensor<?x2x3xi32>) : tensor<2x4x3x8xf32>
  return
}
