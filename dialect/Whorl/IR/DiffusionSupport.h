//===- DiffusionSupport.h - what schedules and samplers say -----*- C++ -*-===//
//
// The numbers that pass between schedules, samplers and the ops that use them.
// All are f64 and known at compile time: nothing here is IR.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_IR_DIFFUSIONSUPPORT_H
#define WHORL_IR_DIFFUSIONSUPPORT_H

#include "Whorl/IR/Formula.h"
#include "llvm/ADT/SmallVector.h"

namespace whorl {

enum class Prediction : uint32_t;

/// One level of a sampling run: x = signal * x0 + noise * eps. Both are
/// non-negative and not both zero.
struct NoiseLevel {
  double signal = 1.0;
  double noise = 0.0;
  double time = 0.0; ///< what the model is told at this level

  /// The probability-flow ODE as solvers of a clock see it:
  /// d(x / divisor) / d clock = dataRate x0 + epsilonRate eps.
  double divisor = 1.0;
  double clock = 0.0;
  double dataRate = 0.0, epsilonRate = 1.0;

  /// A level whose ODE is stated in sigma = s/a: d(x/a) / d sigma = eps.
  static NoiseLevel inSigma(double signal, double noise, double time) {
    return {signal, noise, time, signal, noise / signal, 0.0, 1.0};
  }
  /// A level of a flow: dx/dt = eps - x0.
  static NoiseLevel inFlow(double t, double time) {
    return {1.0 - t, t, time, 1.0, t, -1.0, 1.0};
  }

  /// noise / signal; infinite where there is no signal.
  double getSigma() const { return noise / signal; }
  /// ln(signal / noise), half the logarithm of the signal-to-noise ratio.
  double getLambda() const;
};

/// The levels of a run, from noise to data.
struct NoiseTrajectory {
  /// Where step i starts, and at the end where the run ends: steps + 1 levels.
  llvm::SmallVector<NoiseLevel> levels;
  /// Where step i goes: levels[i + 1], but for schedules with `next = stride`.
  llvm::SmallVector<NoiseLevel> targets;
};

/// What follows a model call as its sampler states it. Of the model's output
/// come x0 and eps at the call's level, of which the prediction
/// p = keptData x0 + keptEpsilon eps is kept for later calls. With
/// x~ = x + inputNoise z in the place of the state,
///
/// x' = state x~ + base b + data x0 + epsilon eps + sum history[k] p_k
///    + noise exp(variance v) z
///
/// where p_k is the prediction kept k + 1 calls ago, b the state with which the
/// step began, and v the model's second output.
struct StepTerms {
  double state = 0.0;
  double base = 0.0;
  double data = 0.0, epsilon = 0.0;
  llvm::SmallVector<double, 2> history;
  double inputNoise = 0.0;
  double noise = 0.0;
  double variance = 0.0;
};

/// One call of the model in a run, and what is made of its output.
struct SamplerCall {
  /// Where the model is called: x~ = signal x0 + noise eps.
  NoiseLevel level;
  StepTerms terms;
  double keptData = 1.0, keptEpsilon = 0.0;
  /// A step begins with this call: its state is the base of the step.
  bool startsStep = true;
};

/// All calls of a run in order. Solvers that call the model twice in a step
/// have more calls than steps.
struct SamplerPlan {
  llvm::SmallVector<SamplerCall> calls;
  NoiseLevel end; ///< where the run ends

  /// How many kept predictions the calls look back.
  unsigned getHistoryLength() const;
  bool usesBase() const;
  bool usesVariance() const;
  bool drawsNoise() const;
};

/// A step as it is computed, with the prediction folded in:
/// x' = state x~ + base b + output m + predicted P + renoised u
///    + sum history[k] p_k + noise exp(variance v) z and
/// p' = keptState x~ + keptOutput m + keptPredicted P + keptRenoised u,
/// where P = hook(dataState x~ + dataOutput m) is used only where a hook is,
/// and u, the output that tells eps, only where there are two outputs.
struct StepCoefficients {
  double state = 0.0, base = 0.0, output = 0.0, predicted = 0.0;
  double renoised = 0.0, keptRenoised = 0.0;
  llvm::SmallVector<double, 2> history;
  double inputNoise = 0.0, noise = 0.0, variance = 0.0;
  double keptState = 0.0, keptOutput = 0.0, keptPredicted = 0.0;
  double dataState = 0.0, dataOutput = 0.0;

  bool isFinite() const;
  bool drawsNoise() const { return noise != 0.0 || inputNoise != 0.0; }
};

/// What a model output m says of data and noise, given the state x:
/// x0 = dataState x + dataOutput m and eps = epsilonState x + epsilonOutput m.
struct PredictionTerms {
  double dataState, dataOutput, epsilonState, epsilonOutput;
};

/// The terms of `prediction` at `level` (the table in whorl.step). Infinite
/// where the prediction says nothing: epsilon without signal, x0 without noise.
PredictionTerms getPredictionTerms(Prediction prediction,
                                   const NoiseLevel &level);

/// Puts the prediction into what follows a call. With a hook (`hasHook`), which
/// changes x0, eps follows from the changed x0: x = signal x0 + noise eps. With
/// an output of its own for eps (`renoises`), the state is taken for
/// signal x0 + noise eps, too.
StepCoefficients foldPrediction(const SamplerCall &call, Prediction prediction,
                                bool hasHook, bool renoises = false);

} // namespace whorl

#endif // WHORL_IR_DIFFUSIONSUPPORT_H
