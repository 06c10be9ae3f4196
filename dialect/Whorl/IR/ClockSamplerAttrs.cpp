//===- ClockSamplerAttrs.cpp - solvers of the ODE by its clock ------------===//
//
// d(x/c)/d clock = slope, where c and the clock are the schedule's.
//
//===----------------------------------------------------------------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/SamplerPlanner.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

/// c_u (X/c_t) + (clock_u - clock_t) c_u (the mean of the slopes of `calls`).
static Combination getSlopeStep(const NoiseLevel &from, const NoiseLevel &to,
                                ArrayRef<int64_t> calls) {
  Combination next;
  next.base = to.divisor / from.divisor;
  double weight = to.divisor * (to.clock - from.clock);
  for (int64_t call : calls)
    next.add(call, weight / static_cast<double>(calls.size()));
  return next;
}

//===----------------------------------------------------------------------===//
// Churn
//===----------------------------------------------------------------------===//

namespace {
/// The levels at which steps start, and the noise that leads there.
struct ChurnedRun {
  ChurnedRun(ScheduleAttrInterface schedule, const ChurnFormula &churn);

  /// The noise added before step `step`; nothing after the last.
  double getNoise(size_t step) const {
    return step < noise.size() ? noise[step] : 0.0;
  }

  NoiseTrajectory run;
  SmallVector<NoiseLevel> starts;
  SmallVector<double> noise;
};
} // namespace

ChurnedRun::ChurnedRun(ScheduleAttrInterface schedule,
                       const ChurnFormula &churn)
    : run(schedule.getTrajectory()) {
  auto steps = static_cast<int64_t>(run.targets.size());
  for (int64_t i = 0; i < steps; ++i) {
    NoiseLevel level = run.levels[i];
    double added = 0.0;
    if (auto getGrowth = churn.getRule().getGrowth) {
      const FormulaRule::Arguments &arguments = churn.getArguments();
      double sigma = level.noise;
      double grown = sigma * getGrowth(sigma, steps, arguments);
      if (grown != sigma) {
        added = std::sqrt(grown * grown - sigma * sigma) * arguments[3];
        double time = level.time;
        level = schedule.getLevelAtSigma(grown);
        if (churn.getRule().isLate)
          level.time = time; // the model is called where it is told to be
      }
    }
    starts.push_back(level);
    noise.push_back(added);
  }
}

static LogicalResult verifyChurn(function_ref<InFlightDiagnostic()> emitError,
                                 const ChurnFormula &churn, bool mayBeLate) {
  for (double number : churn.getGivenArguments())
    if (!(number >= 0.0) || !std::isfinite(number))
      return emitError() << "(H1) expected numbers from 0 on in churn, got "
                         << formatNumber(number);
  if (churn.getRule().isLate && !mayBeLate)
    return emitError() << "(H2) expected churn to be none or edm, got "
                       << churn.str() << "; only #whorl.euler takes edm_late";
  return success();
}

static LogicalResult verifyChurnOn(function_ref<InFlightDiagnostic()> emitError,
                                   const ChurnFormula &churn,
                                   ScheduleAttrInterface schedule) {
  if (!churn.getRule().getGrowth ||
      llvm::all_of(schedule.getTrajectory().levels,
                   [](const NoiseLevel &l) { return l.signal == 1.0; }))
    return success();
  return emitError() << "expected a schedule of signal scale 1 for churn, such "
                        "as #whorl.ve or #whorl.vp with state = exploding, got "
                     << schedule;
}

/// A sampler whose only parameter is its churn.
template <typename Sampler> static Attribute parseChurned(AsmParser &parser) {
  auto loc = parser.getCurrentLocation();
  ChurnFormula churn;
  if (ParameterParser(parser)
          .addField("churn", [&] { return churn.parse(parser); })
          .parse())
    return {};
  return Sampler::getChecked([&] { return parser.emitError(loc); },
                             parser.getContext(), churn);
}

template <typename Sampler>
static void printChurned(AsmPrinter &printer, Sampler sampler) {
  ParameterPrinter(printer).add("churn", sampler.getChurn().str(),
                                ChurnFormula().str());
}

//===----------------------------------------------------------------------===//
// Euler
//===----------------------------------------------------------------------===//

LogicalResult
EulerSamplerAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         ChurnFormula churn) {
  return verifyChurn(emitError, churn, /*mayBeLate=*/true);
}

LogicalResult
EulerSamplerAttr::verifySampler(function_ref<InFlightDiagnostic()> emitError,
                                ScheduleAttrInterface schedule) const {
  return verifyChurnOn(emitError, getChurn(), schedule);
}

SamplerPlan EulerSamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  ChurnedRun churned(schedule, getChurn());
  bool isLate = getChurn().getRule().isLate;
  NoiseTrajectory run = churned.run;
  llvm::copy(churned.starts, run.levels.begin());
  return makeSimplePlan(
      run, [&](const NoiseLevel &, const NoiseLevel &to, int64_t step) {
        // a_u x0 + s_u eps is Euler's step whatever the clock, and exact where
        // there is no signal.
        StepTerms terms = getGeneralStep(to, /*drawn=*/0.0);
        (isLate ? terms.inputNoise : terms.noise) =
            churned.getNoise(isLate ? step : step + 1);
        return terms;
      });
}

Attribute EulerSamplerAttr::parse(AsmParser &parser, Type) {
  return parseChurned<EulerSamplerAttr>(parser);
}

void EulerSamplerAttr::print(AsmPrinter &printer) const {
  printChurned(printer, *this);
}

//===----------------------------------------------------------------------===//
// Heun and DPM-2
//===----------------------------------------------------------------------===//

/// Steps of two calls, which `addCalls` adds; the one that ends at the data is
/// Euler's, as there is no slope to be had there.
static SamplerPlan makeTwoCallPlan(
    ScheduleAttrInterface schedule, const ChurnFormula &churn,
    function_ref<void(SamplerPlanner &planner, const NoiseLevel &from,
                      const NoiseLevel &to, double noise)>
        addCalls) {
  ChurnedRun churned(schedule, churn);
  SamplerPlanner planner;
  for (auto [i, from] : llvm::enumerate(churned.starts)) {
    const NoiseLevel &to = churned.run.targets[i];
    double noise = churned.getNoise(i + 1);
    planner.beginStep();
    if (to.noise == 0.0)
      planner.addCall(from, keepDerivative(from),
                      getSlopeStep(from, to, planner.getNextCall()), noise);
    else
      addCalls(planner, from, to, noise);
  }
  return planner.finish(churned.run.levels.back());
}

LogicalResult
HeunSamplerAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        ChurnFormula churn) {
  return verifyChurn(emitError, churn, /*mayBeLate=*/false);
}

LogicalResult
HeunSamplerAttr::verifySampler(function_ref<InFlightDiagnostic()> emitError,
                               ScheduleAttrInterface schedule) const {
  return verifyChurnOn(emitError, getChurn(), schedule);
}

SamplerPlan HeunSamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  return makeTwoCallPlan(schedule, getChurn(),
                         [](SamplerPlanner &planner, const NoiseLevel &from,
                            const NoiseLevel &to, double noise) {
                           int64_t call = planner.getNextCall();
                           planner.addCall(from, keepDerivative(from),
                                           getSlopeStep(from, to, call));
                           planner.addCall(
                               to, keepDerivative(to),
                               getSlopeStep(from, to, {call, call + 1}), noise);
                         });
}

Attribute HeunSamplerAttr::parse(AsmParser &parser, Type) {
  return parseChurned<HeunSamplerAttr>(parser);
}

void HeunSamplerAttr::print(AsmPrinter &printer) const {
  printChurned(printer, *this);
}

LogicalResult
DPM2SamplerAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        ChurnFormula churn) {
  return verifyChurn(emitError, churn, /*mayBeLate=*/false);
}

LogicalResult
DPM2SamplerAttr::verifySampler(function_ref<InFlightDiagnostic()> emitError,
                               ScheduleAttrInterface schedule) const {
  return verifyChurnOn(emitError, getChurn(), schedule);
}

SamplerPlan DPM2SamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  return makeTwoCallPlan(
      schedule, getChurn(),
      [&](SamplerPlanner &planner, const NoiseLevel &from, const NoiseLevel &to,
          double noise) {
        int64_t call = planner.getNextCall();
        NoiseLevel middle =
            schedule.getLevelAtClock(std::sqrt(from.clock * to.clock));
        planner.addCall(from, keepDerivative(from),
                        getSlopeStep(from, middle, call));
        planner.addCall(middle, keepDerivative(middle),
                        getSlopeStep(from, to, call + 1), noise);
      });
}

Attribute DPM2SamplerAttr::parse(AsmParser &parser, Type) {
  return parseChurned<DPM2SamplerAttr>(parser);
}

void DPM2SamplerAttr::print(AsmPrinter &printer) const {
  printChurned(printer, *this);
}

//===----------------------------------------------------------------------===//
// LMS
//===----------------------------------------------------------------------===//

LogicalResult
LMSSamplerAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       int64_t order) {
  if (order < 1 || order > 8)
    return emitError() << "(L1) expected order from 1 to 8, got " << order;
  return success();
}

SamplerPlan LMSSamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  NoiseTrajectory run = schedule.getTrajectory();
  SamplerPlanner planner;
  for (auto [step, to] : llvm::enumerate(run.targets)) {
    auto i = static_cast<int64_t>(step);
    const NoiseLevel &from = run.levels[i];
    int64_t order = std::min(i + 1, getOrder());
    SmallVector<double> nodes;
    for (int64_t j = 0; j < order; ++j)
      nodes.push_back(run.levels[i - j].clock);
    Combination next;
    next.base = to.divisor / from.divisor;
    for (int64_t j = 0; j < order; ++j)
      next.add(i - j, to.divisor * integrate(
                                       [&](double clock) {
                                         return getLagrangeBasis(nodes, j,
                                                                 clock);
                                       },
                                       from.clock, to.clock));
    planner.beginStep();
    planner.addCall(from, keepDerivative(from), next);
  }
  return planner.finish(run.levels.back());
}

Attribute LMSSamplerAttr::parse(AsmParser &parser, Type) {
  return parseSingle<LMSSamplerAttr>(parser, "order", int64_t(4));
}

void LMSSamplerAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("order", getOrder(), 4);
}
