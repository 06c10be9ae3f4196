// The inner loops of dot = bf16. Words of eight keys, or of eight features of
// values, are broadcast straight from memory, and each is multiplied to three
// vectors: 24 instructions a step of two products. The last four steps of scores
// go row by row, and LLVM unrolls those of values twice.
// RUN: whorl-compile %s --target=znver5 --threads=1 --emit=asm -o %t.s
// RUN: awk '/^.LBB/ {n = 0} /vdpbf16ps/ {++n} /^\tj/ {if (n) print n; n = 0}' %t.s | FileCheck %s --check-prefix=COUNT
// RUN: FileCheck %s < %t.s
// RUN: FileCheck %s --check-prefix=SPILLS < %t.s

// COUNT: {{^}}24
// COUNT-NEXT: {{^}}96
// COUNT-NEXT: {{^}}48
// COUNT-NOT: {{.}}

// CHECK: vbroadcastss {{.*}}(%r{{.*}}), %zmm
// CHECK: vdpbf16ps %zmm
// CHECK: vcvtne2ps2bf16 %zmm
// CHECK: vpermw %zmm
// CHECK: vbroadcastss {{.*}}(%r{{.*}}), %zmm
// CHECK: vdpbf16ps %zmm
// SPILLS-NOT: {{Spill|Reload}}
!q = tensor<1x8x480x64xbf16>
!k = tensor<1x8x2048x64xbf16>
func.func @attend(%q: !q, %k: !k, %v: !k) -> !q {
  %o = whorl.attention %q, %k, %v : (!q, !k, !k) -> !q
  return %o : !q
}
