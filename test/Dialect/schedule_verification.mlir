// One negative test per constraint of the schedules and samplers.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{(V1) expected the numbers of beta to lie between 0 and 1, got 1.5 in linear(0.1, 1.5)}}
func.func @vp_v1() attributes {a = #whorl.vp<beta = linear(0.1, 1.5), steps = 4>} { return }

// -----

// expected-error @+1 {{(V2) expected steps from 1 to train_steps = 1000, got 1001}}
func.func @vp_v2_steps() attributes {a = #whorl.vp<beta = cosine, steps = 1001>} { return }

// -----

// expected-error @+1 {{(V2) expected train_steps from 1 to 100000, got 0}}
func.func @vp_v2_train_steps() attributes {a = #whorl.vp<beta = cosine, steps = 1, train_steps = 0>} { return }

// -----

// expected-error @+1 {{(V3) expected the first training level to be at most 999, got 1000.0; lower the number of spacing}}
func.func @vp_v3_range() attributes {a = #whorl.vp<beta = cosine, steps = 10, spacing = leading(100)>} { return }

// -----

// expected-error @+1 {{(V3) expected the number of spacing to be a whole number from 0 on, got 0.5}}
func.func @vp_v3_whole() attributes {a = #whorl.vp<beta = cosine, steps = 10, spacing = leading(0.5)>} { return }

// -----

// expected-error @+1 {{(V4) expected positive numbers in sigmas, got -1.0}}
func.func @vp_v4() attributes {a = #whorl.vp<beta = cosine, steps = 10, sigmas = karras(-1.0)>} { return }

// -----

// expected-error @+1 {{(V5) zero_terminal_snr makes sigma infinite: expected state = preserving and sigmas = spaced with it}}
func.func @vp_v5() attributes {a = #whorl.vp<beta = cosine, steps = 10, zero_terminal_snr = true, state = exploding>} { return }

// -----

// expected-error @+1 {{(V6) expected sigmas = spaced and a spacing in whole levels with next = stride, got sigmas = spaced and spacing = continuous; use next = list}}
func.func @vp_v6() attributes {a = #whorl.vp<beta = cosine, steps = 10, spacing = continuous, next = stride>} { return }

// -----

// expected-error @+1 {{expected beta, such as beta = linear(0.0001, 0.02)}}
func.func @vp_no_beta() attributes {a = #whorl.vp<steps = 10>} { return }

// -----

// expected-error @+1 {{expected one of linear, scaled_linear, cosine, sigmoid, got 'quadratic'}}
func.func @formula_name() attributes {a = #whorl.vp<beta = quadratic(0.1, 0.2), steps = 10>} { return }

// -----

// expected-error @+1 {{expected 2 numbers in 'linear', got 1}}
func.func @formula_arguments() attributes {a = #whorl.vp<beta = linear(0.1), steps = 10>} { return }

// -----

// expected-error @+1 {{(E1) expected 0 < min <= max < infinity, got 2.0 and 1.0}}
func.func @ve_e1() attributes {a = #whorl.ve<sigmas = karras(2.0, 1.0), steps = 4>} { return }

// -----

// expected-error @+1 {{(E2) expected a positive rho, got 0.0}}
func.func @ve_e2() attributes {a = #whorl.ve<sigmas = karras(1.0, 2.0, 0.0), steps = 4>} { return }

// -----

// expected-error @+1 {{(E3) expected steps from 1 to 65536, got 0}}
func.func @ve_e3() attributes {a = #whorl.ve<sigmas = karras(1.0, 2.0)>} { return }

// -----

// expected-error @+1 {{(F1) expected steps from 1 to 65536, got 100000}}
func.func @flow_f1() attributes {a = #whorl.flow<steps = 100000>} { return }

// -----

// expected-error @+1 {{(F2) expected a positive shift, got -3.0}}
func.func @flow_f2() attributes {a = #whorl.flow<steps = 4, shift = -3.0>} { return }

// -----

// expected-error @+1 {{(F2) expected a positive time_scale, got 0.0}}
func.func @flow_f2_time() attributes {a = #whorl.flow<steps = 4, time_scale = 0.0>} { return }

// -----

// expected-error @+1 {{(F3) expected last above 0 and up to first = 1.0, got 1.5}}
func.func @flow_f3() attributes {a = #whorl.flow<steps = 4, last = 1.5>} { return }

// -----

// expected-error @+1 {{(F4) expected a positive rho, got 0.0}}
func.func @flow_f4() attributes {a = #whorl.flow<steps = 4, times = karras(0)>} { return }

// -----

// expected-error @+1 {{(D1) expected eta from 0 (deterministic) to 1 (ancestral), got 1.5}}
func.func @ddim_d1() attributes {a = #whorl.ddim<eta = 1.5>} { return }

// -----

// expected-error @+1 {{(V3) expected spacing to go down through the training levels, got 999.0 after 999.0; take fewer steps or another spacing}}
func.func @vp_v3_repeated() attributes {a = #whorl.vp<beta = cosine, steps = 60, spacing = distilled(50)>} { return }

// -----

// expected-error @+1 {{(V3) expected the first training level to be at most 999, got -1.0; lower the number of spacing}}
func.func @vp_v3_distilled() attributes {a = #whorl.vp<beta = cosine, steps = 4, spacing = distilled(1001)>} { return }

// -----

// expected-error @+1 {{(E1) expected 0 < min <= max < infinity, got 0.0 and}}
func.func @ve_e1_vp() attributes {a = #whorl.ve<sigmas = vp(19.9, 0.1, 0.0), steps = 4>} { return }

// -----

// expected-error @+1 {{(E2) expected a positive rho, got 0.0}}
func.func @ve_e2_beta() attributes {a = #whorl.ve<sigmas = beta(0.1, 1.0, 0.0), steps = 4>} { return }

// -----

// expected-error @+1 {{(F3) expected first above 0 and up to 1, got 1.5}}
func.func @flow_f3_first() attributes {a = #whorl.flow<steps = 4, first = 1.5>} { return }
