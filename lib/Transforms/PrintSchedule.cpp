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

/// A row for each call: the level, then what becomes of the model's output.
static void printRun(raw_ostream &os, StepOp op) {
  SamplerPlan plan = op.getPlan();
  os << "// " << op.getSampler() << " on " << op.getSchedule()
     << ", predicting " << stringifyPrediction(op.getPrediction()) << "\n";
  os << "//  call          time        signal         noise         sigma"
        "             x             m";
  unsigned length = plan.getHistoryLength();
  for (unsigned k = 0; k < length; ++k)
    os << llvm::format("            p%u", k + 1);
  os << "             z\n";
  for (auto [i, call] : llvm::enumerate(plan.calls)) {
    StepCoefficients c = foldPrediction(call, op.getPrediction(), op.hasHook());
    os << llvm::format("// %5u", static_cast<unsigned>(i));
    for (double value : {call.level.time, call.level.signal, call.level.noise,
                         call.level.getSigma(), c.state + c.base,
                         op.hasHook() ? c.predicted : c.output})
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
    using Run = std::tuple<Attribute, Attribute, Prediction, bool>;
    SmallVector<Run> seenRuns;
    SmallVector<Attribute> seenSchedules;
    getOperation()->walk([&](Operation *op) {
      if (auto step = dyn_cast<StepOp>(op)) {
        Run run = {step.getSampler(), step.getSchedule(), step.getPrediction(),
                   step.hasHook()};
        seenSchedules.push_back(step.getSchedule());
        if (llvm::is_contained(seenRuns, run))
          return;
        seenRuns.push_back(run);
        printRun(llvm::outs(), step);
      }
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
