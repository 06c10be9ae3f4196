// RUN: whorl-opt %s --whorl-lower-abi --split-input-file | FileCheck %s

// A loop with progress looks at a flag before each trip; the twin hands the caller's
// function on, the function itself none.
// CHECK-LABEL: llvm.func @g(
// CHECK-SAME:    %{{[^,]*}}: !llvm.ptr, %{{[^,]*}}: !llvm.ptr) -> !llvm.ptr
// CHECK:       call @g.body({{.*}}) : (memref<f32>, !llvm.ptr, !llvm.ptr) -> !llvm.ptr
// CHECK-LABEL: llvm.func @g_with_progress(
// CHECK-SAME:    %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %[[F:.*]]: !llvm.ptr, %[[DATA:.*]]: !llvm.ptr) -> !llvm.ptr
// CHECK:       call @g.body({{.*}}%[[F]], %[[DATA]])
// CHECK-LABEL: func.func private @g.body(
// CHECK:       %[[FLAG:.*]] = llvm.alloca
// CHECK:       scf.while
// CHECK:         llvm.load %[[FLAG]]
// CHECK:         scf.condition
// CHECK:         scf.if
// CHECK:           llvm.call %{{.*}}(%{{.*}}, %{{.*}}, %{{.*}}) : !llvm.ptr, (!llvm.ptr, i64, i64) -> i32
// CHECK:       memref.store
// CHECK:       %[[STOPPED:.*]] = llvm.load %[[FLAG]]
// CHECK:       %[[WHY:.*]] = llvm.select %[[STOPPED]]
// CHECK:       return %[[WHY]]
func.func @g(%y: memref<f32>) attributes {whorl.abi = {
    inputs = [], inputs_names = [], outputs = [tensor<f32>], outputs_names = [""]}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 8 : index
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %sum = scf.for %i = %c0 to %n step %c1 iter_args(%s = %zero) -> f32 {
    %t = arith.addf %s, %one : f32
    %done = arith.addi %i, %c1 : index
    whorl.progress %done of %n
    scf.yield %t : f32
  }
  memref.store %sum, %y[] : memref<f32>
  return
}

// -----

// What is left of a loop of one trip reports, too; reports in one loop share it.
// CHECK-LABEL: func.func private @h.body(
// CHECK:       scf.while
// CHECK-COUNT-2: llvm.call
// CHECK:       scf.yield
// CHECK-NOT:   scf.while
// CHECK:       llvm.call
// CHECK:       return
func.func @h(%y: memref<f32>) attributes {whorl.abi = {
    inputs = [], inputs_names = [], outputs = [tensor<f32>], outputs_names = [""]}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 8 : index
  scf.for %i = %c0 to %n step %c1 {
    whorl.progress %c1 of %c1
    whorl.progress %c1 of %c1
  }
  whorl.progress %c1 of %c1
  return
}
