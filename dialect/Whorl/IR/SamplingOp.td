//===- SamplingOp.td - a whole sampling run -------------------------------===//
#ifndef WHORL_IR_SAMPLINGOP_TD
#define WHORL_IR_SAMPLINGOP_TD

include "Whorl/IR/AttentionOps.td"
include "Whorl/IR/DiffusionAttrs.td"

def Whorl_SamplingOp : Whorl_Op<"sample", [AttrSizedOperandSegments,
    SingleBlock, RecursiveMemoryEffects,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                              ["reifyResultShapes"]>]> {
  let summary = "a sampling run: the loop around a diffusion model";
  let description = [{
    Takes `state`, noise at the schedule's first level, to the data. The region is
    the model: its arguments are the state, the time that the model is told
    (`whorl.schedule_value time`, in f32 or f64) and, where it takes one, the
    number of the call, an index; it yields what it predicts. After each call
    follows a `whorl.step` with the call's number as its index. Samplers that call
    the model twice a step do so here, and what they keep, the state with which a
    step began and the noise that they draw are looked after:

    * `clamp(r)` is that of `whorl.step`;
    * `guidance = rule scale(w)`: the model yields two predictions, the
      unconditional and the conditional one, and `whorl.guidance` makes one of
      them. Its index is the number of the step, its momentum starts from zeros;
    * `batched`: the model is called once for both: its state and what it yields
      have twice as many samples, first the unconditional, then the conditional
      ones. Both halves of the state are the same;
    * `renoise`: eps comes from the unconditional prediction (CFG++, as in
      `whorl.step`);
    * `key(%seed : i64)` or `key(%a, %b : i32, i32)`, and `stream(%s)`: a sampler
      that draws noise takes it, at call c, from `whorl.random`, with the normal
      distribution, the Philox generator, this key and the stream s + c, s being
      0 by default. It is made where it is used;
    * `noise(%z : type)`: or else from z, which has a first axis over the calls;
    * `unroll`: a plan of calls without a loop, in which each call knows its
      number. Code grows with the number of calls, so that this suits few and
      small ones; `whorl.progress` is not there.

    A sampler with learned variances has the model yield the variance last, with
    guidance that of the conditional prediction.

    `whorl-expand-sampling` turns the op into a loop (`scf.for`) of the ops that
    are named here. It keeps state and history in buffers that it reuses, and
    allocates nothing after its first trip; whether the model does is the model's
    affair. After each call it reports to the caller: see `whorl.progress`.

    Constraints:
    * (C1) the state is a tensor of f16, bf16, f32 or f64, with guidance of rank 1
      or more; the result has its type.
    * (C2) `schedule` is a noise schedule, and `sampler` a sampler that runs on it.
    * (C3) the prediction determines each call, as in `whorl.step`, C6.
    * (C4) the region's arguments are the state, an f32 or f64, and perhaps an
      index; `batched` doubles the state's first size.
    * (C5) the region yields one prediction, or two with guidance that is not
      batched, then a variance where the sampler reads one; all have the type of
      the region's state.
    * (C6) a sampler that draws noise has a key or noise, one of the two, others
      have none; noise has the element type of the state and its shape with the
      number of calls in front. The stream goes with a key.
    * (C7) guidance is a rule of guidance with a scale as in `whorl.guidance`;
      scale, batched and renoise go with guidance.
    * (C8) clamp's number is positive.

    Example:
    ```mlir
    func.func private @model(tensor<4x16x8x8xf32>, f32) -> tensor<4x16x8x8xf32>
    func.func @generate(%noise: tensor<4x16x8x8xf32>) -> tensor<4x16x8x8xf32> {
      %x = whorl.sample %noise sampler = #whorl.dpmpp
          schedule = #whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 20>
          prediction = epsilon {
        ^bb0(%state: tensor<4x16x8x8xf32>, %t: f32):
          %e = func.call @model(%state, %t)
              : (tensor<4x16x8x8xf32>, f32) -> tensor<4x16x8x8xf32>
          whorl.yield %e : tensor<4x16x8x8xf32>
      } : tensor<4x16x8x8xf32>
      return %x : tensor<4x16x8x8xf32>
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$state, Optional<AnyType>:$scale,
    Variadic<AnyTypeOf<[I32, I64]>>:$key, Optional<I64>:$stream,
    Optional<AnyRankedTensor>:$noise, OptionalAttr<F64Attr>:$static_scale,
    AnyAttr:$sampler, AnyAttr:$schedule, Whorl_PredictionAttr:$prediction,
    OptionalAttr<F64Attr>:$clamp, OptionalAttr<AnyAttr>:$guidance,
    UnitAttr:$batched, UnitAttr:$renoise, UnitAttr:$unroll);
  let results = (outs AnyRankedTensor:$result);
  let regions = (region SizedRegion<1>:$model);
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let assemblyFormat = [{
    $state `sampler` `=` $sampler `schedule` `=` $schedule
    `prediction` `=` custom<EnumKeyword>($prediction)
    (`clamp` `(` custom<StepNumber>($clamp)^ `)`)?
    (`guidance` `=` $guidance^ `scale` `(`
      custom<SampleScalar>($scale, type($scale), $static_scale) `)`)?
    (`batched` $batched^)? (`renoise` $renoise^)?
    (`key` `(` $key^ `:` type($key) `)`)? (`stream` `(` $stream^ `)`)?
    (`noise` `(` $noise^ `:` type($noise) `)`)? (`unroll` $unroll^)?
    $model attr-dict `:` custom<StateTypes>(type($state), type($result))
  }];
  let extraClassDeclaration = [{
    ::whorl::SamplerAttrInterface getSamplerInterface();
    ::whorl::ScheduleAttrInterface getScheduleInterface();
    /// All calls of the run.
    ::whorl::SamplerPlan getPlan();
    /// Whether a call draws noise.
    bool drawsNoise();
    /// What the model takes for the state, and each of its predictions.
    ::mlir::Type getModelType();
    /// How many predictions the model yields.
    unsigned getNumPredictions() {
      return getGuidance() && !getBatched() ? 2 : 1;
    }
  }];
}

def Whorl_ProgressOp : Whorl_Op<"progress", [MemoryEffects<[MemWrite]>]> {
  let summary = "tells the caller how far a loop is";
  let description = [{
    Stands at the end of the body of a loop of a public function and reports that
    `done` of `total` calls of the model are done. The public function NAME has
    a twin, NAME_with_progress, which takes a function and a pointer for it, in
    addition to its tensors:

    ```c
    const char *NAME_with_progress(const DLTensor *const *inputs,
                                   DLTensor *const *outputs,
                                   int (*progress)(void *data, int64_t done,
                                                   int64_t total),
                                   void *data);
    ```

    It calls the function here, on the thread that called it; what is not 0 ends
    the loop after this trip, and all later loops with progress before their
    first; the outputs then hold what is unfinished, and the message is
    "cancelled by the caller". `progress` may be NULL. NAME itself reports to
    nobody.

    Constraints:
    * (C1) stands in plain loops (`scf.for`) and branches (`scf.if`) of a function
      alone, not in parallel loops (checked where it is lowered).

    Example:
    ```mlir
    func.func @count() {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %n = arith.constant 8 : index
      scf.for %i = %c0 to %n step %c1 {
        %done = arith.addi %i, %c1 : index
        whorl.progress %done of %n
      }
      return
    }
    ```
  }];
  let arguments = (ins Index:$done, Index:$total);
  let assemblyFormat = "$done `of` $total attr-dict";
}

#endif
