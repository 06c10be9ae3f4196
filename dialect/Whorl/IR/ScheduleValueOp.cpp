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

/// The levels of the run, or of the sampler's calls.
static SmallVector<NoiseLevel> getLevels(ScheduleValueOp op) {
  ScheduleAttrInterface schedule = op.getScheduleInterface();
  std::optional<Attribute> sampler = op.getSampler();
  if (!sampler)
    return schedule.getTrajectory().levels;
  SamplerPlan plan = cast<SamplerAttrInterface>(*sampler).getPlan(schedule);
  SmallVector<NoiseLevel> levels = llvm::map_to_vector(
      plan.calls, [](const SamplerCall &call) { return call.level; });
  levels.push_back(plan.end);
  return levels;
}

SmallVector<double> ScheduleValueOp::getValues() {
  return llvm::map_to_vector(getLevels(*this), [&](const NoiseLevel &level) {
    return getQuantityAt(level, getQuantity());
  });
}

LogicalResult ScheduleValueOp::verify() {
  auto schedule = dyn_cast<ScheduleAttrInterface>(getSchedule());
  if (!schedule)
    return emitOpError() << "(C1) expected a noise schedule, such as "
                            "#whorl.ve<...>, got "
                         << getSchedule();
  if (std::optional<Attribute> attribute = getSampler()) {
    auto sampler = dyn_cast<SamplerAttrInterface>(*attribute);
    if (!sampler)
      return emitOpError()
             << "(C3) expected a sampler, such as #whorl.heun, got "
             << *attribute;
    if (failed(sampler.verifySampler([&] { return emitOpError() << "(C3) "; },
                                     schedule)))
      return failure();
  }
  return verifyStepIndex(*this, "(C2)", getIndex(), getStaticIndex(),
                         static_cast<int64_t>(getLevels(*this).size()) - 1);
}

namespace {
struct FoldConstantIndex : OpRewritePattern<ScheduleValueOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScheduleValueOp op,
                                PatternRewriter &rewriter) const override {
    auto last = static_cast<int64_t>(getLevels(op).size()) - 1;
    return foldStepIndex(op, op.getIndexMutable(), last, rewriter);
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
