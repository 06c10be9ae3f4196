//===- SamplerAttrs.td - samplers -----------------------------------------===//
#ifndef WHORL_IR_SAMPLERATTRS_TD
#define WHORL_IR_SAMPLERATTRS_TD

include "Whorl/IR/WhorlDialect.td"
include "Whorl/IR/DiffusionInterfaces.td"

def Whorl_VarianceEnum : Whorl_Enum<"Variance", "how much noise DDPM draws", [
  I32EnumAttrCase<"small", 0>, I32EnumAttrCase<"large", 1>,
  I32EnumAttrCase<"learned", 2>]>;
def Whorl_MultistepRuleEnum : Whorl_Enum<"MultistepRule",
    "how DPM-Solver++ of order 2 weighs the slope", [
  I32EnumAttrCase<"midpoint", 0>, I32EnumAttrCase<"heun", 1>]>;
def Whorl_UniPCFormEnum : Whorl_Enum<"UniPCForm", "the B(h) of UniPC", [
  I32EnumAttrCase<"bh1", 0>, I32EnumAttrCase<"bh2", 1>]>;
def Whorl_PLMSStartEnum : Whorl_Enum<"PLMSStart", "how PLMS begins", [
  I32EnumAttrCase<"average", 0>, I32EnumAttrCase<"runge_kutta", 1>]>;

class Whorl_SamplerAttr<string name, string mnemonic, list<string> methods = []>
    : Whorl_Attr<name, mnemonic,
        [DeclareAttrInterfaceMethods<Whorl_SamplerAttrInterface, methods>]>;

// A sampler with parameters.
class Whorl_TunedSamplerAttr<string name, string mnemonic,
                             list<string> methods = []>
    : Whorl_SamplerAttr<name, mnemonic, methods> {
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

//===----------------------------------------------------------------------===//
// One call a step, no history
//===----------------------------------------------------------------------===//

def Whorl_DDIMSamplerAttr : Whorl_TunedSamplerAttr<"DDIMSampler", "ddim"> {
  let summary = "the DDIM step, from deterministic to ancestral";
  let description = [{
    From level t to level u, with noise h = eta s_u sqrt(1 - (a_t s_u / (s_t a_u))^2):

    x' = a_u x0 + sqrt(s_u^2 - h^2) eps + h z

    (Song et al. 2021, https://arxiv.org/abs/2010.02502, eq. 12 and 16, written
    for any a and s). eta = 0 is the deterministic DDIM, which is DPM-Solver++ of
    order 1; eta = 1 is DDPM with its small variance on `#whorl.vp`, and Euler
    ancestral on `#whorl.ve`.

    Constraints:
    * (D1) 0 <= eta <= 1.

    Example: `#whorl.ddim<eta = 0.5>`.
  }];
  let parameters = (ins "::whorl::Number":$eta);
}

def Whorl_DDPMSamplerAttr : Whorl_TunedSamplerAttr<"DDPMSampler", "ddpm"> {
  let summary = "the ancestral step of DDPM";
  let description = [{
    With r = a_t/a_u and b = s_t^2 - r^2 s_u^2, which on `#whorl.vp` are
    sqrt(1 - beta) and beta of the step:

    x' = (a_u b x0 + r s_u^2 x)/s_t^2 + sigma z

    (Ho et al. 2020, https://arxiv.org/abs/2006.11239, eq. 7). sigma^2 is

    * `variance = small`: b s_u^2/s_t^2 (default), the posterior's;
    * `large`: b;
    * `learned`: small^(1-f) large^f with f = (v + 1)/2, v being the model's
      second output, which whorl.step takes as `variance(%v)` (Nichol and
      Dhariwal 2021, https://arxiv.org/abs/2102.09672, eq. 15).

    A step that ends at the data draws nothing.

    Example: `#whorl.ddpm<variance = large>`.
  }];
  let parameters = (ins "::whorl::Variance":$variance);
  let genVerifyDecl = 0;
}

def Whorl_RenoiseSamplerAttr : Whorl_SamplerAttr<"RenoiseSampler", "renoise"> {
  let summary = "to the data and back to the next level with fresh noise";
  let description = [{
    x' = a_u x0 + s_u z: the stochastic sampler of flow matching, and multistep
    sampling of consistency models (Song et al. 2023,
    https://arxiv.org/abs/2303.01469, algorithm 1).

    Example: `#whorl.renoise`.
  }];
  let assemblyFormat = "";
}

def Whorl_LCMSamplerAttr : Whorl_TunedSamplerAttr<"LCMSampler", "lcm"> {
  let summary = "the latent consistency model's step";
  let description = [{
    With r = scaling * time, c_skip = d^2/(r^2 + d^2), c_out = r/sqrt(r^2 + d^2):

    x' = a_u (c_out x0 + c_skip x) + s_u z

    (Luo et al. 2023, https://arxiv.org/abs/2310.04378). `scaling` is 10 and `d`,
    `sigma_data`, 0.5 by default.

    Constraints:
    * (M1) scaling and sigma_data are positive and finite.

    Example: `#whorl.lcm`.
  }];
  let parameters = (ins "::whorl::Number":$scaling,
                        "::whorl::Number":$sigma_data);
}

def Whorl_TCDSamplerAttr
    : Whorl_TunedSamplerAttr<"TCDSampler", "tcd", ["verifySampler"]> {
  let summary = "trajectory consistency distillation's step";
  let description = [{
    First to the training level g = floor((1 - gamma) u), then back to u with
    fresh noise: x' = (a_u/a_g)(a_g x0 + s_g eps) + sqrt(1 - (a_u/a_g)^2) z
    (Zheng et al. 2024, https://arxiv.org/abs/2402.19159, algorithm 4). gamma is
    0.3 by default. The last step goes to g and draws nothing.

    Constraints:
    * (T1) 0 <= gamma <= 1.
    * (C4, by whorl.step) the schedule counts training levels, keeps
      a^2 + s^2 = 1, and visits whole levels.

    Example: `#whorl.tcd<gamma = 0.3>`.
  }];
  let parameters = (ins "::whorl::Number":$gamma);
}

def Whorl_ReverseDiffusionSamplerAttr
    : Whorl_SamplerAttr<"ReverseDiffusionSampler", "reverse_diffusion"> {
  let summary = "the reverse diffusion predictor of score-based models";
  let description = [{
    With r = a_t/a_u and b = s_t^2 - r^2 s_u^2, the discretised reverse SDE is

    x' = (2 - r) x - (b/s_t) eps + sqrt(b) z

    (Song et al. 2021, https://arxiv.org/abs/2011.13456, eq. 46; score =
    -eps/s). The ancestral predictor is `#whorl.ddim<eta = 1.0>`. The last step
    draws noise, too; the mean is the same step with z = 0.

    Example: `#whorl.reverse_diffusion`.
  }];
  let assemblyFormat = "";
}

//===----------------------------------------------------------------------===//
// Solvers of the probability-flow ODE by its clock
//===----------------------------------------------------------------------===//

def Whorl_EulerSamplerAttr
    : Whorl_TunedSamplerAttr<"EulerSampler", "euler", ["verifySampler"]> {
  let summary = "the Euler step on the probability-flow ODE";
  let description = [{
    One Euler step of the ODE d(x/a)/d(sigma) = eps, sigma = s/a
    (Karras et al. 2022, https://arxiv.org/abs/2206.00364, eq. 4):

    * on `#whorl.ve` x' = x + (s_u - s_t) eps;
    * on `#whorl.flow` x' = x + (u - t) v, v = eps - x0;
    * in general x' = a_u x0 + s_u eps, the same as DDIM with eta = 0.

    `churn` adds noise before a step, which then starts from the level
    (1 + gamma) sigma (Karras et al. 2022, algorithm 2):

    * `none` (default);
    * `edm(S_churn, S_min = 0, S_max = 1e300, S_noise = 1)`:
      gamma = min(S_churn/steps, sqrt(2) - 1) where S_min <= sigma <= S_max. The
      model is called at the higher level. So that one call needs one op, the
      noise of a step is added by the op of the call before: a run starts at the
      higher level, as whorl.schedule_value tells, with the sampler given.
    * `edm_late(...)`: the same, but the model is called before the noise is
      added, as diffusers does.

    Constraints:
    * (H1) the numbers of churn are finite and not negative.
    * (C4, by whorl.step) churn goes with schedules whose signal scale is 1.

    Example: `#whorl.euler<churn = edm(40.0, 0.05, 50.0, 1.003)>`.
  }];
  let parameters = (ins "::whorl::ChurnFormula":$churn);
}

def Whorl_HeunSamplerAttr
    : Whorl_TunedSamplerAttr<"HeunSampler", "heun", ["verifySampler"]> {
  let summary = "Heun's method on the probability-flow ODE";
  let description = [{
    Second order, two calls a step: an Euler step, then the mean of the slopes at
    both ends. A step that ends at the data is an Euler step of one call
    (Karras et al. 2022, https://arxiv.org/abs/2206.00364, algorithms 1 and 2).
    The clock is sigma with the state x/a; on `#whorl.flow` it is t with the
    state x. `churn` as in `#whorl.euler`, but for `edm_late`.

    Constraints:
    * (H1) the numbers of churn are finite and not negative.
    * (H2) churn is none or edm.
    * (C4, by whorl.step) churn goes with schedules whose signal scale is 1.

    Example: `#whorl.heun`.
  }];
  let parameters = (ins "::whorl::ChurnFormula":$churn);
}

def Whorl_DPM2SamplerAttr
    : Whorl_TunedSamplerAttr<"DPM2Sampler", "dpm2", ["verifySampler"]> {
  let summary = "the midpoint method on the probability-flow ODE (DPM-2)";
  let description = [{
    Second order, two calls a step: an Euler step to the geometric mean of the two
    clocks, then a step from the beginning with the slope found there
    (Karras et al. 2022, https://arxiv.org/abs/2206.00364, appendix C, after Lu et
    al. 2022, https://arxiv.org/abs/2206.00927, DPM-Solver-2). A step that ends at
    the data is an Euler step of one call. Clock and churn as in `#whorl.heun`.

    Constraints:
    * (H1) the numbers of churn are finite and not negative.
    * (H2) churn is none or edm.
    * (C4, by whorl.step) churn goes with schedules whose signal scale is 1.

    Example: `#whorl.dpm2`.
  }];
  let parameters = (ins "::whorl::ChurnFormula":$churn);
}

def Whorl_LMSSamplerAttr : Whorl_TunedSamplerAttr<"LMSSampler", "lms"> {
  let summary = "linear multistep method (Adams-Bashforth) in the clock";
  let description = [{
    x'/c_u = x/c_t + sum_j d_j times the integral of Lagrange's j-th basis
    polynomial over the step, with d_j the slopes of the last `order` calls, 4 by
    default, fewer at the beginning. Clock as in `#whorl.heun`.

    Constraints:
    * (L1) 1 <= order <= 8.

    Example: `#whorl.lms<order = 3>`.
  }];
  let parameters = (ins "int64_t":$order);
}

def Whorl_PLMSSamplerAttr
    : Whorl_TunedSamplerAttr<"PLMSSampler", "plms", ["verifySampler"]> {
  let summary = "pseudo linear multistep method (PNDM)";
  let description = [{
    The DDIM step with eta = 0 on the noise (55 e_0 - 59 e_1 + 37 e_2 - 9 e_3)/24
    (Liu et al. 2022, https://arxiv.org/abs/2202.09778, eq. 12). It begins with

    * `start = average` (default, PLMS): the first interval takes two calls, the
      second of which goes again from the beginning with the mean of both; then
      (3, -1)/2 and (23, -16, 5)/12;
    * `start = runge_kutta` (PNDM): three steps of four calls each
      (Runge and Kutta's method; a half step goes floor(stride/2) training levels
      down, or ends as many above the next level, as in diffusers).

    Constraints:
    * (N1) start is average or runge_kutta.
    * (C4, by whorl.step) runge_kutta goes with a schedule that counts training
      levels and takes at least four steps.

    Example: `#whorl.plms`.
  }];
  let parameters = (ins "::whorl::PLMSStart":$start);
  let genVerifyDecl = 0;
}

//===----------------------------------------------------------------------===//
// Exponential integrators
//===----------------------------------------------------------------------===//

def Whorl_DPMSolverSamplerAttr
    : Whorl_TunedSamplerAttr<"DPMSolverSampler", "dpmpp"> {
  let summary = "DPM-Solver++ multistep, ODE and SDE";
  let description = [{
    With lambda = ln(a/s), h = lambda_u - lambda_t, H = (1 + eta) h,
    phi_1 = -expm1(-H), phi_2 = expm1(-H)/H + 1, phi_3 = phi_2/H - 1/2 and
    divided differences D1, D2 of the predicted data (scaled by h):

    x' = (s_u/s_t) e^(-eta h) x + a_u (phi_1 x0 + phi_2 D1 - phi_3 D2)
       + s_u sqrt(1 - e^(-2 eta h)) z

    (Lu et al. 2022, https://arxiv.org/abs/2211.01095, algorithm 2, and appendix
    for the SDE). `order` is 1, 2 (default) or 3; with order 2,
    `rule = midpoint` (default) takes phi_1/2 for phi_2, `heun` phi_2. D2 is half
    the second derivative, so that order 3 needs 2 phi_3: `heun` takes that, while
    `midpoint` takes phi_3 as the authors' code does, which is of order 2. eta = 0 is
    the ODE (2M, 3M), eta = 1 the SDE (2M SDE). The first steps have the order
    that their history allows; a step to the data has order 1; with
    `lower_order_final` (default) and fewer than 15 steps, so has the last step,
    and the one before has at most order 2.

    Constraints:
    * (S1) 1 <= order <= 3.
    * (S2) 0 <= eta <= 1.

    Example: `#whorl.dpmpp<order = 2>`.
  }];
  let parameters = (ins "int64_t":$order, "::whorl::Number":$eta,
                        "::whorl::MultistepRule":$rule,
                        "bool":$lower_order_final);
}

def Whorl_SinglestepSamplerAttr
    : Whorl_TunedSamplerAttr<"SinglestepSampler", "dpmpp_singlestep"> {
  let summary = "DPM-Solver++ singlestep on the levels of the schedule";
  let description = [{
    The levels of the schedule in groups of `order`, 2 by default: the first step
    of a group has order 1; the second goes again from the beginning of the group
    with order 2, the third with order 3 (Lu et al. 2022,
    https://arxiv.org/abs/2211.01095, algorithm 1). What is left at the end makes a
    smaller group, and the last step, where it goes to the data, has order 1.

    Constraints:
    * (S1) 1 <= order <= 3.

    Example: `#whorl.dpmpp_singlestep<order = 2>`.
  }];
  let parameters = (ins "int64_t":$order);
}

def Whorl_DPM2SSamplerAttr : Whorl_TunedSamplerAttr<"DPM2SSampler", "dpmpp_2s"> {
  let summary = "DPM-Solver++ 2S with ancestral noise";
  let description = [{
    Two calls a step: to the level half-way in lambda, then from the beginning of
    the step with the data predicted there, to a level below the next one, from
    which noise leads back (k-diffusion's ancestral form: with sigma = s/a,
    sigma_up = min(sigma_u, eta sqrt(sigma_u^2 (sigma_t^2 - sigma_u^2))/sigma_t)
    and sigma_down = sqrt(sigma_u^2 - sigma_up^2)). eta = 0 is the ODE. A step to
    the data has one call.

    Constraints:
    * (S2) 0 <= eta <= 1.

    Example: `#whorl.dpmpp_2s<eta = 1.0>`.
  }];
  let parameters = (ins "::whorl::Number":$eta);
}

def Whorl_DPMSDESamplerAttr
    : Whorl_TunedSamplerAttr<"DPMSDESampler", "dpmpp_sde"> {
  let summary = "DPM-Solver++ SDE, noise in both calls of a step";
  let description = [{
    As `#whorl.dpmpp_2s`, but the half step draws ancestral noise, too, so that the
    second call cannot tell the state with which the step began: whorl.step takes
    it as `base(%b)`. eta is 1 by default.

    Constraints:
    * (S2) 0 <= eta <= 1.

    Example: `#whorl.dpmpp_sde`.
  }];
  let parameters = (ins "::whorl::Number":$eta);
}

def Whorl_UniPCSamplerAttr : Whorl_TunedSamplerAttr<"UniPCSampler", "unipc"> {
  let summary = "UniPC, predictor and corrector in one call";
  let description = [{
    A multistep predictor of order `order`, 2 by default, whose result the next
    model output corrects (Zhao et al. 2023, https://arxiv.org/abs/2302.04867,
    algorithms 5 to 8, in data prediction). Corrector and the next predictor are
    one linear combination, so the corrected state is never stored. `form` is the
    B(h) of the paper: `bh1` is h, `bh2` (default) is e^h - 1. The first steps
    have the order that their history allows; with `lower_order_final` (default)
    step N - i from the end has at most order i, else only a step to the data has
    order 1.

    Constraints:
    * (U1) 1 <= order <= 3.

    Example: `#whorl.unipc<order = 3>`.
  }];
  let parameters = (ins "int64_t":$order, "::whorl::UniPCForm":$form,
                        "bool":$lower_order_final);
}

def Whorl_DEISSamplerAttr : Whorl_TunedSamplerAttr<"DEISSampler", "deis"> {
  let summary = "DEIS, exponential integrator in the noise";
  let description = [{
    x'/a_u = x/a_t + sum_j eps_j times the integral over sigma of Lagrange's j-th
    basis polynomial in ln(sigma) (Zhang and Chen 2023,
    https://arxiv.org/abs/2204.13902, log-rho form). `order` is 2 by default. Lower
    orders at both ends as in `#whorl.dpmpp`.

    Constraints:
    * (S1) 1 <= order <= 3.

    Example: `#whorl.deis`.
  }];
  let parameters = (ins "int64_t":$order);
}

#endif
