// Masks that hide nothing go; the algebra is flattened; operands follow.
// RUN: whorl-opt %s --canonicalize | FileCheck %s

!q = tensor<2x1x3x4xf32>
!k = tensor<2x1x5x4xf32>

// CHECK-LABEL: @unbounded_window
// CHECK: whorl.attention %arg0, %arg1, %arg1 :
func.func @unbounded_window(%q: !q, %k: !k) -> !q {
  %o = whorl.attention %q, %k, %k mask #whorl.sliding_window<left = -1, right = -1>
       : (!q, !k, !k) -> !q
  return %o : !q
}

// CHECK-LABEL: @prefix_of_all_keys
// CHECK: whorl.attention %arg0, %arg1, %arg1 :
// CHECK: whorl.attention %arg0, %arg1, %arg1 mask #whorl.prefix_lm<length = 4> :
func.func @prefix_of_all_keys(%q: !q, %k: !k) -> (!q, !q) {
  %o = whorl.attention %q, %k, %k mask #whorl.prefix_lm<length = 5> : (!q, !k, !k) -> !q
  %p = whorl.attention %q, %k, %k mask #whorl.prefix_lm<length = 4> : (!q, !k, !k) -> !q
  return %o, %p : !q, !q
}

// The first query, at position 4, sees all five keys.
// CHECK-LABEL: @causal_decode
// CHECK: whorl.attention %arg0, %arg1, %arg1 offset(4) :
// CHECK: whorl.attention %arg0, %arg1, %arg1 offset(3) mask #whorl.causal :
// CHECK: whorl.attention %arg0, %arg1, %arg1 offset(%arg2 : index) mask #whorl.causal :
func.func @causal_decode(%q: !q, %k: !k, %n: index) -> (!q, !q, !q) {
  %o = whorl.attention %q, %k, %k offset(4) mask #whorl.causal : (!q, !k, !k) -> !q
  %p = whorl.attention %q, %k, %k offset(3) mask #whorl.causal : (!q, !k, !k) -> !q
  %r = whorl.attention %q, %k, %k offset(%n : index) mask #whorl.causal : (!q, !k, !k) -> !q
  return %o, %p, %r : !q, !q, !q
}

// A window as wide as the rows and keys is none, unless sizes are unknown.
// CHECK-LABEL: @dynamic_rows
// CHECK: whorl.attention %arg0, %arg1, %arg1 mask #whorl.sliding_window<left = 2, right = 4> :
func.func @dynamic_rows(%q: tensor<2x1x?x4xf32>, %k: !k) -> tensor<2x1x?x4xf32> {
  %o = whorl.attention %q, %k, %k mask #whorl.sliding_window<left = 2, right = 4>
       : (tensor<2x1x?x4xf32>, !k, !k) -> tensor<2x1x?x4xf32>
  return %o : tensor<2x1x?x4xf32>
}

// CHECK-LABEL: @wide_window
// CHECK: whorl.attention %arg0, %arg1, %arg1 :
func.func @wide_window(%q: !q, %k: !k) -> !q {
  %o = whorl.attention %q, %k, %k mask #whorl.sliding_window<left = 2, right = 4>
       : (!q, !k, !k) -> !q
  return %o : !q
}

// CHECK-LABEL: @double_not
// CHECK: mask #whorl.key_lengths(%arg2 : tensor<2xi32>)
func.func @double_not(%q: !q, %k: !k, %n: tensor<2xi32>) -> !q {
  %o = whorl.attention %q, %k, %k
         mask #whorl.not<#whorl.not<#whorl.key_lengths>>(%n : tensor<2xi32>)
       : (!q, !k, !k) -> !q
  return %o : !q
}

// CHECK-LABEL: @flatten
// CHECK: mask #whorl.and<[#whorl.key_lengths, #whorl.causal, #whorl.documents]>(%arg2, %arg3, %arg4 : tensor<2xi32>, tensor<3xi32>, tensor<5xi32>)
func.func @flatten(%q: !q, %k: !k, %n: tensor<2xi32>, %a: tensor<3xi32>,
                   %b: tensor<5xi32>) -> !q {
  %o = whorl.attention %q, %k, %k
         mask #whorl.and<[#whorl.and<[#whorl.key_lengths]>, #whorl.or<[#whorl.and<[#whorl.causal, #whorl.documents]>]>]>
           (%n, %a, %b : tensor<2xi32>, tensor<3xi32>, tensor<5xi32>)
       : (!q, !k, !k) -> !q
  return %o : !q
}

// A part that hides nothing leaves an `and` with its operand, and decides an `or`.
// CHECK-LABEL: @true_parts
// CHECK: mask #whorl.key_lengths(%arg3 : tensor<2xi32>)
// CHECK: whorl.attention %arg0, %arg1, %arg1 :
func.func @true_parts(%q: !q, %k: !k, %n: index, %m: tensor<2xi32>) -> (!q, !q) {
  %o = whorl.attention %q, %k, %k
         mask #whorl.and<[#whorl.mask<"(i, j)[n] : (j >= 0)">, #whorl.key_lengths]>
           (%n, %m : index, tensor<2xi32>) : (!q, !k, !k) -> !q
  %p = whorl.attention %q, %k, %k
         mask #whorl.or<[#whorl.key_lengths, #whorl.mask<"(i, j)[n] : (j >= 0)">]>
           (%m, %n : tensor<2xi32>, index) : (!q, !k, !k) -> !q
  return %o, %p : !q, !q
}

// Parts that are equal, but of other operands, are different.
// CHECK-LABEL: @equal_parts
// CHECK: mask #whorl.causal :
// CHECK: mask #whorl.and<[#whorl.key_lengths, #whorl.key_lengths]>(%arg2, %arg3 :
func.func @equal_parts(%q: !q, %k: !k, %n: tensor<2xi32>, %m: tensor<2xi32>) -> (!q, !q) {
  %o = whorl.attention %q, %k, %k mask #whorl.and<[#whorl.causal, #whorl.causal]>
       : (!q, !k, !k) -> !q
  %p = whorl.attention %q, %k, %k mask #whorl.and<[#whorl.key_lengths, #whorl.key_lengths]>
         (%n, %m : tensor<2xi32>, tensor<2xi32>) : (!q, !k, !k) -> !q
  return %o, %p : !q, !q
}

// CHECK-LABEL: @tautology
// CHECK: whorl.attention %arg0, %arg1, %arg1 :
func.func @tautology(%q: !q, %k: !k) -> !q {
  %o = whorl.attention %q, %k, %k
         mask #whorl.or<[#whorl.block_causal<2>, #whorl.not<#whorl.block_causal<2>>]>
       : (!q, !k, !k) -> !q
  return %o : !q
}
