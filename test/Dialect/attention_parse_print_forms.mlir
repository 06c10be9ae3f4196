// Layouts, results, destinations and the form on memrefs.
// RUN: whorl-opt %s | whorl-opt | FileCheck %s
// RUN: whorl-opt %s --mlir-print-op-generic | whorl-opt | FileCheck %s

// Hq, Hk and Dv differ from each other; so do Nq and Nk.
// CHECK-LABEL: @bnhd
// CHECK: whorl.attention %{{.*}} layout bnhd : (tensor<1x5x6x8xf64>, tensor<1x7x2x8xf64>, tensor<1x7x2x4xf64>) -> tensor<1x5x6x4xf64>
func.func @bnhd(%q: tensor<1x5x6x8xf64>, %k: tensor<1x7x2x8xf64>,
                %v: tensor<1x7x2x4xf64>) -> tensor<1x5x6x4xf64> {
  %o = whorl.attention %q, %k, %v layout bnhd
       : (tensor<1x5x6x8xf64>, tensor<1x7x2x8xf64>, tensor<1x7x2x4xf64>)
         -> tensor<1x5x6x4xf64>
  return %o : tensor<1x5x6x4xf64>
}

// The default layout may be said, and does not print.
// CHECK-LABEL: @bhnd
// CHECK: whorl.attention %arg0, %arg1, %arg2 : (tensor<1x6x5x8xbf16>,
func.func @bhnd(%q: tensor<1x6x5x8xbf16>, %k: tensor<1x2x7x8xbf16>,
                %v: tensor<1x2x7x4xbf16>) -> tensor<1x6x5x4xbf16> {
  %o = whorl.attention %q, %k, %v layout bhnd
       : (tensor<1x6x5x8xbf16>, tensor<1x2x7x8xbf16>, tensor<1x2x7x4xbf16>)
         -> tensor<1x6x5x4xbf16>
  return %o : tensor<1x6x5x4xbf16>
}

// CHECK-LABEL: @lse
// CHECK: %{{.*}}:2 = whorl.attention %{{.*}} -> (tensor<?x?x?x?xf16>, tensor<?x?x?xf32>)
func.func @lse(%q: tensor<?x?x?x?xf16>) -> tensor<?x?x?xf32> {
  %o, %lse = whorl.attention %q, %q, %q
      : (tensor<?x?x?x?xf16>, tensor<?x?x?x?xf16>, tensor<?x?x?x?xf16>)
        -> (tensor<?x?x?x?xf16>, tensor<?x?x?xf32>)
  return %lse : tensor<?x?x?xf32>
}

// CHECK-LABEL: @outs
// CHECK: %{{.*}}:2 = whorl.attention %{{.*}} outs(%arg1, %arg2 : tensor<1x2x?x4xf32>, tensor<1x2x?xf32>) :
func.func @outs(%q: tensor<1x2x?x4xf32>, %o: tensor<1x2x?x4xf32>,
                %l: tensor<1x2x?xf32>) -> (tensor<1x2x?x4xf32>, tensor<1x2x?xf32>) {
  %r:2 = whorl.attention %q, %q, %q
      outs(%o, %l : tensor<1x2x?x4xf32>, tensor<1x2x?xf32>)
      : (tensor<1x2x?x4xf32>, tensor<1x2x?x4xf32>, tensor<1x2x?x4xf32>)
        -> (tensor<1x2x?x4xf32>, tensor<1x2x?xf32>)
  return %r#0, %r#1 : tensor<1x2x?x4xf32>, tensor<1x2x?xf32>
}

// CHECK-LABEL: @memrefs
// CHECK: whorl.attention %arg0, %arg0, %arg0 outs(%arg1, %arg2 : memref<1x2x3x4xf32, strided<[24, 12, 4, 1], offset: ?>>, memref<1x2x3xf32>) : (memref<1x2x3x4xf32>, memref<1x2x3x4xf32>, memref<1x2x3x4xf32>) -> ()
func.func @memrefs(%q: memref<1x2x3x4xf32>,
                   %o: memref<1x2x3x4xf32, strided<[24, 12, 4, 1], offset: ?>>,
                   %l: memref<1x2x3xf32>) {
  whorl.attention %q, %q, %q
      outs(%o, %l : memref<1x2x3x4xf32, strided<[24, 12, 4, 1], offset: ?>>,
           memref<1x2x3xf32>)
      : (memref<1x2x3x4xf32>, memref<1x2x3x4xf32>, memref<1x2x3x4xf32>) -> ()
  return
}

// Empty axes and axes of one are sizes like others.
// CHECK-LABEL: @empty
// CHECK: whorl.attention
func.func @empty(%q: tensor<0x0x0x0xf32>) -> tensor<0x0x0x0xf32> {
  %o = whorl.attention %q, %q, %q
      : (tensor<0x0x0x0xf32>, tensor<0x0x0x0xf32>, tensor<0x0x0x0xf32>)
        -> tensor<0x0x0x0xf32>
  return %o : tensor<0x0x0x0xf32>
}
