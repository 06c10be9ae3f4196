// An attention in machine code calls nothing for exp and tanh: not in its softmax,
// not in its softcap, not in a score region.
// RUN: whorl-opt %s --whorl-compile-pipeline='target=x86-64-v3 threads=1' | FileCheck %s --implicit-check-not='llvm.call @exp' --implicit-check-not='llvm.intr.exp' --implicit-check-not='llvm.call @tanh'

// CHECK-LABEL: llvm.func @f32
func.func @f32(%q: tensor<1x2x33x16xf32>) -> tensor<1x2x33x16xf32> {
  %o = whorl.attention %q, %q, %q softcap(30.0) position [#whorl.rope] mask #whorl.causal
     : (tensor<1x2x33x16xf32>, tensor<1x2x33x16xf32>, tensor<1x2x33x16xf32>) -> tensor<1x2x33x16xf32>
  return %o : tensor<1x2x33x16xf32>
}

// CHECK-LABEL: llvm.func @bf16
func.func @bf16(%q: tensor<1x2x33x16xbf16>) -> tensor<1x2x33x16xbf16> {
  %o = whorl.attention %q, %q, %q
     : (tensor<1x2x33x16xbf16>, tensor<1x2x33x16xbf16>, tensor<1x2x33x16xbf16>) -> tensor<1x2x33x16xbf16>
  return %o : tensor<1x2x33x16xbf16>
}

// CHECK-LABEL: llvm.func @score
func.func @score(%q: tensor<1x2x33x16xf32>) -> tensor<1x2x33x16xf32> {
  %o = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
    %e = math.exp %s : f32
    %t = math.tanh %e : f32
    whorl.yield %t : f32
  } : (tensor<1x2x33x16xf32>, tensor<1x2x33x16xf32>, tensor<1x2x33x16xf32>) -> tensor<1x2x33x16xf32>
  return %o : tensor<1x2x33x16xf32>
}
