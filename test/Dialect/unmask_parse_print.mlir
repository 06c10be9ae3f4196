// whorl.unmask prints as it was parsed.
// RUN: whorl-opt %s | whorl-opt | FileCheck %s
// RUN: whorl-opt %s --mlir-print-op-generic | whorl-opt | FileCheck %s

// CHECK-LABEL: func @tensors
func.func @tensors(%x: tensor<2x?xi64>, %s: tensor<2x?xbf16>, %k: tensor<2xi32>, %i: index) -> tensor<2x?xi64> {
  // CHECK: whorl.unmask %{{.*}}, %{{.*}} scores(%{{.*}} : tensor<2x?xbf16>) policy = #whorl.best mask_token = 3 counts(%{{.*}} : tensor<2xi32>) within(%{{.*}}, %{{.*}}) : tensor<2x?xi64>
  %0 = whorl.unmask %x, %x scores(%s : tensor<2x?xbf16>) policy = #whorl.best mask_token = 3
      counts(%k : tensor<2xi32>) within(%i, %i) : tensor<2x?xi64>
  // CHECK: policy = #whorl.confident mask_token = 3 : tensor<2x?xi64>
  %1 = whorl.unmask %x, %x scores(%s : tensor<2x?xbf16>) policy = #whorl.confident<at_least = 0.9>
      mask_token = 3 : tensor<2x?xi64>
  // CHECK: policy = #whorl.confident<at_least = 0.5, strict = true> mask_token = 3 outs(%{{.*}} : tensor<2x?xi64>) : tensor<2x?xi64>
  %2 = whorl.unmask %x, %x scores(%s : tensor<2x?xbf16>) policy = #whorl.confident<strict = true, at_least = 0.5>
      mask_token = 3 outs(%x : tensor<2x?xi64>) : tensor<2x?xi64>
  // CHECK: policy = #whorl.entropy_bound<bound = 0.25> mask_token = 3
  %3 = whorl.unmask %x, %x scores(%s : tensor<2x?xbf16>) policy = #whorl.entropy_bound<bound = 0.25>
      mask_token = 3 : tensor<2x?xi64>
  // CHECK: policy = #whorl.confident<capped = true> mask_token = 3 counts
  %4 = whorl.unmask %x, %x scores(%s : tensor<2x?xbf16>) policy = #whorl.confident<capped = true>
      mask_token = 3 counts(%k : tensor<2xi32>) : tensor<2x?xi64>
  return %0 : tensor<2x?xi64>
}

// CHECK-LABEL: func @memrefs
func.func @memrefs(%x: memref<9xi32>, %s: memref<9xf32>) {
  // CHECK: whorl.unmask %{{.*}}, %{{.*}} scores(%{{.*}} : memref<9xf32>) policy = #whorl.confident mask_token = 0 outs(%{{.*}} : memref<9xi32>) : memref<9xi32>
  whorl.unmask %x, %x scores(%s : memref<9xf32>) policy = #whorl.confident mask_token = 0
      outs(%x : memref<9xi32>) : memref<9xi32>
  return
}
