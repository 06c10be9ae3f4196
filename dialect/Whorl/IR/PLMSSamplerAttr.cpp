//===- PLMSSamplerAttr.cpp - pseudo linear multistep methods --------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/SamplerPlanner.h"

using namespace mlir;
using namespace whorl;

namespace {
/// One call's part in the noise of a transfer.
struct Weight {
  int64_t call;
  double factor;
};
} // namespace

/// The DDIM step from level to level with noise sum factor p_call.
static Combination getTransfer(const NoiseLevel &from, const NoiseLevel &to,
                               ArrayRef<Weight> weights) {
  Combination next;
  next.base = to.signal / from.signal;
  double factor = to.noise - next.base * from.noise;
  for (Weight weight : weights)
    next.add(weight.call, weight.factor * factor);
  return next;
}

/// Adams and Bashforth's weights of the newest calls of `slopes`, up to four.
static SmallVector<Weight> getMultistep(ArrayRef<int64_t> slopes) {
  static const SmallVector<double> tables[] = {
      {1.0},
      {3.0 / 2, -1.0 / 2},
      {23.0 / 12, -16.0 / 12, 5.0 / 12},
      {55.0 / 24, -59.0 / 24, 37.0 / 24, -9.0 / 24}};
  size_t order = std::min<size_t>(slopes.size(), 4);
  SmallVector<Weight> weights;
  for (size_t k = 0; k < order; ++k)
    weights.push_back({slopes[slopes.size() - 1 - k], tables[order - 1][k]});
  return weights;
}

/// The first interval in two calls.
static void addAverageStart(SamplerPlanner &planner, const NoiseLevel &from,
                            const NoiseLevel &to, const NoiseLevel &next,
                            SmallVectorImpl<int64_t> &slopes) {
  planner.beginStep();
  planner.addCall(from, keepEpsilon, getTransfer(from, to, Weight{0, 1.0}));
  planner.addCall(next, keepEpsilon,
                  getTransfer(from, to, {{0, 0.5}, {1, 0.5}}));
  slopes.push_back(0);
}

/// An interval in four calls of Runge and Kutta's method.
static void addRungeKutta(SamplerPlanner &planner, const NoiseLevel &from,
                          const NoiseLevel &first, const NoiseLevel &second,
                          const NoiseLevel &to,
                          SmallVectorImpl<int64_t> &slopes) {
  int64_t c = planner.getNextCall();
  planner.beginStep();
  planner.addCall(from, keepEpsilon, getTransfer(from, first, Weight{c, 1.0}));
  planner.addCall(first, keepEpsilon,
                  getTransfer(from, second, Weight{c + 1, 1.0}));
  planner.addCall(second, keepEpsilon,
                  getTransfer(from, to, Weight{c + 2, 1.0}));
  planner.addCall(to, keepEpsilon,
                  getTransfer(from, to,
                              {{c, 1.0 / 6},
                               {c + 1, 1.0 / 3},
                               {c + 2, 1.0 / 3},
                               {c + 3, 1.0 / 6}}));
  slopes.push_back(c);
}

SamplerPlan PLMSSamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  NoiseTrajectory run = schedule.getTrajectory();
  auto steps = static_cast<int64_t>(run.targets.size());
  SamplerPlanner planner;
  SmallVector<int64_t> slopes;
  for (int64_t i = 0; i < steps; ++i) {
    const NoiseLevel &from = run.levels[i], &to = run.targets[i];
    if (getStart() == PLMSStart::average && i == 0 && steps > 1) {
      addAverageStart(planner, from, to, run.levels[1], slopes);
      continue;
    }
    if (getStart() == PLMSStart::runge_kutta && i < 3) {
      // Half-way from either end; the model is told the lower one, as by the
      // oracle.
      int64_t half = schedule.getNumTrainingLevels() / steps / 2;
      NoiseLevel first = schedule.getLevelAtTrainingTime(
          static_cast<int64_t>(from.time) - half);
      NoiseLevel second =
          schedule.getLevelAtTrainingTime(static_cast<int64_t>(to.time) + half);
      first.time = second.time;
      addRungeKutta(planner, from, first, second, to, slopes);
      continue;
    }
    planner.beginStep();
    slopes.push_back(planner.getNextCall());
    planner.addCall(from, keepEpsilon,
                    getTransfer(from, to, getMultistep(slopes)));
  }
  return planner.finish(run.levels.back());
}

LogicalResult
PLMSSamplerAttr::verifySampler(function_ref<InFlightDiagnostic()> emitError,
                               ScheduleAttrInterface schedule) const {
  if (getStart() == PLMSStart::average)
    return success();
  int64_t levels = schedule.getNumTrainingLevels();
  int64_t steps = schedule.getNumSteps();
  if (levels != 0 && steps >= 4) {
    int64_t half = levels / steps / 2;
    NoiseTrajectory run = schedule.getTrajectory();
    if (llvm::all_of(ArrayRef<NoiseLevel>(run.levels).take_front(3),
                     [&](const NoiseLevel &level) {
                       auto t = static_cast<int64_t>(level.time);
                       return t >= half && static_cast<double>(t) == level.time;
                     }))
      return success();
  }
  return emitError() << "expected for start = runge_kutta a schedule that "
                        "visits whole training levels in at least four steps, "
                        "such as #whorl.vp, got "
                     << schedule;
}

Attribute PLMSSamplerAttr::parse(AsmParser &parser, Type) {
  PLMSStart start = PLMSStart::average;
  if (ParameterParser(parser)
          .add<PLMSStart>("start", start, symbolizePLMSStart,
                          "(N1) average or runge_kutta")
          .parse())
    return {};
  return get(parser.getContext(), start);
}

void PLMSSamplerAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("start", stringifyPLMSStart(getStart()),
                                "average");
}
