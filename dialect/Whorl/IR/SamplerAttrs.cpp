//===- SamplerAttrs.cpp - samplers of one call a step ---------------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/SamplerPlanner.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

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

SamplerPlan DDIMSamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  return makeSimplePlan(
      schedule.getTrajectory(),
      [&](const NoiseLevel &from, const NoiseLevel &to, int64_t) {
        double ratio = from.signal * to.noise / (from.noise * to.signal);
        double drawn =
            getEta() * to.noise * std::sqrt(std::max(1.0 - ratio * ratio, 0.0));
        return getGeneralStep(to, drawn);
      });
}

Attribute DDIMSamplerAttr::parse(AsmParser &parser, Type) {
  return parseSingle<DDIMSamplerAttr>(parser, "eta", 0.0);
}

void DDIMSamplerAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("eta", formatNumber(getEta()),
                                formatNumber(0.0));
}

//===----------------------------------------------------------------------===//
// DDPM and score-based models: the forward process between two levels
//===----------------------------------------------------------------------===//

namespace {
/// x_t = signal x_u + sqrt(variance) z.
struct ForwardStep {
  ForwardStep(const NoiseLevel &from, const NoiseLevel &to)
      : signal(from.signal / to.signal),
        variance(std::max(from.noise * from.noise -
                              signal * signal * to.noise * to.noise,
                          0.0)) {}
  double signal, variance;
};
} // namespace

SamplerPlan DDPMSamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  return makeSimplePlan(
      schedule.getTrajectory(),
      [&](const NoiseLevel &from, const NoiseLevel &to, int64_t) {
        ForwardStep forward(from, to);
        double total = from.noise * from.noise;
        StepTerms terms;
        terms.data = to.signal * forward.variance / total;
        terms.state = forward.signal * to.noise * to.noise / total;
        if (to.noise == 0.0)
          return terms;
        // The floor is the oracles', and keeps the logarithm finite.
        double small =
            std::max(forward.variance * to.noise * to.noise / total, 1.0e-20);
        double large = forward.variance;
        switch (getVariance()) {
        case Variance::small:
          terms.noise = std::sqrt(small);
          break;
        case Variance::large:
          terms.noise = std::sqrt(large);
          break;
        case Variance::learned:
          // exp((f ln large + (1 - f) ln small)/2) with f = (v + 1)/2.
          terms.noise = std::exp(0.25 * (std::log(large) + std::log(small)));
          terms.variance = 0.25 * (std::log(large) - std::log(small));
          break;
        }
        return terms;
      });
}

Attribute DDPMSamplerAttr::parse(AsmParser &parser, Type) {
  Variance variance = Variance::small;
  if (ParameterParser(parser)
          .add<Variance>("variance", variance, symbolizeVariance,
                         "small, large or learned")
          .parse())
    return {};
  return get(parser.getContext(), variance);
}

void DDPMSamplerAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("variance", stringifyVariance(getVariance()),
                                "small");
}

SamplerPlan
ReverseDiffusionSamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  return makeSimplePlan(
      schedule.getTrajectory(),
      [&](const NoiseLevel &from, const NoiseLevel &to, int64_t) {
        ForwardStep forward(from, to);
        StepTerms terms;
        terms.state = 2.0 - forward.signal;
        terms.epsilon = -forward.variance / from.noise;
        terms.noise = std::sqrt(forward.variance);
        return terms;
      });
}

SamplerPlan RenoiseSamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  return makeSimplePlan(schedule.getTrajectory(),
                        [&](const NoiseLevel &, const NoiseLevel &to, int64_t) {
                          return getGeneralStep(to, /*drawn=*/to.noise);
                        });
}

//===----------------------------------------------------------------------===//
// Consistency models
//===----------------------------------------------------------------------===//

LogicalResult
LCMSamplerAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       Number scaling, Number sigmaData) {
  for (auto [name, value] : {std::pair("scaling", double(scaling)),
                             std::pair("sigma_data", double(sigmaData))})
    if (!(value > 0.0) || !std::isfinite(value))
      return emitError() << "(M1) expected a positive " << name << ", got "
                         << formatNumber(value);
  return success();
}

SamplerPlan LCMSamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  return makeSimplePlan(
      schedule.getTrajectory(),
      [&](const NoiseLevel &from, const NoiseLevel &to, int64_t) {
        double r = getScaling() * from.time, d = getSigmaData();
        double sum = r * r + d * d;
        StepTerms terms;
        terms.data = to.signal * r / std::sqrt(sum);
        terms.state = to.signal * d * d / sum;
        terms.noise = to.noise;
        return terms;
      });
}

Attribute LCMSamplerAttr::parse(AsmParser &parser, Type) {
  auto loc = parser.getCurrentLocation();
  double scaling = 10.0, sigmaData = 0.5;
  if (ParameterParser(parser)
          .add("scaling", scaling)
          .add("sigma_data", sigmaData)
          .parse())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    Number(scaling), Number(sigmaData));
}

void LCMSamplerAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("scaling", formatNumber(getScaling()), formatNumber(10.0))
      .add("sigma_data", formatNumber(getSigmaData()), formatNumber(0.5));
}

LogicalResult
TCDSamplerAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       Number gamma) {
  if (!(gamma >= 0.0 && gamma <= 1.0))
    return emitError() << "(T1) expected gamma from 0 to 1, got "
                       << formatNumber(gamma);
  return success();
}

static bool isWholeAndPreserving(const NoiseLevel &level) {
  double power = level.signal * level.signal + level.noise * level.noise;
  return std::floor(level.time) == level.time && std::abs(power - 1.0) < 1e-12;
}

LogicalResult
TCDSamplerAttr::verifySampler(function_ref<InFlightDiagnostic()> emitError,
                              ScheduleAttrInterface schedule) const {
  if (schedule.getNumTrainingLevels() == 0 ||
      !llvm::all_of(schedule.getTrajectory().levels, isWholeAndPreserving))
    return emitError()
           << "expected for #whorl.tcd a schedule that visits whole "
              "training levels with a^2 + s^2 = 1, such as #whorl.vp "
              "with spacing = leading, got "
           << schedule;
  return success();
}

SamplerPlan TCDSamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  NoiseTrajectory run = schedule.getTrajectory();
  auto last = static_cast<int64_t>(run.targets.size()) - 1;
  return makeSimplePlan(
      run, [&](const NoiseLevel &, const NoiseLevel &to, int64_t step) {
        // The oracle's gamma and product are single precision.
        float keep = 1.0f - static_cast<float>(getGamma());
        float time = std::floor(keep * static_cast<float>(to.time));
        NoiseLevel between =
            schedule.getLevelAtTrainingTime(static_cast<int64_t>(time));
        double ratio = step == last ? 1.0 : to.signal / between.signal;
        StepTerms terms;
        terms.data = ratio * between.signal;
        terms.epsilon = ratio * between.noise;
        terms.noise = std::sqrt(std::max(1.0 - ratio * ratio, 0.0));
        return terms;
      });
}

Attribute TCDSamplerAttr::parse(AsmParser &parser, Type) {
  return parseSingle<TCDSamplerAttr>(parser, "gamma", 0.3);
}

void TCDSamplerAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("gamma", formatNumber(getGamma()),
                                formatNumber(0.3));
}
