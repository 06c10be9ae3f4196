// RUN: whorl-opt %s --whorl-require-sizes --split-input-file --verify-diagnostics | FileCheck %s

// The conditions of an op speak of its operands; here, of the arguments.
// CHECK-LABEL: func.func @attention(
// CHECK-SAME:      %[[Q:[^:]*]]: tensor<?x2x?x16xf32>, %[[K:[^:]*]]: tensor<?x2x?x16xf32>,
// CHECK-DAG:   %[[QB:.*]] = tensor.dim %[[Q]], %c0
// CHECK-DAG:   %[[KB:.*]] = tensor.dim %[[K]], %c0
// CHECK:       whorl.require %{{.*}}, "{{.*}}batch{{.*}}"
// CHECK:       whorl.attention
func.func @attention(%q: tensor<?x2x?x16xf32>, %k: tensor<?x2x?x16xf32>,
                     %v: tensor<?x2x?x16xf32>) -> tensor<?x2x?x16xf32> {
  %o = whorl.attention %q, %k, %v
     : (tensor<?x2x?x16xf32>, tensor<?x2x?x16xf32>, tensor<?x2x?x16xf32>)
       -> tensor<?x2x?x16xf32>
  return %o : tensor<?x2x?x16xf32>
}

// -----

// One condition, however many ops state it; none between sizes that agree.
// CHECK-LABEL: func.func @chain(
// CHECK:       whorl.require %{{.*}}, "linalg.add: dimension 0 of operand 0 and dimension 0 of operand 1 must be equal"
// CHECK-NOT:   whorl.require
// CHECK:       return
func.func @chain(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %a, %c0 : tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %x = linalg.add ins(%a, %b : tensor<?xf32>, tensor<?xf32>)
    outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %y = linalg.mul ins(%x, %b : tensor<?xf32>, tensor<?xf32>)
    outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// A condition inside a loop moves out of it.
// CHECK-LABEL: func.func @loop(
// CHECK:       whorl.require
// CHECK:       scf.for
// CHECK-NOT:   whorl.require
func.func @loop(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  %r = scf.for %i = %c0 to %c9 step %c1 iter_args(%x = %a) -> tensor<?xf32> {
    %y = linalg.add ins(%x, %b : tensor<?xf32>, tensor<?xf32>)
      outs(%x : tensor<?xf32>) -> tensor<?xf32>
    scf.yield %y : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}

// -----

// So does one on what the loop carries, through ops with and without a
// destination, when the loop keeps the size.
// CHECK-LABEL: func.func @sample(
// CHECK-SAME:      %[[A:[^:]*]]: tensor<1x1x?x16xf32>, %[[B:[^:]*]]: tensor<1x1x?x16xf32>
// CHECK-DAG:   %[[N:.*]] = tensor.dim %[[A]], %c2
// CHECK-DAG:   %[[M:.*]] = tensor.dim %[[B]], %c2
// CHECK:       %[[EQUAL:.*]] = arith.cmpi eq, %[[N]], %[[M]]
// CHECK:       whorl.require %[[EQUAL]], "linalg.add:
// CHECK-NOT:   whorl.require
// CHECK:       scf.for
func.func @sample(%a: tensor<1x1x?x16xf32>, %b: tensor<1x1x?x16xf32>)
    -> tensor<1x1x?x16xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c9 = arith.constant 9 : index
  %r = scf.for %i = %c0 to %c9 step %c1 iter_args(%x = %a)
      -> tensor<1x1x?x16xf32> {
    %y = whorl.attention %x, %b, %b
       : (tensor<1x1x?x16xf32>, tensor<1x1x?x16xf32>, tensor<1x1x?x16xf32>)
         -> tensor<1x1x?x16xf32>
    %n = tensor.dim %y, %c2 : tensor<1x1x?x16xf32>
    %e = tensor.empty(%n) : tensor<1x1x?x16xf32>
    %z = linalg.add
      ins(%y, %b : tensor<1x1x?x16xf32>, tensor<1x1x?x16xf32>)
      outs(%e : tensor<1x1x?x16xf32>) -> tensor<1x1x?x16xf32>
    scf.yield %z : tensor<1x1x?x16xf32>
  }
  return %r : tensor<1x1x?x16xf32>
}

// -----

// A loop that makes its tensor longer is no such loop.
func.func @grow(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  %r = scf.for %i = %c0 to %c9 step %c1 iter_args(%x = %a) -> tensor<?xf32> {
    // expected-error @+1 {{this cannot be checked when the function is called}}
    %s = linalg.exp ins(%x : tensor<?xf32>) outs(%b : tensor<?xf32>)
      -> tensor<?xf32>
    %y = tensor.concat dim(0) %x, %s
      : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
    scf.yield %y : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}

// -----

// CHECK-LABEL: func.func @cast(
// CHECK:       %[[N:.*]] = tensor.dim
// CHECK:       arith.cmpi eq, %[[N]], %c4
// CHECK:       whorl.require %{{.*}}, "tensor.cast: dimension 0 must be 4"
func.func @cast(%a: tensor<?xf32>) -> tensor<4xf32> {
  %x = tensor.cast %a : tensor<?xf32> to tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

func.func @never(%a: tensor<5xf32>) -> tensor<4xf32> {
  %d = tensor.cast %a : tensor<5xf32> to tensor<?xf32>
  // expected-error @+1 {{tensor.cast: dimension 0 must be 4; the sizes in this function never agree}}
  %x = tensor.cast %d : tensor<?xf32> to tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

func.func @data(%a: tensor<?xf32>, %n: tensor<1xindex>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %size = tensor.extract %n[%c0] : tensor<1xindex>
  %e = tensor.empty(%size) : tensor<?xf32>
  // expected-error @+1 {{this cannot be checked when the function is called, because it depends on more than the sizes of the arguments; make the dimension static}}
  %x = linalg.exp ins(%a : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %x : tensor<?xf32>
}

// -----

// The number of axes of position ids, and what a cache must agree with.
// CHECK-LABEL: func.func @axes(
// CHECK:       whorl.require %{{.*}}, "attention: query positions: dimension 0 must be the number of axes, 3"
func.func @axes(%q: tensor<1x2x5x16xf32>, %p: tensor<?x1x5xi32>) -> tensor<1x2x5x16xf32> {
  %o = whorl.attention %q, %q, %q positions(%p, %p : tensor<?x1x5xi32>, tensor<?x1x5xi32>)
         position [#whorl.rope<sections = [2, 3, 3]>]
     : (tensor<1x2x5x16xf32>, tensor<1x2x5x16xf32>, tensor<1x2x5x16xf32>) -> tensor<1x2x5x16xf32>
  return %o : tensor<1x2x5x16xf32>
}

// -----

// CHECK-LABEL: func.func @cache(
// CHECK-DAG:   whorl.require %{{.*}}, "encode_position: positions: dimension 0 must be the number of axes, 2"
// CHECK-DAG:   whorl.require %{{.*}}, "encode_position: operand: dimension 0 must match the attention"
// CHECK-DAG:   whorl.require %{{.*}}, "encode_position: operand: dimension 1 must not be empty"
func.func @cache(%x: tensor<5x16xf32>, %p: tensor<?x1x5xi32>, %c: tensor<?x?x8xf32>)
    -> (tensor<5x16xf32>, tensor<5x16xf32>) {
  %y = whorl.encode_position #whorl.rope<sections = [4, 4]> %x role key
         positions(%p : tensor<?x1x5xi32>) : tensor<5x16xf32>
  %z = whorl.encode_position #whorl.rope_cache %x role key
         operands(%c, %c : tensor<?x?x8xf32>, tensor<?x?x8xf32>) : tensor<5x16xf32>
  return %y, %z : tensor<5x16xf32>, tensor<5x16xf32>
}
