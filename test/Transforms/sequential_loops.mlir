// RUN: whorl-opt %s --whorl-sequential-loops | FileCheck %s --check-prefix=INNER
// RUN: whorl-opt %s --whorl-sequential-loops=all | FileCheck %s --check-prefix=ALL

// INNER: scf.parallel
// INNER-NOT: scf.parallel
// INNER: scf.for
// ALL-NOT: scf.parallel
// ALL: scf.for
// ALL: scf.for
func.func @nest(%buffer: memref<4x4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0.0 : f32
  scf.parallel (%i) = (%c0) to (%c4) step (%c1) {
    scf.parallel (%j) = (%c0) to (%c4) step (%c1) {
      memref.store %zero, %buffer[%i, %j] : memref<4x4xf32>
    }
  }
  return
}
