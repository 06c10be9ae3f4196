// Affine masks: causal, windows, prefix, blocks, symbols, strides.
// Bounds are maps of (q, end), tiles that may be partial are sets of (q, k, end).
// RUN: whorl-opt %s -o /dev/null --whorl-test-mask-analysis='query-rows=8 key-rows=4' | FileCheck %s

!q = tensor<1x1x64x4xf32>
!k = tensor<1x1x96x4xf32>

// CHECK-LABEL: causal:
// CHECK-NEXT: keys: from max (d0, d1) -> () to min (d0, d1) -> (d0 + 8, d1)
// CHECK-NEXT: partial: (d0, d1, d2) : (-d0 + d1 + 2 >= 0, -d0 + d2 - 1 >= 0)
func.func @causal(%q: !q, %k: !k) {
  %o = whorl.attention %q, %k, %k mask #whorl.causal : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: window:
// CHECK-NEXT: keys: from max (d0, d1) -> (-(-d0 + 5)) to min (d0, d1) -> (d0 + 10, d1 + 2)
// CHECK-NEXT: partial: (d0, d1, d2) : (d0 - d1 + 1 >= 0, -d1 + d2 - 7 >= 0, -d0 + d2 - 1 >= 0)
// CHECK-NEXT: partial: (d0, d1, d2) : (-d0 + d1 >= 0, -d0 + d2 - 1 >= 0)
func.func @window(%q: !q, %k: !k) {
  %o = whorl.attention %q, %k, %k mask #whorl.sliding_window<left = 5, right = 2> : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: window_left:
// CHECK-NEXT: keys: from max (d0, d1) -> (-(-d0 + 5)) to min (d0, d1) -> ()
// CHECK-NEXT: partial: (d0, d1, d2) : (d0 - d1 + 1 >= 0, -d1 + d2 - 7 >= 0, -d0 + d2 - 1 >= 0)
func.func @window_left(%q: !q, %k: !k) {
  %o = whorl.attention %q, %k, %k mask #whorl.sliding_window<left = 5, right = -1> : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: window_none:
// CHECK-NEXT: keys: from max (d0, d1) -> () to min (d0, d1) -> ()
// CHECK-NEXT: partial: never
func.func @window_none(%q: !q, %k: !k) {
  %o = whorl.attention %q, %k, %k mask #whorl.sliding_window<left = -1, right = -1> : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: prefix:
// CHECK-NEXT: keys: from max (d0, d1) -> () to min (d0, d1) -> (7)
// CHECK-NEXT: keys: from max (d0, d1) -> () to min (d0, d1) -> (d0 + 8, d1)
// CHECK-NEXT: partial: (d0, d1, d2) : (-d0 + d1 + 2 >= 0, d1 - 4 >= 0, -d0 + d2 - 1 >= 0)
func.func @prefix(%q: !q, %k: !k) {
  %o = whorl.attention %q, %k, %k mask #whorl.prefix_lm<length = 7> : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: prefix_operand:
// CHECK-NEXT: keys: from max (d0, d1)[s0] -> () to min (d0, d1)[s0] -> (s0)
// CHECK-NEXT: keys: from max (d0, d1)[s0] -> () to min (d0, d1)[s0] -> (d0 + 8, d1)
// CHECK-NEXT: partial: (d0, d1, d2)[s0] : (-d0 + d1 + 2 >= 0, d1 - s0 + 3 >= 0, -d0 + d2 - 1 >= 0)
func.func @prefix_operand(%q: !q, %k: !k, %n: index) {
  %o = whorl.attention %q, %k, %k mask #whorl.prefix_lm(%n : index) : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: block:
// CHECK-NEXT: keys: from max (d0, d1) -> () to min (d0, d1) -> (d0 + 11, d1 + 3)
// CHECK-NEXT: partial: (d0, d1, d2) : (-d0 + d1 + 2 >= 0, -d0 + d2 - 1 >= 0)
func.func @block(%q: !q, %k: !k) {
  %o = whorl.attention %q, %k, %k mask #whorl.block_causal<4> : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: dilated:
// CHECK-NEXT: keys: from max (d0, d1) -> () to min (d0, d1) -> (d0 + 8, d1)
// CHECK-NEXT: partial: (d0, d1, d2) : (-d0 + d1 + 2 >= 0, -d0 + d2 - 1 >= 0)
// CHECK-NEXT: partial: (d0, d1, d2) : (-d0 + d2 - 1 >= 0)
func.func @dilated(%q: !q, %k: !k) {
  %o = whorl.attention %q, %k, %k mask #whorl.mask<"(i, j) : (i - j >= 0, (i - j) mod 3 == 0)"> : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: huge:
// CHECK-NEXT: keys: from max (d0, d1) -> () to min (d0, d1) -> ()
// CHECK-NEXT: partial: (d0, d1, d2) : (-d0 + d2 - 1 >= 0)
func.func @huge(%q: !q, %k: !k) {
  %o = whorl.attention %q, %k, %k mask #whorl.mask<"(i, j) : (i * 9223372036854775807 - j >= 0)"> : (!q, !k, !k) -> !q
  return
}
