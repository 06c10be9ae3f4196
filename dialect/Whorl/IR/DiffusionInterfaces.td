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
      attribute.}], "::whorl::NoiseTrajectory", "getTrajectory">
  ];
}

def Whorl_SamplerAttrInterface : AttrInterface<"SamplerAttrInterface"> {
  let cppNamespace = "::whorl";
  let description = [{
    How one step is taken. A sampler states a step as a linear combination of
    the state, the predicted data x0, the predicted noise eps and fresh noise z:

    ```
    x' = state * x + sum_k data[k] * x0_k + sum_k epsilon[k] * eps_k + noise * z
    ```

    where k counts model outputs, newest first. What the model predicts
    (epsilon, x0, v, velocity) is no concern of a sampler: the compiler folds
    the conversion into the coefficients, x' = A x + sum B_k m_k + C z. Nothing
    else in the compiler knows a sampler by name: to add one, implement this
    interface.
  }];
  let methods = [
    InterfaceMethod<[{The terms of step `step` of `trajectory`.}],
      "::whorl::StepTerms", "getStepTerms",
      (ins "const ::whorl::NoiseTrajectory &":$trajectory, "int64_t":$step)>,
    InterfaceMethod<[{Says why this sampler cannot run on `schedule`, by one
      error, where it cannot.}],
      "::llvm::LogicalResult", "verifySampler",
      (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
           "::whorl::ScheduleAttrInterface":$schedule), "",
      "return ::mlir::success();">
  ];
}

#endif
