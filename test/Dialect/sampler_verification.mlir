// One negative test per constraint of the samplers and of schedules by level.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{expected small, large or learned, got 'big'}}
func.func @ddpm_variance() attributes {a = #whorl.ddpm<variance = big>} { return }

// -----

// expected-error @+1 {{(M1) expected a positive scaling, got 0.0}}
func.func @lcm_m1() attributes {a = #whorl.lcm<scaling = 0>} { return }

// -----

// expected-error @+1 {{(M1) expected a positive sigma_data, got -1.0}}
func.func @lcm_m1_sigma() attributes {a = #whorl.lcm<sigma_data = -1.0>} { return }

// -----

// expected-error @+1 {{(T1) expected gamma from 0 to 1, got 1.5}}
func.func @tcd_t1() attributes {a = #whorl.tcd<gamma = 1.5>} { return }

// -----

// expected-error @+1 {{(H1) expected numbers from 0 on in churn, got -1.0}}
func.func @churn_h1() attributes {a = #whorl.euler<churn = edm(-1.0)>} { return }

// -----

// expected-error @+1 {{(H1) expected numbers from 0 on in churn, got -2.0}}
func.func @heun_h1() attributes {a = #whorl.heun<churn = edm(1.0, -2.0)>} { return }

// -----

// expected-error @+1 {{(H2) expected churn to be none or edm, got edm_late(3.0); only #whorl.euler takes edm_late}}
func.func @heun_h2() attributes {a = #whorl.heun<churn = edm_late(3.0)>} { return }

// -----

// expected-error @+1 {{(H1) expected numbers from 0 on in churn, got -1.0}}
func.func @dpm2_h1() attributes {a = #whorl.dpm2<churn = edm(1.0, 0.0, -1.0)>} { return }

// -----

// expected-error @+1 {{(H2) expected churn to be none or edm, got edm_late(3.0); only #whorl.euler takes edm_late}}
func.func @dpm2_h2() attributes {a = #whorl.dpm2<churn = edm_late(3.0)>} { return }

// -----

// expected-error @+1 {{(L1) expected order from 1 to 8, got 9}}
func.func @lms_l1() attributes {a = #whorl.lms<order = 9>} { return }

// -----

// expected-error @+1 {{expected (N1) average or runge_kutta, got 'none'}}
func.func @plms_n1() attributes {a = #whorl.plms<start = none>} { return }

// -----

// expected-error @+1 {{(S1) expected order from 1 to 3, got 4}}
func.func @dpmpp_s1() attributes {a = #whorl.dpmpp<order = 4>} { return }

// -----

// expected-error @+1 {{(S2) expected eta from 0 (ODE) to 1 (SDE), got 2.0}}
func.func @dpmpp_s2() attributes {a = #whorl.dpmpp<eta = 2.0>} { return }

// -----

// expected-error @+1 {{(S1) expected order from 1 to 3, got 0}}
func.func @singlestep_s1() attributes {a = #whorl.dpmpp_singlestep<order = 0>} { return }

// -----

// expected-error @+1 {{(S2) expected eta from 0 (ODE) to 1 (SDE), got -0.5}}
func.func @dpmpp_2s_s2() attributes {a = #whorl.dpmpp_2s<eta = -0.5>} { return }

// -----

// expected-error @+1 {{(S2) expected eta from 0 (ODE) to 1 (SDE), got 1.5}}
func.func @dpmpp_sde_s2() attributes {a = #whorl.dpmpp_sde<eta = 1.5>} { return }

// -----

// expected-error @+1 {{(U1) expected order from 1 to 3, got 4}}
func.func @unipc_u1() attributes {a = #whorl.unipc<order = 4>} { return }

// -----

// expected-error @+1 {{(S1) expected order from 1 to 3, got 4}}
func.func @deis_s1() attributes {a = #whorl.deis<order = 4>} { return }

// -----

// expected-error @+1 {{(G1) expected 2 to 65537 noise levels, got 1}}
func.func @levels_g1_count() attributes {a = #whorl.levels<process = ve, noise = [1.0]>} { return }

// -----

// expected-error @+1 {{(G1) expected noise from 0 to 1.0, got 1.5}}
func.func @levels_g1_range() attributes {a = #whorl.levels<process = flow, noise = [1.5, 0.0]>} { return }

// -----

// expected-error @+1 {{(G1) expected noise to go down, got 2.0 after 1.0}}
func.func @levels_g1_order() attributes {a = #whorl.levels<process = ve, noise = [1.0, 2.0]>} { return }

// -----

// expected-error @+1 {{(G2) expected a time for each of 2 levels, got 1}}
func.func @levels_g2() attributes {a = #whorl.levels<process = vp, noise = [0.5, 0.0], time = [1]>} { return }

// -----

// expected-error @+1 {{expected vp, ve or flow, got 'ou'}}
func.func @levels_process() attributes {a = #whorl.levels<process = ou, noise = [1.0, 0.0]>} { return }

// -----

func.func @churn_c4(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C4) expected a schedule of signal scale 1 for churn, such as #whorl.ve or #whorl.vp with state = exploding, got #whorl.flow<steps = 4>}}
  %y = whorl.step %x, %x at %i sampler = #whorl.euler<churn = edm(1.0)>
         schedule = #whorl.flow<steps = 4>
         prediction = x0  : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @tcd_c4(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C4) expected for #whorl.tcd a schedule that visits whole training levels with a^2 + s^2 = 1, such as #whorl.vp with spacing = leading, got #whorl.flow<steps = 4>}}
  %y = whorl.step %x, %x at %i sampler = #whorl.tcd
         schedule = #whorl.flow<steps = 4>
         prediction = x0  : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @plms_c4(%x: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  // expected-error @+1 {{(C4) expected for start = runge_kutta a schedule that visits whole training levels in at least four steps, such as #whorl.vp, got #whorl.vp<beta = cosine, steps = 3>}}
  %y = whorl.step %x, %x at %i sampler = #whorl.plms<start = runge_kutta>
         schedule = #whorl.vp<beta = cosine, steps = 3>
         prediction = x0  : tensor<4xf32>
  return %y : tensor<4xf32>
}
