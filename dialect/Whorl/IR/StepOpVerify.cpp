//===- StepOpVerify.cpp - the constraints of whorl.step -------------------===//

#include "Whorl/IR/StepSyntax.h"
#include "Whorl/IR/WhorlDialect.h"

using namespace mlir;
using namespace whorl;

static LogicalResult verifyShapes(StepOp op) {
  auto state = cast<ShapedType>(op.getState().getType());
  Type element = state.getElementType();
  if (!element.isF16() && !element.isBF16() && !element.isF32() &&
      !element.isF64())
    return op.emitOpError()
           << "(C1) expected the element type f16, bf16, f32 or f64, got "
           << element;
  auto verifyAll = [&](StringRef name, ValueRange values) -> LogicalResult {
    for (Value value : values) {
      auto type = cast<ShapedType>(value.getType());
      if (type.getElementType() == element &&
          succeeded(verifyCompatibleShape(type, state)))
        continue;
      return op.emitOpError() << "(C2) expected " << name
                              << " to have the shape and element type of the "
                                 "state, "
                              << state << ", got " << type;
    }
    return success();
  };
  auto verifyOne = [&](StringRef name, Value value) {
    return verifyAll(name, value ? ValueRange(value) : ValueRange());
  };
  return success(
      succeeded(verifyOne("the model output", op.getModelOutput())) &&
      succeeded(verifyOne("noise", op.getNoise())) &&
      succeeded(verifyAll("history", op.getHistory())) &&
      succeeded(verifyOne("base", op.getBase())) &&
      succeeded(verifyOne("variance", op.getVariance())) &&
      succeeded(verifyOne("renoise", op.getRenoise())) &&
      succeeded(verifyAll("outs", op.getOuts())) &&
      succeeded(verifyAll("the results", op.getResults())));
}

static LogicalResult verifyForm(StepOp op, unsigned numResults) {
  bool isBufferized = op.isBufferized();
  for (Value value : op->getOperands())
    if (isa<ShapedType>(value.getType()) &&
        isa<MemRefType>(value.getType()) != isBufferized)
      return op.emitOpError()
             << "(C8) expected all tensors or all memrefs, got "
             << op.getState().getType() << " and " << value.getType();
  if (isBufferized && op.getOuts().size() != numResults)
    return op.emitOpError() << "(C8) expected outs to hold the results on "
                               "memrefs, of which there are "
                            << numResults << ", got " << op.getOuts().size();
  if (!op.getOuts().empty() && op.getOuts().size() != numResults)
    return op.emitOpError() << "(C8) expected as many outs as results, "
                            << numResults << ", got " << op.getOuts().size();
  unsigned expected = isBufferized ? 0 : numResults;
  if (op.getNumResults() != expected)
    return op.emitOpError()
           << "(C8) expected " << expected
           << (isBufferized ? " results on memrefs" : " results on tensors")
           << ", got " << op.getNumResults();
  return success();
}

static LogicalResult verifyHook(StepOp op) {
  if (failed(verifyClamp(op, "C11", op.getClamp())))
    return failure();
  if (op.getClamp() && op.getThreshold())
    return op.emitOpError("(C11) expected clamp or threshold, got both");
  if (!op.getThreshold())
    return success();
  auto state = cast<ShapedType>(op.getState().getType());
  auto type = cast<ShapedType>(op.getThreshold().getType());
  if (state.getRank() > 0 && type.getRank() == 1 &&
      type.getElementType() == op.getComputeType() &&
      succeeded(verifyCompatibleShape(type.getShape(),
                                      state.getShape().take_front())))
    return success();
  return op.emitOpError() << "(C11) expected threshold to hold one "
                          << op.getComputeType()
                          << " for each sample of the state, " << state
                          << ", got " << type;
}

static LogicalResult verifyCoefficients(StepOp op, const SamplerPlan &plan,
                                        ArrayRef<StepCoefficients> steps) {
  for (auto [i, coefficients] : llvm::enumerate(steps)) {
    if (coefficients.isFinite())
      continue;
    int64_t call = op.getStaticIndex().value_or(i);
    return emitUndetermined(op, "C6", op.getPrediction(), "step " + Twine(call),
                            plan.calls[call].level);
  }
  return success();
}

static LogicalResult verifyNoise(StepOp op, const SamplerPlan &plan,
                                 ArrayRef<StepCoefficients> steps) {
  bool mayDraw =
      llvm::any_of(steps, [](const auto &c) { return c.drawsNoise(); });
  if (mayDraw && !op.getNoise())
    return op.emitOpError()
           << "(C7) expected noise(%z : " << op.getState().getType()
           << "), which this sampler draws, got none";
  if (mayDraw || !op.getNoise() || plan.drawsNoise())
    return success();
  return op.emitOpError("(C7) expected no noise, as this sampler draws none; "
                        "remove the noise clause");
}

static LogicalResult verifyHistory(StepOp op, const SamplerPlan &plan,
                                   ArrayRef<StepCoefficients> steps) {
  size_t most = plan.getHistoryLength(), least = most;
  if (op.getStaticIndex())
    least = steps.front().history.size();
  size_t given = op.getHistory().size();
  if (given >= least && given <= most)
    return success();
  InFlightDiagnostic diagnostic = op.emitOpError() << "(C9) expected " << least;
  if (least != most)
    diagnostic << " to " << most;
  return diagnostic << " histories, which the sampler looks back, got "
                    << given;
}

static LogicalResult verifyExtra(StepOp op, StringRef name, Value value,
                                 bool isRead, bool isEverRead) {
  if (isRead && !value)
    return op.emitOpError() << "(C10) expected " << name
                            << ", which this sampler reads, got none";
  if (value && !isEverRead)
    return op.emitOpError()
           << "(C10) expected no " << name
           << ", as this sampler reads none; remove the " << name << " clause";
  return success();
}

static LogicalResult verifyExtras(StepOp op, const SamplerPlan &plan,
                                  ArrayRef<StepCoefficients> steps) {
  bool readsBase =
      llvm::any_of(steps, [](const auto &c) { return c.base != 0.0; });
  bool readsVariance =
      llvm::any_of(steps, [](const auto &c) { return c.variance != 0.0; });
  return success(succeeded(verifyExtra(op, "base", op.getBase(), readsBase,
                                       plan.usesBase())) &&
                 succeeded(verifyExtra(op, "variance", op.getVariance(),
                                       readsVariance, plan.usesVariance())));
}

LogicalResult StepOp::verify() {
  if (failed(verifyShapes(*this)))
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
  SamplerPlan plan = getPlan();
  if (failed(verifyStepIndex(*this, "(C5)", getIndex(), getStaticIndex(),
                             static_cast<int64_t>(plan.calls.size()) - 1)) ||
      failed(verifyHook(*this)))
    return failure();
  SmallVector<StepCoefficients> steps = getCoefficients();
  unsigned numResults = plan.getHistoryLength() > 0 ? 2 : 1;
  if (failed(verifyForm(*this, numResults)) ||
      failed(verifyCoefficients(*this, plan, steps)) ||
      failed(verifyNoise(*this, plan, steps)) ||
      failed(verifyHistory(*this, plan, steps)))
    return failure();
  return verifyExtras(*this, plan, steps);
}
