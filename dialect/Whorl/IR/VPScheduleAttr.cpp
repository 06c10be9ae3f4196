//===- VPScheduleAttr.cpp - variance-preserving schedules -----------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/WhorlDialect.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

static constexpr int64_t maxTrainSteps = 100000;

//===----------------------------------------------------------------------===//
// The training levels
//===----------------------------------------------------------------------===//

namespace {
/// What the model was trained on.
class TrainingLevels {
public:
  TrainingLevels(const BetaFormula &beta, int64_t count, bool zeroTerminalSnr);

  /// abar_t, the squared signal scale of level t.
  double getSquaredSignal(int64_t t) const { return squaredSignals[t]; }
  double getSigma(int64_t t) const {
    return std::sqrt((1.0 - squaredSignals[t]) / squaredSignals[t]);
  }
  /// sigma at a fractional level, linear between levels.
  double interpolateSigma(double t) const;
  /// The fractional level of a sigma, linear in its logarithm.
  double getTimeOfSigma(double sigma) const;

private:
  int64_t getCount() const { return squaredSignals.size(); }
  void removeTerminalSignal();

  SmallVector<double> squaredSignals;
};
} // namespace

TrainingLevels::TrainingLevels(const BetaFormula &beta, int64_t count,
                               bool zeroTerminalSnr) {
  double product = 1.0;
  for (int64_t t = 0; t < count; ++t) {
    product *= 1.0 - beta.getRule().getBeta(t, count, beta.getArguments());
    squaredSignals.push_back(product);
  }
  if (zeroTerminalSnr)
    removeTerminalSignal();
}

void TrainingLevels::removeTerminalSignal() {
  double first = std::sqrt(squaredSignals.front());
  double last = std::sqrt(squaredSignals.back());
  for (double &value : squaredSignals) {
    double signal = (std::sqrt(value) - last) * first / (first - last);
    value = signal * signal;
  }
}

double TrainingLevels::interpolateSigma(double t) const {
  auto low = std::min(static_cast<int64_t>(t), getCount() - 1);
  int64_t high = std::min(low + 1, getCount() - 1);
  double weight = t - static_cast<double>(low);
  if (weight == 0.0)
    return getSigma(low);
  return getSigma(low) + weight * (getSigma(high) - getSigma(low));
}

double TrainingLevels::getTimeOfSigma(double sigma) const {
  if (getCount() == 1)
    return 0.0;
  // Sigmas ascend; the last level that is not above, but one before the end.
  int64_t low = 0, high = getCount() - 1;
  while (high - low > 1) {
    int64_t middle = (low + high) / 2;
    (getSigma(middle) <= sigma ? low : high) = middle;
  }
  double logLow = std::log(getSigma(low)), logHigh = std::log(getSigma(high));
  double weight = (std::log(sigma) - logLow) / (logHigh - logLow);
  return static_cast<double>(low) + std::clamp(weight, 0.0, 1.0);
}

//===----------------------------------------------------------------------===//
// The run
//===----------------------------------------------------------------------===//

int64_t VPScheduleAttr::getNumSteps() const { return getSteps(); }

static NoiseLevel getLevelOfSigma(double sigma, double time, StateScale scale) {
  if (scale == StateScale::exploding)
    return NoiseLevel::inSigma(1.0, sigma, time);
  double signal = 1.0 / std::sqrt(1.0 + sigma * sigma);
  return NoiseLevel::inSigma(signal, sigma * signal, time);
}

/// A level at a whole training time. Exact where there is no signal.
static NoiseLevel getTrainingLevel(const TrainingLevels &training, int64_t t,
                                   StateScale scale) {
  if (scale == StateScale::exploding)
    return getLevelOfSigma(training.getSigma(t), static_cast<double>(t), scale);
  double squaredSignal = training.getSquaredSignal(t);
  return NoiseLevel::inSigma(std::sqrt(squaredSignal),
                             std::sqrt(1.0 - squaredSignal),
                             static_cast<double>(t));
}

static TrainingLevels getTrainingLevels(VPScheduleAttr schedule) {
  return {schedule.getBeta(), schedule.getTrainSteps(),
          schedule.getZeroTerminalSnr()};
}

int64_t VPScheduleAttr::getNumTrainingLevels() const { return getTrainSteps(); }

NoiseLevel VPScheduleAttr::getLevelAtTrainingTime(int64_t t) const {
  return getTrainingLevel(getTrainingLevels(*this), t, getState());
}

bool VPScheduleAttr::knowsAnyTime() const { return true; }

/// Reads tables of all training levels; a time outside counts as the nearest.
NoiseScales VPScheduleAttr::buildScales(ImplicitLocOpBuilder &builder,
                                        Value time,
                                        TableReader readTable) const {
  TrainingLevels training = getTrainingLevels(*this);
  SmallVector<double> signals, noises;
  for (int64_t t = 0; t < getTrainSteps(); ++t) {
    NoiseLevel level = getTrainingLevel(training, t, getState());
    signals.push_back(level.signal);
    noises.push_back(level.noise);
  }
  ScalarMath math(builder);
  Value first = math.number(0.0);
  Value last = math.number(static_cast<double>(getTrainSteps() - 1));
  Value inside = math.ifLess(first, time, math.min(time, last), first);
  Value whole = arith::FPToSIOp::create(builder, builder.getI64Type(), inside);
  Value index =
      arith::IndexCastOp::create(builder, builder.getIndexType(), whole);
  return {readTable(signals, index), readTable(noises, index)};
}

NoiseLevel VPScheduleAttr::getLevelAtSigma(double sigma) const {
  return getLevelOfSigma(sigma, getTrainingLevels(*this).getTimeOfSigma(sigma),
                         getState());
}

NoiseTrajectory VPScheduleAttr::getTrajectory() const {
  TrainingLevels training = getTrainingLevels(*this);
  const SpacingRule &spacing = getSpacing().getRule();
  int64_t steps = getSteps();
  NoiseTrajectory run;
  for (int64_t i = 0; i < steps; ++i) {
    double t = spacing.getLevel(i, steps, getTrainSteps(),
                                getSpacing().getArguments());
    run.levels.push_back(
        spacing.isWhole
            ? getTrainingLevel(training, static_cast<int64_t>(t), getState())
            : getLevelOfSigma(training.interpolateSigma(t), t, getState()));
  }
  if (auto getSigma = getSigmas().getRule().getSigma) {
    double max = run.levels.front().getSigma();
    double min = run.levels.back().getSigma();
    for (int64_t i = 0; i < steps; ++i) {
      double w = steps == 1 ? 0.0 : static_cast<double>(i) / (steps - 1);
      double sigma = getSigma(w, min, max, getSigmas().getArguments());
      run.levels[i] =
          getLevelOfSigma(sigma, training.getTimeOfSigma(sigma), getState());
    }
  }
  NoiseLevel end = getEnd() == EndLevel::data
                       ? NoiseLevel::inSigma(1.0, 0.0, 0.0)
                       : getTrainingLevel(training, 0, getState());
  run.levels.push_back(end);

  for (int64_t i = 0; i < steps; ++i) {
    if (getNext() == NextLevel::list) {
      run.targets.push_back(run.levels[i + 1]);
      continue;
    }
    auto t = static_cast<int64_t>(run.levels[i].time) - getTrainSteps() / steps;
    run.targets.push_back(t < 0 ? end
                                : getTrainingLevel(training, t, getState()));
  }
  return run;
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

static LogicalResult verifyBeta(function_ref<InFlightDiagnostic()> emitError,
                                const BetaFormula &beta) {
  for (double number : beta.getGivenArguments()) {
    // 0 is a sensible offset of cosine: its default is another one.
    bool mayBeZero = beta.getRule().numRequired == 0;
    if ((number > 0.0 || (mayBeZero && number == 0.0)) && number < 1.0)
      continue;
    return emitError() << "(V1) expected the numbers of beta to lie between 0 "
                          "and 1, got "
                       << formatNumber(number) << " in " << beta.str();
  }
  return success();
}

static LogicalResult verifyCounts(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t steps, int64_t trainSteps) {
  if (trainSteps < 1 || trainSteps > maxTrainSteps)
    return emitError() << "(V2) expected train_steps from 1 to "
                       << maxTrainSteps << ", got " << trainSteps;
  if (steps < 1 || steps > trainSteps)
    return emitError() << "(V2) expected steps from 1 to train_steps = "
                       << trainSteps << ", got " << steps;
  return success();
}

static LogicalResult verifySpacing(function_ref<InFlightDiagnostic()> emitError,
                                   const SpacingFormula &spacing, int64_t steps,
                                   int64_t trainSteps) {
  for (double number : spacing.getGivenArguments())
    if (!(number >= 0.0) || std::floor(number) != number)
      return emitError() << "(V3) expected the number of spacing to be a whole "
                            "number from 0 on, got "
                         << formatNumber(number);
  double before = static_cast<double>(trainSteps);
  for (int64_t i = 0; i < steps; ++i) {
    double level = spacing.getRule().getLevel(i, steps, trainSteps,
                                              spacing.getArguments());
    if (level >= 0.0 && level < before) {
      before = level;
      continue;
    }
    if (i == 0)
      return emitError() << "(V3) expected the first training level to be at "
                            "most "
                         << trainSteps - 1 << ", got " << formatNumber(level)
                         << "; lower the number of spacing";
    return emitError() << "(V3) expected spacing to go down through the "
                          "training levels, got "
                       << formatNumber(level) << " after "
                       << formatNumber(before)
                       << "; take fewer steps or another spacing";
  }
  return success();
}

LogicalResult
VPScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       BetaFormula beta, int64_t steps, int64_t trainSteps,
                       SpacingFormula spacing, RespacingFormula sigmas,
                       NextLevel next, EndLevel end, bool zeroTerminalSnr,
                       StateScale state) {
  if (failed(verifyBeta(emitError, beta)) ||
      failed(verifyCounts(emitError, steps, trainSteps)) ||
      failed(verifySpacing(emitError, spacing, steps, trainSteps)))
    return failure();
  for (double rho : sigmas.getGivenArguments())
    if (!(rho > 0.0) || !std::isfinite(rho))
      return emitError() << "(V4) expected positive numbers in sigmas, got "
                         << formatNumber(rho);
  bool isSpaced = !sigmas.getRule().getSigma;
  if (zeroTerminalSnr && (!isSpaced || state == StateScale::exploding))
    return emitError()
           << "(V5) zero_terminal_snr makes sigma infinite: expected "
              "state = preserving and sigmas = spaced with it";
  if (zeroTerminalSnr && trainSteps == 1)
    return emitError() << "(V5) expected train_steps of at least 2 with "
                          "zero_terminal_snr, got 1";
  if (next == NextLevel::stride && (!isSpaced || !spacing.getRule().isWhole))
    return emitError()
           << "(V6) expected sigmas = spaced and a spacing in whole "
              "levels with next = stride, got sigmas = "
           << sigmas.str() << " and spacing = " << spacing.str()
           << "; use next = list";
  return success();
}

//===----------------------------------------------------------------------===//
// Syntax
//===----------------------------------------------------------------------===//

Attribute VPScheduleAttr::parse(AsmParser &parser, Type) {
  auto loc = parser.getCurrentLocation();
  BetaFormula beta;
  SpacingFormula spacing;
  RespacingFormula sigmas;
  int64_t steps = 0, trainSteps = 1000;
  NextLevel next = NextLevel::list;
  EndLevel end = EndLevel::data;
  bool zeroTerminalSnr = false;
  StateScale state = StateScale::preserving;
  bool hasBeta = false;
  ParameterParser fields(parser);
  fields
      .addField("beta",
                [&] {
                  hasBeta = true;
                  return beta.parse(parser);
                })
      .add("steps", steps)
      .add("train_steps", trainSteps)
      .addField("spacing", [&] { return spacing.parse(parser); })
      .addField("sigmas", [&] { return sigmas.parse(parser); })
      .add<NextLevel>("next", next, symbolizeNextLevel, "list or stride")
      .add<EndLevel>("end", end, symbolizeEndLevel, "data or first")
      .add("zero_terminal_snr", zeroTerminalSnr)
      .add<StateScale>("state", state, symbolizeStateScale,
                       "preserving or exploding");
  if (fields.parse())
    return {};
  if (!hasBeta) {
    parser.emitError(loc, "expected beta, such as beta = linear(0.0001, 0.02)");
    return {};
  }
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    beta, steps, trainSteps, spacing, sigmas, next, end,
                    zeroTerminalSnr, state);
}

void VPScheduleAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("beta", getBeta().str(), "")
      .add("steps", getSteps(), 0)
      .add("train_steps", getTrainSteps(), 1000)
      .add("spacing", getSpacing().str(), SpacingFormula().str())
      .add("sigmas", getSigmas().str(), RespacingFormula().str())
      .add("next", stringifyNextLevel(getNext()), "list")
      .add("end", stringifyEndLevel(getEnd()), "data")
      .add("zero_terminal_snr", getZeroTerminalSnr(), false)
      .add("state", stringifyStateScale(getState()), "preserving");
}
