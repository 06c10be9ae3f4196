// Scores that lie hundreds apart: the softmax's reference moves block after
// block, and rows see their first key late, far below 0.
// RUN: whorl-run %s --entry=steep --input=random:1x2x77x64xf32:1 --input=random:1x2x700x64xf32:2 --input=random:1x2x700x64xf32:3 --check=1e-4 | FileCheck %s
// RUN: whorl-run %s --entry=low --input=random:1x2x77x64xf32:1 --input=random:1x2x700x64xf32:2 --input=random:1x2x700x64xf32:3 --check=1e-4 | FileCheck %s
// RUN: whorl-run %s --entry=lowest --input=random:1x2x77x64xf32:1 --input=random:1x2x700x64xf32:2 --input=random:1x2x700x64xf32:3 --check=1e-4 | FileCheck %s
// RUN: whorl-run %s --entry=decode --input=random:1x8x1x64xf32:1 --input=random:1x2x700x64xf32:2 --input=random:1x2x700x64xf32:3 --check=1e-4 | FileCheck %s
// CHECK: agrees with the reference

!q = tensor<1x2x77x64xf32>
!k = tensor<1x2x700x64xf32>
!lse = tensor<1x2x77xf32>

func.func @steep(%q: !q, %k: !k, %v: !k) -> (!q, !lse) {
  %o, %l = whorl.attention %q, %k, %v scale(3.0) : (!q, !k, !k) -> (!q, !lse)
  return %o, %l : !q, !lse
}

!one = tensor<1x8x1x64xf32>
!lseOfOne = tensor<1x8x1xf32>

func.func @decode(%q: !one, %k: !k, %v: !k) -> (!one, !lseOfOne) {
  %o, %l = whorl.attention %q, %k, %v scale(3.0) : (!one, !k, !k) -> (!one, !lseOfOne)
  return %o, %l : !one, !lseOfOne
}

// Row i sees keys 300 + i and later ones, all of them near -1000.
func.func @low(%q: !q, %k: !k, %v: !k) -> (!q, !lse) {
  %o, %l = whorl.attention %q, %k, %v mask #whorl.mask<"(i, j) : (j - i - 300 >= 0)">
    score(%s, %b, %h, %i, %j) {
      %low = arith.constant -1000.0 : f32
      %r = arith.addf %s, %low : f32
      whorl.yield %r : f32
    } : (!q, !k, !k) -> (!q, !lse)
  return %o, %l : !q, !lse
}

// A score of the lowest float is still a score: it counts where there is no
// other.
func.func @lowest(%q: !q, %k: !k, %v: !k) -> !q {
  %o = whorl.attention %q, %k, %v
    score(%s, %b, %h, %i, %j) {
      %lowest = arith.constant -3.40282347e+38 : f32
      %c300 = arith.constant 300 : index
      %c2 = arith.constant 2 : index
      %isFirst = arith.cmpi slt, %j, %c300 : index
      %odd = arith.remui %i, %c2 : index
      %c0 = arith.constant 0 : index
      %isEven = arith.cmpi eq, %odd, %c0 : index
      %isLow = arith.ori %isFirst, %isEven : i1
      %r = arith.select %isLow, %lowest, %s : f32
      whorl.yield %r : f32
    } : (!q, !k, !k) -> !q
  return %o : !q
}
