// RUN: whorl-opt %s | whorl-opt | FileCheck %s

// CHECK: #whorl.mask<"(d0, d1)[s0] : (d0 - d1 >= 0, -d1 + s0 - 1 >= 0)">
func.func private @affine() attributes {a.b = #whorl.mask<"(i, j)[n] : (i - j >= 0, n - j - 1 >= 0)">}
// CHECK: #whorl.mask<"(d0, d1) : ((d0 - d1) mod 3 == 0, d0 floordiv 4 - d1 floordiv 4 == 0)">
func.func private @divisions() attributes {a.b = #whorl.mask<"(i, j) : ((i - j) mod 3 == 0, i floordiv 4 == j floordiv 4)">}
// CHECK: #whorl.causal}
func.func private @causal() attributes {a.b = #whorl.causal}
// CHECK: #whorl.sliding_window<left = 255>
func.func private @window() attributes {a.b = #whorl.sliding_window<left = 255, right = 0>}
// CHECK: #whorl.sliding_window<left = -1, right = 7>
func.func private @window_left() attributes {a.b = #whorl.sliding_window<right = 7, left = -1>}
// CHECK: #whorl.prefix_lm<length = 16>
func.func private @prefix() attributes {a.b = #whorl.prefix_lm<length = 16>}
// CHECK: #whorl.prefix_lm}
func.func private @prefix_operand() attributes {a.b = #whorl.prefix_lm<length = -1>}
// CHECK: #whorl.block_causal<32>
func.func private @block() attributes {a.b = #whorl.block_causal<32>}
// CHECK: [#whorl.key_lengths, #whorl.documents, #whorl.boolean]
func.func private @data() attributes {a.b = [#whorl.key_lengths, #whorl.documents, #whorl.boolean]}
// CHECK: #whorl.and<[#whorl.causal, #whorl.or<[#whorl.key_lengths, #whorl.not<#whorl.boolean>]>]>
func.func private @algebra() attributes {a.b = #whorl.and<[#whorl.causal, #whorl.or<[#whorl.key_lengths, #whorl.not<#whorl.boolean>]>]>}
