// RUN: whorl-opt %s | whorl-opt | FileCheck %s
// RUN: whorl-opt %s --mlir-print-op-generic | whorl-opt | FileCheck %s

// CHECK-LABEL: @embedding
// CHECK: whorl.encode_position #whorl.sinusoidal %arg0 : tensor<2x16x8xbf16>
func.func @embedding(%x: tensor<2x16x8xbf16>) -> tensor<2x16x8xbf16> {
  %y = whorl.encode_position #whorl.sinusoidal %x : tensor<2x16x8xbf16>
  return %y : tensor<2x16x8xbf16>
}

// CHECK-LABEL: @table
// CHECK: whorl.encode_position #whorl.learned %arg0 positions(%arg2 : tensor<2x?xi64>) operands(%arg1 : tensor<512x8xf32>) : tensor<2x?x8xf32>
func.func @table(%x: tensor<2x?x8xf32>, %t: tensor<512x8xf32>, %p: tensor<2x?xi64>) {
  %y = whorl.encode_position #whorl.learned %x operands(%t : tensor<512x8xf32>)
         positions(%p : tensor<2x?xi64>) : tensor<2x?x8xf32>
  return
}

// CHECK-LABEL: @query
// CHECK: whorl.encode_position #whorl.rope %arg0 role query layout bnhd offset(%arg1 : index) : tensor<1x16x4x8xf32>
func.func @query(%x: tensor<1x16x4x8xf32>, %n: index) {
  %y = whorl.encode_position #whorl.rope %x layout bnhd offset(%n : index) role query
       : tensor<1x16x4x8xf32>
  return
}

// CHECK-LABEL: @outs
// CHECK: whorl.encode_position #whorl.rope %arg0 role key static_offset(-3) outs(%arg1 : tensor<1x4x16x8xf32>) : tensor<1x4x16x8xf32>
func.func @outs(%x: tensor<1x4x16x8xf32>, %o: tensor<1x4x16x8xf32>) {
  %y = whorl.encode_position #whorl.rope %x role key static_offset(-3)
         outs(%o : tensor<1x4x16x8xf32>) : tensor<1x4x16x8xf32>
  return
}

// CHECK-LABEL: @memref
// CHECK: whorl.encode_position #whorl.sinusoidal %arg0 outs(%arg1 : memref<16x8xf32, strided<[16, 1]>>) : memref<16x8xf32>
func.func @memref(%x: memref<16x8xf32>, %o: memref<16x8xf32, strided<[16, 1]>>) {
  whorl.encode_position #whorl.sinusoidal %x
    outs(%o : memref<16x8xf32, strided<[16, 1]>>) : memref<16x8xf32>
  return
}
