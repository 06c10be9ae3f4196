// Every clause survives a round trip, in the custom form and in the generic one.
// RUN: whorl-opt %s | whorl-opt | FileCheck %s
// RUN: whorl-opt %s --mlir-print-op-generic | whorl-opt | FileCheck %s

!q = tensor<2x8x16x64xf32>
!k = tensor<2x2x24x64xf32>

// CHECK-LABEL: @plain
// CHECK: whorl.attention %arg0, %arg1, %arg2 : (tensor<2x8x16x64xf32>, tensor<2x2x24x64xf32>, tensor<2x2x24x64xf32>) -> tensor<2x8x16x64xf32>
func.func @plain(%q: !q, %k: !k, %v: !k) -> !q {
  %o = whorl.attention %q, %k, %v : (!q, !k, !k) -> !q
  return %o : !q
}

// CHECK-LABEL: @constant_scalars
// CHECK: whorl.attention %{{.*}}, %{{.*}}, %{{.*}} scale(1.250000e-01) softcap(5.000000e+01) offset(-7) :
func.func @constant_scalars(%q: !q, %k: !k, %v: !k) -> !q {
  %o = whorl.attention %q, %k, %v scale(0.125) softcap(50.0) offset(-7)
       : (!q, !k, !k) -> !q
  return %o : !q
}

// CHECK-LABEL: @value_scalars
// CHECK: whorl.attention %{{.*}} scale(%arg3 : f32) softcap(%arg4 : f64) offset(%arg5 : index) :
func.func @value_scalars(%q: !q, %k: !k, %v: !k, %s: f32, %c: f64, %n: index) -> !q {
  %o = whorl.attention %q, %k, %v scale(%s : f32) softcap(%c : f64)
         offset(%n : index) : (!q, !k, !k) -> !q
  return %o : !q
}

// CHECK-LABEL: @offset_per_batch
// CHECK: whorl.attention %{{.*}} offset(%arg3 : tensor<2xi64>) :
func.func @offset_per_batch(%q: !q, %k: !k, %v: !k, %n: tensor<2xi64>) -> !q {
  %o = whorl.attention %q, %k, %v offset(%n : tensor<2xi64>) : (!q, !k, !k) -> !q
  return %o : !q
}

// CHECK-LABEL: @encodings
// CHECK: whorl.attention %{{.*}} positions(%arg3, %arg4 : tensor<16xi32>, tensor<2x24xi64>) position [#whorl.rope, #whorl.alibi<slopes = true>](%arg5 : tensor<8xf32>) :
func.func @encodings(%q: !q, %k: !k, %v: !k, %pq: tensor<16xi32>,
                     %pk: tensor<2x24xi64>, %slopes: tensor<8xf32>) -> !q {
  %o = whorl.attention %q, %k, %v
         positions(%pq, %pk : tensor<16xi32>, tensor<2x24xi64>)
         position [#whorl.rope, #whorl.alibi<slopes = true>](%slopes : tensor<8xf32>)
       : (!q, !k, !k) -> !q
  return %o : !q
}

// CHECK-LABEL: @mask
// CHECK: whorl.attention %{{.*}} mask #whorl.and<[#whorl.causal, #whorl.key_lengths]>(%arg3 : tensor<2xi32>) :
func.func @mask(%q: !q, %k: !k, %v: !k, %n: tensor<2xi32>) -> !q {
  %o = whorl.attention %q, %k, %v
         mask #whorl.and<[#whorl.causal, #whorl.key_lengths]>(%n : tensor<2xi32>)
       : (!q, !k, !k) -> !q
  return %o : !q
}

// The type that follows an attribute at once is the op's.
// CHECK-LABEL: @attribute_before_type
// CHECK: whorl.attention %{{.*}} mask #whorl.causal :
func.func @attribute_before_type(%q: !q, %k: !k, %v: !k) -> !q {
  %o = whorl.attention %q, %k, %v mask #whorl.causal : (!q, !k, !k) -> !q
  return %o : !q
}

// CHECK-LABEL: @bias_and_sinks
// CHECK: whorl.attention %{{.*}} bias(%arg3 : tensor<8x1x24xf16>) sinks(%arg4 : tensor<8xf32>) :
func.func @bias_and_sinks(%q: !q, %k: !k, %v: !k, %b: tensor<8x1x24xf16>,
                          %s: tensor<8xf32>) -> !q {
  %o = whorl.attention %q, %k, %v bias(%b : tensor<8x1x24xf16>)
         sinks(%s : tensor<8xf32>) : (!q, !k, !k) -> !q
  return %o : !q
}

// CHECK-LABEL: @schedule
// CHECK: whorl.attention %{{.*}} schedule #whorl.cpu_schedule<lanes = 8, tile = [6, 2], groups = 1, key_block = 96> :
func.func @schedule(%q: !q, %k: !k, %v: !k) -> !q {
  %o = whorl.attention %q, %k, %v
         schedule #whorl.cpu_schedule<lanes = 8, tile = [6, 2], groups = 1, key_block = 96>
       : (!q, !k, !k) -> !q
  return %o : !q
}

// CHECK-LABEL: @discardable
// CHECK: whorl.attention %{{.*}} mask #whorl.causal {note = "kept"} :
func.func @discardable(%q: !q, %k: !k, %v: !k) -> !q {
  %o = whorl.attention %q, %k, %v mask #whorl.causal {note = "kept"}
       : (!q, !k, !k) -> !q
  return %o : !q
}
