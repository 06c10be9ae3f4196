//===- DiffusionOps.td - diffusion steps ----------------------------------===//
#ifndef WHORL_IR_DIFFUSIONOPS_TD
#define WHORL_IR_DIFFUSIONOPS_TD

include "Whorl/IR/AttentionOps.td"
include "Whorl/IR/DiffusionAttrs.td"

def Whorl_StepOp : Whorl_DestinationOp<"step", [
    DeclareOpInterfaceMethods<ConditionallySpeculatable>,
    DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "one step of a diffusion sampler";
  let description = [{
    Takes `state` from level i of `schedule` one step towards the data, given the
    output of the model there: x' = A x + B m + C z, elementwise. A, B and C come
    from the sampler, the schedule, the step index and what the model predicts;
    they are computed in f64 at compile time. With x = a x0 + s eps at level i,
    the prediction m means

    | `prediction` | x0               | eps              |
    |--------------|------------------|------------------|
    | `epsilon`    | (x - s m)/a      | m                |
    | `x0`         | m                | (x - a m)/s      |
    | `v`          | (a x/n - s m)/n  | (a m + s x/n)/n  |
    | `velocity`   | (x - s m)/(a+s)  | (x + a m)/(a+s)  |

    with n = sqrt(a^2 + s^2), which is 1 on `#whorl.vp` (v: Salimans and Ho 2022,
    https://arxiv.org/abs/2202.00512, appendix D, on the state x/n; velocity:
    m = eps - x0, so that a + s = 1 on `#whorl.flow`).

    The index is a constant or an SSA index, such as the counter of a loop over
    the steps. An SSA index outside 0..steps-1 counts as the nearest step.
    `noise` is the standard normal z; a sampler that draws none takes none.
    f16 and bf16 are computed in f32.

    Clauses stand in this order: `at` index, `sampler`, `schedule`, `prediction`,
    `noise(%z : type)`, `outs(%o : type)`; then the type of state and model
    output, or both types in parentheses where their layouts or sizes differ.

    `whorl-expand-steps` turns the op into elementwise code that fuses with its
    neighbours.

    Constraints:
    * (C1) the element type is f16, bf16, f32 or f64.
    * (C2) model output, noise, `outs` and result have the element type and the
      shape of the state; dynamic sizes are compared at run time.
    * (C3) `schedule` is a noise schedule.
    * (C4) `sampler` is a sampler that runs on the schedule.
    * (C5) the index is given once, as a constant or as a value; a constant lies
      in 0..steps-1.
    * (C6) the prediction determines the step: epsilon needs a != 0 at each level
      that a step may start from, x0 needs s != 0.
    * (C7) noise is given where the sampler draws noise in a step that may run,
      and not where it draws none in the whole schedule.
    * (C8) operands are all tensors or all memrefs; on tensors there is one
      result, on memrefs there is none and `outs` holds it.

    Example:
    ```mlir
    func.func @denoise(%x: tensor<4x16x?x?xf32>, %m: tensor<4x16x?x?xf32>,
                       %i: index) -> tensor<4x16x?x?xf32> {
      %next = whorl.step %x, %m at %i sampler = #whorl.ddim
                schedule = #whorl.vp<beta = linear(0.0001, 0.02), steps = 50>
                prediction = epsilon : tensor<4x16x?x?xf32>
      return %next : tensor<4x16x?x?xf32>
    }
    ```
  }];
  let arguments = (ins
    Whorl_Shaped:$state, Whorl_Shaped:$model_output, Optional<Index>:$index,
    Optional<Whorl_Shaped>:$noise, Optional<Whorl_Shaped>:$outs,
    OptionalAttr<I64Attr>:$static_index, AnyAttr:$sampler, AnyAttr:$schedule,
    Whorl_PredictionAttr:$prediction);
  let results = (outs Optional<AnyRankedTensor>:$result);
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = [{
    $state `,` $model_output `at` custom<StepIndex>($index, $static_index)
    `sampler` `=` $sampler `schedule` `=` $schedule
    `prediction` `=` custom<EnumKeyword>($prediction)
    (`noise` `(` $noise^ `:` type($noise) `)`)?
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
    /// The coefficients of the steps that may run: of all steps, or of the one
    /// that a constant index names.
    ::llvm::SmallVector<::whorl::StepCoefficients> getCoefficients();
  }];
}

def Whorl_ScheduleValueOp : Whorl_Op<"schedule_value", [Pure]> {
  let summary = "a number that a schedule gives at a level";
  let description = [{
    Reads level i of a schedule: the `signal` scale a, the `noise` scale s,
    `sigma` = s/a, or the `time` that the model is told. Level 0 is where step 0
    starts; level `steps` is the end of the run. An SSA index outside 0..steps
    counts as the nearest level. The numbers are computed in f64 at compile time
    and rounded once.

    Constraints:
    * (C1) `schedule` is a noise schedule.
    * (C2) the index is given once, as a constant or as a value; a constant lies
      in 0..steps.

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
    Whorl_ScheduleQuantityAttr:$quantity, AnyAttr:$schedule);
  let results = (outs AnyTypeOf<[F32, F64]>:$result);
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = [{
    custom<EnumKeyword>($quantity) `of` $schedule `at` custom<StepIndex>($index, $static_index)
    attr-dict `:` type($result)
  }];
  let extraClassDeclaration = [{
    ::whorl::ScheduleAttrInterface getScheduleInterface();
    /// The quantity at each of the steps + 1 levels.
    ::llvm::SmallVector<double> getValues();
  }];
}

#endif
