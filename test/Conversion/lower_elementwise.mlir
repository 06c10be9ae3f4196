// RUN: whorl-opt %s --whorl-lower-elementwise --canonicalize --split-input-file | FileCheck %s

// Loops that are contiguous in all operands become one; large ops are cut into
// parallel chunks, and the last vector is masked. 16 lanes: 4 vectors of SSE2,
// which is what a module without a target gets.
// CHECK-LABEL: func @chain
// CHECK: memref.collapse_shape %{{.*}} {{\[\[}}0, 1, 2]]
// CHECK: scf.parallel (%[[C:.*]]) = (%{{.*}}) to (%{{.*}}) step (%c16384)
// CHECK: scf.for %[[I:.*]] = %[[C]] to %{{.*}} step %c16
// CHECK: vector.load %{{.*}}[%[[I]]] : memref<?xf32>, vector<16xf32>
// CHECK: vector.store
// CHECK: scf.if
// CHECK: vector.create_mask
// CHECK: vector.maskedload
// CHECK: vector.maskedstore
// CHECK-NOT: linalg
#id = affine_map<(a, b, c) -> (a, b, c)>
func.func @chain(%x: memref<?x3x?xf32>, %y: memref<?x3x?xf32>) {
  linalg.generic {indexing_maps = [#id, #id],
                  iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x : memref<?x3x?xf32>) outs(%y : memref<?x3x?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %e = arith.mulf %a, %a : f32
    linalg.yield %e : f32
  }
  return
}

// -----

// What is read along no lane is read once, before the loop. Static whole
// vectors need no mask, and a small op no parallel loop.
// CHECK-LABEL: func @broadcast
// CHECK-NOT: scf.parallel
// CHECK: scf.for %[[ROW:.*]] =
// CHECK: %[[SCALE:.*]] = memref.load %{{.*}}[%[[ROW]]] : memref<5xf32>
// CHECK: scf.for
// CHECK: vector.load %{{.*}} : memref<32xf32>, vector<16xf32>
// CHECK: vector.broadcast %[[SCALE]]
// CHECK-NOT: mask
#rows = affine_map<(a, b) -> (a)>
#columns = affine_map<(a, b) -> (b)>
#both = affine_map<(a, b) -> (a, b)>
func.func @broadcast(%scale: memref<5xf32>, %bias: memref<32xf32>,
                     %y: memref<5x32xf32>) {
  linalg.generic {indexing_maps = [#rows, #columns, #both],
                  iterator_types = ["parallel", "parallel"]}
      ins(%scale, %bias : memref<5xf32>, memref<32xf32>)
      outs(%y : memref<5x32xf32>) {
  ^bb0(%s: f32, %b: f32, %o: f32):
    %e = arith.addf %s, %b : f32
    linalg.yield %e : f32
  }
  return
}

// -----

// The vector loop is the one along which the output is contiguous; an input
// that is not is read lane by lane. Named ops are generic ones.
// CHECK-LABEL: func @transpose
// CHECK: scf.for
// CHECK: scf.for
// CHECK-COUNT-8: memref.load
// CHECK-NOT: memref.load
// CHECK: vector.store %{{.*}} : memref<6x16xf64>, vector<8xf64>
func.func @transpose(%x: memref<16x6xf64>, %y: memref<6x16xf64>) {
  linalg.transpose ins(%x : memref<16x6xf64>) outs(%y : memref<6x16xf64>)
    permutation = [1, 0]
  return
}

// -----

// i1 lies in bytes: a vector load of it would read bits.
// CHECK-LABEL: func @select
// CHECK-COUNT-16: memref.load %{{.*}} : memref<16xi1>
// CHECK: arith.select %{{.*}} : vector<16xi1>, vector<16xf32>
// CHECK-LABEL: func @compare
// CHECK: linalg.generic
#line = affine_map<(a) -> (a)>
func.func @select(%c: memref<16xi1>, %x: memref<16xf32>, %y: memref<16xf32>) {
  linalg.generic {indexing_maps = [#line, #line, #line],
                  iterator_types = ["parallel"]}
      ins(%c, %x : memref<16xi1>, memref<16xf32>) outs(%y : memref<16xf32>) {
  ^bb0(%a: i1, %b: f32, %o: f32):
    %e = arith.select %a, %b, %o : f32
    linalg.yield %e : f32
  }
  return
}
func.func @compare(%x: memref<16xf32>, %y: memref<16xi1>) {
  linalg.generic {indexing_maps = [#line, #line], iterator_types = ["parallel"]}
      ins(%x : memref<16xf32>) outs(%y : memref<16xi1>) {
  ^bb0(%b: f32, %o: i1):
    %e = arith.cmpf olt, %b, %b : f32
    linalg.yield %e : i1
  }
  return
}

// -----

// The width follows the target, the type and the body: f64 halves the lanes,
// elementary functions take single vectors.
// CHECK-LABEL: func @width
// CHECK: math.exp %{{.*}} : vector<8xf64>
module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 64,
    vector_registers = 32, fma = true, l1_bytes = 32768, l2_bytes = 524288>} {
  func.func @width(%x: memref<64xf64>, %y: memref<64xf64>) {
    linalg.generic {indexing_maps = [affine_map<(a) -> (a)>, affine_map<(a) -> (a)>],
                    iterator_types = ["parallel"]}
        ins(%x : memref<64xf64>) outs(%y : memref<64xf64>) {
    ^bb0(%a: f64, %o: f64):
      %e = math.exp %a : f64
      linalg.yield %e : f64
    }
    return
  }
}

// -----

// linalg.index is a loop's variable; along the lanes it counts up.
// CHECK-LABEL: func @index
// CHECK: arith.index_cast
// CHECK: vector.store
// CHECK-NOT: linalg
func.func @index(%y: memref<3x64xi32>) {
  linalg.generic {indexing_maps = [affine_map<(a, b) -> (a, b)>],
                  iterator_types = ["parallel", "parallel"]}
      outs(%y : memref<3x64xi32>) {
  ^bb0(%o: i32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %k = arith.addi %i, %j : index
    %e = arith.index_cast %k : index to i32
    linalg.yield %e : i32
  }
  return
}

// -----

// Reductions, and rank 0, are for others.
// CHECK-LABEL: func @sum
// CHECK: linalg.generic
func.func @sum(%x: memref<16xf32>, %y: memref<f32>) {
  linalg.generic {indexing_maps = [affine_map<(a) -> (a)>, affine_map<(a) -> ()>],
                  iterator_types = ["reduction"]}
      ins(%x : memref<16xf32>) outs(%y : memref<f32>) {
  ^bb0(%a: f32, %o: f32):
    %e = arith.addf %a, %o : f32
    linalg.yield %e : f32
  }
  return
}
