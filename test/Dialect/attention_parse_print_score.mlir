// Score regions: f32 and f64, captured tensors, the indices.
// RUN: whorl-opt %s | whorl-opt | FileCheck %s
// RUN: whorl-opt %s --mlir-print-op-generic | whorl-opt | FileCheck %s

!t = tensor<1x2x3x4xf32>
!d = tensor<1x2x3x4xf64>

// CHECK-LABEL: @captured
// CHECK: whorl.attention %{{.*}} score(%[[S:.*]], %{{.*}}, %[[H:.*]], %{{.*}}, %[[J:.*]]) {
// CHECK-NEXT: %[[T:.*]] = tensor.extract %arg1[%[[H]], %[[J]]] : tensor<2x3xf32>
// CHECK-NEXT: %[[R:.*]] = arith.addf %[[S]], %[[T]] : f32
// CHECK-NEXT: whorl.yield %[[R]] : f32
// CHECK-NEXT: } : (tensor<1x2x3x4xf32>
func.func @captured(%q: !t, %table: tensor<2x3xf32>) -> !t {
  %o = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
    %t = tensor.extract %table[%h, %j] : tensor<2x3xf32>
    %r = arith.addf %s, %t : f32
    whorl.yield %r : f32
  } : (!t, !t, !t) -> !t
  return %o : !t
}

// CHECK-LABEL: @f64
// CHECK: score(%[[S:.*]]: f64, %{{[a-z0-9]+}}, %{{[a-z0-9]+}}, %{{[a-z0-9]+}}, %{{[a-z0-9]+}}) {
// CHECK-NEXT: whorl.yield %[[S]] : f64
func.func @f64(%q: !d) -> !d {
  %o = whorl.attention %q, %q, %q score(%s: f64, %b, %h, %i, %j) {
    whorl.yield %s : f64
  } : (!d, !d, !d) -> !d
  return %o : !d
}
