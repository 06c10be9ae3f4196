// What the parser refuses, and what it says.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @unknown_clause(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{expected scale, softcap, offset, positions, position, mask, bias, sinks, score, outs, schedule, layout or ':', got 'scaled'}}
  %o = whorl.attention %q, %q, %q scaled(0.5) : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @clause_twice(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{clause 'scale' is given twice}}
  %o = whorl.attention %q, %q, %q scale(0.5) scale(0.5) : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @layout(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{expected layout bhnd or bnhd, got 'nhwc'}}
  %o = whorl.attention %q, %q, %q layout nhwc : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @positions_one(%q: tensor<2x4x3x8xf32>, %p: tensor<3xi32>) {
  // expected-error @+1 {{positions takes ids for query and key, got 1}}
  %o = whorl.attention %q, %q, %q positions(%p : tensor<3xi32>) : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @types_missing(%q: tensor<2x4x3x8xf32>, %p: tensor<3xi32>) {
  // expected-error @+1 {{expected 2 types, got 1}}
  %o = whorl.attention %q, %q, %q positions(%p, %p : tensor<3xi32>) : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @bias_two(%q: tensor<2x4x3x8xf32>, %p: tensor<3xf32>) {
  // expected-error @+1 {{bias takes one operand, got 2}}
  %o = whorl.attention %q, %q, %q bias(%p, %p : tensor<3xf32>, tensor<3xf32>) : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @sinks_two(%q: tensor<2x4x3x8xf32>, %p: tensor<4xf32>) {
  // expected-error @+1 {{sinks takes one operand, got 2}}
  %o = whorl.attention %q, %q, %q sinks(%p, %p : tensor<4xf32>, tensor<4xf32>) : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @score_arguments(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{score takes (score, batch, head, query row, key row), got 2 arguments}}
  %o = whorl.attention %q, %q, %q score(%s, %h) { whorl.yield %s : f32 } : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @offset_huge(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{integer value too large}}
  %o = whorl.attention %q, %q, %q offset(99999999999999999999) : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @position_alone(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{expected encodings in brackets, [#whorl.rope], got #whorl.rope}}
  %o = whorl.attention %q, %q, %q position #whorl.rope : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_array(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{expected one mask, got an array; combine masks by #whorl.and<[...]> or #whorl.or<[...]>}}
  %o = whorl.attention %q, %q, %q mask [#whorl.causal, #whorl.key_lengths] : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @clause_as_attribute(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{expected attributes that have no clause, got 'layout'; move it before the braces}}
  %o = whorl.attention %q, %q, %q {layout = "bnhd"} : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @segments_as_attribute(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{expected attributes that have no clause, got 'operandSegmentSizes'; move it before the braces}}
  %o = whorl.attention %q, %q, %q {operandSegmentSizes = array<i32: 1>} : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @two_operands(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{expected 3 operands}}
  %o = whorl.attention %q, %q : (tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @two_types(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{expected the types of query, key and value, got 2}}
  %o = whorl.attention %q, %q, %q : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @type_after_attribute(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{expected no type after an attribute of whorl, got 'tensor<2x4x3x8xf32>'}}
  %o = whorl.attention %q, %q, %q mask #whorl.causal : tensor<2x4x3x8xf32>
  return
}

// -----

func.func @unranked(%q: tensor<*xf32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor or memref, but got 'tensor<*xf32>'}}
  %o = whorl.attention %q, %q, %q : (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  return
}
