//===- PrintSchedule.cpp - the numbers of a run, as a table ---------------===//

#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Transforms/Passes.h"
#include "llvm/Support/Format.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLPRINTSCHEDULE
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

using namespace whorl;

static void printNumber(raw_ostream &os, double value) {
  os << llvm::format(" %13.6g", value);
}

namespace {
/// What the numbers of a run depend on: of a `whorl.step` or a `whorl.sample`.
struct Run {
  Attribute sampler, schedule;
  Prediction prediction;
  bool hasHook, renoises;

  template <typename Op> static Run of(Op op, bool hasHook) {
    return {op.getSampler(), op.getSchedule(), op.getPrediction(), hasHook,
            static_cast<bool>(op.getRenoise())};
  }
  bool operator==(const Run &other) const {
    return sampler == other.sampler && schedule == other.schedule &&
           prediction == other.prediction && hasHook == other.hasHook &&
           renoises == other.renoises;
  }
};
} // namespace

/// A row for each call: the level, then what becomes of the model's output.
static void printRun(raw_ostream &os, const Run &run) {
  SamplerPlan plan = cast<SamplerAttrInterface>(run.sampler)
                         .getPlan(cast<ScheduleAttrInterface>(run.schedule));
  os << "// " << run.sampler << " on " << run.schedule << ", predicting "
     << stringifyPrediction(run.prediction) << "\n";
  os << "//  call          time        signal         noise         sigma"
        "             x             m";
  unsigned length = plan.getHistoryLength();
  for (unsigned k = 0; k < length; ++k)
    os << llvm::format("            p%u", k + 1);
  os << "             z\n";
  for (auto [i, call] : llvm::enumerate(plan.calls)) {
    StepCoefficients c =
        foldPrediction(call, run.prediction, run.hasHook, run.renoises);
    os << llvm::format("// %5u", static_cast<unsigned>(i));
    for (double value : {call.level.time, call.level.signal, call.level.noise,
                         call.level.getSigma(), c.state + c.base,
                         (run.hasHook ? c.predicted : c.output) + c.renoised})
      printNumber(os, value);
    for (unsigned k = 0; k < length; ++k)
      printNumber(os, k < c.history.size() ? c.history[k] : 0.0);
    printNumber(os, c.noise + c.inputNoise);
    os << "\n";
  }
  os << llvm::format("// %5u", static_cast<unsigned>(plan.calls.size()));
  for (double value :
       {plan.end.time, plan.end.signal, plan.end.noise, plan.end.getSigma()})
    printNumber(os, value);
  os << "\n";
}

/// The levels alone.
static void printLevels(raw_ostream &os, ScheduleAttrInterface schedule) {
  os << "// " << schedule << "\n"
     << "// level          time        signal         noise         sigma\n";
  for (auto [i, level] : llvm::enumerate(schedule.getTrajectory().levels)) {
    os << llvm::format("// %5u", static_cast<unsigned>(i));
    for (double value :
         {level.time, level.signal, level.noise, level.getSigma()})
      printNumber(os, value);
    os << "\n";
  }
}

namespace {
struct PrintSchedulePass
    : whorl::impl::WhorlPrintScheduleBase<PrintSchedulePass> {
  void runOnOperation() override {
    SmallVector<Run> seenRuns;
    SmallVector<Attribute> seenSchedules;
    getOperation()->walk([&](Operation *op) {
      std::optional<Run> run;
      if (auto step = dyn_cast<StepOp>(op))
        run = Run::of(step, step.hasHook());
      else if (auto sampling = dyn_cast<SamplingOp>(op))
        run = Run::of(sampling, sampling.getClamp().has_value());
      if (!run)
        return;
      seenSchedules.push_back(run->schedule);
      if (llvm::is_contained(seenRuns, *run))
        return;
      seenRuns.push_back(*run);
      printRun(llvm::outs(), *run);
    });
    getOperation()->walk([&](ScheduleValueOp op) {
      if (llvm::is_contained(seenSchedules, op.getSchedule()))
        return;
      seenSchedules.push_back(op.getSchedule());
      printLevels(llvm::outs(), op.getScheduleInterface());
    });
    markAllAnalysesPreserved();
  }
};
} // namespace
