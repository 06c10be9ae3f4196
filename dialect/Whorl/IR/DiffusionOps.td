//===- DiffusionOps.td - diffusion steps ----------------------------------===//
#ifndef WHORL_IR_DIFFUSIONOPS_TD
#define WHORL_IR_DIFFUSIONOPS_TD

include "Whorl/IR/AttentionOps.td"
include "Whorl/IR/DiffusionAttrs.td"
include "Whorl/IR/SamplerAttrs.td"

def Whorl_StepOp : Whorl_DestinationOp<"step", [
    DeclareOpInterfaceMethods<ConditionallySpeculatable>,
    DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "one step of a diffusion sampler";
  let description = [{
    What a sampler does after a call of the model: takes `state` towards the data,
    given the output of the model there, x' = A x + B m + sum_k B_k p_k + C z,
    elementwise. The coefficients come from the sampler, the schedule, the index of
    the call and what the model predicts; they are computed in f64 at compile
    time. Most samplers call the model once a step; Heun, DPM-2 and their kin
    call it twice, and count 2 N - 1 calls. With x = a x0 + s eps at the level of
    the call, the prediction m means

    | `prediction` | x0               | eps              |
    |--------------|------------------|------------------|
    | `epsilon`    | (x - s m)/a      | m                |
    | `x0`         | m                | (x - a m)/s      |
    | `v`          | (a x/n - s m)/n  | (a m + s x/n)/n  |
    | `velocity`   | (x - s m)/(a+s)  | (x + a m)/(a+s)  |
    | `score`      | (x + s^2 m)/a    | -s m             |

    with n = sqrt(a^2 + s^2), which is 1 on `#whorl.vp` (v: Salimans and Ho 2022,
    https://arxiv.org/abs/2202.00512, appendix D, on the state x/n; velocity:
    m = eps - x0, so that a + s = 1 on `#whorl.flow`).

    The index is a constant or an SSA index, such as the counter of a loop over
    the calls. An SSA index outside the run counts as the nearest call.
    f16 and bf16 are computed in f32.

    A sampler that looks back has a second result, what it keeps of this call
    (predicted data, noise or slope, as the sampler likes it), and takes those of
    the calls before as `history`, newest first. A loop hands them on; before the
    first call they are any finite tensors. A constant index needs only as many as
    it reads.

    Clauses stand in this order: `at` index, `sampler`, `schedule`, `prediction`;
    * `clamp(r)` brings x0 into [-r, r] before it is used, and eps follows;
    * `threshold(%s : type)`, one number a sample, s >= 1: x0 becomes
      clamp(x0, -s, s)/s (dynamic thresholding, Saharia et al. 2022,
      https://arxiv.org/abs/2205.11487, section 2.3); whorl.threshold finds s;
    * `noise(%z : type)`, the standard normal z; a sampler that draws none takes
      none;
    * `history(%p0, %p1 : types)`;
    * `base(%b : type)`, the state with which the step began, for samplers that
      draw noise in the midst of a step;
    * `variance(%v : type)`, the model's second output, for learned variances;
    * `renoise(%u : type)`, a second output of the model: x0 comes from the first,
      eps from this one. With the guided prediction first and the unconditional
      one here, and a guidance scale from 0 to 1, this is CFG++ (Chung et al.
      2024, https://arxiv.org/abs/2406.08070, algorithm 2);
    * `outs(%o : types)`;

    then the type of state and model output, or both types in parentheses where
    their layouts or sizes differ.

    `whorl-expand-steps` turns the op into elementwise code that fuses with its
    neighbours.

    Constraints:
    * (C1) the element type is f16, bf16, f32 or f64.
    * (C2) model output, noise, history, base, variance, renoise, `outs` and
      results have the element type and the shape of the state; dynamic sizes are compared at
      run time.
    * (C3) `schedule` is a noise schedule.
    * (C4) `sampler` is a sampler that runs on the schedule.
    * (C5) the index is given once, as a constant or as a value; a constant lies
      in 0..calls-1.
    * (C6) the prediction determines the step: epsilon needs a != 0 at each level
      that a step may start from, x0 needs s != 0.
    * (C7) noise is given where the sampler draws noise in a step that may run,
      and not where it draws none in the whole run.
    * (C8) operands are all tensors or all memrefs; on tensors there are results,
      on memrefs there are none and `outs` holds them.
    * (C9) there are as many histories as the sampler looks back; with a constant
      index at least as many as this call reads. There is a second result where
      the sampler looks back at all.
    * (C10) base is given where a step that may run reads it, and variance
      likewise; not where the sampler never does.
    * (C11) clamp's number is positive; clamp and threshold do not go together;
      threshold is [B], B the first size of the state, in f32 (f64 for f64).

    Example:
    ```mlir
    func.func @denoise(%x: tensor<4x16x?x?xf32>, %m: tensor<4x16x?x?xf32>,
                       %p: tensor<4x16x?x?xf32>, %i: index)
        -> (tensor<4x16x?x?xf32>, tensor<4x16x?x?xf32>) {
      %next, %kept = whorl.step %x, %m at %i sampler = #whorl.dpmpp
          schedule = #whorl.vp<beta = linear(0.0001, 0.02), steps = 20>
          prediction = epsilon history(%p : tensor<4x16x?x?xf32>)
          : tensor<4x16x?x?xf32>
      return %next, %kept : tensor<4x16x?x?xf32>, tensor<4x16x?x?xf32>
    }
    ```
  }];
  let arguments = (ins
    Whorl_Shaped:$state, Whorl_Shaped:$model_output, Optional<Index>:$index,
    Optional<Whorl_Shaped>:$threshold, Optional<Whorl_Shaped>:$noise,
    Variadic<Whorl_Shaped>:$history, Optional<Whorl_Shaped>:$base,
    Optional<Whorl_Shaped>:$variance, Optional<Whorl_Shaped>:$renoise,
    Variadic<Whorl_Shaped>:$outs,
    OptionalAttr<I64Attr>:$static_index, AnyAttr:$sampler, AnyAttr:$schedule,
    Whorl_PredictionAttr:$prediction, OptionalAttr<F64Attr>:$clamp);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = [{
    $state `,` $model_output `at` custom<StepIndex>($index, $static_index)
    `sampler` `=` $sampler `schedule` `=` $schedule
    `prediction` `=` custom<EnumKeyword>($prediction)
    (`clamp` `(` custom<StepNumber>($clamp)^ `)`)?
    (`threshold` `(` $threshold^ `:` type($threshold) `)`)?
    (`noise` `(` $noise^ `:` type($noise) `)`)?
    (`history` `(` $history^ `:` type($history) `)`)?
    (`base` `(` $base^ `:` type($base) `)`)?
    (`variance` `(` $variance^ `:` type($variance) `)`)?
    (`renoise` `(` $renoise^ `:` type($renoise) `)`)?
    (`outs` `(` $outs^ `:` type($outs) `)`)?
    attr-dict `:` custom<StateTypes>(type($state), type($model_output))
  }];
  let extraClassDeclaration = [{
    static bool isCompatibleReturnTypes(::mlir::TypeRange, ::mlir::TypeRange);
    bool isBufferized() {
      return ::mlir::isa<::mlir::MemRefType>(getState().getType());
    }
    ::whorl::SamplerAttrInterface getSamplerInterface();
    ::whorl::ScheduleAttrInterface getScheduleInterface();
    /// The type in which the step is computed: f64 for f64, else f32.
    ::mlir::FloatType getComputeType();
    /// All calls of the run.
    ::whorl::SamplerPlan getPlan();
    /// Something changes x0 before it is used.
    bool hasHook() { return getClamp() || getThreshold(); }
    /// The coefficients of the calls that may run: of all, or of the one that a
    /// constant index names.
    ::llvm::SmallVector<::whorl::StepCoefficients> getCoefficients();
    /// What holds the next state, and the kept prediction or null.
    ::mlir::Value getNextState() { return getResults()[0]; }
    ::mlir::Value getKept() {
      return getNumResults() == 2 ? getResults()[1] : ::mlir::Value();
    }
  }];
}

def Whorl_ScheduleValueOp : Whorl_Op<"schedule_value", [Pure]> {
  let summary = "a number that a schedule gives at a level";
  let description = [{
    Reads level i of a schedule: the `signal` scale a, the `noise` scale s,
    `sigma` = s/a, or the `time` that the model is told. Level 0 is where step 0
    starts; level `steps` is the end of the run. With a `sampler`, the levels are
    those of its calls, of which there may be more than steps. An SSA index
    outside 0..steps counts as the nearest level. The numbers are computed in f64
    at compile time and rounded once.

    Constraints:
    * (C1) `schedule` is a noise schedule.
    * (C2) the index is given once, as a constant or as a value; a constant lies
      in 0..steps, or 0..calls with a sampler.
    * (C3) `sampler` is a sampler that runs on the schedule.

    Example:
    ```mlir
    func.func @level(%i: index) -> f32 {
      %sigma = whorl.schedule_value sigma of
          #whorl.ve<sigmas = karras(0.002, 80.0), steps = 18> at %i : f32
      return %sigma : f32
    }
    ```
  }];
  let arguments = (ins Optional<Index>:$index, OptionalAttr<I64Attr>:$static_index,
    Whorl_ScheduleQuantityAttr:$quantity, AnyAttr:$schedule,
    OptionalAttr<AnyAttr>:$sampler);
  let results = (outs AnyTypeOf<[F32, F64]>:$result);
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = [{
    custom<EnumKeyword>($quantity) `of` $schedule (`sampler` `=` $sampler^)?
    `at` custom<StepIndex>($index, $static_index)
    attr-dict `:` type($result)
  }];
  let extraClassDeclaration = [{
    ::whorl::ScheduleAttrInterface getScheduleInterface();
    /// The quantity at each level.
    ::llvm::SmallVector<double> getValues();
  }];
}

#endif
