//===- StepOp.cpp - whorl.step --------------------------------------------===//

#include "Whorl/IR/DestinationOps.h"
#include "Whorl/IR/StepSyntax.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace whorl;

SamplerAttrInterface StepOp::getSamplerInterface() {
  return cast<SamplerAttrInterface>(getSampler());
}

ScheduleAttrInterface StepOp::getScheduleInterface() {
  return cast<ScheduleAttrInterface>(getSchedule());
}

FloatType StepOp::getComputeType() {
  Type element = cast<ShapedType>(getState().getType()).getElementType();
  return element.isF64() ? cast<FloatType>(element)
                         : Float32Type::get(getContext());
}

SamplerPlan StepOp::getPlan() {
  return getSamplerInterface().getPlan(getScheduleInterface());
}

SmallVector<StepCoefficients> StepOp::getCoefficients() {
  SamplerPlan plan = getPlan();
  SmallVector<StepCoefficients> result;
  auto add = [&](const SamplerCall &call) {
    result.push_back(foldPrediction(call, getPrediction(), hasHook(),
                                    static_cast<bool>(getRenoise())));
  };
  if (std::optional<int64_t> call = getStaticIndex())
    add(plan.calls[*call]);
  else
    llvm::for_each(plan.calls, add);
  return result;
}

//===----------------------------------------------------------------------===//
// Interfaces
//===----------------------------------------------------------------------===//

/// Whether a sampler looks back, as far as its attributes make sense.
static bool looksBack(Attribute samplerAttr, Attribute scheduleAttr) {
  auto sampler = dyn_cast_or_null<SamplerAttrInterface>(samplerAttr);
  auto schedule = dyn_cast_or_null<ScheduleAttrInterface>(scheduleAttr);
  if (!sampler || !schedule)
    return false;
  ScopedDiagnosticHandler silence(schedule.getContext(),
                                  [](Diagnostic &) { return success(); });
  Location loc = UnknownLoc::get(schedule.getContext());
  if (failed(sampler.verifySampler([&] { return emitError(loc); }, schedule)))
    return false;
  return sampler.getPlan(schedule).getHistoryLength() > 0;
}

LogicalResult StepOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                       ValueRange operands, DictionaryAttr,
                                       OpaqueProperties properties, RegionRange,
                                       SmallVectorImpl<Type> &types) {
  if (operands.empty() || !properties)
    return failure();
  Type type = operands.front().getType();
  if (!isa<RankedTensorType>(type))
    return success();
  auto *given = properties.as<Properties *>();
  types.assign(looksBack(given->sampler, given->schedule) ? 2 : 1, type);
  return success();
}

bool StepOp::isCompatibleReturnTypes(TypeRange, TypeRange) {
  return true; // the verifier compares them, and says which number is violated
}

LogicalResult
StepOp::reifyResultShapes(OpBuilder &builder,
                          ReifiedRankedShapedTypeDims &reifiedShapes) {
  if (isBufferized())
    return failure();
  reifiedShapes.assign(getNumResults(),
                       tensor::getMixedSizes(builder, getLoc(), getState()));
  return success();
}

MutableOperandRange StepOp::getDestinationsMutable() {
  return getOutsMutable();
}

SmallVector<SizeRequirement> StepOp::getSizeRequirements(OpBuilder &builder) {
  SizeRequirementBuilder sizes(builder, getLoc());
  auto require = [&](StringRef name, Value value) {
    if (value)
      sizes.requireSizesOf(getState(), value, [&](int64_t) {
        return "state and " + name.str() +
               " of a step must have the same shape";
      });
  };
  require("model output", getModelOutput());
  require("noise", getNoise());
  for (Value value : getHistory())
    require("history", value);
  require("base", getBase());
  require("variance", getVariance());
  require("renoise", getRenoise());
  for (Value value : getOuts())
    require("outs", value);
  if (Value threshold = getThreshold())
    sizes.requireSizesOf(getState(), threshold, [](int64_t) {
      return "threshold of a step must have one number for each sample of the "
             "state";
    });
  return sizes.requirements;
}

void StepOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  getDestinationEffects(cast<DestinationOpInterface>(getOperation()), effects);
}

Speculation::Speculatability StepOp::getSpeculatability() {
  return getStaticSpeculatability(*this);
}

//===----------------------------------------------------------------------===//
// Canonicalization
//===----------------------------------------------------------------------===//

namespace {
/// An index that is a constant within the schedule becomes part of the op. One
/// outside counts as the nearest step, as at run time.
struct FoldConstantIndex : OpRewritePattern<StepOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(StepOp op,
                                PatternRewriter &rewriter) const override {
    auto last = static_cast<int64_t>(op.getPlan().calls.size()) - 1;
    return foldStepIndex(op, op.getIndexMutable(), last, rewriter);
  }
};

/// What a known step does not use is not read.
struct DropUnusedOperands : OpRewritePattern<StepOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(StepOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<StepCoefficients> steps = op.getCoefficients();
    auto isUsed = [&](auto predicate) {
      return llvm::any_of(steps, predicate);
    };
    bool dropNoise = op.getNoise() && !isUsed([](const StepCoefficients &c) {
                       return c.drawsNoise();
                     });
    bool dropBase = op.getBase() && !isUsed([](const StepCoefficients &c) {
                      return c.base != 0.0;
                    });
    bool dropVariance =
        op.getVariance() &&
        !isUsed([](const StepCoefficients &c) { return c.variance != 0.0; });
    size_t kept = op.getHistory().size();
    if (op.getStaticIndex())
      kept = steps.front().history.size();
    size_t dropped = op.getHistory().size() - kept;
    if (!dropNoise && !dropBase && !dropVariance && dropped == 0)
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      if (dropNoise)
        op.getNoiseMutable().clear();
      if (dropBase)
        op.getBaseMutable().clear();
      if (dropVariance)
        op.getVarianceMutable().clear();
      if (dropped != 0)
        op.getHistoryMutable().erase(kept, dropped);
    });
    return success();
  }
};

/// A step to the level that it starts from does nothing.
struct DropIdentityStep : OpRewritePattern<StepOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(StepOp op,
                                PatternRewriter &rewriter) const override {
    if (op.isBufferized() || (op.getKept() && !op.getKept().use_empty()))
      return failure();
    bool isIdentity =
        llvm::all_of(op.getCoefficients(), [](const StepCoefficients &c) {
          return c.state == 1.0 && c.base == 0.0 && c.output == 0.0 &&
                 c.renoised == 0.0 && c.predicted == 0.0 && !c.drawsNoise() &&
                 llvm::all_of(c.history, [](double b) { return b == 0.0; });
        });
    if (!isIdentity)
      return failure();
    // Nothing uses what is kept; any value of the type will do.
    rewriter.replaceOp(op,
                       SmallVector<Value>(op.getNumResults(), op.getState()));
    return success();
  }
};
} // namespace

void StepOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *context) {
  patterns.add<FoldConstantIndex, DropUnusedOperands, DropIdentityStep>(
      context);
}
