//===- SampleOps.td - ops whose coefficients belong to samples ------------===//
#ifndef WHORL_IR_SAMPLEOPS_TD
#define WHORL_IR_SAMPLEOPS_TD

include "Whorl/IR/AttentionOps.td"
include "Whorl/IR/DiffusionAttrs.td"
include "Whorl/IR/GuidanceAttrs.td"

class Whorl_SampleOp<string mnemonic, list<string> methods = []>
    : Whorl_DestinationOp<mnemonic, [
        DeclareOpInterfaceMethods<ConditionallySpeculatable>,
        DeclareOpInterfaceMethods<InferTypeOpInterface>,
        DeclareOpInterfaceMethods<Whorl_SampleOpInterface, methods>]> {
  let hasVerifier = 1;
  let results = (outs Variadic<AnyRankedTensor>:$results);
  code classDeclaration = [{
    static bool isCompatibleReturnTypes(::mlir::TypeRange, ::mlir::TypeRange);
  }];
}

def Whorl_GuidanceOp : Whorl_SampleOp<"guidance",
    ["getNumMoments", "buildMoments"]> {
  let summary = "guidance of a diffusion model";
  let description = [{
    Makes one prediction of two: `unconditional` u and `conditional` c, whatever it
    is that they predict, with the strength `scale`. `rule` says how. One pass over
    memory where the rule needs no sums over a sample, else two: one that reduces,
    and one that fuses with the step that follows.

    `scale` is a number, an SSA f32 or f64, or a tensor with one number for each
    sample (the first axis). `at` is the index of the step, for rules that ask.
    With momentum the op takes the d of the step before (zeros at the first) and
    has a second result, the d of this one.

    Clauses stand in this order: `rule`, `scale`, `at(%i)`, `momentum(%d : type)`,
    `outs(%o : types)`; then the type of both predictions, or both types in
    parentheses where their layouts or sizes differ.

    Constraints:
    * (C1) the element type is f16, bf16, f32 or f64, and the rank at least 1.
    * (C2) predictions, momentum, `outs` and results have one shape and element
      type; dynamic sizes are compared at run time.
    * (C3) `rule` is a guidance rule.
    * (C4) the scale is given once: finite, f32 or f64, or [B] of these.
    * (C5) the index is given where the rule asks for it, and not elsewhere.
    * (C6) momentum is given where the rule has it, and not elsewhere.
    * (C7) operands are all tensors or all memrefs; on tensors there are results,
      on memrefs there are none and `outs` holds them.

    Example:
    ```mlir
    func.func @guide(%u: tensor<4x16x?x?xf32>, %c: tensor<4x16x?x?xf32>)
        -> tensor<4x16x?x?xf32> {
      %g = whorl.guidance %u, %c rule = #whorl.cfg<rescale = 0.7> scale(7.5)
             : tensor<4x16x?x?xf32>
      return %g : tensor<4x16x?x?xf32>
    }
    ```
  }];
  let arguments = (ins
    Whorl_Shaped:$unconditional, Whorl_Shaped:$conditional,
    Optional<AnyType>:$scale, Optional<Index>:$index,
    Optional<Whorl_Shaped>:$momentum, Variadic<Whorl_Shaped>:$outs,
    OptionalAttr<F64Attr>:$static_scale, AnyAttr:$rule);
  let assemblyFormat = [{
    $unconditional `,` $conditional
    `rule` `=` $rule
    `scale` `(` custom<SampleScalar>($scale, type($scale), $static_scale) `)`
    (`at` `(` $index^ `)`)?
    (`momentum` `(` $momentum^ `:` type($momentum) `)`)?
    (`outs` `(` $outs^ `:` type($outs) `)`)?
    attr-dict `:` custom<StateTypes>(type($unconditional), type($conditional))
  }];
  let extraClassDeclaration = classDeclaration # [{
    ::whorl::GuidanceAttrInterface getRuleInterface();
  }];
}

def Whorl_AddNoiseOp : Whorl_SampleOp<"add_noise"> {
  let summary = "the forward process: noise added for training";
  let description = [{
    x = a x0 + s eps, with a and s at the time t of `schedule`, one for each
    sample (the first axis) or one for all. t is what the model is told: a whole
    training level for `#whorl.vp`, sigma for `#whorl.ve`, t time_scale for
    `#whorl.flow`.

    With `target` there is a second result, what the model is to predict, from the
    same pass: `v` = (a eps - s x0)/sqrt(a^2 + s^2), `velocity` = eps - x0,
    `score` = -eps/s. (The targets epsilon and x0 are the operands.)

    Constraints:
    * (C1) the element type is f16, bf16, f32 or f64, and the rank at least 1.
    * (C2) data, noise, `outs` and results have one shape and element type;
      dynamic sizes are compared at run time.
    * (C3) `schedule` is a noise schedule that knows any time.
    * (C4) the time is a number, an index, integer, f32 or f64, or [B] of these.
    * (C7) operands are all tensors or all memrefs; on tensors there are results,
      on memrefs there are none and `outs` holds them.

    Example:
    ```mlir
    func.func @train(%x0: tensor<4x3x8x8xf32>, %eps: tensor<4x3x8x8xf32>,
                     %t: tensor<4xi64>)
        -> (tensor<4x3x8x8xf32>, tensor<4x3x8x8xf32>) {
      %x, %v = whorl.add_noise %x0, %eps
          schedule = #whorl.vp<beta = linear(0.0001, 0.02), steps = 50>
          at(%t : tensor<4xi64>) target = v : tensor<4x3x8x8xf32>
      return %x, %v : tensor<4x3x8x8xf32>, tensor<4x3x8x8xf32>
    }
    ```
  }];
  let arguments = (ins Whorl_Shaped:$data, Whorl_Shaped:$noise,
    Optional<AnyType>:$time, Variadic<Whorl_Shaped>:$outs,
    OptionalAttr<F64Attr>:$static_time, AnyAttr:$schedule,
    OptionalAttr<Whorl_NoiseTargetAttr>:$target);
  let assemblyFormat = [{
    $data `,` $noise
    `schedule` `=` $schedule
    `at` `(` custom<SampleScalar>($time, type($time), $static_time) `)`
    (`target` `=` custom<EnumKeyword>($target)^)?
    (`outs` `(` $outs^ `:` type($outs) `)`)?
    attr-dict `:` custom<StateTypes>(type($data), type($noise))
  }];
  let extraClassDeclaration = classDeclaration # [{
    ::whorl::ScheduleAttrInterface getScheduleInterface();
  }];
}

def Whorl_PreconditionOp : Whorl_SampleOp<"precondition"> {
  let summary = "the scaling of a network's input or output";
  let description = [{
    Without `output`, the network's input c_in x; with `output(%f)`, the denoiser
    D = c_skip x + c_out F, which predicts x0. The factors follow from sigma by
    `rule`, one for each sample (the first axis) or one for all.
    `whorl.noise_input` gives c_noise.

    Constraints:
    * (C1) the element type is f16, bf16, f32 or f64, and the rank at least 1.
    * (C2) state, output, `outs` and result have one shape and element type;
      dynamic sizes are compared at run time.
    * (C3) `rule` is a preconditioning.
    * (C4) sigma is a number, f32 or f64, or [B] of these.
    * (C7) operands are all tensors or all memrefs; on tensors there are results,
      on memrefs there are none and `outs` holds them.

    Example:
    ```mlir
    func.func @denoise(%x: tensor<4x8xf32>, %f: tensor<4x8xf32>, %s: f32)
        -> tensor<4x8xf32> {
      %d = whorl.precondition %x rule = #whorl.edm_scaling sigma(%s : f32)
             output(%f : tensor<4x8xf32>) : tensor<4x8xf32>
      return %d : tensor<4x8xf32>
    }
    ```
  }];
  let arguments = (ins Whorl_Shaped:$state, Optional<AnyType>:$sigma,
    Optional<Whorl_Shaped>:$output, Variadic<Whorl_Shaped>:$outs,
    OptionalAttr<F64Attr>:$static_sigma, AnyAttr:$rule);
  let assemblyFormat = [{
    $state `rule` `=` $rule
    `sigma` `(` custom<SampleScalar>($sigma, type($sigma), $static_sigma) `)`
    (`output` `(` $output^ `:` type($output) `)`)?
    (`outs` `(` $outs^ `:` type($outs) `)`)?
    attr-dict `:` type($state)
  }];
  let extraClassDeclaration = classDeclaration # [{
    ::whorl::ScalingAttrInterface getRuleInterface();
  }];
}

def Whorl_NoiseInputOp : Whorl_Op<"noise_input", !listconcat(
    [Pure, SameOperandsAndResultType], ElementwiseMappable.traits)> {
  let summary = "what a preconditioned network is told of sigma";
  let description = [{
    c_noise of sigma by `rule`, as in `whorl.precondition`: of a number, or of
    each number of a tensor.

    Constraints:
    * (C1) `rule` is a preconditioning.

    Example:
    ```mlir
    func.func @told(%s: f32) -> f32 {
      %n = whorl.noise_input #whorl.edm_scaling of %s : f32
      return %n : f32
    }
    ```
  }];
  let arguments = (ins AnyTypeOf<[F32, F64, RankedTensorOf<[F32, F64]>]>:$sigma,
    AnyAttr:$rule);
  let results = (outs AnyTypeOf<[F32, F64, RankedTensorOf<[F32, F64]>]>:$result);
  let hasVerifier = 1;
  let assemblyFormat = "$rule `of` $sigma attr-dict `:` type($sigma)";
}

#endif
