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

static StepCoefficients
computeCoefficients(StepOp op, const NoiseTrajectory &run, int64_t step) {
  return foldPrediction(
      op.getSamplerInterface().getStepTerms(run, step),
      getPredictionTerms(op.getPrediction(), run.levels[step]));
}

SmallVector<StepCoefficients> StepOp::getCoefficients() {
  NoiseTrajectory run = getScheduleInterface().getTrajectory();
  SmallVector<StepCoefficients> result;
  if (std::optional<int64_t> step = getStaticIndex()) {
    result.push_back(computeCoefficients(*this, run, *step));
    return result;
  }
  for (int64_t i = 0, e = run.targets.size(); i < e; ++i)
    result.push_back(computeCoefficients(*this, run, i));
  return result;
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

static LogicalResult verifyShapes(StepOp op) {
  auto state = cast<ShapedType>(op.getState().getType());
  Type element = state.getElementType();
  if (!element.isF16() && !element.isBF16() && !element.isF32() &&
      !element.isF64())
    return op.emitOpError()
           << "(C1) expected the element type f16, bf16, f32 or f64, got "
           << element;
  auto verifyOne = [&](StringRef name, Value value) -> LogicalResult {
    if (!value)
      return success();
    auto type = cast<ShapedType>(value.getType());
    if (type.getElementType() == element &&
        succeeded(verifyCompatibleShape(type, state)))
      return success();
    return op.emitOpError() << "(C2) expected " << name
                            << " to have the shape and element type of the "
                               "state, "
                            << state << ", got " << type;
  };
  return success(
      succeeded(verifyOne("the model output", op.getModelOutput())) &&
      succeeded(verifyOne("noise", op.getNoise())) &&
      succeeded(verifyOne("outs", op.getOuts())) &&
      succeeded(verifyOne("the result", op.getResult())));
}

static LogicalResult verifyForm(StepOp op) {
  bool isBufferized = op.isBufferized();
  for (Value value : {op.getModelOutput(), op.getNoise(), op.getOuts()})
    if (value && isa<MemRefType>(value.getType()) != isBufferized)
      return op.emitOpError()
             << "(C8) expected all tensors or all memrefs, got "
             << op.getState().getType() << " and " << value.getType();
  if (isBufferized && !op.getOuts())
    return op.emitOpError("(C8) expected outs to hold the result on memrefs, "
                          "got none");
  if (isBufferized != !op.getResult())
    return op.emitOpError()
           << "(C8) expected "
           << (isBufferized ? "no result on memrefs" : "one result on tensors")
           << ", got " << op->getNumResults();
  return success();
}

static LogicalResult verifyCoefficients(StepOp op) {
  for (auto [i, coefficients] : llvm::enumerate(op.getCoefficients())) {
    if (coefficients.isFinite())
      continue;
    int64_t step = op.getStaticIndex().value_or(i);
    NoiseLevel level = op.getScheduleInterface().getTrajectory().levels[step];
    return op.emitOpError()
           << "(C6) " << stringifyPrediction(op.getPrediction())
           << " does not determine step " << step
           << ", which starts from x = " << formatNumber(level.signal)
           << " x0 + " << formatNumber(level.noise)
           << " eps; predict v, or leave that level out of the schedule";
  }
  return success();
}

static bool drawsNoise(ArrayRef<StepCoefficients> coefficients) {
  return llvm::any_of(coefficients,
                      [](const auto &c) { return c.noise != 0.0; });
}

static LogicalResult verifyNoise(StepOp op) {
  NoiseTrajectory run = op.getScheduleInterface().getTrajectory();
  bool mayDraw = drawsNoise(op.getCoefficients());
  if (mayDraw && !op.getNoise())
    return op.emitOpError()
           << "(C7) expected noise(%z : " << op.getState().getType()
           << "), which this sampler draws, got none";
  if (mayDraw || !op.getNoise())
    return success();
  for (int64_t i = 0, e = run.targets.size(); i < e; ++i)
    if (op.getSamplerInterface().getStepTerms(run, i).noise != 0.0)
      return success();
  return op.emitOpError("(C7) expected no noise, as this sampler draws none; "
                        "remove the noise clause");
}

LogicalResult StepOp::verify() {
  if (failed(verifyShapes(*this)) || failed(verifyForm(*this)))
    return failure();
  auto schedule = dyn_cast<ScheduleAttrInterface>(getSchedule());
  if (!schedule)
    return emitOpError() << "(C3) expected a noise schedule, such as "
                            "#whorl.ve<...>, got "
                         << getSchedule();
  auto sampler = dyn_cast<SamplerAttrInterface>(getSampler());
  if (!sampler)
    return emitOpError()
           << "(C4) expected a sampler, such as #whorl.euler, got "
           << getSampler();
  if (failed(sampler.verifySampler([&] { return emitOpError() << "(C4) "; },
                                   schedule)))
    return failure();
  if (failed(verifyStepIndex(*this, "(C5)", getIndex(), getStaticIndex(),
                             schedule.getNumSteps() - 1)))
    return failure();
  if (failed(verifyCoefficients(*this)))
    return failure();
  return verifyNoise(*this);
}

//===----------------------------------------------------------------------===//
// Interfaces
//===----------------------------------------------------------------------===//

LogicalResult StepOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                       ValueRange operands, DictionaryAttr,
                                       OpaqueProperties, RegionRange,
                                       SmallVectorImpl<Type> &types) {
  if (operands.empty())
    return failure();
  if (isa<RankedTensorType>(operands.front().getType()))
    types.push_back(operands.front().getType());
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
  reifiedShapes.push_back(tensor::getMixedSizes(builder, getLoc(), getState()));
  return success();
}

MutableOperandRange StepOp::getDestinationsMutable() {
  return getOutsMutable();
}

SmallVector<SizeRequirement> StepOp::getSizeRequirements(OpBuilder &builder) {
  SmallVector<SizeRequirement> requirements;
  auto getDim = [&](Value value, unsigned i) -> OpFoldResult {
    if (isBufferized())
      return memref::getMixedSize(builder, getLoc(), value, i);
    return tensor::getMixedSize(builder, getLoc(), value, i);
  };
  auto require = [&](StringRef name, Value value) {
    if (!value)
      return;
    auto state = cast<ShapedType>(getState().getType());
    auto type = cast<ShapedType>(value.getType());
    for (int64_t i = 0; i < state.getRank(); ++i)
      if (state.isDynamicDim(i) || type.isDynamicDim(i))
        requirements.push_back({getDim(getState(), i), getDim(value, i),
                                "state and " + name.str() +
                                    " of a step must have the same shape"});
  };
  require("model output", getModelOutput());
  require("noise", getNoise());
  require("outs", getOuts());
  return requirements;
}

void StepOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  getDestinationEffects(cast<DestinationOpInterface>(getOperation()), effects);
}

Speculation::Speculatability StepOp::getSpeculatability() {
  // Sizes that must agree at run time are checked where the op stands.
  auto state = cast<ShapedType>(getState().getType());
  bool isStatic = !isBufferized() && state.hasStaticShape();
  for (Value value : {getModelOutput(), getNoise(), getOuts()})
    isStatic &= !value || cast<ShapedType>(value.getType()).hasStaticShape();
  return isStatic ? Speculation::Speculatable : Speculation::NotSpeculatable;
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
    return foldStepIndex(op, op.getIndexMutable(),
                         op.getScheduleInterface().getNumSteps() - 1, rewriter);
  }
};

/// Noise that a known step does not draw is not read.
struct DropUnusedNoise : OpRewritePattern<StepOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(StepOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getNoise() || drawsNoise(op.getCoefficients()))
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.getNoiseMutable().clear(); });
    return success();
  }
};

/// A step to the level that it starts from does nothing.
struct DropIdentityStep : OpRewritePattern<StepOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(StepOp op,
                                PatternRewriter &rewriter) const override {
    if (op.isBufferized())
      return failure();
    bool isIdentity = llvm::all_of(op.getCoefficients(), [](const auto &c) {
      return c.state == 1.0 && c.outputs.front() == 0.0 && c.noise == 0.0;
    });
    if (!isIdentity)
      return failure();
    rewriter.replaceOp(op, op.getState());
    return success();
  }
};
} // namespace

void StepOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *context) {
  patterns.add<FoldConstantIndex, DropUnusedNoise, DropIdentityStep>(context);
}
