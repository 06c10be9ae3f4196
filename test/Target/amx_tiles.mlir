// dot = amx: one configuration and one release a function, one request for
// permission, four products a step of 2 x 2 tiles from four loads, and and
// no tile or vector spilled.
// RUN: whorl-compile %s --target=sapphirerapids --threads=1 --emit=asm -o %t.s
// RUN: FileCheck %s < %t.s
// RUN: FileCheck %s --check-prefix=SPILLS < %t.s
// RUN: grep -c ldtilecfg %t.s | FileCheck %s --check-prefix=ONE
// RUN: grep -c tilerelease %t.s | FileCheck %s --check-prefix=ONE
// RUN: grep -c syscall %t.s | FileCheck %s --check-prefix=ONE

// ONE: {{^}}1{{$}}
// SPILLS-NOT: 64-byte {{Spill|Reload}}

// CHECK: attend.body:
// CHECK: syscall
// CHECK: ldtilecfg
// Scores: the tiles of sums start at 0.
// CHECK: tilezero %tmm0
// CHECK-NEXT: tilezero %tmm1
// CHECK-NEXT: tilezero %tmm2
// CHECK-NEXT: tilezero %tmm3
// CHECK-COUNT-4: tdpbf16ps
// CHECK: tilestored %tmm0
// CHECK: tilestored %tmm3
// Weights become words of bf16.
// CHECK: vcvtne2ps2bf16
// CHECK: vpermw
// Outputs: the sums come from memory.
// CHECK: tileloadd {{.*}}, %tmm0
// CHECK: tileloadd {{.*}}, %tmm3
// CHECK-COUNT-4: tdpbf16ps
// CHECK: tilestored %tmm3
// CHECK: tilerelease
!q = tensor<1x8x512x64xbf16>
!k = tensor<1x8x2048x64xbf16>
func.func @attend(%q: !q, %k: !k, %v: !k) -> !q {
  %o = whorl.attention %q, %k, %v : (!q, !k, !k) -> !q
  return %o : !q
}
