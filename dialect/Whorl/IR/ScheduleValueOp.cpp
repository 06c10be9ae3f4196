//===- ScheduleValueOp.cpp - whorl.schedule_value -------------------------===//

#include "Whorl/IR/StepSyntax.h"
#include "Whorl/IR/WhorlDialect.h"

using namespace mlir;
using namespace whorl;

ScheduleAttrInterface ScheduleValueOp::getScheduleInterface() {
  return cast<ScheduleAttrInterface>(getSchedule());
}

static double getQuantityAt(const NoiseLevel &level,
                            ScheduleQuantity quantity) {
  switch (quantity) {
  case ScheduleQuantity::signal:
    return level.signal;
  case ScheduleQuantity::noise:
    return level.noise;
  case ScheduleQuantity::sigma:
    return level.getSigma();
  case ScheduleQuantity::time:
    return level.time;
  }
  llvm_unreachable("every quantity is above");
}

SmallVector<double> ScheduleValueOp::getValues() {
  return llvm::map_to_vector(getScheduleInterface().getTrajectory().levels,
                             [&](const NoiseLevel &level) {
                               return getQuantityAt(level, getQuantity());
                             });
}

LogicalResult ScheduleValueOp::verify() {
  auto schedule = dyn_cast<ScheduleAttrInterface>(getSchedule());
  if (!schedule)
    return emitOpError() << "(C1) expected a noise schedule, such as "
                            "#whorl.ve<...>, got "
                         << getSchedule();
  return verifyStepIndex(*this, "(C2)", getIndex(), getStaticIndex(),
                         schedule.getNumSteps());
}

namespace {
struct FoldConstantIndex : OpRewritePattern<ScheduleValueOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScheduleValueOp op,
                                PatternRewriter &rewriter) const override {
    return foldStepIndex(op, op.getIndexMutable(),
                         op.getScheduleInterface().getNumSteps(), rewriter);
  }
};

struct FoldKnownLevel : OpRewritePattern<ScheduleValueOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScheduleValueOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<int64_t> level = op.getStaticIndex();
    if (!level)
      return failure();
    double value = op.getValues()[*level];
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(
        op, rewriter.getFloatAttr(op.getType(), value));
    return success();
  }
};
} // namespace

void ScheduleValueOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                  MLIRContext *context) {
  patterns.add<FoldConstantIndex, FoldKnownLevel>(context);
}
