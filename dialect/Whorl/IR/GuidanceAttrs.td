//===- GuidanceAttrs.td - guidance and preconditioning --------------------===//
#ifndef WHORL_IR_GUIDANCEATTRS_TD
#define WHORL_IR_GUIDANCEATTRS_TD

include "Whorl/IR/WhorlDialect.td"
include "Whorl/IR/DiffusionInterfaces.td"

def Whorl_GuidanceBaseEnum : Whorl_Enum<"GuidanceBase",
    "from which prediction guidance starts", [
  I32EnumAttrCase<"unconditional", 0>, I32EnumAttrCase<"conditional", 1>]>;

def Whorl_NoiseTargetEnum : Whorl_Enum<"NoiseTarget", "what a model learns", [
  I32EnumAttrCase<"v", 0>, I32EnumAttrCase<"velocity", 1>,
  I32EnumAttrCase<"score", 2>]>;
def Whorl_NoiseTargetAttr
    : EnumAttr<Whorl_Dialect, Whorl_NoiseTargetEnum, "noise_target">;

class Whorl_GuidanceAttr<string name, string mnemonic, list<string> methods>
    : Whorl_Attr<name, mnemonic,
        [DeclareAttrInterfaceMethods<Whorl_GuidanceAttrInterface, methods>]> {
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Whorl_CFGAttr : Whorl_GuidanceAttr<"CFG", "cfg",
    ["getNumMoments", "buildMoments", "usesIndex"]> {
  let summary = "classifier-free guidance, rescaled, in an interval";
  let description = [{
    g = u + w (c - u) (Ho and Salimans 2022, https://arxiv.org/abs/2207.12598).

    * `rescale`, phi: g becomes g (phi std(c)/std(g) + 1 - phi), the standard
      deviations over a sample (Lin et al. 2023, https://arxiv.org/abs/2305.08891,
      eq. 15 and 16). That of g follows from the moments of u and c. 0 by default.
    * `steps`, `start`, `stop`: with `steps` given, g = c outside of
      floor(start steps) <= i < floor(stop steps), i the index of whorl.guidance
      (Kynkäänniemi et al. 2024, https://arxiv.org/abs/2404.07724). 0 and 1 by
      default.

    Constraints:
    * (R1) 0 <= rescale <= 1.
    * (R2) steps >= 0, and 0 <= start <= stop <= 1; start and stop go with steps.

    Example: `#whorl.cfg<rescale = 0.7>`.
  }];
  let parameters = (ins "::whorl::Number":$rescale, "int64_t":$steps,
    "::whorl::Number":$start, "::whorl::Number":$stop);
}

def Whorl_APGAttr : Whorl_GuidanceAttr<"APG", "apg",
    ["getNumMoments", "buildMoments", "getKeptMomentum"]> {
  let summary = "adaptive projected guidance";
  let description = [{
    With d = c - u + momentum d', d' being the d of the step before, scaled down to
    the norm `cap` where it is longer, and split into its parts along and across
    c: u + w (across + eta along), or with `base = conditional`
    c + (w - 1)(across + eta along) (Sadat et al. 2024,
    https://arxiv.org/abs/2410.02416, algorithm 1). Norms and products are over a
    sample. `cap = 0` (default) caps nothing, `momentum = 0` (default) needs no
    d', eta is 1 by default.

    Constraints:
    * (R3) eta, cap and momentum are finite, cap >= 0.

    Example: `#whorl.apg<eta = 0.0, cap = 2.5, momentum = -0.5>`.
  }];
  let parameters = (ins "::whorl::Number":$eta, "::whorl::Number":$cap,
    "::whorl::Number":$momentum, "::whorl::GuidanceBase":$base);
}

def Whorl_CFGZeroAttr : Whorl_GuidanceAttr<"CFGZero", "cfg_zero",
    ["getNumMoments", "buildMoments", "usesIndex"]> {
  let summary = "CFG-Zero*: the unconditional prediction scaled, first steps zero";
  let description = [{
    g = r u + w (c - r u) with r = <c, u>/(|u|^2 + 1e-8) over a sample, and 0 in
    the first `zero_steps` steps, 0 by default (Fan et al. 2025,
    https://arxiv.org/abs/2503.18886, algorithm 1).

    Constraints:
    * (R4) zero_steps >= 0.

    Example: `#whorl.cfg_zero<zero_steps = 1>`.
  }];
  let parameters = (ins "int64_t":$zero_steps);
}

class Whorl_ScalingAttr<string name, string mnemonic>
    : Whorl_Attr<name, mnemonic,
        [DeclareAttrInterfaceMethods<Whorl_ScalingAttrInterface>]>;

def Whorl_EDMScalingAttr : Whorl_ScalingAttr<"EDMScaling", "edm_scaling"> {
  let summary = "the preconditioning of EDM";
  let description = [{
    c_skip = d^2/(s^2 + d^2), c_out = s d/sqrt(s^2 + d^2),
    c_in = 1/sqrt(s^2 + d^2), c_noise = ln(s)/4, d = `sigma_data`, 0.5 by default
    (Karras et al. 2022, https://arxiv.org/abs/2206.00364, table 1).

    Constraints:
    * (X1) sigma_data is positive and finite.

    Example: `#whorl.edm_scaling`.
  }];
  let parameters = (ins "::whorl::Number":$sigma_data);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Whorl_VPScalingAttr : Whorl_ScalingAttr<"VPScaling", "vp_scaling"> {
  let summary = "the preconditioning of DDPM++ (VP)";
  let description = [{
    c_skip = 1, c_out = -s, c_in = 1/sqrt(s^2 + 1), c_noise =
    999 (sqrt(0.1^2 + 2 19.9 ln(1 + s^2)) - 0.1)/19.9, the time of s for
    beta_d = 19.9, beta_min = 0.1 and 1000 levels (Karras et al. 2022, table 1).

    Example: `#whorl.vp_scaling`.
  }];
  let assemblyFormat = "";
}

def Whorl_VEScalingAttr : Whorl_ScalingAttr<"VEScaling", "ve_scaling"> {
  let summary = "the preconditioning of NCSN++ (VE)";
  let description = [{
    c_skip = 1, c_out = s, c_in = 1, c_noise = ln(s/2) (Karras et al. 2022,
    table 1).

    Example: `#whorl.ve_scaling`.
  }];
  let assemblyFormat = "";
}

def Whorl_IDDPMScalingAttr : Whorl_ScalingAttr<"IDDPMScaling", "iddpm_scaling"> {
  let summary = "the preconditioning of iDDPM";
  let description = [{
    c_skip = 1, c_out = -s, c_in = 1/sqrt(s^2 + 1), c_noise = 999 - the index of
    the level nearest to s of the 1000 levels u_999 = 0, u_(j-1) =
    sqrt((u_j^2 + 1)/max(b_(j-1)/b_j, 0.001) - 1), b_j =
    sin^2(pi j/(2 1000 1.008)) (Karras et al. 2022, table 1).

    Example: `#whorl.iddpm_scaling`.
  }];
  let assemblyFormat = "";
}

#endif
