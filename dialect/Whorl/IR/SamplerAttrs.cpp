//===- SamplerAttrs.cpp - how steps are taken -----------------------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/WhorlDialect.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

/// x' = a_u x0 + sqrt(s_u^2 - h^2) eps + h z: any step that lands on level u
/// with the right variance, given the noise h that it draws.
static StepTerms getGeneralStep(const NoiseLevel &target, double drawn) {
  StepTerms terms;
  terms.data = {target.signal};
  double kept = target.noise * target.noise - drawn * drawn;
  terms.epsilon = {std::sqrt(std::max(kept, 0.0))};
  terms.noise = drawn;
  return terms;
}

//===----------------------------------------------------------------------===//
// DDIM
//===----------------------------------------------------------------------===//

LogicalResult
DDIMSamplerAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        Number eta) {
  if (!(eta >= 0.0 && eta <= 1.0))
    return emitError() << "(D1) expected eta from 0 (deterministic) to 1 "
                          "(ancestral), got "
                       << formatNumber(eta);
  return success();
}

StepTerms DDIMSamplerAttr::getStepTerms(const NoiseTrajectory &trajectory,
                                        int64_t step) const {
  const NoiseLevel &from = trajectory.levels[step];
  const NoiseLevel &to = trajectory.targets[step];
  double ratio = from.signal * to.noise / (from.noise * to.signal);
  double drawn =
      getEta() * to.noise * std::sqrt(std::max(1.0 - ratio * ratio, 0.0));
  return getGeneralStep(to, drawn);
}

Attribute DDIMSamplerAttr::parse(AsmParser &parser, Type) {
  auto loc = parser.getCurrentLocation();
  double eta = 0.0;
  if (ParameterParser(parser).add("eta", eta).parse())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    Number(eta));
}

void DDIMSamplerAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("eta", formatNumber(getEta()),
                                formatNumber(0.0));
}

//===----------------------------------------------------------------------===//
// Euler
//===----------------------------------------------------------------------===//

StepTerms EulerSamplerAttr::getStepTerms(const NoiseTrajectory &trajectory,
                                         int64_t step) const {
  return getGeneralStep(trajectory.targets[step], /*drawn=*/0.0);
}
