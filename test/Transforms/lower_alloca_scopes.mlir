// RUN: whorl-opt %s --whorl-lower-alloca-scopes | FileCheck %s

// The stack is restored after each iteration, not when the function returns.
// CHECK-LABEL: func @allocates
// CHECK: scf.for
// CHECK-NEXT: %[[S:.*]] = llvm.intr.stacksave
// CHECK-NEXT: memref.alloca()
// CHECK: llvm.intr.stackrestore %[[S]]
// CHECK-NEXT: }
func.func @allocates(%n: index, %x: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    memref.alloca_scope {
      %a = memref.alloca() : memref<4xf32>
      memref.store %x, %a[%c0] : memref<4xf32>
      memref.alloca_scope.return
    }
  }
  return
}

// CHECK-LABEL: func @empty
// CHECK-NEXT: %[[S:.*]] = arith.addf
// CHECK-NEXT: return %[[S]]
func.func @empty(%x: f32) -> f32 {
  %y = memref.alloca_scope -> f32 {
    %s = arith.addf %x, %x : f32
    memref.alloca_scope.return %s : f32
  }
  return %y : f32
}
