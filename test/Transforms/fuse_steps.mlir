// Guidance, the cast of the model's output and the step are one elementwise op,
// with static and with dynamic sizes.
// RUN: whorl-opt %s --whorl-simplify --whorl-fuse | FileCheck %s

#id = affine_map<(b, c) -> (b, c)>

// CHECK-LABEL: func @guided
// CHECK: linalg.generic {indexing_maps
// CHECK-SAME: ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<?x?xf32>, tensor<?x?xbf16>, tensor<?x?xbf16>)
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @guided(%x: tensor<?x?xf32>, %u: tensor<?x?xbf16>,
                  %c: tensor<?x?xbf16>, %i: index) -> tensor<?x?xf32> {
  %w = arith.constant 2.5 : f32
  %init = tensor.empty(%i, %i) : tensor<?x?xf32>
  %g = linalg.generic {indexing_maps = [#id, #id, #id],
                       iterator_types = ["parallel", "parallel"]}
      ins(%u, %c : tensor<?x?xbf16>, tensor<?x?xbf16>)
      outs(%x : tensor<?x?xf32>) {
  ^bb0(%u0: bf16, %c0: bf16, %o: f32):
    %u1 = arith.extf %u0 : bf16 to f32
    %c1 = arith.extf %c0 : bf16 to f32
    %d = arith.subf %c1, %u1 : f32
    %e = arith.mulf %w, %d : f32
    %r = arith.addf %u1, %e : f32
    linalg.yield %r : f32
  } -> tensor<?x?xf32>
  %y = whorl.step %x, %g at %i sampler = #whorl.euler
         schedule = #whorl.flow<steps = 32> prediction = velocity
         : tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}
