// Each op on tensors gets a tensor.empty of its results' shapes as outs.
// RUN: whorl-opt %s --split-input-file --whorl-add-destinations | FileCheck %s

!t = tensor<1x2x3x4xf32>

// CHECK-LABEL: @static
// CHECK: %[[E:.*]] = tensor.empty() : tensor<1x2x3x4xf32>
// CHECK: whorl.attention {{.*}} outs(%[[E]] : tensor<1x2x3x4xf32>)
func.func @static(%q: !t) -> !t {
  %o = whorl.attention %q, %q, %q : (!t, !t, !t) -> !t
  return %o : !t
}

// -----

// Rows come from the query, features from the value; lse is f32.
// CHECK-LABEL: @dynamic
// CHECK-DAG: %[[ROWS:.*]] = tensor.dim %arg0, %c1
// CHECK-DAG: %[[FEATURES:.*]] = tensor.dim %arg2, %c3
// CHECK: %[[O:.*]] = tensor.empty(%[[ROWS]], %[[FEATURES]]) : tensor<1x?x2x?xf16>
// CHECK: %[[L:.*]] = tensor.empty(%{{.*}}) : tensor<1x2x?xf32>
// CHECK: whorl.attention {{.*}} outs(%[[O]], %[[L]] : tensor<1x?x2x?xf16>, tensor<1x2x?xf32>)
func.func @dynamic(%q: tensor<1x?x2x8xf16>, %k: tensor<1x?x2x8xf16>,
                   %v: tensor<1x?x2x?xf16>) -> (tensor<1x?x2x?xf16>, tensor<1x2x?xf32>) {
  %o, %lse = whorl.attention %q, %k, %v layout bnhd
      : (tensor<1x?x2x8xf16>, tensor<1x?x2x8xf16>, tensor<1x?x2x?xf16>)
        -> (tensor<1x?x2x?xf16>, tensor<1x2x?xf32>)
  return %o, %lse : tensor<1x?x2x?xf16>, tensor<1x2x?xf32>
}

// -----

// A result that knows more than its operands, or less, has outs of its type.
// CHECK-LABEL: @cast
// CHECK: %[[E:.*]] = tensor.empty(%{{.*}}) : tensor<1x2x?x4xf32>
// CHECK: %[[C:.*]] = tensor.cast %[[E]] : tensor<1x2x?x4xf32> to tensor<1x2x3x4xf32>
// CHECK: outs(%[[C]] : tensor<1x2x3x4xf32>)
func.func @cast(%q: tensor<1x2x?x4xf32>) -> tensor<1x2x3x4xf32> {
  %o = whorl.attention %q, %q, %q
      : (tensor<1x2x?x4xf32>, tensor<1x2x?x4xf32>, tensor<1x2x?x4xf32>) -> tensor<1x2x3x4xf32>
  return %o : tensor<1x2x3x4xf32>
}

// -----

!t = tensor<1x2x3x4xf32>

// CHECK-LABEL: @kept
// CHECK-NOT: tensor.empty
// CHECK: outs(%arg1 :
// CHECK: outs(%arg3 :
func.func @kept(%q: !t, %x: !t, %m: memref<1x2x3x4xf32>, %n: memref<1x2x3x4xf32>) -> !t {
  %o = whorl.attention %q, %q, %q outs(%x : !t) : (!t, !t, !t) -> !t
  whorl.attention %m, %m, %m outs(%n : memref<1x2x3x4xf32>)
      : (memref<1x2x3x4xf32>, memref<1x2x3x4xf32>, memref<1x2x3x4xf32>) -> ()
  return %o : !t
}

// -----

// CHECK-LABEL: @encode_position
// CHECK: %[[E:.*]] = tensor.empty(%{{.*}}) : tensor<?x8xf64>
// CHECK: whorl.encode_position #whorl.sinusoidal %arg0 outs(%[[E]] : tensor<?x8xf64>)
func.func @encode_position(%x: tensor<?x8xf64>) -> tensor<?x8xf64> {
  %y = whorl.encode_position #whorl.sinusoidal %x : tensor<?x8xf64>
  return %y : tensor<?x8xf64>
}
