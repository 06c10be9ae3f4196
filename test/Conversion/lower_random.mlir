// Random elements are numbered in row-major order: the loops merge, and a run of
// neighbours is one evaluation of the generator.
// RUN: whorl-opt %s --whorl-lower-elementwise --canonicalize --split-input-file | FileCheck %s

module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 32,
    vector_registers = 16, fma = true, l1_bytes = 32768, l2_bytes = 262144,
    cpu = "x86-64-v3">} {
// CHECK-LABEL: func @merged
// One loop over 2 * 3 * 5 elements, and blocks of four elements, eight at once. Two
// of Philox's twenty products fold in stream 0.
// CHECK-NOT: scf.for
// CHECK-COUNT-18: arith.muli %{{.*}}, %{{.*}} : vector<8xi64>
// CHECK: vector.shuffle %{{.*}}, %{{.*}} [0, 8, 2, 10, 1, 9, 3, 11, 4, 12, 6, 14, 5, 13, 7, 15] : vector<8xi64>, vector<8xi64>
// CHECK: vector.bitcast %{{.*}} : vector<16xi64> to vector<32xi32>
// CHECK: vector.maskedstore
func.func @merged(%k: i32, %out: memref<2x3x5xi32>) {
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c5 = arith.constant 5 : index
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, j, k)>],
      iterator_types = ["parallel", "parallel", "parallel"]}
      outs(%out : memref<2x3x5xi32>) {
  ^bb0(%o: i32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %l = linalg.index 2 : index
    %w = whorl.random_bits generator = #whorl.philox draw = word key(%k, %k)
        at(%i, %j, %l) of(%c2, %c3, %c5) : i32
    linalg.yield %w : i32
  }
  return
}
}

// -----

// Rows of unknown length: the start of a run is tested.
// CHECK-LABEL: func @rows
// CHECK: %[[REST:.*]] = arith.andi %{{.*}}, %{{.*}} : i64
// CHECK: %[[ALIGNED:.*]] = arith.cmpi eq, %[[REST]], %{{.*}} : i64
// CHECK: scf.if %[[ALIGNED]]
// CHECK: vector.shuffle
// CHECK: else
// CHECK: vector.broadcast %{{.*}} : i64 to vector<16xi64>
func.func @rows(%k: i32, %out: memref<?x?xi32>, %m: index, %n: index) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} outs(%out : memref<?x?xi32>) {
  ^bb0(%o: i32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %w = whorl.random_bits generator = #whorl.philox draw = word key(%k, %k)
        at(%i, %j) of(%m, %n) : i32
    linalg.yield %w : i32
  }
  return
}
