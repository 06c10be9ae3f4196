// Guidance, added noise and preconditioning become elementwise code.
// RUN: whorl-opt %s --whorl-expand-steps --canonicalize --split-input-file | FileCheck %s
// RUN: whorl-opt %s --whorl-simplify --whorl-fuse --split-input-file | FileCheck %s --check-prefix=FUSED

// Plain guidance and the step that follows are one pass.
// CHECK-LABEL: func @cfg
// CHECK-COUNT-2: linalg.generic
// FUSED-LABEL: func @cfg
// FUSED: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>)
// FUSED-NOT: linalg.generic
func.func @cfg(%x: tensor<4x8xf32>, %u: tensor<4x8xf32>, %c: tensor<4x8xf32>, %i: index)
    -> tensor<4x8xf32> {
  %g = whorl.guidance %u, %c rule = #whorl.cfg scale(7.5) : tensor<4x8xf32>
  %y = whorl.step %x, %g at %i sampler = #whorl.euler
      schedule = #whorl.flow<steps = 8> prediction = velocity : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// With sums over a sample two passes: one that reduces, one with the step; what
// is left is a loop over samples.
// FUSED-LABEL: func @rescaled
// FUSED: %[[SUMS:.*]]:5 = linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%{{.*}}, %{{.*}} : tensor<4x8xbf16>, tensor<4x8xbf16>)
// FUSED: %[[FACTORS:.*]]:2 = linalg.generic {{.*}} iterator_types = ["parallel"]} ins(%[[SUMS]]#0
// FUSED: math.sqrt
// FUSED: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} ins({{.*}}%[[FACTORS]]#0, %[[FACTORS]]#1
// FUSED-NOT: math.sqrt
// FUSED-NOT: linalg.generic
// FUSED: return
func.func @rescaled(%x: tensor<4x8xbf16>, %u: tensor<4x8xbf16>, %c: tensor<4x8xbf16>, %i: index)
    -> tensor<4x8xbf16> {
  %g = whorl.guidance %u, %c rule = #whorl.cfg<rescale = 0.7> scale(7.5) : tensor<4x8xbf16>
  %y = whorl.step %x, %g at %i sampler = #whorl.euler
      schedule = #whorl.flow<steps = 8> prediction = velocity : tensor<4x8xbf16>
  return %y : tensor<4x8xbf16>
}

// -----

// A factor for each sample is not computed anew for each element.
// FUSED-LABEL: func @scaled
// FUSED: linalg.generic {{.*}} iterator_types = ["parallel"]}
// FUSED: math.sqrt
// FUSED: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]}
// FUSED-NOT: math.sqrt
// FUSED: return
func.func @scaled(%x: tensor<4x8xf32>, %s: tensor<4xf32>) -> tensor<4x8xf32> {
  %y = whorl.precondition %x rule = #whorl.edm_scaling sigma(%s : tensor<4xf32>) : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// Noise and target come from one pass.
// CHECK-LABEL: func @train
// CHECK: arith.constant dense<{{.*}}> : tensor<1000xf64>
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel"]}
// CHECK: linalg.generic {{.*}} outs(%{{.*}}, %{{.*}} : tensor<4x8xf32>, tensor<4x8xf32>)
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @train(%x0: tensor<4x8xf32>, %eps: tensor<4x8xf32>, %t: tensor<4xi64>)
    -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %x, %v = whorl.add_noise %x0, %eps schedule = #whorl.vp<beta = cosine, steps = 10>
      at(%t : tensor<4xi64>) target = v : tensor<4x8xf32>
  return %x, %v : tensor<4x8xf32>, tensor<4x8xf32>
}

// -----

// Noise is made where it is used, and never stored: one pass over the data.
// FUSED-LABEL: func @regenerated
// FUSED: linalg.generic {{.*}} ins(%{{.*}} : tensor<4x8xf32>)
// FUSED: whorl.random_bits
// FUSED: linalg.yield %{{.*}}, %{{.*}} : f32, f32
// FUSED-NOT: linalg.generic
// FUSED: return
func.func @regenerated(%x0: tensor<4x8xf32>, %key: i64) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %eps = whorl.random distribution = #whorl.normal generator = #whorl.philox
      key(%key : i64) : tensor<4x8xf32>
  %x, %v = whorl.add_noise %x0, %eps schedule = #whorl.vp<beta = cosine, steps = 10>
      at(500.0) target = v : tensor<4x8xf32>
  return %x, %v : tensor<4x8xf32>, tensor<4x8xf32>
}

// -----

// CFG++: x0 of the guided prediction, eps of the unconditional one, in one pass.
// FUSED-LABEL: func @cfg_plus_plus
// FUSED: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>)
// FUSED-NOT: linalg.generic
// FUSED: return
func.func @cfg_plus_plus(%x: tensor<4x8xf32>, %u: tensor<4x8xf32>, %c: tensor<4x8xf32>,
                         %i: index) -> tensor<4x8xf32> {
  %g = whorl.guidance %u, %c rule = #whorl.cfg scale(0.6) : tensor<4x8xf32>
  %y = whorl.step %x, %g at %i sampler = #whorl.ddim
      schedule = #whorl.vp<beta = cosine, steps = 8> prediction = epsilon
      renoise(%u : tensor<4x8xf32>) : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
