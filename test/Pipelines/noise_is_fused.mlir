// No tensor of noise: the samples of examples/reparameterise after the fuse stage.
// RUN: whorl-opt %whorl_src_root/examples/reparameterise/reparameterise.mlir --whorl-simplify --whorl-fuse | FileCheck %s

// CHECK-LABEL: func.func @gaussian(
// CHECK: linalg.generic {{.*}} ins(%arg0, %arg1 : tensor<?x?xf32>, tensor<?x?xf32>)
// CHECK: whorl.random_bits
// CHECK-NOT: linalg.generic
// CHECK-LABEL: func.func @gaussian_backward
// CHECK: linalg.generic {{.*}} ins(%arg0 : tensor<?x?xf32>)
// CHECK: whorl.random_bits
// CHECK-NOT: linalg.generic

// Noise, sum and argmax are one reduction.
// CHECK-LABEL: func.func @gumbel_max
// CHECK-NOT: linalg.generic
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%arg0 : tensor<?x?xf32>)
// CHECK: whorl.random_bits
// CHECK-NOT: linalg.generic

// The noisy logits are read twice; the noise itself is nowhere.
// CHECK-LABEL: func.func @gumbel_softmax(
// CHECK: linalg.generic {{.*}} ins(%arg0 : tensor<?x?xf32>)
// CHECK: whorl.random_bits
// CHECK-NOT: whorl.random_bits
// CHECK: return
