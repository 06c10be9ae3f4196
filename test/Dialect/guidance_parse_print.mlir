// Round trip, in the short and in the generic form.
// RUN: whorl-opt %s | whorl-opt | FileCheck %s
// RUN: whorl-opt --mlir-print-op-generic %s | whorl-opt | FileCheck %s

// CHECK-LABEL: func @guidance
func.func @guidance(%u: tensor<4x?xbf16>, %c: tensor<4x?xbf16>, %w: tensor<4xf32>,
                    %s: f32, %i: index, %o: tensor<4x?xbf16>) -> tensor<4x?xbf16> {
  // CHECK: whorl.guidance %{{.*}}, %{{.*}} rule = #whorl.cfg scale(7.5) : tensor<4x?xbf16>
  %0 = whorl.guidance %u, %c rule = #whorl.cfg<rescale = 0.0> scale(7.5) : tensor<4x?xbf16>
  // CHECK: whorl.guidance %{{.*}}, %{{.*}} rule = #whorl.cfg<rescale = 0.7, steps = 10, start = 0.25, stop = 0.8> scale(%{{.*}} : tensor<4xf32>) at(%{{.*}}) outs(%{{.*}} : tensor<4x?xbf16>) : tensor<4x?xbf16>
  %1 = whorl.guidance %u, %c rule = #whorl.cfg<stop = 0.8, start = 0.25, steps = 10, rescale = 0.7>
      scale(%w : tensor<4xf32>)
      at(%i) outs(%o : tensor<4x?xbf16>) : tensor<4x?xbf16>
  // CHECK: %{{.*}}:2 = whorl.guidance %{{.*}}, %{{.*}} rule = #whorl.apg<eta = 0.5, cap = 2.5, momentum = -0.75, base = conditional> scale(%{{.*}} : f32) momentum(%{{.*}} : tensor<4x?xbf16>) : tensor<4x?xbf16>
  %2, %d = whorl.guidance %u, %c rule = #whorl.apg<eta = 0.5, cap = 2.5, momentum = -0.75, base = conditional>
      scale(%s : f32)
      momentum(%o : tensor<4x?xbf16>) : tensor<4x?xbf16>
  // CHECK: rule = #whorl.cfg_zero scale(7.5) : tensor
  %3 = whorl.guidance %u, %c rule = #whorl.cfg_zero<zero_steps = 0> scale(7.5) : tensor<4x?xbf16>
  return %2 : tensor<4x?xbf16>
}

// CHECK-LABEL: func @train
func.func @train(%x0: tensor<4x8xf32>, %eps: tensor<4x8xf32>, %t: tensor<4xi64>, %i: index)
    -> tensor<4x8xf32> {
  // CHECK: %{{.*}}:2 = whorl.add_noise %{{.*}}, %{{.*}} schedule = #whorl.vp<beta = cosine, steps = 10> at(%{{.*}} : tensor<4xi64>) target = v : tensor<4x8xf32>
  %x, %v = whorl.add_noise %x0, %eps schedule = #whorl.vp<beta = cosine, steps = 10>
      at(%t : tensor<4xi64>) target = v : tensor<4x8xf32>
  // CHECK: whorl.add_noise %{{.*}}, %{{.*}} schedule = #whorl.flow<steps = 10> at(0.5) : tensor<4x8xf32>
  %y = whorl.add_noise %x0, %eps schedule = #whorl.flow<steps = 10> at(0.5) : tensor<4x8xf32>
  // CHECK: whorl.add_noise %{{.*}}, %{{.*}} schedule = {{.*}} at(%{{.*}} : index) target = score
  %z, %s = whorl.add_noise %x0, %eps schedule = #whorl.vp<beta = cosine, steps = 10>
      at(%i : index) target = score : tensor<4x8xf32>
  return %v : tensor<4x8xf32>
}

// CHECK-LABEL: func @precondition
func.func @precondition(%x: memref<4xf64>, %f: memref<4xf64>, %s: f64, %o: memref<4xf64>) -> f64 {
  // CHECK: whorl.precondition %{{.*}} rule = #whorl.edm_scaling sigma(%{{.*}} : f64) output(%{{.*}} : memref<4xf64>) outs(%{{.*}} : memref<4xf64>) : memref<4xf64>
  whorl.precondition %x rule = #whorl.edm_scaling<sigma_data = 0.5> sigma(%s : f64)
      output(%f : memref<4xf64>) outs(%o : memref<4xf64>) : memref<4xf64>
  // CHECK: whorl.precondition %{{.*}} rule = #whorl.vp_scaling sigma(2.0) outs
  whorl.precondition %x rule = #whorl.vp_scaling sigma(2.0) outs(%o : memref<4xf64>) : memref<4xf64>
  // CHECK: whorl.noise_input #whorl.iddpm_scaling of %{{.*}} : f64
  %n = whorl.noise_input #whorl.iddpm_scaling of %s : f64
  return %n : f64
}
