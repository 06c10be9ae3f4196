//===- SigmaScheduleAttrs.cpp - schedules without a training table --------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/WhorlDialect.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

/// Enough for any run, and small enough to tabulate.
static constexpr int64_t maxSteps = 65536;

/// Where step i stands between the first and the last noise level.
static double getFraction(int64_t i, int64_t steps) {
  return steps == 1 ? 0.0 : static_cast<double>(i) / (steps - 1);
}

static LogicalResult verifySteps(function_ref<InFlightDiagnostic()> emitError,
                                 StringRef constraint, int64_t steps) {
  if (steps < 1 || steps > maxSteps)
    return emitError() << constraint << " expected steps from 1 to " << maxSteps
                       << ", got " << steps;
  return success();
}

static LogicalResult verifyRho(function_ref<InFlightDiagnostic()> emitError,
                               StringRef constraint, ArrayRef<double> rho) {
  for (double value : rho)
    if (!(value > 0.0) || !std::isfinite(value))
      return emitError() << constraint << " expected a positive rho, got "
                         << formatNumber(value);
  return success();
}

/// Every step goes to the next level.
static void goThroughList(NoiseTrajectory &run) {
  run.targets.assign(run.levels.begin() + 1, run.levels.end());
}

//===----------------------------------------------------------------------===//
// Variance exploding
//===----------------------------------------------------------------------===//

int64_t VEScheduleAttr::getNumSteps() const { return getSteps(); }

NoiseLevel VEScheduleAttr::getLevelAtSigma(double sigma) const {
  return NoiseLevel::inSigma(1.0, sigma, sigma);
}

bool VEScheduleAttr::knowsAnyTime() const { return true; }

NoiseScales VEScheduleAttr::buildScales(ImplicitLocOpBuilder &builder,
                                        Value time, TableReader) const {
  return {ScalarMath(builder).number(1.0), time};
}

NoiseTrajectory VEScheduleAttr::getTrajectory() const {
  NoiseTrajectory run;
  for (int64_t i = 0; i < getSteps(); ++i) {
    double sigma = getSigmas().getRule().getSigma(getFraction(i, getSteps()),
                                                  getSigmas().getArguments());
    run.levels.push_back(getLevelAtSigma(sigma));
  }
  run.levels.push_back(getLevelAtSigma(0.0));
  goThroughList(run);
  return run;
}

LogicalResult
VEScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       SigmaFormula sigmas, int64_t steps) {
  double min = sigmas.getArguments()[0], max = sigmas.getArguments()[1];
  if (sigmas.getRule().numRequired < 2) { // a formula of other numbers
    min = sigmas.getRule().getSigma(1.0, sigmas.getArguments());
    max = sigmas.getRule().getSigma(0.0, sigmas.getArguments());
  }
  if (!(min > 0.0) || !(min <= max) || !std::isfinite(max))
    return emitError() << "(E1) expected 0 < min <= max < infinity, got "
                       << formatNumber(min) << " and " << formatNumber(max);
  if (failed(verifyRho(emitError, "(E2)",
                       sigmas.getGivenArguments().drop_front(2))))
    return failure();
  return verifySteps(emitError, "(E3)", steps);
}

Attribute VEScheduleAttr::parse(AsmParser &parser, Type) {
  auto loc = parser.getCurrentLocation();
  SigmaFormula sigmas;
  int64_t steps = 0;
  bool hasSigmas = false;
  ParameterParser fields(parser);
  fields
      .addField("sigmas",
                [&] {
                  hasSigmas = true;
                  return sigmas.parse(parser);
                })
      .add("steps", steps);
  if (fields.parse())
    return {};
  if (!hasSigmas) {
    parser.emitError(loc,
                     "expected sigmas, such as sigmas = karras(0.002, 80.0)");
    return {};
  }
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    sigmas, steps);
}

void VEScheduleAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("sigmas", getSigmas().str(), "")
      .add("steps", getSteps(), 0);
}

//===----------------------------------------------------------------------===//
// Flow matching
//===----------------------------------------------------------------------===//

int64_t FlowScheduleAttr::getNumSteps() const { return getSteps(); }

NoiseLevel FlowScheduleAttr::getLevelAtClock(double t) const {
  return NoiseLevel::inFlow(t, t * getTimeScale());
}

NoiseLevel FlowScheduleAttr::getLevelAtSigma(double sigma) const {
  return getLevelAtClock(sigma / (1.0 + sigma));
}

bool FlowScheduleAttr::knowsAnyTime() const { return true; }

NoiseScales FlowScheduleAttr::buildScales(ImplicitLocOpBuilder &builder,
                                          Value time, TableReader) const {
  ScalarMath math(builder);
  Value t = math.div(time, math.number(getTimeScale()));
  return {math.sub(math.number(1.0), t), t};
}

NoiseTrajectory FlowScheduleAttr::getTrajectory() const {
  // 0 stands for the default.
  double last = getLast();
  if (last == 0.0)
    last = getFirst() / static_cast<double>(getSteps());
  FlowRange range{getFirst(), last, getShift()};
  NoiseTrajectory run;
  for (int64_t i = 0; i < getSteps(); ++i) {
    double t = getTimes().getRule().getTime(getFraction(i, getSteps()), range,
                                            getTimes().getArguments());
    run.levels.push_back(getLevelAtClock(t));
  }
  run.levels.push_back(getLevelAtClock(0.0));
  goThroughList(run);
  return run;
}

LogicalResult
FlowScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         int64_t steps, FlowTimeFormula times, Number first,
                         Number last, Number shift, Number timeScale) {
  if (failed(verifySteps(emitError, "(F1)", steps)))
    return failure();
  if (!(shift > 0.0) || !std::isfinite(shift))
    return emitError() << "(F2) expected a positive shift, got "
                       << formatNumber(shift);
  if (!(timeScale > 0.0) || !std::isfinite(timeScale))
    return emitError() << "(F2) expected a positive time_scale, got "
                       << formatNumber(timeScale);
  if (!(first > 0.0 && first <= 1.0))
    return emitError() << "(F3) expected first above 0 and up to 1, got "
                       << formatNumber(first);
  if (!(last == Number(0.0) || (last > 0.0 && last <= first)))
    return emitError() << "(F3) expected last above 0 and up to first = "
                       << formatNumber(first) << ", got " << formatNumber(last);
  return verifyRho(emitError, "(F4)", times.getGivenArguments());
}

Attribute FlowScheduleAttr::parse(AsmParser &parser, Type) {
  auto loc = parser.getCurrentLocation();
  int64_t steps = 0;
  FlowTimeFormula times;
  double first = 1.0, last = 0.0, shift = 1.0, timeScale = 1.0;
  ParameterParser fields(parser);
  fields.add("steps", steps)
      .addField("times", [&] { return times.parse(parser); })
      .add("first", first)
      .add("last", last)
      .add("shift", shift)
      .add("time_scale", timeScale);
  if (fields.parse())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    steps, times, Number(first), Number(last), Number(shift),
                    Number(timeScale));
}

void FlowScheduleAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("steps", getSteps(), 0)
      .add("times", getTimes().str(), FlowTimeFormula().str())
      .add("first", formatNumber(getFirst()), formatNumber(1.0))
      .add("last", formatNumber(getLast()), formatNumber(0.0))
      .add("shift", formatNumber(getShift()), formatNumber(1.0))
      .add("time_scale", formatNumber(getTimeScale()), formatNumber(1.0));
}
