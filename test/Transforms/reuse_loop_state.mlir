// RUN: whorl-opt %s --whorl-reuse-loop-state | FileCheck %s
// RUN: whorl-opt %s --whorl-reuse-loop-state --one-shot-bufferize=allow-return-allocs-from-loops --canonicalize | FileCheck %s --check-prefix=BUFFER

#id = affine_map<(a, b) -> (a, b)>
#swap = affine_map<(a, b) -> (b, a)>

// The state is overwritten; the loop allocates nothing.
// CHECK-LABEL: func @elementwise
// CHECK: scf.for {{.*}} iter_args(%[[X:.*]] = %{{.*}})
// CHECK: linalg.generic {{.*}} outs(%[[X]] : tensor<4x4xf32>)
// BUFFER-LABEL: func @elementwise
// BUFFER: scf.for
// BUFFER-NOT: memref.alloc
// BUFFER: linalg.generic {{.*}} ins(%[[X:.*]] : memref<4x4xf32>) outs(%[[X]] : memref<4x4xf32>)
func.func @elementwise(%x0: tensor<4x4xf32>, %n: index) -> tensor<4x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%x = %x0) -> tensor<4x4xf32> {
    %e = tensor.empty() : tensor<4x4xf32>
    %y = linalg.generic {indexing_maps = [#id, #id],
                         iterator_types = ["parallel", "parallel"]}
        ins(%x : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) {
    ^bb0(%a: f32, %o: f32):
      %b = arith.addf %a, %a : f32
      linalg.yield %b : f32
    } -> tensor<4x4xf32>
    scf.yield %y : tensor<4x4xf32>
  }
  return %r : tensor<4x4xf32>
}

// A transposition reads what it has written already: it keeps its own tensor.
// CHECK-LABEL: func @transposed
// CHECK: %[[E:.*]] = tensor.empty
// CHECK: linalg.generic {{.*}} outs(%[[E]] : tensor<4x4xf32>)
func.func @transposed(%x0: tensor<4x4xf32>, %n: index) -> tensor<4x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%x = %x0) -> tensor<4x4xf32> {
    %e = tensor.empty() : tensor<4x4xf32>
    %y = linalg.generic {indexing_maps = [#swap, #id],
                         iterator_types = ["parallel", "parallel"]}
        ins(%x : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) {
    ^bb0(%a: f32, %o: f32):
      linalg.yield %a : f32
    } -> tensor<4x4xf32>
    scf.yield %y : tensor<4x4xf32>
  }
  return %r : tensor<4x4xf32>
}
