// One compile serves every number of queries: few of them run by the form for
// few rows, more by query tiles, and both agree with the reference.
// RUN: whorl-run %s --batch=%S/Inputs/dynamic_queries.batch --threads=1 | FileCheck %s
// RUN: whorl-run %s --batch=%S/Inputs/dynamic_queries.batch --threads=1 --target=x86-64 | FileCheck %s
// CHECK: 12 passed, 0 failed

// Up to eight queries are few.
func.func @plain(%q: tensor<2x2x?x16xf32>, %k: tensor<2x2x?x16xf32>,
                 %v: tensor<2x2x?x24xf32>) -> tensor<2x2x?x24xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<2x2x?x16xf32>, tensor<2x2x?x16xf32>, tensor<2x2x?x24xf32>)
      -> tensor<2x2x?x24xf32>
  return %o : tensor<2x2x?x24xf32>
}

// Up to two queries of four heads are few; the mask and the encoding make the
// block one of vectors of neighbours.
func.func @grouped(%q: tensor<1x8x?x32xbf16>, %k: tensor<1x2x?x32xbf16>)
    -> tensor<1x8x?x32xbf16> {
  %o = whorl.attention %q, %k, %k position [#whorl.rope<theta = 1.0e+04>] mask #whorl.causal
    : (tensor<1x8x?x32xbf16>, tensor<1x2x?x32xbf16>, tensor<1x2x?x32xbf16>)
      -> tensor<1x8x?x32xbf16>
  return %o : tensor<1x8x?x32xbf16>
}
