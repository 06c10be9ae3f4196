//===- SamplerPlanner.h - how samplers write down their calls ---*- C++ -*-===//
//
// Papers state a step of several calls from the state with which it began. What
// runs has only the state of the last call, so that no call reads more memory
// than it must. The planner turns the one into the other: it knows the current
// state as a combination of the step's first state and kept predictions, and
// solves for the former.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_IR_SAMPLERPLANNER_H
#define WHORL_IR_SAMPLERPLANNER_H

#include "Whorl/IR/WhorlDialect.h"

namespace whorl {

/// A state as base * X + sum factor p_call, with X the state at the beginning
/// of the step and p_call the prediction kept of a call of the run.
struct Combination {
  struct Kept {
    int64_t call;
    double factor;
  };
  double base = 0.0;
  llvm::SmallVector<Kept, 4> kept;

  void add(int64_t call, double factor) {
    for (Kept &entry : kept)
      if (entry.call == call) {
        entry.factor += factor;
        return;
      }
    kept.push_back({call, factor});
  }
  void add(const Combination &other, double factor) {
    base += factor * other.base;
    for (Kept entry : other.kept)
      add(entry.call, factor * entry.factor);
  }
};

/// What a sampler keeps of a call: data x0 + epsilon eps.
struct KeptWeights {
  double data, epsilon;
};
inline constexpr KeptWeights keepData = {1.0, 0.0};
inline constexpr KeptWeights keepEpsilon = {0.0, 1.0};
/// The derivative of the ODE by its clock.
inline KeptWeights keepDerivative(const NoiseLevel &level) {
  return {level.dataRate, level.epsilonRate};
}

/// Collects the calls of a run.
class SamplerPlanner {
public:
  /// The number of the next call.
  int64_t getNextCall() const { return plan.calls.size(); }

  /// A step begins: from here X is the current state.
  void beginStep() { setState({1.0, {}}); }
  /// The current state is `state`, where X has a new meaning.
  void setState(Combination state) {
    current = std::move(state);
    isNoisy = false;
    startsStep = true;
  }
  /// Calls the model at `level` and goes on to `next`, which may use the
  /// prediction kept of this very call, plus `noise` z.
  void addCall(const NoiseLevel &level, KeptWeights kept,
               const Combination &next, double noise = 0.0);

  SamplerPlan finish(const NoiseLevel &end) {
    plan.end = end;
    return std::move(plan);
  }

private:
  SamplerPlan plan;
  Combination current = {1.0, {}};
  /// The current state holds noise: X cannot be told from it.
  bool isNoisy = false;
  /// The next call is the first of its step.
  bool startsStep = true;
};

/// A plan of one call a step that reads nothing else.
SamplerPlan
makeSimplePlan(const NoiseTrajectory &run,
               llvm::function_ref<StepTerms(const NoiseLevel &from,
                                            const NoiseLevel &to, int64_t step)>
                   getTerms);

/// x' = a_u x0 + sqrt(s_u^2 - h^2) eps + h z: any step that lands on level u
/// with the right variance, given the noise h that it draws.
StepTerms getGeneralStep(const NoiseLevel &target, double drawn);

/// The integral of f over [first, last] by Gauss and Legendre's rule of 32
/// points: exact, but for rounding, for all that our samplers integrate.
double integrate(llvm::function_ref<double(double)> f, double first,
                 double last);

/// Entry `i` of the Lagrange basis over `nodes` at x.
double getLagrangeBasis(llvm::ArrayRef<double> nodes, size_t i, double x);

} // namespace whorl

#endif // WHORL_IR_SAMPLERPLANNER_H
