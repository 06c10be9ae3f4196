// The constraints of the scalings of #whorl.rope.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @i1_zero(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (I1) position_interpolation expects a finite factor > 0.0, got 0.0}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.position_interpolation<factor = 0.0>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @i1_infinite(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (I1) position_interpolation expects a finite factor > 0.0, got inf}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.position_interpolation<factor = 1.0e+999>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @n1(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (N1) ntk expects a finite factor > 0.0, got -1.0}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.ntk<factor = -1.0>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @d1(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (D1) dynamic_ntk expects a finite factor >= 1.0, got 0.5}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.dynamic_ntk<factor = 0.5>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @d3(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (D3) dynamic_ntk expects original_context >= 1, got 0}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.dynamic_ntk<original_context = 0>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @y1(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (Y1) yarn expects a finite factor >= 1.0, got 0.5}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.yarn<factor = 0.5>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @y2(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (Y2) yarn expects original_context >= 1, got -3}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.yarn<original_context = -3>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @y3_order(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (Y3) yarn expects finite beta_fast >= beta_slow > 0, got 1.0 and 2.0}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.yarn<beta_fast = 1.0, beta_slow = 2.0>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @y3_zero(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (Y3) yarn expects finite beta_fast >= beta_slow > 0, got 32.0 and 0.0}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.yarn<beta_slow = 0.0>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @y4(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (Y4) yarn expects a finite attention_factor, got inf}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.yarn<attention_factor = 1.0e+999>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @m1(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (M1) llama3 expects a finite factor >= 1.0, got 0.0}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.llama3<factor = 0.0>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @m2(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (M2) llama3 expects original_context >= 1, got 0}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.llama3<original_context = 0>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @m3(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (M3) llama3 expects a finite high_frequency_factor > low_frequency_factor > 0, got 1.0 and 1.0}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.llama3<high_frequency_factor = 1.0>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @o1_count(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (O1) longrope expects one of short_factors for each of 4 pairs, got 3}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.longrope<short_factors = [1.0, 1.0, 1.0], long_factors = [1.0, 1.0, 1.0, 1.0]>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @o1_count_long(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (O1) longrope expects one of long_factors for each of 4 pairs, got 0}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.longrope<short_factors = [1.0, 1.0, 1.0, 1.0]>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @o1_value(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (O1) longrope expects positive, finite long_factors, got 0.0}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.longrope<short_factors = [1.0, 1.0, 1.0, 1.0], long_factors = [1.0, 0.0, 1.0, 1.0]>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @o2(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (O2) longrope expects a finite factor >= 1.0, got 0.5}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.longrope<short_factors = [1.0, 1.0, 1.0, 1.0], long_factors = [1.0, 1.0, 1.0, 1.0], factor = 0.5>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @o3(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (O3) longrope expects original_context >= 2, got 1}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.longrope<short_factors = [1.0, 1.0, 1.0, 1.0], long_factors = [1.0, 1.0, 1.0, 1.0], original_context = 1>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @o4(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (O4) longrope expects a finite attention_factor, got inf}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.longrope<short_factors = [1.0, 1.0, 1.0, 1.0], long_factors = [1.0, 1.0, 1.0, 1.0], attention_factor = 1.0e+999>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @x1_base(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (X1) xpos expects finite scale_base > 0 and gamma > 0, got 0.0 and 0.4}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.xpos<scale_base = 0.0>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @x1_gamma(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (X1) xpos expects finite scale_base > 0 and gamma > 0, got 512.0 and -1.0}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.xpos<gamma = -1.0>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @x2(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (X2) xpos expects a finite center, got inf}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<scaling = #whorl.xpos<center = 1.0e+999>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @n2(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (N2) ntk expects two pairs or more of an axis, got 1}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<rotary_dim = 2, scaling = #whorl.ntk<factor = 2.0>>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @d2(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C10) (R6) (D2) dynamic_ntk expects two pairs or more of an axis, got 1}}
  %o = whorl.attention %q, %q, %q position [#whorl.rope<rotary_dim = 2, scaling = #whorl.dynamic_ntk>]
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}
