//===- DiffusionInterfaces.td - schedules and samplers --------------------===//
#ifndef WHORL_IR_DIFFUSIONINTERFACES_TD
#define WHORL_IR_DIFFUSIONINTERFACES_TD

include "mlir/IR/Interfaces.td"

def Whorl_ScheduleAttrInterface : AttrInterface<"ScheduleAttrInterface"> {
  let cppNamespace = "::whorl";
  let description = [{
    The noise levels of a sampling run. A run of N steps goes through N + 1
    levels, from noise to data; at each the state is
    `x = signal * x0 + noise * eps`. Everything is computed in f64, at compile
    time. Nothing else in the compiler knows a schedule by name: to add one,
    implement this interface.
  }];
  let methods = [
    InterfaceMethod<"How many steps a run takes.", "int64_t", "getNumSteps">,
    InterfaceMethod<[{The levels of the run. Only called on a verified
      attribute.}], "::whorl::NoiseTrajectory", "getTrajectory">,
    InterfaceMethod<[{A level between those of the run, of sigma = s/a, for
      samplers that call the model there.}],
      "::whorl::NoiseLevel", "getLevelAtSigma", (ins "double":$sigma)>,
    InterfaceMethod<[{The same, by the clock of the ODE.}],
      "::whorl::NoiseLevel", "getLevelAtClock", (ins "double":$clock), "",
      "return $_attr.getLevelAtSigma(clock);">,
    InterfaceMethod<[{How many levels the model was trained at, where they are
      counted; 0 where time is continuous.}],
      "int64_t", "getNumTrainingLevels", (ins), "", "return 0;">,
    InterfaceMethod<[{The training level `t`. Only called where they are
      counted.}], "::whorl::NoiseLevel", "getLevelAtTrainingTime",
      (ins "int64_t":$t), "", "return ::whorl::NoiseLevel();">,
    InterfaceMethod<[{Whether buildScales can be called: the schedule knows a and
      s at any time that the model may be told.}],
      "bool", "knowsAnyTime", (ins), "", "return false;">,
    InterfaceMethod<[{Builds the signal and noise scales at a time, as f64 IR.}],
      "::whorl::NoiseScales", "buildScales",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::Value":$time,
           "::whorl::TableReader":$readTable), "",
      "return ::whorl::NoiseScales();">
  ];
}

def Whorl_SamplerAttrInterface : AttrInterface<"SamplerAttrInterface"> {
  let cppNamespace = "::whorl";
  let description = [{
    How a run goes from noise to data: which calls of the model it takes, at
    which levels, and what it makes of each output. After each call the next
    state is a linear combination of the state, the predicted data x0 and noise
    eps, predictions kept of earlier calls, and fresh noise (`StepTerms`).

    What the model predicts (epsilon, x0, v, velocity, score) is no concern of a
    sampler: the compiler folds the conversion into the coefficients,
    x' = A x + sum B_k m_k + C z. Nothing else in the compiler knows a sampler by
    name: to add one, implement this interface.
  }];
  let methods = [
    InterfaceMethod<[{The calls of a run on `schedule`. Only called where
      verifySampler succeeds.}],
      "::whorl::SamplerPlan", "getPlan",
      (ins "::whorl::ScheduleAttrInterface":$schedule)>,
    InterfaceMethod<[{Says why this sampler cannot run on `schedule`, by one
      error, where it cannot.}],
      "::llvm::LogicalResult", "verifySampler",
      (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
           "::whorl::ScheduleAttrInterface":$schedule), "",
      "return ::mlir::success();">
  ];
}

def Whorl_GuidanceAttrInterface : AttrInterface<"GuidanceAttrInterface"> {
  let cppNamespace = "::whorl";
  let description = [{
    How two predictions u and c become one, g = A u + B c + C r, r being the
    running difference of rules with momentum. The factors are scalars of each
    sample, built as f64 IR from the strength w, the index of the step, and sums
    over the sample that the rule asks for.
  }];
  let methods = [
    InterfaceMethod<"How many sums over a sample the rule needs.",
      "unsigned", "getNumMoments", (ins), "", "return 0;">,
    InterfaceMethod<[{Builds what is summed, of one element of u, c and r (null
      without momentum).}],
      "::llvm::SmallVector<::mlir::Value>", "buildMoments",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::Value":$u,
           "::mlir::Value":$c, "::mlir::Value":$r), "", "return {};">,
    InterfaceMethod<"Builds the factors.", "::whorl::GuidanceFactors",
      "buildFactors", (ins "::mlir::ImplicitLocOpBuilder &":$builder,
        "const ::whorl::GuidanceContext &":$context)>,
    InterfaceMethod<"Whether the factors depend on the index of the step.",
      "bool", "usesIndex", (ins), "", "return false;">,
    InterfaceMethod<"How much of the difference before is kept; 0 for none.",
      "double", "getKeptMomentum", (ins), "", "return 0.0;">
  ];
}

def Whorl_TrainingRuleAttrInterface
    : AttrInterface<"TrainingRuleAttrInterface"> {
  let cppNamespace = "::whorl";
  let description = [{
    A number of each training sample: its time, given a random number, or the
    weight of its loss, given its noise level.
  }];
  let methods = [
    InterfaceMethod<"Builds the number, as f64 IR.", "::mlir::Value",
      "buildNumber", (ins "::mlir::ImplicitLocOpBuilder &":$builder,
        "::mlir::Value":$x)>,
    InterfaceMethod<"Whether the number is the weight of a loss.",
      "bool", "isWeight", (ins), "", "return false;">
  ];
}

def Whorl_ScalingAttrInterface : AttrInterface<"ScalingAttrInterface"> {
  let cppNamespace = "::whorl";
  let description = [{
    How a network is preconditioned: D = skip x + out F(in x, noise input), the
    factors built as f64 IR from sigma.
  }];
  let methods = [
    InterfaceMethod<"Builds the factors.", "::whorl::ScalingFactors",
      "buildFactors", (ins "::mlir::ImplicitLocOpBuilder &":$builder,
        "::mlir::Value":$sigma)>,
    InterfaceMethod<"Builds what the network is told, on tensors.",
      "::mlir::Value", "buildNoiseInput",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::Value":$sigma)>
  ];
}

#endif
