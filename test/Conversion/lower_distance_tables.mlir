// Terms that depend on i - j become tables: of N + M - 1 distances, rounded up
// to chunks, for each head and batch that they depend on.
// RUN: whorl-opt %s --split-input-file --whorl-to-cpu --canonicalize --cse | FileCheck %s

!q = memref<2x2x64x16xf32>
!k = memref<2x2x96x16xf32>

// A term that is only added: one table for each head; the row ends of the
// register tile load and add it, and no pass over the scores is left.
// CHECK-LABEL: @sum
// CHECK: %[[TABLE:.*]] = memref.alloc() {{.*}} : memref<1x2x512xf32>
// CHECK: scf.parallel
// CHECK: arith.sitofp {{.*}} : vector<8xi32> to vector<8xf32>
// CHECK: vector.store {{.*}}, %[[TABLE]]
// CHECK: scf.parallel
// CHECK-NOT: arith.sitofp
// CHECK-COUNT-8: vector.fma
// CHECK: scf.yield
// CHECK: llvm.inline_asm
// CHECK: %[[TERM:.*]] = vector.load %[[TABLE]]{{\[}}
// CHECK-NEXT: arith.addf %{{.*}}, %[[TERM]]
// CHECK: memref.dealloc %[[TABLE]]
// CHECK: return
func.func @sum(%q: !q, %k: !k, %o: !q) {
  whorl.attention %q, %k, %k position [#whorl.alibi]
    schedule #whorl.cpu_schedule<lanes = 8, tile = [4, 2], groups = 1, key_block = 32>
    outs(%o : !q) : (!q, !k, !k) -> ()
  return
}

// -----

!q = memref<2x2x64x16xf32>
!k = memref<2x2x96x16xf32>

// After a softcap the score is complete late: the scalar IR reads the table, and
// what is computed with it is not computed again.
// CHECK-LABEL: @softcap
// CHECK: %[[TABLE:.*]] = memref.alloc() {{.*}} : memref<1x2x512xf32>
// CHECK: scf.parallel
// CHECK: scf.parallel
// CHECK-NOT: arith.sitofp
// CHECK: vector.load %[[TABLE]]{{\[}}
// CHECK-NOT: arith.sitofp
// CHECK: math.tanh
// CHECK: return
func.func @softcap(%q: !q, %k: !k, %o: !q) {
  whorl.attention %q, %k, %k position [#whorl.alibi] softcap(20.0)
    schedule #whorl.cpu_schedule<lanes = 8, tile = [4, 2], groups = 1, key_block = 32>
    outs(%o : !q) : (!q, !k, !k) -> ()
  return
}

// -----

!q = memref<2x2x64x16xf32>
!k = memref<2x2x96x16xf32>

// Position ids are data: no table.
// CHECK-LABEL: @ids
// CHECK-NOT: memref<{{.*}}512xf32>
// CHECK: return
func.func @ids(%q: !q, %k: !k, %o: !q, %pq: memref<64xi32>, %pk: memref<96xi32>) {
  whorl.attention %q, %k, %k position [#whorl.alibi]
    positions(%pq, %pk : memref<64xi32>, memref<96xi32>)
    schedule #whorl.cpu_schedule<lanes = 8, tile = [4, 2], groups = 1, key_block = 32>
    outs(%o : !q) : (!q, !k, !k) -> ()
  return
}

// -----

!q = memref<2x2x64x16xf32>
!k = memref<2x2x96x16xf32>

// The past differs by batch, and so does the table; i * j is no distance.
// CHECK-LABEL: @batch
// CHECK: memref.alloc() {{.*}} : memref<2x2x512xf32>
// CHECK-NOT: memref<{{.*}}512xf32>
// CHECK: scf.parallel
// CHECK: scf.parallel
// CHECK: arith.muli {{.*}} : vector<8xindex>
// CHECK: return
func.func @batch(%q: !q, %k: !k, %o: !q, %past: memref<2xi32>) {
  whorl.attention %q, %k, %k position [#whorl.alibi] offset(%past : memref<2xi32>)
    score(%s, %b, %h, %i, %j) {
      %p = arith.muli %i, %j : index
      %n = arith.index_cast %p : index to i32
      %f = arith.sitofp %n : i32 to f32
      %r = arith.addf %s, %f : f32
      whorl.yield %r : f32
    }
    schedule #whorl.cpu_schedule<lanes = 8, tile = [4, 2], groups = 1, key_block = 32>
    outs(%o : !q) : (!q, !k, !k) -> ()
  return
}
