//===- UnmaskOp.cpp - whorl.unmask ----------------------------------------===//

#include "Whorl/IR/DestinationOps.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace whorl;

UnmaskPolicyAttrInterface UnmaskOp::getPolicyInterface() {
  return cast<UnmaskPolicyAttrInterface>(getPolicy());
}

FloatType UnmaskOp::getComputeType() {
  Type element = cast<ShapedType>(getScores().getType()).getElementType();
  return element.isF64() ? cast<FloatType>(element)
                         : Float32Type::get(getContext());
}

static LogicalResult verifyTokens(UnmaskOp op) {
  ShapedType tokens = op.getTokensType();
  if (tokens.getRank() < 1 || !isTokenType(tokens.getElementType()))
    return op.emitOpError() << "(C1) expected tokens of one dimension or more "
                               "and i32 or i64, got "
                            << tokens;
  for (Value value : {Value(op.getCandidates()), Value(op.getResult()),
                      Value(op.getOuts())}) {
    if (!value)
      continue;
    auto type = cast<ShapedType>(value.getType());
    if (type.getElementType() != tokens.getElementType() ||
        failed(verifyCompatibleShape(type, tokens)))
      return op.emitOpError() << "(C1) expected candidates and result like the "
                                 "tokens, "
                              << tokens << ", got " << type;
  }
  auto scores = cast<ShapedType>(op.getScores().getType());
  if (!isSupportedFloat(scores.getElementType()) ||
      failed(verifyCompatibleShape(scores, tokens)))
    return op.emitOpError()
           << "(C2) expected scores to have the shape of the "
              "tokens, "
           << ShapeText{tokens.getShape()}
           << ", and elements f16, bf16, f32 or f64, got " << scores;
  return success();
}

static LogicalResult verifyCounts(UnmaskOp op) {
  auto policy = dyn_cast<UnmaskPolicyAttrInterface>(op.getPolicy());
  if (!policy)
    return op.emitOpError() << "(C3) expected an unmasking policy, such as "
                               "#whorl.best, got "
                            << op.getPolicy();
  if (!op.getCounts()) {
    if (policy.readsCount())
      return op.emitOpError() << "(C4) expected counts(%k : type), which "
                              << op.getPolicy() << " asks for, got none";
    return success();
  }
  auto counts = cast<ShapedType>(op.getCounts().getType());
  bool isSingle = counts.hasStaticShape() && counts.getNumElements() == 1;
  ArrayRef<int64_t> rows = op.getTokensType().getShape().drop_back();
  if (isTokenType(counts.getElementType()) &&
      (isSingle || succeeded(verifyCompatibleShape(counts.getShape(), rows))))
    return success();
  return op.emitOpError() << "(C4) expected counts of i32 or i64 and the shape "
                          << ShapeText{rows} << ", or a single one, got "
                          << counts;
}

LogicalResult UnmaskOp::verify() {
  bool isMemRef = isBufferized();
  for (Value value : getOperands())
    if (isa<ShapedType>(value.getType()) &&
        isa<MemRefType>(value.getType()) != isMemRef)
      return emitOpError() << "(C6) expected all tensors or all memrefs, got "
                           << getTokens().getType() << " and "
                           << value.getType();
  if (failed(verifyTokens(*this)) || failed(verifyCounts(*this)))
    return failure();
  if (static_cast<int64_t>(getMaskToken()) < 0)
    return emitOpError() << "(C5) expected mask_token not to be negative, got "
                         << static_cast<int64_t>(getMaskToken());
  if (isMemRef ? !getOuts() || getResult() : !getResult())
    return emitOpError("(C6) expected a result on tensors, outs and no result "
                       "on memrefs");
  return success();
}

LogicalResult
UnmaskOp::reifyResultShapes(OpBuilder &builder,
                            ReifiedRankedShapedTypeDims &reifiedShapes) {
  if (isBufferized())
    return failure();
  reifiedShapes.push_back(
      tensor::getMixedSizes(builder, getLoc(), getTokens()));
  return success();
}

MutableOperandRange UnmaskOp::getDestinationsMutable() {
  return getOutsMutable();
}

SmallVector<SizeRequirement> UnmaskOp::getSizeRequirements(OpBuilder &builder) {
  SizeRequirementBuilder sizes(builder, getLoc());
  auto requireLike = [&](StringRef name, Value value) {
    if (value)
      sizes.requireSizesOf(getTokens(), value, [&](int64_t dim) {
        return ("tokens and " + name + " of whorl.unmask must agree in size " +
                Twine(dim))
            .str();
      });
  };
  requireLike("candidates", getCandidates());
  requireLike("scores", getScores());
  if (Value counts = getCounts()) {
    auto type = cast<ShapedType>(counts.getType());
    if (!type.hasStaticShape() || type.getNumElements() != 1)
      requireLike("counts", counts);
  }
  requireLike("outs", getOuts());
  return sizes.requirements;
}

void UnmaskOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  getDestinationEffects(cast<DestinationOpInterface>(getOperation()), effects);
}

Speculation::Speculatability UnmaskOp::getSpeculatability() {
  return getStaticSpeculatability(*this);
}
