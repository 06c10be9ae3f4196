// Clauses may stand in any order, and print in one.
// RUN: whorl-opt %s | FileCheck %s

!t = tensor<1x4x2x8xf32>

// CHECK-LABEL: @reversed
// CHECK: whorl.attention %arg0, %arg1, %arg2
// CHECK-SAME: scale(5.000000e-01) softcap(3.000000e+01) offset(1)
// CHECK-SAME: positions(%arg4, %arg4 : tensor<4xi32>, tensor<4xi32>)
// CHECK-SAME: position [#whorl.rope]
// CHECK-SAME: mask #whorl.causal
// CHECK-SAME: bias(%arg3 : tensor<4x4xf32>)
// CHECK-SAME: sinks(%arg5 : tensor<2xf32>)
// CHECK-SAME: score(
// CHECK: layout bnhd
// CHECK-SAME: outs(%arg6 : tensor<1x4x2x8xf32>)
// CHECK-SAME: : (tensor<1x4x2x8xf32>,
func.func @reversed(%q: !t, %k: !t, %v: !t, %b: tensor<4x4xf32>, %p: tensor<4xi32>,
                    %s: tensor<2xf32>, %out: !t) -> !t {
  %o = whorl.attention %q, %k, %v
         outs(%out : !t) layout bnhd
         score(%x, %bb, %h, %i, %j) { whorl.yield %x : f32 }
         sinks(%s : tensor<2xf32>) bias(%b : tensor<4x4xf32>) mask #whorl.causal
         position [#whorl.rope] positions(%p, %p : tensor<4xi32>, tensor<4xi32>)
         offset(1) softcap(30.0) scale(0.5)
       : (!t, !t, !t) -> !t
  return %o : !t
}
