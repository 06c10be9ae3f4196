//===- DiffusionAttrs.td - schedules and samplers -------------------------===//
#ifndef WHORL_IR_DIFFUSIONATTRS_TD
#define WHORL_IR_DIFFUSIONATTRS_TD

include "Whorl/IR/WhorlDialect.td"
include "Whorl/IR/DiffusionInterfaces.td"

// What the model's output means.
def Whorl_PredictionEnum : Whorl_Enum<"Prediction", "what the model predicts", [
  I32EnumAttrCase<"epsilon", 0>, I32EnumAttrCase<"x0", 1>,
  I32EnumAttrCase<"v", 2>, I32EnumAttrCase<"velocity", 3>,
  I32EnumAttrCase<"score", 4>]>;
def Whorl_PredictionAttr
    : EnumAttr<Whorl_Dialect, Whorl_PredictionEnum, "prediction">;

def Whorl_ScheduleQuantityEnum : Whorl_Enum<"ScheduleQuantity",
    "a number that a schedule gives at each level", [
  I32EnumAttrCase<"signal", 0>, I32EnumAttrCase<"noise", 1>,
  I32EnumAttrCase<"sigma", 2>, I32EnumAttrCase<"time", 3>]>;
def Whorl_ScheduleQuantityAttr
    : EnumAttr<Whorl_Dialect, Whorl_ScheduleQuantityEnum, "schedule_quantity">;

def Whorl_NextLevelEnum : Whorl_Enum<"NextLevel", "where a step goes", [
  I32EnumAttrCase<"list", 0>, I32EnumAttrCase<"stride", 1>]>;
def Whorl_EndLevelEnum : Whorl_Enum<"EndLevel", "where a run ends", [
  I32EnumAttrCase<"data", 0>, I32EnumAttrCase<"first", 1>]>;
def Whorl_StateScaleEnum : Whorl_Enum<"StateScale", "how the state is scaled", [
  I32EnumAttrCase<"preserving", 0>, I32EnumAttrCase<"exploding", 1>]>;

class Whorl_ScheduleAttr<string name, string mnemonic, list<string> methods = []>
    : Whorl_Attr<name, mnemonic,
        [DeclareAttrInterfaceMethods<Whorl_ScheduleAttrInterface, methods>]> {
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Whorl_VPScheduleAttr : Whorl_ScheduleAttr<"VPSchedule", "vp",
    ["getNumTrainingLevels", "getLevelAtTrainingTime", "knowsAnyTime",
     "buildScales"]> {
  let summary = "variance-preserving noise schedule (DDPM, DDIM)";
  let description = [{
    A model was trained at `train_steps` noise levels with variances beta_t: at
    level t the signal scale is a = sqrt(abar_t) and the noise scale
    s = sqrt(1 - abar_t), with abar_t = prod_{r <= t} (1 - beta_r)
    (Ho et al. 2020, https://arxiv.org/abs/2006.11239, eq. 4). A run visits
    `steps` of them and ends at the data. The model is told t.

    * `beta`: the variances, for T = train_steps:
      * `linear(b0, b1)`: evenly from b0 to b1 (Ho et al. 2020, section 4);
      * `scaled_linear(b0, b1)`: the squares of evenly spaced square roots
        (Rombach et al. 2022, https://arxiv.org/abs/2112.10752);
      * `cosine(offset = 0.008, cap = 0.999)`: min(1 - f((t+1)/T) / f(t/T), cap),
        f(r) = cos^2((r + offset)/(1 + offset) pi/2) (Nichol and Dhariwal 2021,
        https://arxiv.org/abs/2102.09672, eq. 17);
      * `sigmoid(b0, b1)`: b0 + (b1 - b0) / (1 + exp(-r)), r evenly from -6 to 6
        (Xu et al. 2022, https://arxiv.org/abs/2203.02923, GeoDiff).
    * `steps`: how many steps a run takes; `train_steps`: T, 1000 by default.
    * `spacing`: which training levels it visits, i = 0 the noisiest
      (Lin et al. 2023, https://arxiv.org/abs/2305.08891, table 2):
      * `leading(offset = 0)`: (steps - 1 - i) floor(T/steps) + offset (default);
      * `linspace`: (T - 1)(1 - i/(steps - 1)), rounded to even on ties;
      * `continuous`: the same, not rounded; sigma = s/a is interpolated;
      * `trailing`: round(T - i T/steps) - 1;
      * `leading_open(offset = 0)`, `linspace_open`: as for steps + 1 steps, of
        which the last level is not visited (the multistep solvers of diffusers);
      * `distilled(origin = 50)`: floor(T/origin) (origin - floor(i origin/steps))
        - 1, from the levels at which a consistency model was distilled.
    * `sigmas`: `spaced` takes the levels of `spacing` as they are (default);
      `karras(rho = 7.0)`, `exponential` and `beta(alpha = 0.6, beta = 0.6)` space
      sigma = s/a between the first and last of them anew, as in `#whorl.ve`. The
      model's time then follows from ln(sigma) by linear interpolation between
      training levels.
    * `next`: a step goes to the next level of the `list` (default), or to the
      level one `stride` of floor(T/steps) further, as the DDIM of diffusers
      does; the two differ with spacings other than leading.
    * `end`: the run ends at the `data` (a = 1, s = 0; default) or at the `first`
      training level, t = 0 (`set_alpha_to_one = False` of diffusers).
    * `zero_terminal_snr`: shifts and scales sqrt(abar) so that the last training
      level is noise alone (Lin et al. 2023, algorithm 1).
    * `state`: `preserving` (default) keeps a^2 + s^2 = 1. `exploding` divides
      the state by a, so that x = x0 + sigma eps; the model's input is then
      x / sqrt(1 + sigma^2), which is the caller's to apply.

    Constraints:
    * (V1) beta's numbers lie between 0 and 1, both excluded (the offset of
      cosine may be 0).
    * (V2) 1 <= steps <= train_steps <= 100000.
    * (V3) the levels of `spacing` go down through the training range; its number
      is whole.
    * (V4) the numbers of sigmas are positive and finite.
    * (V5) zero_terminal_snr goes with state preserving and sigmas spaced: sigma
      would be infinite.
    * (V6) next = stride goes with sigmas spaced and a spacing in whole levels.

    Example: `#whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 50,
    spacing = leading(1.0), next = stride, end = first>`.
  }];
  let parameters = (ins
    "::whorl::BetaFormula":$beta, "int64_t":$steps, "int64_t":$train_steps,
    "::whorl::SpacingFormula":$spacing, "::whorl::RespacingFormula":$sigmas,
    "::whorl::NextLevel":$next, "::whorl::EndLevel":$end,
    "bool":$zero_terminal_snr, "::whorl::StateScale":$state);
}

def Whorl_VEScheduleAttr : Whorl_ScheduleAttr<"VESchedule", "ve",
    ["knowsAnyTime", "buildScales"]> {
  let summary = "variance-exploding noise schedule (EDM, score matching)";
  let description = [{
    a = 1 and s = sigma: x = x0 + sigma eps. A run goes through `steps` noise
    levels and then to 0. The model is told sigma.

    * `sigmas`, with w = i/(steps - 1):
      * `karras(min, max, rho = 7.0)`:
        (max^(1/rho) + w (min^(1/rho) - max^(1/rho)))^rho
        (Karras et al. 2022, https://arxiv.org/abs/2206.00364, eq. 5);
      * `exponential(min, max)`: max (min/max)^w
        (Song et al. 2021, https://arxiv.org/abs/2011.13456, eq. 30);
      * `linear(min, max)`: max + w (min - max);
      * `beta(min, max, alpha = 0.6, beta = 0.6)`: min + q (max - min), q the
        quantile of Beta(alpha, beta) at 1 - w (Lee et al. 2024,
        https://arxiv.org/abs/2407.12173);
      * `vp(beta_d = 19.9, beta_min = 0.1, last = 0.001)`: the VP SDE's
        sqrt(exp(beta_d t^2/2 + beta_min t) - 1), t from 1 to last
        (Karras et al. 2022, table 1).
    * `steps`: how many steps a run takes.

    Constraints:
    * (E1) 0 < min <= max < infinity, for `vp` of what the formula gives.
    * (E2) the further numbers are positive and finite.
    * (E3) 1 <= steps <= 65536.

    Example: `#whorl.ve<sigmas = karras(0.002, 80.0), steps = 18>`.
  }];
  let parameters = (ins "::whorl::SigmaFormula":$sigmas, "int64_t":$steps);
}

def Whorl_ProcessEnum : Whorl_Enum<"Process", "how noise joins the data", [
  I32EnumAttrCase<"vp", 0>, I32EnumAttrCase<"ve", 1>,
  I32EnumAttrCase<"flow", 2>]>;

def Whorl_LevelsScheduleAttr : Whorl_ScheduleAttr<"LevelsSchedule", "levels",
    ["getLevelAtClock"]> {
  let summary = "noise schedule given level by level";
  let description = [{
    A table of one's own. `noise` holds s of the levels, from noise to data, the
    end of the run included; `process` says what belongs to it: `vp` a =
    sqrt(1 - s^2), `ve` a = 1, `flow` a = 1 - s. `time` is what the model is told
    at each level, s by default.

    Constraints:
    * (G1) there are at least two noise levels and at most 65537, from 0 on (to 1
      for vp and flow), each lower than the one before.
    * (G2) there is a finite time for each level, or none at all.

    Example: `#whorl.levels<process = flow, noise = [1.0, 0.6, 0.25, 0.0]>`.
  }];
  let parameters = (ins "::whorl::Process":$process,
    ArrayRefParameter<"::whorl::Number">:$noise,
    ArrayRefParameter<"::whorl::Number">:$time);
}

def Whorl_FlowScheduleAttr : Whorl_ScheduleAttr<"FlowSchedule", "flow",
    ["getLevelAtClock", "knowsAnyTime", "buildScales"]> {
  let summary = "flow-matching schedule (rectified flow)";
  let description = [{
    a = 1 - t and s = t: x = (1 - t) x0 + t eps (Liu et al. 2023,
    https://arxiv.org/abs/2209.03003; Lipman et al. 2023,
    https://arxiv.org/abs/2210.02747). A run goes from t = `first`, 1 by
    default, through `steps` times to 0. The model is told t * time_scale.

    * `steps`: how many steps a run takes.
    * `times`: from t = `first` to t = `last`,
      * `linear`: evenly (default);
      * `cosine`: 1 - 1/(tan(pi r/2) + 1) for even r (Esser et al. 2024,
        https://arxiv.org/abs/2403.03206, CosMap);
      * `karras(rho = 7.0)`, `exponential`: as in `#whorl.ve` between the shifted
        ends.
    * `last`: the last time before 0, before the shift; first/steps by default. (The
      scheduler of diffusers without explicit sigmas ends at 1/1000, already
      shifted once: last = k/(999 + k).)
    * `shift`: k moves each time to k t/(1 + (k - 1) t) (Esser et al. 2024,
      eq. 23); 1 by default. The exponential shift by mu is k = e^mu.
    * `time_scale`: 1 by default; diffusers' models take 1000.

    Constraints:
    * (F1) 1 <= steps <= 65536.
    * (F2) shift and time_scale are positive and finite.
    * (F3) 0 < last <= first <= 1.
    * (F4) rho is positive and finite.

    Example: `#whorl.flow<steps = 28, shift = 3.0, time_scale = 1000.0>`.
  }];
  let parameters = (ins "int64_t":$steps, "::whorl::FlowTimeFormula":$times,
    "::whorl::Number":$first, "::whorl::Number":$last, "::whorl::Number":$shift,
    "::whorl::Number":$time_scale);
}

#endif
