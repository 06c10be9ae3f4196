// RUN: whorl-opt %s --whorl-lower-abi | FileCheck %s

// The wrapper has the public name; the body returns a message, and its
// conditions come before everything else that it does.
// CHECK-LABEL: llvm.func @f(
// CHECK-SAME:    %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr) -> !llvm.ptr
// CHECK:       %[[MESSAGE:.*]] = func.call @f.body(
// CHECK:       llvm.return %[[MESSAGE]]

// CHECK-LABEL: func.func private @f.body(
// CHECK-SAME:    -> !llvm.ptr attributes {llvm.linkage = #llvm.linkage<internal>
// CHECK-NOT:   memref.alloc
// CHECK:       cf.cond_br %{{.*}}, ^[[GOOD:.*]], ^[[BAD:.*]]
// CHECK:       ^[[BAD]]:
// CHECK:         llvm.mlir.addressof
// CHECK:         return
// CHECK:       ^[[GOOD]]:
// CHECK:       memref.alloc
// CHECK:       %[[NULL:.*]] = llvm.mlir.zero
// CHECK:       return %[[NULL]]

// CHECK-DAG: llvm.mlir.global internal constant @whorl.message.{{.*}}("input 0 (x): expected rank 1\00")
// CHECK-DAG: ("sizes differ\00")
func.func @f(%x: memref<?xf32>, %y: memref<?xf32>) attributes {whorl.abi = {
    inputs = [tensor<?xf32>], inputs_names = ["x"],
    outputs = [tensor<?xf32>], outputs_names = [""]}} {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  %room = memref.alloc(%n) : memref<?xf32>
  %m = memref.dim %y, %c0 : memref<?xf32>
  %equal = arith.cmpi eq, %n, %m : index
  whorl.require %equal, "sizes differ"
  memref.copy %x, %room : memref<?xf32> to memref<?xf32>
  memref.copy %room, %y : memref<?xf32> to memref<?xf32>
  memref.dealloc %room : memref<?xf32>
  return
}
