//===- PlanSchedules.cpp - a schedule for each op -------------------------===//
#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Transforms/Passes.h"
#include "Whorl/Transforms/ScheduleFile.h"
#include "Whorl/Transforms/Schedules.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLPLAN
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

using namespace whorl;

namespace {
struct PlanPass : whorl::impl::WhorlPlanBase<PlanPass> {
  using Base::Base;

  void runOnOperation() override {
    target = getOperation()->getAttrOfType<CPUTargetAttr>("whorl.target");
    if (!target) {
      getOperation()->emitError("expected a target; run whorl-set-target, or "
                                "set whorl.target = #whorl.cpu_target<...>");
      return signalPassFailure();
    }
    file = ScheduleFile();
    elsewhere = nullptr;
    if (!schedules.empty()) {
      llvm::Expected<ScheduleFile> read =
          ScheduleFile::read(schedules, &getContext());
      if (!read) {
        emitError(UnknownLoc::get(&getContext()))
            << llvm::toString(read.takeError());
        return signalPassFailure();
      }
      file = std::move(*read);
    }
    WalkResult result = getOperation()->walk(
        [&](AttentionOp op) { return WalkResult(plan(op)); });
    if (result.wasInterrupted())
      return signalPassFailure();
    if (elsewhere)
      emitRemark(file.getLoc(*elsewhere))
          << "not applied: measured for " << elsewhere->target
          << ", but the code is for " << target
          << "; measure here with whorl-bench --tune";
  }

private:
  /// What a person wrote stays; what was measured goes before what is guessed.
  LogicalResult plan(AttentionOp op) {
    if (op.getScheduleAttr())
      return success();
    DictionaryAttr attention = describeAttention(op);
    const ScheduleEntry *entry = file.find(attention, target, threads);
    if (!entry) {
      if (!elsewhere)
        elsewhere = file.findAnyTarget(attention);
      op.setScheduleAttr(addFewQueries(op, target, chooseSchedule(op, target)));
      return success();
    }
    if (auto reason = explainMisfit(op, entry->schedule)) {
      InFlightDiagnostic error = emitError(file.getLoc(*entry));
      error << "has a schedule with " << *reason
            << "; remove the line, or measure again with whorl-bench --tune";
      error.attachNote(op.getLoc()) << "for this attention";
      return failure();
    }
    op.setScheduleAttr(addFewQueries(op, target, entry->schedule));
    return success();
  }

  CPUTargetAttr target;
  ScheduleFile file;
  const ScheduleEntry *elsewhere = nullptr; ///< measured on another target
};
} // namespace
