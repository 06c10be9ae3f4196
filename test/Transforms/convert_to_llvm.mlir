// RUN: whorl-opt %s --whorl-sequential-loops=all --convert-scf-to-cf --whorl-convert-to-llvm --reconcile-unrealized-casts | FileCheck %s

// Buffers are aligned to a cache line, whatever the op says.
// CHECK-LABEL: llvm.func @f(
// CHECK:       %[[ALIGNMENT:.*]] = llvm.mlir.constant(64 : index)
// CHECK:       llvm.call @aligned_alloc(%[[ALIGNMENT]],
// CHECK-NOT:   scf.parallel
func.func @f(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %buffer = memref.alloc(%n) : memref<?xf32>
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    memref.store %zero, %buffer[%i] : memref<?xf32>
  }
  memref.dealloc %buffer : memref<?xf32>
  return
}

// Lanes of bf16 are loaded and stored as integers.
// CHECK-LABEL: llvm.func @masked(
// CHECK: %[[BITS:.*]] = llvm.bitcast %{{.*}} : vector<8xbf16> to vector<8xi16>
// CHECK: llvm.intr.masked.store %[[BITS]]
// CHECK: %[[PASSED:.*]] = llvm.bitcast %{{.*}} : vector<8xbf16> to vector<8xi16>
// CHECK: %[[LOADED:.*]] = llvm.intr.masked.load %{{.*}}, %{{.*}}, %[[PASSED]] {{.*}} -> vector<8xi16>
// CHECK: llvm.bitcast %[[LOADED]] : vector<8xi16> to vector<8xbf16>
func.func @masked(%v: vector<8xbf16>, %m: memref<?xbf16>, %k: vector<8xi1>, %i: index) -> vector<8xbf16> {
  vector.maskedstore %m[%i], %k, %v : memref<?xbf16>, vector<8xi1>, vector<8xbf16>
  %w = vector.maskedload %m[%i], %k, %v : memref<?xbf16>, vector<8xi1>, vector<8xbf16> into vector<8xbf16>
  return %w : vector<8xbf16>
}
