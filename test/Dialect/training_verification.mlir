// One negative test per constraint of training times and loss weights.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{(T1) expected a finite mean and a finite stddev that is not negative, got 0.0 and -1.0}}
func.func @log_normal_t1() attributes {a = #whorl.log_normal_time<mean = 0.0, stddev = -1.0>} { return }

// -----

// expected-error @+1 {{(T1) expected a finite mean and a finite stddev that is not negative, got 0.0 and -2.0}}
func.func @logit_normal_t1() attributes {a = #whorl.logit_normal_time<stddev = -2.0>} { return }

// -----

// expected-error @+1 {{(T2) expected scale from -1 to 2/(pi - 2), where times are monotonic, got 2.0}}
func.func @mode_t2() attributes {a = #whorl.mode_time<scale = 2.0>} { return }

// -----

// expected-error @+1 {{(X1) expected a positive sigma_data, got -0.5}}
func.func @edm_x1() attributes {a = #whorl.edm_weight<sigma_data = -0.5>} { return }

// -----

// expected-error @+1 {{(T3) expected a positive gamma, got 0.0}}
func.func @min_snr_t3() attributes {a = #whorl.min_snr_weight<gamma = 0.0>} { return }

// -----

// expected-error @+1 {{(T4) expected prediction epsilon, x0 or v, got velocity}}
func.func @min_snr_t4() attributes {a = #whorl.min_snr_weight<prediction = velocity>} { return }

// -----

func.func @training_time_c1(%n: f32) -> f32 {
  // expected-error @+1 {{(C1) expected a rule that makes times, such as #whorl.log_normal_time, got #whorl.edm_weight}}
  %t = whorl.training_time #whorl.edm_weight of %n : f32
  return %t : f32
}

// -----

func.func @loss_weight_c1(%n: f32) -> f32 {
  // expected-error @+1 {{(C1) expected a rule that makes weights, such as #whorl.edm_weight, got #whorl.mode_time}}
  %t = whorl.loss_weight #whorl.mode_time of %n : f32
  return %t : f32
}
