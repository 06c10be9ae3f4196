//===- TrainingOps.td - times and loss weights for training ---------------===//
#ifndef WHORL_IR_TRAININGOPS_TD
#define WHORL_IR_TRAININGOPS_TD

include "Whorl/IR/AttentionOps.td"
include "Whorl/IR/DiffusionAttrs.td"

class Whorl_TrainingRule<string name, string mnemonic, list<string> methods>
    : Whorl_Attr<name, mnemonic,
        [DeclareAttrInterfaceMethods<Whorl_TrainingRuleAttrInterface, methods>]> {
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}
class Whorl_TimeRule<string name, string mnemonic>
    : Whorl_TrainingRule<name, mnemonic, []>;
class Whorl_WeightRule<string name, string mnemonic>
    : Whorl_TrainingRule<name, mnemonic, ["isWeight"]>;

def Whorl_LogNormalTimeAttr : Whorl_TimeRule<"LogNormalTime", "log_normal_time"> {
  let summary = "the noise levels that EDM trains at";
  let description = [{
    sigma = exp(mean + stddev n) of a standard normal n, mean -1.2 and stddev 1.2
    by default (Karras et al. 2022, https://arxiv.org/abs/2206.00364, table 1).

    Constraints:
    * (T1) mean is finite; stddev is finite and not negative.

    Example: `#whorl.log_normal_time<mean = -1.2, stddev = 1.2>`.
  }];
  let parameters = (ins "::whorl::Number":$mean, "::whorl::Number":$stddev);
}

def Whorl_LogitNormalTimeAttr
    : Whorl_TimeRule<"LogitNormalTime", "logit_normal_time"> {
  let summary = "the times that Stable Diffusion 3 trains at";
  let description = [{
    t = 1/(1 + exp(-(mean + stddev n))) of a standard normal n, 0 and 1 by default
    (Esser et al. 2024, https://arxiv.org/abs/2403.03206, eq. 19).

    Constraints:
    * (T1) mean is finite; stddev is finite and not negative.

    Example: `#whorl.logit_normal_time<mean = 0.5>`.
  }];
  let parameters = (ins "::whorl::Number":$mean, "::whorl::Number":$stddev);
}

def Whorl_ModeTimeAttr : Whorl_TimeRule<"ModeTime", "mode_time"> {
  let summary = "times with a heavy tail";
  let description = [{
    t = 1 - u - scale (cos(pi u/2)^2 - 1 + u) of a uniform u (Esser et al. 2024,
    https://arxiv.org/abs/2403.03206, eq. 20), scale 1.29 by default.

    Constraints:
    * (T2) -1 <= scale <= 2/(pi - 2), where t goes down as u goes up.

    Example: `#whorl.mode_time<scale = 1.29>`.
  }];
  let parameters = (ins "::whorl::Number":$scale);
}

def Whorl_EDMWeightAttr : Whorl_WeightRule<"EDMWeight", "edm_weight"> {
  let summary = "the loss weight of EDM";
  let description = [{
    (s^2 + d^2)/(s d)^2 of the noise level s = sigma, d = `sigma_data`, 0.5 by
    default: the weight of the loss in x0 (Karras et al. 2022,
    https://arxiv.org/abs/2206.00364, table 1).

    Constraints:
    * (X1) sigma_data is positive and finite.

    Example: `#whorl.edm_weight`.
  }];
  let parameters = (ins "::whorl::Number":$sigma_data);
}

def Whorl_MinSNRWeightAttr : Whorl_WeightRule<"MinSNRWeight", "min_snr_weight"> {
  let summary = "the min-SNR-gamma loss weight";
  let description = [{
    With r = 1/s^2, the signal-to-noise ratio at noise level s = sigma:
    min(r, gamma) for a model that predicts x0, min(r, gamma)/r for epsilon,
    min(r, gamma)/(r + 1) for v (Hang et al. 2023,
    https://arxiv.org/abs/2303.09556, section 3.4). gamma is 5 and the prediction
    epsilon by default.

    Constraints:
    * (T3) gamma is positive and finite.
    * (T4) the prediction is epsilon, x0 or v.

    Example: `#whorl.min_snr_weight<prediction = v>`.
  }];
  let parameters = (ins "::whorl::Number":$gamma,
    "::whorl::Prediction":$prediction);
}

def Whorl_InverseSquareWeightAttr
    : Whorl_WeightRule<"InverseSquareWeight", "inverse_square_weight"> {
  let summary = "the inverse of the noise variance";
  let description = [{
    t^-2 of the time t of a flow: the loss in velocity becomes that in x0
    (`sigma_sqrt` of diffusers).

    Example: `#whorl.inverse_square_weight`.
  }];
  let hasCustomAssemblyFormat = 0;
  let genVerifyDecl = 0;
  let assemblyFormat = "";
}

def Whorl_CosMapWeightAttr : Whorl_WeightRule<"CosMapWeight", "cosmap_weight"> {
  let summary = "the density of cosine times";
  let description = [{
    2/(pi (1 - 2 t + 2 t^2)) of the time t of a flow (Esser et al. 2024,
    https://arxiv.org/abs/2403.03206, eq. 21).

    Example: `#whorl.cosmap_weight`.
  }];
  let hasCustomAssemblyFormat = 0;
  let genVerifyDecl = 0;
  let assemblyFormat = "";
}

class Whorl_TrainingOp<string mnemonic> : Whorl_Op<mnemonic, !listconcat(
    [Pure, SameOperandsAndResultType], ElementwiseMappable.traits)> {
  let arguments = (ins AnyTypeOf<[F32, F64, RankedTensorOf<[F32, F64]>]>:$input,
    AnyAttr:$rule);
  let results = (outs AnyTypeOf<[F32, F64, RankedTensorOf<[F32, F64]>]>:$result);
  let hasVerifier = 1;
  let assemblyFormat = "$rule `of` $input attr-dict `:` type($input)";
}

def Whorl_TrainingTimeOp : Whorl_TrainingOp<"training_time"> {
  let summary = "the times at which a model is trained";
  let description = [{
    Makes times of random numbers, normal or uniform as `rule` asks; computed in
    f64, rounded once. `whorl.add_noise` takes them: nothing needs to be stored
    for the backward pass, as `whorl.random` gives the same numbers again.

    Constraints:
    * (C1) `rule` makes times.

    Example:
    ```mlir
    func.func @edm(%x0: tensor<4x8xf32>, %key: i64, %step: i64)
        -> tensor<4x8xf32> {
      %n = whorl.random distribution = #whorl.normal generator = #whorl.philox
             key(%key : i64) stream(%step) : tensor<4xf32>
      %s = whorl.training_time #whorl.log_normal_time of %n : tensor<4xf32>
      %one = arith.constant 1 : i64
      %other = arith.addi %step, %one : i64
      %eps = whorl.random distribution = #whorl.normal generator = #whorl.philox
               key(%key : i64) stream(%other) : tensor<4x8xf32>
      %x = whorl.add_noise %x0, %eps
             schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 18>
             at(%s : tensor<4xf32>) : tensor<4x8xf32>
      return %x : tensor<4x8xf32>
    }
    ```
  }];
}

def Whorl_LossWeightOp : Whorl_TrainingOp<"loss_weight"> {
  let summary = "the weights of a training loss";
  let description = [{
    The weight of each sample, given its noise level: sigma = s/a, or the time of a
    flow, as `rule` says; computed in f64, rounded once.

    Constraints:
    * (C1) `rule` makes weights.

    Example:
    ```mlir
    func.func @weights(%s: tensor<4xf32>) -> tensor<4xf32> {
      %w = whorl.loss_weight #whorl.edm_weight of %s : tensor<4xf32>
      return %w : tensor<4xf32>
    }
    ```
  }];
}

#endif
