// encode_position on query and key becomes an encoding of the attention where
// that means the same.
// RUN: whorl-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(whorl-fuse-attention))' | FileCheck %s

!t = tensor<2x4x8x16xf32>

// CHECK-LABEL: @rotation
// CHECK-NOT: whorl.encode_position
// CHECK: whorl.attention %arg0, %arg1, %arg2 position [#whorl.rope<theta = 5.000000e+05>] mask #whorl.causal
func.func @rotation(%q: !t, %k: !t, %v: !t) -> !t {
  %rq = whorl.encode_position #whorl.rope<theta = 5.0e+05> %q role query : !t
  %rk = whorl.encode_position #whorl.rope<theta = 5.0e+05> %k role key : !t
  %o = whorl.attention %rq, %rk, %v mask #whorl.causal : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x4x8x16xf32>

// The encoding outside acts first, and others of the attention keep their operands.
// CHECK-LABEL: @before_others
// CHECK: whorl.attention %arg0, %arg1, %arg1 position [#whorl.rope<theta = 1.000000e+02>, #whorl.rope, #whorl.alibi<slopes = true>](%arg2 : tensor<4xf32>)
func.func @before_others(%q: !t, %k: !t, %slopes: tensor<4xf32>) -> !t {
  %rq = whorl.encode_position #whorl.rope<theta = 100.0> %q role query : !t
  %rk = whorl.encode_position #whorl.rope<theta = 100.0> %k role key : !t
  %o = whorl.attention %rq, %rk, %k
         position [#whorl.rope, #whorl.alibi<slopes = true>](%slopes : tensor<4xf32>)
       : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x4x8x16xf32>

// CHECK-LABEL: @ids
// CHECK: whorl.attention %arg0, %arg1, %arg1 positions(%arg2, %arg3 : tensor<8xi32>, tensor<2x8xi64>) position [#whorl.rope]
func.func @ids(%q: !t, %k: !t, %pq: tensor<8xi32>, %pk: tensor<2x8xi64>) -> !t {
  %rq = whorl.encode_position #whorl.rope %q role query positions(%pq : tensor<8xi32>) : !t
  %rk = whorl.encode_position #whorl.rope %k role key positions(%pk : tensor<2x8xi64>) : !t
  %o = whorl.attention %rq, %rk, %k : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x4x8x16xf32>

// CHECK-LABEL: @offsets
// CHECK: whorl.attention %arg0, %arg1, %arg1 offset(%arg2 : index) position [#whorl.rope]
// CHECK: whorl.attention %arg0, %arg1, %arg1 offset(3) position [#whorl.rope]
func.func @offsets(%q: !t, %k: !t, %n: index) -> (!t, !t) {
  %rq = whorl.encode_position #whorl.rope %q role query offset(%n : index) : !t
  %rk = whorl.encode_position #whorl.rope %k role key : !t
  %o = whorl.attention %rq, %rk, %k offset(%n : index) : (!t, !t, !t) -> !t
  %sq = whorl.encode_position #whorl.rope %q role query static_offset(3) : !t
  %sk = whorl.encode_position #whorl.rope %k role key static_offset(0) : !t
  %p = whorl.attention %sq, %sk, %k offset(3) : (!t, !t, !t) -> !t
  return %o, %p : !t, !t
}

// -----

!t = tensor<2x8x4x16xf32>

// CHECK-LABEL: @layout
// CHECK: whorl.attention %arg0, %arg1, %arg1 position [#whorl.rope] layout bnhd
func.func @layout(%q: !t, %k: !t) -> !t {
  %rq = whorl.encode_position #whorl.rope %q role query layout bnhd : !t
  %rk = whorl.encode_position #whorl.rope %k role key layout bnhd : !t
  %o = whorl.attention %rq, %rk, %k layout bnhd : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x4x8x16xf32>

// What depends on the length: both see as many rows.
// CHECK-LABEL: @same_length
// CHECK-NOT: whorl.encode_position
// CHECK: whorl.attention %arg0, %arg1, %arg1 position [#whorl.rope<scaling = #whorl.dynamic_ntk>]
func.func @same_length(%q: !t, %k: !t) -> !t {
  %rq = whorl.encode_position #whorl.rope<scaling = #whorl.dynamic_ntk> %q role query : !t
  %rk = whorl.encode_position #whorl.rope<scaling = #whorl.dynamic_ntk> %k role key : !t
  %o = whorl.attention %rq, %rk, %k : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x4x?x16xf32>
!p = tensor<2x2x?xi32>

// CHECK-LABEL: @same_ids
// CHECK-NOT: whorl.encode_position
// CHECK: whorl.attention %arg0, %arg1, %arg1 positions(%arg2, %arg2 : tensor<2x2x?xi32>, tensor<2x2x?xi32>) position
func.func @same_ids(%q: !t, %k: !t, %p: !p) -> !t {
  %rq = whorl.encode_position #whorl.rope<scaling = #whorl.dynamic_ntk, sections = [4, 4]> %q role query positions(%p : !p) : !t
  %rk = whorl.encode_position #whorl.rope<scaling = #whorl.dynamic_ntk, sections = [4, 4]> %k role key positions(%p : !p) : !t
  %o = whorl.attention %rq, %rk, %k : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

!t = tensor<2x4x8x16xf32>
!c = tensor<9x8xf32>

// CHECK-LABEL: @caches
// CHECK-NOT: whorl.encode_position
// CHECK: whorl.attention %arg0, %arg1, %arg1 position [#whorl.rope_cache](%arg2, %arg3 : tensor<9x8xf32>, tensor<9x8xf32>)
func.func @caches(%q: !t, %k: !t, %c: !c, %s: !c) -> !t {
  %rq = whorl.encode_position #whorl.rope_cache %q role query operands(%c, %s : !c, !c) : !t
  %rk = whorl.encode_position #whorl.rope_cache %k role key operands(%c, %s : !c, !c) : !t
  %o = whorl.attention %rq, %rk, %k : (!t, !t, !t) -> !t
  return %o : !t
}
