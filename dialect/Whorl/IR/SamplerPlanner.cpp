//===- SamplerPlanner.cpp - how samplers write down their calls -----------===//

#include "Whorl/IR/SamplerPlanner.h"
#include <cmath>

using namespace whorl;

void SamplerPlanner::addCall(const NoiseLevel &level, KeptWeights kept,
                             const Combination &next, double noise) {
  int64_t call = getNextCall();
  SamplerCall result;
  result.level = level;
  result.keptData = kept.data;
  result.keptEpsilon = kept.epsilon;
  result.startsStep = startsStep;
  startsStep = false;
  StepTerms &terms = result.terms;
  terms.noise = noise;
  Combination change = next;
  if (isNoisy) {
    terms.base = next.base;
  } else {
    terms.state = next.base / current.base;
    for (Combination::Kept entry : current.kept)
      change.add(entry.call, -terms.state * entry.factor);
  }
  for (auto [j, weight] : change.kept) {
    if (weight == 0.0)
      continue;
    if (j == call) {
      terms.data = weight * kept.data;
      terms.epsilon = weight * kept.epsilon;
      continue;
    }
    size_t age = call - j;
    if (terms.history.size() < age)
      terms.history.resize(age, 0.0);
    terms.history[age - 1] = weight;
  }
  plan.calls.push_back(std::move(result));
  current = next;
  isNoisy |= noise != 0.0;
}

SamplerPlan
whorl::makeSimplePlan(const NoiseTrajectory &run,
                      llvm::function_ref<StepTerms(const NoiseLevel &,
                                                   const NoiseLevel &, int64_t)>
                          getTerms) {
  SamplerPlan plan;
  for (auto [i, target] : llvm::enumerate(run.targets)) {
    SamplerCall call;
    call.level = run.levels[i];
    call.terms = getTerms(run.levels[i], target, i);
    plan.calls.push_back(std::move(call));
  }
  plan.end = run.levels.back();
  return plan;
}

StepTerms whorl::getGeneralStep(const NoiseLevel &target, double drawn) {
  StepTerms terms;
  terms.data = target.signal;
  double kept = target.noise * target.noise - drawn * drawn;
  terms.epsilon = std::sqrt(std::max(kept, 0.0));
  terms.noise = drawn;
  return terms;
}

double whorl::integrate(llvm::function_ref<double(double)> f, double first,
                        double last) {
  constexpr int points = 32;
  double sum = 0.0;
  for (int i = 0; i < points; ++i) {
    // Newton's method on the Legendre polynomial, from Tricomi's guess.
    double x = std::cos(M_PI * (i + 0.75) / (points + 0.5)), slope = 0.0;
    for (int round = 0; round < 8; ++round) {
      double value = 1.0, previous = 0.0;
      for (int k = 1; k <= points; ++k) {
        double older = previous;
        previous = value;
        value = ((2 * k - 1) * x * previous - (k - 1) * older) / k;
      }
      slope = points * (x * value - previous) / (x * x - 1.0);
      x -= value / slope;
    }
    double weight = 2.0 / ((1.0 - x * x) * slope * slope);
    sum += weight * f(0.5 * (first + last) + 0.5 * (last - first) * x);
  }
  return 0.5 * (last - first) * sum;
}

double whorl::getLagrangeBasis(llvm::ArrayRef<double> nodes, size_t i,
                               double x) {
  double value = 1.0;
  for (size_t j = 0; j < nodes.size(); ++j)
    if (j != i)
      value *= (x - nodes[j]) / (nodes[i] - nodes[j]);
  return value;
}
