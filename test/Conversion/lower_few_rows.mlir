// The kernel for few rows: rows of both heads that share keys stand together, a
// register tile of 2 keys times 2 rows, features in pairs of vectors. 100 keys
// are three blocks of 8 neighbours in each of 4 streams, 24 keys apart, and a
// fourth of the 4 keys behind them. Each product asks for the lines of the
// other, and its loop stays a loop.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics --whorl-to-cpu --canonicalize --cse | FileCheck %s

!q = memref<1x4x1x48xf32>
!k = memref<1x2x100x48xf32>

// CHECK-LABEL: @decode
// CHECK: scf.parallel (%{{.*}}) = (%c0) to (%c2)
// CHECK: memref.alloca() {{.*}} : memref<2x48xf32>
// CHECK: scf.for %[[T:.*]] = %c0 to %c4 step %c1
// CHECK: %[[WHOLE:.*]] = arith.cmpi slt, %[[T]], %c3
// CHECK: arith.select %[[WHOLE]], %c24, %c8
// CHECK: scf.for %{{.*}} = %c0 to %c48 step %c16 iter_args
// CHECK: memref.prefetch
// CHECK-COUNT-8: vector.fma
// CHECK: loop_annotation = #{{.*}}
// CHECK: vector.shuffle
// CHECK: arith.bitcast
// CHECK: scf.for %{{.*}} = %c0 to %c32 step %c2 iter_args
// CHECK: memref.prefetch
// CHECK-COUNT-16: vector.fma
// CHECK: loop_annotation = #{{.*}}
// CHECK: return
func.func @decode(%q: !q, %k: !k, %o: !q) {
  whorl.attention %q, %k, %k
    schedule #whorl.cpu_schedule<lanes = 8, tile = [2, 2], groups = 4, key_block = 32, role = features>
    outs(%o : !q) : (!q, !k, !k) -> ()
  return
}

// -----

!q = memref<1x1x1x128xf32>
!k = memref<1x1x8192x128xf32>

// 1024 blocks of 2 keys in a stream would be 2^20 bytes: 1021 are not.
// CHECK-LABEL: @apart
// CHECK: scf.for %[[T:.*]] = %c0 to %c1024 step %c1
// CHECK: arith.cmpi slt, %[[T]], %c1021
// CHECK: return
func.func @apart(%q: !q, %k: !k, %o: !q) {
  whorl.attention %q, %k, %k
    schedule #whorl.cpu_schedule<lanes = 8, tile = [8, 1], groups = 4, key_block = 8, role = features>
    outs(%o : !q) : (!q, !k, !k) -> ()
  return
}

// -----

!q = memref<1x2x1x32xbf16>
!k = memref<1x2x64x32xbf16>

// bf16 are split into even and odd elements: a shift and a mask for two vectors.
// Queries have their order, outputs get it back.
// CHECK-LABEL: @split
// CHECK: vector.deinterleave
// CHECK: vector.load {{.*}} vector<16xbf16>
// CHECK: vector.bitcast {{.*}} : vector<16xbf16> to vector<8xi32>
// CHECK: arith.shli
// CHECK: arith.andi
// CHECK: vector.interleave
func.func @split(%q: !q, %k: !k, %o: !q) {
  whorl.attention %q, %k, %k
    schedule #whorl.cpu_schedule<lanes = 8, tile = [8, 1], groups = 4, key_block = 8, role = features>
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

!q = memref<1x4x?x16xf32>
!k = memref<1x2x96x16xf32>

// Two forms and a branch: up to four queries of two heads are eight rows.
// CHECK-LABEL: @by_queries
// CHECK: %[[N:.*]] = memref.dim %{{.*}}, %c2
// CHECK: %[[FEW:.*]] = arith.cmpi sle, %[[N]], %c4
// CHECK: scf.if %[[FEW]] {
// CHECK: scf.parallel
// CHECK: memref.alloca() {{.*}} : memref<8x16xf32>
// CHECK: memref.prefetch
// CHECK: vector.shuffle
// CHECK: } else {
// CHECK: scf.parallel
// CHECK: memref.alloca() {{.*}} : memref<16x16xf32>
// CHECK: return
func.func @by_queries(%q: !q, %k: !k, %o: !q) {
  whorl.attention %q, %k, %k
    schedule #whorl.cpu_schedule_by_queries<most = 4,
      few = <lanes = 8, tile = [8, 1], groups = 4, key_block = 8, role = features>,
      many = <lanes = 8, tile = [6, 2], groups = 1, key_block = 48>>
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
