// What whorl-fuse-attention leaves alone: each rotation here means something that
// an encoding of the attention would not.
// RUN: whorl-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(whorl-fuse-attention))' | FileCheck %s

!t = tensor<2x8x8x16xf32>

// The rotated key is wanted elsewhere.
// CHECK-LABEL: @used_twice
// CHECK-COUNT-2: whorl.encode_position
// CHECK: whorl.attention
func.func @used_twice(%q: !t, %k: !t) -> (!t, !t) {
  %rq = whorl.encode_position #whorl.rope %q role query : !t
  %rk = whorl.encode_position #whorl.rope %k role key : !t
  %o = whorl.attention %rq, %rk, %k : (!t, !t, !t) -> !t
  return %o, %rk : !t, !t
}

// -----

!t = tensor<2x8x8x16xf32>

// Two encodings.
// CHECK-LABEL: @encodings_differ
// CHECK-COUNT-2: whorl.encode_position
// CHECK: whorl.attention
func.func @encodings_differ(%q: !t, %k: !t) -> !t {
  %rq = whorl.encode_position #whorl.rope %q role query : !t
  %rk = whorl.encode_position #whorl.rope<theta = 2.0> %k role key : !t
  %o = whorl.attention %rq, %rk, %k : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x8x8x16xf32>

// Keys that start elsewhere than at 0.
// CHECK-LABEL: @key_offset
// CHECK-COUNT-2: whorl.encode_position
// CHECK: whorl.attention
func.func @key_offset(%q: !t, %k: !t) -> !t {
  %rq = whorl.encode_position #whorl.rope %q role query : !t
  %rk = whorl.encode_position #whorl.rope %k role key static_offset(3) : !t
  %o = whorl.attention %rq, %rk, %k : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x8x8x16xf32>

// And where that is known at run time.
// CHECK-LABEL: @key_offset_value
// CHECK-COUNT-2: whorl.encode_position
// CHECK: whorl.attention
func.func @key_offset_value(%q: !t, %k: !t, %n: index) -> !t {
  %rq = whorl.encode_position #whorl.rope %q role query : !t
  %rk = whorl.encode_position #whorl.rope %k role key offset(%n : index) : !t
  %o = whorl.attention %rq, %rk, %k : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x8x8x16xf32>

// The attention's own offset is another.
// CHECK-LABEL: @query_offset
// CHECK-COUNT-2: whorl.encode_position
// CHECK: whorl.attention
func.func @query_offset(%q: !t, %k: !t) -> !t {
  %rq = whorl.encode_position #whorl.rope %q role query static_offset(3) : !t
  %rk = whorl.encode_position #whorl.rope %k role key : !t
  %o = whorl.attention %rq, %rk, %k offset(4) mask #whorl.causal : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x8x8x16xf32>

// Or there is none.
// CHECK-LABEL: @query_offset_missing
// CHECK-COUNT-2: whorl.encode_position
// CHECK: whorl.attention
func.func @query_offset_missing(%q: !t, %k: !t) -> !t {
  %rq = whorl.encode_position #whorl.rope %q role query static_offset(3) : !t
  %rk = whorl.encode_position #whorl.rope %k role key : !t
  %o = whorl.attention %rq, %rk, %k mask #whorl.causal : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x8x8x16xf32>

// Ids on one side.
// CHECK-LABEL: @ids_of_one
// CHECK-COUNT-2: whorl.encode_position
// CHECK: whorl.attention
func.func @ids_of_one(%q: !t, %k: !t, %p: tensor<8xi32>) -> !t {
  %rq = whorl.encode_position #whorl.rope %q role query positions(%p : tensor<8xi32>) : !t
  %rk = whorl.encode_position #whorl.rope %k role key : !t
  %o = whorl.attention %rq, %rk, %k : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x8x8x16xf32>

// Ids of the rotation would move ALiBi, too.
// CHECK-LABEL: @ids_of_others
// CHECK-COUNT-2: whorl.encode_position
// CHECK: whorl.attention
func.func @ids_of_others(%q: !t, %k: !t, %p: tensor<8xi32>) -> !t {
  %rq = whorl.encode_position #whorl.rope %q role query positions(%p : tensor<8xi32>) : !t
  %rk = whorl.encode_position #whorl.rope %k role key positions(%p : tensor<8xi32>) : !t
  %o = whorl.attention %rq, %rk, %k position [#whorl.alibi] : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x8x8x16xf32>

// The attention has other ids.
// CHECK-LABEL: @ids_differ
// CHECK-COUNT-2: whorl.encode_position
// CHECK: whorl.attention
func.func @ids_differ(%q: !t, %k: !t, %p: tensor<8xi32>, %r: tensor<8xi32>) -> !t {
  %rq = whorl.encode_position #whorl.rope %q role query positions(%p : tensor<8xi32>) : !t
  %rk = whorl.encode_position #whorl.rope %k role key positions(%p : tensor<8xi32>) : !t
  %o = whorl.attention %rq, %rk, %k positions(%r, %r : tensor<8xi32>, tensor<8xi32>) position [#whorl.rope] : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x8x8x16xf32>

// Rows have positions outside, ids inside.
// CHECK-LABEL: @ids_of_attention
// CHECK-COUNT-2: whorl.encode_position
// CHECK: whorl.attention
func.func @ids_of_attention(%q: !t, %k: !t, %p: tensor<8xi32>) -> !t {
  %rq = whorl.encode_position #whorl.rope %q role query : !t
  %rk = whorl.encode_position #whorl.rope %k role key : !t
  %o = whorl.attention %rq, %rk, %k positions(%p, %p : tensor<8xi32>, tensor<8xi32>) position [#whorl.rope] : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x8x8x16xf32>

// The rotation counts other rows.
// CHECK-LABEL: @layouts_differ
// CHECK-COUNT-2: whorl.encode_position
// CHECK: whorl.attention
func.func @layouts_differ(%q: !t, %k: !t) -> !t {
  %rq = whorl.encode_position #whorl.rope %q role query : !t
  %rk = whorl.encode_position #whorl.rope %k role key : !t
  %o = whorl.attention %rq, %rk, %k layout bnhd : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x8x8x16xf32>

// A key's rotation on the query.
// CHECK-LABEL: @roles_differ
// CHECK-COUNT-2: whorl.encode_position
// CHECK: whorl.attention
func.func @roles_differ(%q: !t, %k: !t) -> !t {
  %rq = whorl.encode_position #whorl.rope %q role key : !t
  %rk = whorl.encode_position #whorl.rope %k role query : !t
  %o = whorl.attention %rq, %rk, %k : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x8x?x16xf32>

// Queries and keys may have different lengths, an attention has the greater one.
// CHECK-LABEL: @lengths_differ
// CHECK-COUNT-2: whorl.encode_position
// CHECK: whorl.attention
func.func @lengths_differ(%q: !t, %k: !t) -> !t {
  %rq = whorl.encode_position #whorl.rope<scaling = #whorl.dynamic_ntk> %q role query : !t
  %rk = whorl.encode_position #whorl.rope<scaling = #whorl.dynamic_ntk> %k role key : !t
  %o = whorl.attention %rq, %rk, %k : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x8x8x16xf32>

// CHECK-LABEL: @lengths_of_ids_differ
// CHECK-COUNT-2: whorl.encode_position
// CHECK: whorl.attention
func.func @lengths_of_ids_differ(%q: !t, %k: !t, %p: tensor<8xi32>, %r: tensor<8xi32>) -> !t {
  %rq = whorl.encode_position #whorl.rope<scaling = #whorl.dynamic_ntk> %q role query positions(%p : tensor<8xi32>) : !t
  %rk = whorl.encode_position #whorl.rope<scaling = #whorl.dynamic_ntk> %k role key positions(%r : tensor<8xi32>) : !t
  %o = whorl.attention %rq, %rk, %k : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x8x8x16xf32>

// The offset makes queries longer than keys.
// CHECK-LABEL: @lengths_of_offset
// CHECK-COUNT-2: whorl.encode_position
// CHECK: whorl.attention
func.func @lengths_of_offset(%q: !t, %k: !t) -> !t {
  %rq = whorl.encode_position #whorl.rope<scaling = #whorl.xpos> %q role query static_offset(4) : !t
  %rk = whorl.encode_position #whorl.rope<scaling = #whorl.xpos> %k role key : !t
  %o = whorl.attention %rq, %rk, %k offset(4) : (!t, !t, !t) -> !t
  return %o : !t
}
