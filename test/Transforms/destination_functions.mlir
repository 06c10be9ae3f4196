// RUN: whorl-opt %s --whorl-destination-functions --split-input-file --verify-diagnostics | FileCheck %s

// Results become arguments; a scalar becomes a memref of rank 0. Inputs are the
// caller's, and their names go to the signature.
// CHECK-LABEL: func.func @f(
// CHECK-SAME:    %[[X:[^:]*]]: tensor<4x?xf32> {bufferization.writable = false, llvm.noalias, whorl.name = "x"}, %[[S:[^:]*]]: f32,
// CHECK-SAME:    %[[OUT:[^:]*]]: memref<4x?xf32> {llvm.noalias}, %[[SCALAR:[^:]*]]: memref<f32> {llvm.noalias})
// CHECK-SAME:    whorl.abi = {inputs = [tensor<4x?xf32>, f32], inputs_names = ["x", ""], outputs = [tensor<4x?xf32>, f32]
// CHECK-DAG:   %[[N:.*]] = tensor.dim %[[X]], %c1
// CHECK-DAG:   %[[M:.*]] = memref.dim %[[OUT]], %c1
// CHECK:       %[[EQUAL:.*]] = arith.cmpi eq, %[[M]], %[[N]]
// CHECK:       whorl.require %[[EQUAL]], "output 0: dimension 1 must be dimension 1 of input 0 (x)"
// CHECK:       bufferization.materialize_in_destination %[[X]] in restrict writable %[[OUT]]
// CHECK:       memref.store %[[S]], %[[SCALAR]][]
// CHECK:       return{{$}}

// The companion stores the sizes of all outputs.
// CHECK-LABEL: func.func @f__shape(
// CHECK-SAME:    %[[SIZES:[^:]*]]: memref<2xindex>
// CHECK-SAME:    whorl.shape_of = @f
// CHECK:       memref.store %c4{{.*}}, %[[SIZES]]
// CHECK:       memref.store %{{.*}}, %[[SIZES]]
func.func @f(%x: tensor<4x?xf32> {whorl.name = "x"}, %s: f32)
    -> (tensor<4x?xf32>, f32) {
  return %x, %s : tensor<4x?xf32>, f32
}

// -----

// Private functions, and those without dynamic outputs, need no companion.
// CHECK-LABEL: func.func private @g(%{{.*}}: f32) -> f32
// CHECK-LABEL: func.func @h(
// CHECK-NOT:   func.func
func.func private @g(%x: f32) -> f32 {
  return %x : f32
}
func.func @h(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// expected-error @+1 {{argument 0 of 'type' has type 'tensor<4xi7>', which cannot cross the C ABI: expected a ranked tensor or a scalar of}}
func.func @type(%x: tensor<4xi7>) {
  return
}

// -----

// expected-error @+1 {{has several blocks or none: expected a graph with structured control flow (scf) only}}
func.func @blocks() {
  cf.br ^end
^end:
  return
}

// -----

func.func @data(%n: tensor<1xindex>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %size = tensor.extract %n[%c0] : tensor<1xindex>
  %e = tensor.empty(%size) : tensor<?xf32>
  // expected-error @+1 {{dimension 0 of result 0 of 'data' depends on more than the sizes of the arguments; callers cannot allocate it: make the dimension static}}
  return %e : tensor<?xf32>
}
