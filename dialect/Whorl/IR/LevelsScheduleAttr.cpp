//===- LevelsScheduleAttr.cpp - schedules given level by level ------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/WhorlDialect.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

static constexpr size_t maxLevels = 65537;

static NoiseLevel getLevel(Process process, double noise, double time) {
  switch (process) {
  case Process::vp:
    return NoiseLevel::inSigma(std::sqrt(1.0 - noise * noise), noise, time);
  case Process::ve:
    return NoiseLevel::inSigma(1.0, noise, time);
  case Process::flow:
    return NoiseLevel::inFlow(noise, time);
  }
  llvm_unreachable("every process is above");
}

int64_t LevelsScheduleAttr::getNumSteps() const {
  return static_cast<int64_t>(getNoise().size()) - 1;
}

NoiseTrajectory LevelsScheduleAttr::getTrajectory() const {
  NoiseTrajectory run;
  for (auto [i, noise] : llvm::enumerate(getNoise()))
    run.levels.push_back(getLevel(getProcess(), noise,
                                  getTime().empty() ? noise : getTime()[i]));
  run.targets.assign(run.levels.begin() + 1, run.levels.end());
  return run;
}

/// A time between two levels, linear in the noise scale.
static double interpolateTime(LevelsScheduleAttr schedule, double noise) {
  ArrayRef<Number> levels = schedule.getNoise(), times = schedule.getTime();
  if (times.empty())
    return noise;
  size_t next = 1;
  while (next + 1 < levels.size() && levels[next] > noise)
    ++next;
  double weight =
      (levels[next - 1] - noise) / (levels[next - 1] - levels[next]);
  return times[next - 1] + weight * (times[next] - times[next - 1]);
}

NoiseLevel LevelsScheduleAttr::getLevelAtSigma(double sigma) const {
  double noise = sigma;
  if (getProcess() == Process::vp)
    noise = sigma / std::sqrt(1.0 + sigma * sigma);
  else if (getProcess() == Process::flow)
    noise = sigma / (1.0 + sigma);
  return getLevel(getProcess(), noise, interpolateTime(*this, noise));
}

NoiseLevel LevelsScheduleAttr::getLevelAtClock(double clock) const {
  if (getProcess() == Process::flow)
    return getLevel(getProcess(), clock, interpolateTime(*this, clock));
  return getLevelAtSigma(clock);
}

LogicalResult
LevelsScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                           Process process, ArrayRef<Number> noise,
                           ArrayRef<Number> time) {
  if (noise.size() < 2 || noise.size() > maxLevels)
    return emitError() << "(G1) expected 2 to " << maxLevels
                       << " noise levels, got " << noise.size();
  double limit = process == Process::ve ? 1.0e300 : 1.0;
  for (auto [i, value] : llvm::enumerate(noise)) {
    if (!(value >= 0.0 && value <= limit))
      return emitError() << "(G1) expected noise from 0 to "
                         << formatNumber(limit) << ", got "
                         << formatNumber(value);
    if (i > 0 && !(value < noise[i - 1]))
      return emitError() << "(G1) expected noise to go down, got "
                         << formatNumber(value) << " after "
                         << formatNumber(noise[i - 1]);
  }
  if (!time.empty() && time.size() != noise.size())
    return emitError() << "(G2) expected a time for each of " << noise.size()
                       << " levels, got " << time.size();
  for (double value : time)
    if (!std::isfinite(value))
      return emitError() << "(G2) expected finite times, got "
                         << formatNumber(value);
  return success();
}

Attribute LevelsScheduleAttr::parse(AsmParser &parser, Type) {
  auto loc = parser.getCurrentLocation();
  Process process = Process::ve;
  SmallVector<Number> noise, time;
  if (ParameterParser(parser)
          .add<Process>("process", process, symbolizeProcess, "vp, ve or flow")
          .add("noise", noise)
          .add("time", time)
          .parse())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    process, ArrayRef<Number>(noise), ArrayRef<Number>(time));
}

void LevelsScheduleAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("process", stringifyProcess(getProcess()), "")
      .add("noise", getNoise())
      .add("time", getTime());
}
