//===- Prediction.cpp - what a model output means -------------------------===//

#include "Whorl/IR/WhorlDialect.h"
#include <cmath>

using namespace whorl;

bool StepCoefficients::isFinite() const {
  return std::isfinite(state) && std::isfinite(noise) &&
         llvm::all_of(outputs, [](double b) { return std::isfinite(b); });
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
  }
  llvm_unreachable("every prediction is above");
}

/// factor * value, where a term that is not there weighs nothing, even if its
/// value is infinite.
static double weigh(llvm::ArrayRef<double> factors, double value) {
  return factors.empty() || factors.front() == 0.0 ? 0.0
                                                   : factors.front() * value;
}

StepCoefficients whorl::foldPrediction(const StepTerms &terms,
                                       const PredictionTerms &prediction) {
  StepCoefficients result;
  result.state = terms.state + weigh(terms.data, prediction.dataState) +
                 weigh(terms.epsilon, prediction.epsilonState);
  result.outputs = {weigh(terms.data, prediction.dataOutput) +
                    weigh(terms.epsilon, prediction.epsilonOutput)};
  result.noise = terms.noise;
  return result;
}
