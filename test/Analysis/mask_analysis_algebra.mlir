// Intersections, unions, complements; operands keep their numbers; data masks.
// Bounds are maps of (q, end), tiles that may be partial are sets of (q, k, end).
// RUN: whorl-opt %s -o /dev/null --whorl-test-mask-analysis='query-rows=8 key-rows=4' | FileCheck %s

!q = tensor<1x1x64x4xf32>
!k = tensor<1x1x96x4xf32>

// CHECK-LABEL: symbols:
// CHECK-NEXT: keys: from max (d0, d1)[s0, s1] -> (s1) to min (d0, d1)[s0, s1] -> (s0)
// CHECK-NEXT: partial: (d0, d1, d2)[s0, s1] : (d1 - s0 + 3 >= 0, -d0 + d2 - 1 >= 0)
// CHECK-NEXT: partial: (d0, d1, d2)[s0, s1] : (-d1 + s1 - 1 >= 0, -d0 + d2 - 1 >= 0)
func.func @symbols(%q: !q, %k: !k, %n: index, %m: index) {
  %o = whorl.attention %q, %k, %k mask #whorl.and<[#whorl.mask<"(i, j)[a] : (a - j - 1 >= 0)">, #whorl.mask<"(i, j)[a] : (j - a >= 0)">]>(%n, %m : index, index) : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: and_data:
// CHECK-NEXT: keys: from max (d0, d1)[s0] -> () to min (d0, d1)[s0] -> (d0 + 8, d1)
// CHECK-NEXT: partial: always
func.func @and_data(%q: !q, %k: !k, %n: tensor<1xi32>) {
  %o = whorl.attention %q, %k, %k mask #whorl.and<[#whorl.causal, #whorl.key_lengths]>(%n : tensor<1xi32>) : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: or_data:
// CHECK-NEXT: keys: from max (d0, d1)[s0] -> () to min (d0, d1)[s0] -> ()
// CHECK-NEXT: partial: (d0, d1, d2)[s0] : (-d0 + d1 + 2 >= 0, -d0 + d2 - 1 >= 0)
func.func @or_data(%q: !q, %k: !k, %n: tensor<1xi32>) {
  %o = whorl.attention %q, %k, %k mask #whorl.or<[#whorl.causal, #whorl.key_lengths]>(%n : tensor<1xi32>) : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: not:
// CHECK-NEXT: keys: from max (d0, d1) -> (-(-d0 - 1)) to min (d0, d1) -> ()
// CHECK-NEXT: partial: (d0, d1, d2) : (d0 - d1 + 7 >= 0, -d1 + d2 - 1 >= 0, -d0 + d2 - 1 >= 0)
func.func @not(%q: !q, %k: !k) {
  %o = whorl.attention %q, %k, %k mask #whorl.not<#whorl.causal> : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: not_data:
// CHECK-NEXT: keys: from max (d0, d1)[s0] -> () to min (d0, d1)[s0] -> ()
// CHECK-NEXT: partial: always
func.func @not_data(%q: !q, %k: !k, %n: tensor<96xi1>) {
  %o = whorl.attention %q, %k, %k mask #whorl.not<#whorl.boolean>(%n : tensor<96xi1>) : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: de_morgan:
// CHECK-NEXT: keys: from max (d0, d1) -> (-(-d0 - 1), 7) to min (d0, d1) -> ()
// CHECK-NEXT: partial: (d0, d1, d2) : (d0 - d1 + 7 >= 0, -d1 + d2 - 1 >= 0, -d0 + d2 - 1 >= 0)
// CHECK-NEXT: partial: (d0, d1, d2) : (-d1 + 6 >= 0, -d0 + d2 - 1 >= 0)
func.func @de_morgan(%q: !q, %k: !k) {
  %o = whorl.attention %q, %k, %k mask #whorl.not<#whorl.or<[#whorl.causal, #whorl.prefix_lm<length = 7>]>> : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: nothing:
// CHECK-NEXT: keys: none
// CHECK-NEXT: partial: (d0, d1, d2) : (-d0 + d1 + 2 >= 0, -d0 + d2 - 1 >= 0)
// CHECK-NEXT: partial: (d0, d1, d2) : (d0 - d1 + 7 >= 0, -d1 + d2 - 1 >= 0, -d0 + d2 - 1 >= 0)
func.func @nothing(%q: !q, %k: !k) {
  %o = whorl.attention %q, %k, %k mask #whorl.and<[#whorl.causal, #whorl.not<#whorl.causal>]> : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: everything:
// CHECK-NEXT: keys: from max (d0, d1) -> () to min (d0, d1) -> (d0 + 8, d1)
// CHECK-NEXT: keys: from max (d0, d1) -> (-(-d0 - 1)) to min (d0, d1) -> ()
// CHECK-NEXT: partial: never
func.func @everything(%q: !q, %k: !k) {
  %o = whorl.attention %q, %k, %k mask #whorl.or<[#whorl.causal, #whorl.not<#whorl.causal>]> : (!q, !k, !k) -> !q
  return
}

// CHECK-LABEL: not_of_tightened:
// CHECK-NEXT: keys: from max (d0, d1) -> () to min (d0, d1) -> ()
// CHECK-NEXT: partial: (d0, d1, d2) : (-d0 + d2 - 1 >= 0)
func.func @not_of_tightened(%q: !q, %k: !k) {
  %o = whorl.attention %q, %k, %k mask #whorl.not<#whorl.mask<"(i, j) : (j mod 5 - 3 >= 0)">> : (!q, !k, !k) -> !q
  return
}
