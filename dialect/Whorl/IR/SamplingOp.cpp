//===- SamplingOp.cpp - a whole sampling run ------------------------------===//

#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/StepSyntax.h"
#include "Whorl/IR/WhorlDialect.h"

using namespace mlir;
using namespace whorl;

SamplerAttrInterface SamplingOp::getSamplerInterface() {
  return cast<SamplerAttrInterface>(getSampler());
}

ScheduleAttrInterface SamplingOp::getScheduleInterface() {
  return cast<ScheduleAttrInterface>(getSchedule());
}

SamplerPlan SamplingOp::getPlan() {
  return getSamplerInterface().getPlan(getScheduleInterface());
}

bool SamplingOp::drawsNoise() { return getPlan().drawsNoise(); }

Type SamplingOp::getModelType() {
  auto type = cast<RankedTensorType>(getState().getType());
  if (!getBatched())
    return type;
  SmallVector<int64_t> shape(type.getShape());
  if (!ShapedType::isDynamic(shape.front()))
    shape.front() *= 2;
  return type.clone(shape);
}

LogicalResult
SamplingOp::reifyResultShapes(OpBuilder &builder,
                              ReifiedRankedShapedTypeDims &reifiedShapes) {
  reifiedShapes.assign(1, tensor::getMixedSizes(builder, getLoc(), getState()));
  return success();
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

static LogicalResult verifyState(SamplingOp op) {
  auto type = cast<RankedTensorType>(op.getState().getType());
  if (!isSupportedFloat(type.getElementType()) ||
      (op.getGuidance() && type.getRank() == 0))
    return op.emitOpError()
           << "(C1) expected a state of f16, bf16, f32 or f64"
           << (op.getGuidance() ? " and of rank 1 or more, got " : ", got ")
           << type;
  if (op.getType() != type)
    return op.emitOpError() << "(C1) expected a result of the state's type, "
                            << type << ", got " << op.getType();
  return success();
}

static LogicalResult verifyRun(SamplingOp op) {
  auto schedule = dyn_cast<ScheduleAttrInterface>(op.getSchedule());
  if (!schedule)
    return op.emitOpError() << "(C2) expected a noise schedule, such as "
                               "#whorl.ve<...>, got "
                            << op.getSchedule();
  auto sampler = dyn_cast<SamplerAttrInterface>(op.getSampler());
  if (!sampler)
    return op.emitOpError()
           << "(C2) expected a sampler, such as #whorl.euler, got "
           << op.getSampler();
  return sampler.verifySampler([&] { return op.emitOpError() << "(C2) "; },
                               schedule);
}

static LogicalResult verifyPrediction(SamplingOp op, const SamplerPlan &plan) {
  for (auto [i, call] : llvm::enumerate(plan.calls)) {
    StepCoefficients coefficients = foldPrediction(
        call, op.getPrediction(), op.getClamp().has_value(), op.getRenoise());
    if (!coefficients.isFinite())
      return emitUndetermined(op, "C3", op.getPrediction(), "call " + Twine(i),
                              call.level);
  }
  return success();
}

static LogicalResult verifyNoise(SamplingOp op, const SamplerPlan &plan) {
  bool draws = plan.drawsNoise(), hasKey = !op.getKey().empty();
  Value noise = op.getNoise();
  if (draws && hasKey == static_cast<bool>(noise))
    return op.emitOpError()
           << "(C6) expected a key or noise, which this sampler "
              "draws, got "
           << (hasKey ? "both" : "neither");
  if (!draws && (hasKey || noise))
    return op.emitOpError() << "(C6) expected no " << (hasKey ? "key" : "noise")
                            << ", as this sampler draws none";
  if (op.getStream() && !hasKey)
    return op.emitOpError("(C6) expected a key with the stream, got none");
  if (hasKey && !isRandomKey(op.getKey().getTypes()))
    return op.emitOpError("(C6) expected a key of one i64 or two i32");
  if (!noise)
    return success();
  auto state = cast<RankedTensorType>(op.getState().getType());
  SmallVector<int64_t> shape = {static_cast<int64_t>(plan.calls.size())};
  llvm::append_range(shape, state.getShape());
  auto type = cast<RankedTensorType>(noise.getType());
  if (type.getElementType() == state.getElementType() &&
      succeeded(verifyCompatibleShape(type.getShape(), shape)))
    return success();
  return op.emitOpError() << "(C6) expected noise of all calls, "
                          << state.clone(shape) << ", got " << type;
}

static LogicalResult verifyScale(SamplingOp op) {
  Value value = op.getScale();
  std::optional<APFloat> number = op.getStaticScale();
  if (static_cast<bool>(value) == number.has_value())
    return op.emitOpError()
           << "(C7) expected the scale once, as a number or as "
              "a value, got "
           << (value ? "both" : "neither");
  if (number && !number->isFinite())
    return op.emitOpError() << "(C7) expected a finite scale, got "
                            << formatNumber(number->convertToDouble());
  if (!value)
    return success();
  Type type = value.getType();
  bool fits = true;
  if (auto shaped = dyn_cast<RankedTensorType>(type)) {
    auto state = cast<RankedTensorType>(op.getState().getType());
    fits = shaped.getRank() == 1 &&
           areSizesCompatible(shaped.getDimSize(0), state.getDimSize(0));
    type = shaped.getElementType();
  }
  if (fits && (type.isF32() || type.isF64()))
    return success();
  return op.emitOpError() << "(C7) expected the scale to be a scalar, or one "
                             "for each sample of "
                          << op.getState().getType() << ", got "
                          << value.getType();
}

static LogicalResult verifyGuidance(SamplingOp op) {
  std::optional<Attribute> guidance = op.getGuidance();
  if (guidance) {
    if (!isa<GuidanceAttrInterface>(*guidance))
      return op.emitOpError() << "(C7) expected a guidance rule, such as "
                                 "#whorl.cfg, got "
                              << *guidance;
    return verifyScale(op);
  }
  if (op.getScale() || op.getStaticScale() || op.getBatched() ||
      op.getRenoise())
    return op.emitOpError(
        "(C7) expected guidance with scale, batched or renoise, got none");
  return success();
}

LogicalResult SamplingOp::verify() {
  if (failed(verifyState(*this)) || failed(verifyRun(*this)) ||
      failed(verifyGuidance(*this)) ||
      failed(verifyClamp(*this, "C8", getClamp())))
    return failure();
  SamplerPlan plan = getPlan();
  return success(succeeded(verifyPrediction(*this, plan)) &&
                 succeeded(verifyNoise(*this, plan)));
}

LogicalResult SamplingOp::verifyRegions() {
  Type model = getModelType();
  TypeRange arguments = getModel().getArgumentTypes();
  bool fits = (arguments.size() == 2 || arguments.size() == 3) &&
              arguments[0] == model &&
              (arguments[1].isF32() || arguments[1].isF64()) &&
              (arguments.size() == 2 || arguments[2].isIndex());
  if (!fits)
    return emitOpError() << "(C4) expected a model of " << model
                         << ", an f32 or f64 and perhaps an index, got "
                         << arguments;
  auto yield = dyn_cast<YieldOp>(getModel().front().getTerminator());
  unsigned wanted = getNumPredictions() + getPlan().usesVariance();
  if (!yield || yield.getNumOperands() != wanted)
    return emitOpError() << "(C5) expected the model to yield " << wanted
                         << (wanted == 1 ? " tensor, got " : " tensors, got ")
                         << (yield ? yield.getNumOperands() : 0);
  auto expected = cast<RankedTensorType>(model);
  for (Type given : yield.getOperandTypes()) {
    auto type = dyn_cast<RankedTensorType>(given);
    if (!type || type.getElementType() != expected.getElementType() ||
        failed(verifyCompatibleShape(type, expected)))
      return emitOpError() << "(C5) expected the model to yield " << model
                           << ", got " << given;
  }
  return success();
}
