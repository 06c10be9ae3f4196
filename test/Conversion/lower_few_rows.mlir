// The kernel for few rows: rows of both heads that share keys stand together, a
// register tile of 2 keys times 2 rows, features in vectors, one pass over keys.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics --whorl-to-cpu --canonicalize --cse | FileCheck %s

!q = memref<1x4x1x16xf32>
!k = memref<1x2x96x16xf32>

// CHECK-LABEL: @decode
// CHECK: scf.parallel (%{{.*}}) = (%c0) to (%c2)
// CHECK: memref.alloca() {{.*}} : memref<2x16xf32>
// CHECK: memref.alloca() {{.*}} : memref<2x32xf32>
// CHECK: scf.for %{{.*}} = %c0 to %c96 step %c32
// CHECK: memref.prefetch
// CHECK: scf.for %{{.*}} = %c0 to %c16 step %c8 iter_args
// CHECK-COUNT-4: vector.fma
// CHECK-COUNT-4: vector.reduction <add>
// CHECK: arith.bitcast
// CHECK-COUNT-4: vector.fma
// CHECK: return
func.func @decode(%q: !q, %k: !k, %o: !q) {
  whorl.attention %q, %k, %k
    schedule #whorl.cpu_schedule<lanes = 8, tile = [2, 2], groups = 1, key_block = 32, role = features>
    outs(%o : !q) : (!q, !k, !k) -> ()
  return
}

// -----

!q = memref<1x4x6x16xf32>
!k = memref<1x2x96x16xf32>

// Packed heads: one tile for the 12 rows of two heads, keys and values of each
// block copied; row r is query r mod 6 of head r / 6.
// CHECK-LABEL: @packed
// CHECK: scf.parallel (%{{.*}}) = (%c0) to (%c2)
// CHECK: %[[K:.*]] = memref.alloc() {{.*}} : memref<32x16xf32>
// CHECK: %[[V:.*]] = memref.alloc() {{.*}} : memref<32x16xf32>
// CHECK: arith.divui %{{.*}}, %c6
// CHECK: arith.remui %{{.*}}, %c6
// CHECK: scf.for %{{.*}} = %c0 to %c96 step %c32
// CHECK: memref.load %[[K]]
// CHECK: memref.load %[[V]]
// CHECK: memref.dealloc %[[K]]
func.func @packed(%q: !q, %k: !k, %o: !q) {
  whorl.attention %q, %k, %k
    schedule #whorl.cpu_schedule<lanes = 8, tile = [4, 2], groups = 1, key_block = 32, role = heads>
    outs(%o : !q) : (!q, !k, !k) -> ()
  return
}

// -----

!q = memref<1x4x?x16xf32>
!k = memref<1x2x96x16xf32>

func.func @dynamic(%q: !q, %k: !k, %o: !q) {
  // expected-error @+1 {{has a schedule with role = features, which wants static heads, query rows and features; leave the schedule to whorl-plan, or write role = queries}}
  whorl.attention %q, %k, %k
    schedule #whorl.cpu_schedule<lanes = 8, tile = [2, 2], groups = 1, key_block = 32, role = features>
    outs(%o : !q) : (!q, !k, !k) -> ()
  return
}

// -----

!q = memref<1x4x1x12xf32>
!k = memref<1x2x96x12xf32>

func.func @ragged(%q: !q, %k: !k, %o: !q) {
  // expected-error @+1 {{has a schedule with role = features and 8 lanes, which do not divide its 12 and 12 features; choose lanes that do}}
  whorl.attention %q, %k, %k
    schedule #whorl.cpu_schedule<lanes = 8, tile = [2, 2], groups = 1, key_block = 32, role = features>
    outs(%o : !q) : (!q, !k, !k) -> ()
  return
}
