//===- Prediction.cpp - what a model output means -------------------------===//

#include "Whorl/IR/WhorlDialect.h"
#include <cmath>

using namespace whorl;

double NoiseLevel::getLambda() const {
  return std::log(signal) - std::log(noise);
}

unsigned SamplerPlan::getHistoryLength() const {
  size_t length = 0;
  for (const SamplerCall &call : calls)
    length = std::max(length, call.terms.history.size());
  return length;
}

bool SamplerPlan::usesBase() const {
  return llvm::any_of(calls, [](auto &c) { return c.terms.base != 0.0; });
}

bool SamplerPlan::usesVariance() const {
  return llvm::any_of(calls, [](auto &c) { return c.terms.variance != 0.0; });
}

bool SamplerPlan::drawsNoise() const {
  return llvm::any_of(calls, [](auto &c) {
    return c.terms.noise != 0.0 || c.terms.inputNoise != 0.0;
  });
}

bool StepCoefficients::isFinite() const {
  double numbers[] = {renoised,      keptRenoised, state,     base,
                      output,        predicted,    noise,     inputNoise,
                      variance,      keptState,    dataState, keptOutput,
                      keptPredicted, dataOutput};
  auto isNumber = [](double number) { return std::isfinite(number); };
  return llvm::all_of(numbers, isNumber) && llvm::all_of(history, isNumber);
}

PredictionTerms whorl::getPredictionTerms(Prediction prediction,
                                          const NoiseLevel &level) {
  double a = level.signal, s = level.noise;
  double norm = std::sqrt(a * a + s * s);
  switch (prediction) {
  case Prediction::epsilon:
    return {1.0 / a, -s / a, 0.0, 1.0};
  case Prediction::x0:
    return {0.0, 1.0, 1.0 / s, -a / s};
  case Prediction::v:
    return {a / (norm * norm), -s / norm, s / (norm * norm), a / norm};
  case Prediction::velocity:
    return {1.0 / (a + s), -s / (a + s), 1.0 / (a + s), a / (a + s)};
  case Prediction::score:
    return {1.0 / a, s * s / a, 0.0, -s};
  }
  llvm_unreachable("every prediction is above");
}

/// factor * value, where a term that is not there weighs nothing, even if its
/// value is infinite.
static double weigh(double factor, double value) {
  return factor == 0.0 ? 0.0 : factor * value;
}

/// Sets the terms of a step whose x0 a hook changes.
static void foldHook(StepCoefficients &result, const SamplerCall &call,
                     const PredictionTerms &p) {
  double a = call.level.signal, s = call.level.noise;
  const StepTerms &terms = call.terms;
  result.state += weigh(terms.epsilon, 1.0 / s);
  result.predicted = terms.data - weigh(terms.epsilon, a / s);
  result.keptState = weigh(call.keptEpsilon, 1.0 / s);
  result.keptPredicted = call.keptData - weigh(call.keptEpsilon, a / s);
  result.dataState = p.dataState;
  result.dataOutput = p.dataOutput;
}

/// Sets the terms of a step that takes x0 of one output and eps of another.
static void foldRenoise(StepCoefficients &result, const SamplerCall &call,
                        const PredictionTerms &p, bool hasHook) {
  const StepTerms &terms = call.terms;
  double data = terms.data + terms.state * call.level.signal;
  double epsilon = terms.epsilon + terms.state * call.level.noise;
  result.state = weigh(epsilon, p.epsilonState);
  result.renoised = weigh(epsilon, p.epsilonOutput);
  result.keptState = weigh(call.keptEpsilon, p.epsilonState);
  result.keptRenoised = weigh(call.keptEpsilon, p.epsilonOutput);
  if (hasHook) {
    result.predicted = data;
    result.keptPredicted = call.keptData;
    result.dataState = p.dataState;
    result.dataOutput = p.dataOutput;
    return;
  }
  result.state += weigh(data, p.dataState);
  result.output = weigh(data, p.dataOutput);
  result.keptState += weigh(call.keptData, p.dataState);
  result.keptOutput = weigh(call.keptData, p.dataOutput);
}

StepCoefficients whorl::foldPrediction(const SamplerCall &call,
                                       Prediction prediction, bool hasHook,
                                       bool renoises) {
  PredictionTerms p = getPredictionTerms(prediction, call.level);
  const StepTerms &terms = call.terms;
  StepCoefficients result;
  result.state = terms.state;
  result.base = terms.base;
  result.history = terms.history;
  result.inputNoise = terms.inputNoise;
  result.noise = terms.noise;
  result.variance = terms.variance;
  if (renoises) {
    foldRenoise(result, call, p, hasHook);
    return result;
  }
  if (hasHook) {
    foldHook(result, call, p);
    return result;
  }
  result.state +=
      weigh(terms.data, p.dataState) + weigh(terms.epsilon, p.epsilonState);
  result.output =
      weigh(terms.data, p.dataOutput) + weigh(terms.epsilon, p.epsilonOutput);
  result.keptState = weigh(call.keptData, p.dataState) +
                     weigh(call.keptEpsilon, p.epsilonState);
  result.keptOutput = weigh(call.keptData, p.dataOutput) +
                      weigh(call.keptEpsilon, p.epsilonOutput);
  return result;
}
