// Round trip, in the short and in the generic form.
// RUN: whorl-opt %s | whorl-opt | FileCheck %s
// RUN: whorl-opt --mlir-print-op-generic %s | whorl-opt | FileCheck %s

// CHECK-LABEL: func @times
func.func @times(%n: tensor<?xf32>, %u: f64) -> (tensor<?xf32>, f64) {
  // CHECK: whorl.training_time #whorl.log_normal_time of %{{.*}} : tensor<?xf32>
  %0 = whorl.training_time #whorl.log_normal_time<mean = -1.2, stddev = 1.2> of %n : tensor<?xf32>
  // CHECK: whorl.training_time #whorl.log_normal_time<mean = 0.0, stddev = 1.0> of
  %1 = whorl.training_time #whorl.log_normal_time<mean = 0.0, stddev = 1.0> of %n : tensor<?xf32>
  // CHECK: whorl.training_time #whorl.logit_normal_time<mean = 0.5> of
  %2 = whorl.training_time #whorl.logit_normal_time<stddev = 1.0, mean = 0.5> of %n : tensor<?xf32>
  // CHECK: whorl.training_time #whorl.mode_time of %{{.*}} : f64
  %3 = whorl.training_time #whorl.mode_time<scale = 1.29> of %u : f64
  return %2, %3 : tensor<?xf32>, f64
}

// CHECK-LABEL: func @weights
func.func @weights(%s: tensor<4xf32>, %t: f64) -> (tensor<4xf32>, f64) {
  // CHECK: whorl.loss_weight #whorl.edm_weight of %{{.*}} : tensor<4xf32>
  %0 = whorl.loss_weight #whorl.edm_weight<sigma_data = 0.5> of %s : tensor<4xf32>
  // CHECK: whorl.loss_weight #whorl.min_snr_weight<gamma = 3.0, prediction = v> of
  %1 = whorl.loss_weight #whorl.min_snr_weight<prediction = v, gamma = 3.0> of %s : tensor<4xf32>
  // CHECK: whorl.loss_weight #whorl.min_snr_weight of
  %2 = whorl.loss_weight #whorl.min_snr_weight<prediction = epsilon> of %s : tensor<4xf32>
  // CHECK: whorl.loss_weight #whorl.cosmap_weight of %{{.*}} : f64
  %3 = whorl.loss_weight #whorl.cosmap_weight of %t : f64
  // CHECK: whorl.loss_weight #whorl.inverse_square_weight of %{{.*}} : f64
  %4 = whorl.loss_weight #whorl.inverse_square_weight of %t : f64
  // CHECK: whorl.noise_input #whorl.ve_scaling of %{{.*}} : tensor<4xf32>
  %5 = whorl.noise_input #whorl.ve_scaling of %s : tensor<4xf32>
  return %5, %4 : tensor<4xf32>, f64
}
