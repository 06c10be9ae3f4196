// RUN: whorl-opt %s --whorl-fuse-elementwise --canonicalize | FileCheck %s

#line = affine_map<(a) -> (a)>
#id = affine_map<(a, b) -> (a, b)>

// A reshape between two elementwise ops does not keep them apart.
// CHECK-LABEL: func @across_reshape
// CHECK: linalg.generic
// CHECK: math.exp
// CHECK-NEXT: arith.negf
// CHECK-NOT: linalg.generic
func.func @across_reshape(%x: tensor<12xf32>) -> tensor<3x4xf32> {
  %e = tensor.empty() : tensor<12xf32>
  %y = linalg.generic {indexing_maps = [#line, #line],
                       iterator_types = ["parallel"]}
      ins(%x : tensor<12xf32>) outs(%e : tensor<12xf32>) {
  ^bb0(%a: f32, %o: f32):
    %b = math.exp %a : f32
    linalg.yield %b : f32
  } -> tensor<12xf32>
  %z = tensor.expand_shape %y [[0, 1]] output_shape [3, 4]
      : tensor<12xf32> into tensor<3x4xf32>
  %f = tensor.empty() : tensor<3x4xf32>
  %w = linalg.generic {indexing_maps = [#id, #id],
                       iterator_types = ["parallel", "parallel"]}
      ins(%z : tensor<3x4xf32>) outs(%f : tensor<3x4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %b = arith.negf %a : f32
    linalg.yield %b : f32
  } -> tensor<3x4xf32>
  return %w : tensor<3x4xf32>
}

// Elsewhere it stays where it is.
// CHECK-LABEL: func @lone_reshape
// CHECK: tensor.expand_shape
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]
func.func @lone_reshape(%x: tensor<12xf32>) -> tensor<3x4xf32> {
  %z = tensor.expand_shape %x [[0, 1]] output_shape [3, 4]
      : tensor<12xf32> into tensor<3x4xf32>
  %f = tensor.empty() : tensor<3x4xf32>
  %w = linalg.generic {indexing_maps = [#id, #id],
                       iterator_types = ["parallel", "parallel"]}
      ins(%z : tensor<3x4xf32>) outs(%f : tensor<3x4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %b = arith.negf %a : f32
    linalg.yield %b : f32
  } -> tensor<3x4xf32>
  return %w : tensor<3x4xf32>
}

// What has two users is computed once.
// CHECK-LABEL: func @two_users
// CHECK-COUNT-2: linalg.generic
func.func @two_users(%x: tensor<12xf32>) -> (tensor<12xf32>, tensor<12xf32>) {
  %e = tensor.empty() : tensor<12xf32>
  %y = linalg.generic {indexing_maps = [#line, #line],
                       iterator_types = ["parallel"]}
      ins(%x : tensor<12xf32>) outs(%e : tensor<12xf32>) {
  ^bb0(%a: f32, %o: f32):
    %b = math.exp %a : f32
    linalg.yield %b : f32
  } -> tensor<12xf32>
  %z = linalg.generic {indexing_maps = [#line, #line],
                       iterator_types = ["parallel"]}
      ins(%y : tensor<12xf32>) outs(%e : tensor<12xf32>) {
  ^bb0(%a: f32, %o: f32):
    %b = arith.negf %a : f32
    linalg.yield %b : f32
  } -> tensor<12xf32>
  return %y, %z : tensor<12xf32>, tensor<12xf32>
}
