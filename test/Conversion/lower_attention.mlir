// What the attention kernel is made of.
// RUN: whorl-opt %s --split-input-file --whorl-to-cpu --canonicalize --cse | FileCheck %s

!q = memref<1x2x64x16xf32>
!k = memref<1x2x96x16xf32>

// Seven buffers on the stack (queries, outputs, scores, their maxima by tile;
// reference, sum, shift) and none on the heap; a register tile of 4 x 2
// accumulators whose last steps go row by row; exp2 in arithmetic; what moves a
// reference runs under a condition. Without a mask no indices are compared.
// CHECK-LABEL: @full
// CHECK-NOT: memref.alloc()
// CHECK: scf.parallel
// CHECK-COUNT-7: memref.alloca
// CHECK-NOT: memref.alloca
// CHECK-NOT: arith.cmpi
// CHECK-NOT: math.exp
// CHECK: scf.for %{{.*}} = %c0 to %c96 step %c32
// CHECK: scf.for {{.*}} -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>)
// CHECK-COUNT-8: vector.fma
// CHECK-NEXT: scf.yield
// CHECK-COUNT-4: llvm.inline_asm
// CHECK-NOT: arith.cmpi
// CHECK-NOT: math.exp
// CHECK: %[[MOVED:.*]] = vector.reduction <or>
// CHECK: scf.if %[[MOVED]]
// CHECK-NOT: scf.if
// CHECK: arith.bitcast
// CHECK-NOT: math.exp
// CHECK: return
func.func @full(%q: !q, %k: !k, %o: !q) {
  whorl.attention %q, %k, %k
    schedule #whorl.cpu_schedule<lanes = 8, tile = [4, 2], groups = 1, key_block = 32>
    outs(%o : !q) : (!q, !k, !k) -> ()
  return
}

// -----

!q = memref<1x2x64x16xf32>
!k = memref<1x2x96x16xf32>

// The keys of a tile at row r end at min(r + 16, 64, 96); scores are compared
// where the tile is partial, and nowhere else.
// CHECK-LABEL: @causal
// CHECK: %[[R:.*]] = arith.muli %{{.*}}, %c16 : index
// CHECK: %[[END:.*]] = arith.addi %[[R]], %c16 : index
// CHECK: %[[WITHIN:.*]] = arith.minsi %[[END]], %c64 : index
// CHECK: %[[UPPER:.*]] = arith.minsi %[[WITHIN]], %c96 : index
// CHECK: scf.for %[[FIRST:.*]] = %c0 to %[[UPPER]] step %c32
// CHECK-NOT: vector<8xi32>
// CHECK: scf.if
// CHECK: arith.cmpi {{.*}} : vector<8xi32>
// CHECK: arith.select {{.*}} : vector<8xi1>, vector<8xf32>
// CHECK: } else {
// CHECK-NOT: arith.cmpi {{.*}} : vector<8xi32>
// CHECK: arith.bitcast
// CHECK: return
func.func @causal(%q: !q, %k: !k, %o: !q) {
  whorl.attention %q, %k, %k mask #whorl.causal
    schedule #whorl.cpu_schedule<lanes = 8, tile = [4, 2], groups = 1, key_block = 32>
    outs(%o : !q) : (!q, !k, !k) -> ()
  return
}

// -----

!q = memref<1x2x64x16xf32>
!k = memref<1x2x96x16xf32>

// A window has a first key, too: max(r - 5, 0); the last is min(r + 18, 66, 96).
// CHECK-LABEL: @window
// CHECK: %[[R:.*]] = arith.muli %{{.*}}, %c16 : index
// CHECK-DAG: %[[L:.*]] = arith.maxsi %{{.*}}, %c0 : index
// CHECK-DAG: %[[E:.*]] = arith.addi %[[R]], %c18 : index
// CHECK-DAG: %[[M:.*]] = arith.minsi %[[E]], %c66 : index
// CHECK-DAG: %[[U:.*]] = arith.minsi %[[M]], %c96 : index
// CHECK: scf.for %{{.*}} = %[[L]] to %[[U]] step %c32
func.func @window(%q: !q, %k: !k, %o: !q) {
  whorl.attention %q, %k, %k mask #whorl.sliding_window<left = 5, right = 2>
    schedule #whorl.cpu_schedule<lanes = 8, tile = [4, 2], groups = 1, key_block = 32>
    outs(%o : !q) : (!q, !k, !k) -> ()
  return
}

// -----

!q = memref<1x2x64x16xf32>
!k = memref<1x2x96x16xf32>

// A mask of data is compared everywhere: no branch.
// CHECK-LABEL: @data
// CHECK: scf.for %{{.*}} = %c0 to %c96 step %c32
// CHECK-NOT: scf.if
// CHECK: arith.select {{.*}} : vector<8xi1>, vector<8xf32>
// CHECK: return
func.func @data(%q: !q, %k: !k, %m: memref<64x96xi1>, %o: !q) {
  whorl.attention %q, %k, %k mask #whorl.boolean(%m : memref<64x96xi1>)
    schedule #whorl.cpu_schedule<lanes = 8, tile = [4, 2], groups = 1, key_block = 32>
    outs(%o : !q) : (!q, !k, !k) -> ()
  return
}

// -----

// What the stack has no room for, and what is not known, lies on the heap, and
// is freed.
// CHECK-LABEL: @heap
// CHECK: scf.parallel
// CHECK-DAG: %[[Q:.*]] = memref.alloc() {{.*}} : memref<8192x16xf32>
// CHECK-DAG: %[[O:.*]] = memref.alloc({{.*}} : memref<?x16xf32>
// CHECK-DAG: memref.dealloc %[[Q]]
// CHECK-DAG: memref.dealloc %[[O]]
func.func @heap(%q: memref<2x1x4x8192xf32>, %v: memref<2x1x4x?xf32>, %o: memref<2x1x4x?xf32>) {
  whorl.attention %q, %q, %v
    schedule #whorl.cpu_schedule<lanes = 8, tile = [4, 2], groups = 1, key_block = 32>
    outs(%o : memref<2x1x4x?xf32>)
    : (memref<2x1x4x8192xf32>, memref<2x1x4x8192xf32>, memref<2x1x4x?xf32>) -> ()
  return
}
