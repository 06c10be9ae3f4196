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

  /// noise / signal; infinite where there is no signal.
  double getSigma() const { return noise / signal; }
};

/// The levels of a run, from noise to data.
struct NoiseTrajectory {
  /// Where step i starts, and at the end where the run ends: steps + 1 levels.
  llvm::SmallVector<NoiseLevel> levels;
  /// Where step i goes: levels[i + 1], but for schedules with `next = stride`.
  llvm::SmallVector<NoiseLevel> targets;
};

/// A step as its sampler states it:
/// x' = state x + sum data[k] x0_k + sum epsilon[k] eps_k + noise z,
/// where x0_k and eps_k come from the k-th newest model output. A missing entry
/// is zero.
struct StepTerms {
  double state = 0.0;
  llvm::SmallVector<double, 1> data;
  llvm::SmallVector<double, 1> epsilon;
  double noise = 0.0;
};

/// A step as it is computed: x' = state x + sum outputs[k] m_k + noise z.
struct StepCoefficients {
  double state = 0.0;
  llvm::SmallVector<double, 1> outputs;
  double noise = 0.0;

  bool isFinite() const;
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

/// Puts the prediction into the step. `terms` uses one model output.
StepCoefficients foldPrediction(const StepTerms &terms,
                                const PredictionTerms &prediction);

} // namespace whorl

#endif // WHORL_IR_DIFFUSIONSUPPORT_H
