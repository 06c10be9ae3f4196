//===- AttentionOpVerifyClauses.cpp - positions, encodings and masks ------===//
//
// C9 to C11 of whorl.attention, and what it shares with whorl.encode_position.
//
//===----------------------------------------------------------------------===//

#include "AttentionOpVerify.h"
#include "Whorl/IR/DestinationOps.h"
#include "Whorl/IR/OperandShapes.h"

using namespace mlir;
using namespace whorl;

using Dim = AttentionOp::Dim;

static ShapedType getShaped(Value value) {
  return cast<ShapedType>(value.getType());
}

LogicalResult whorl::verifyOffset(Operation *op, Value offset, int64_t batch,
                                  StringRef number) {
  if (!offset || offset.getType().isIndex())
    return success();
  ShapedType type = getTensorOrMemRef(offset.getType());
  if (type && type.getRank() == 1 &&
      isSupportedInteger(type.getElementType()) &&
      areSizesCompatible(type.getDimSize(0), batch))
    return success();
  return op->emitOpError() << "(" << number
                           << ") expected an offset of type index or a tensor "
                              "of "
                           << SizeText{batch} << " integers, got "
                           << offset.getType();
}

LogicalResult whorl::verifyPositionIds(Operation *op, Value ids, int64_t batch,
                                       int64_t rows, unsigned axes,
                                       StringRef number, StringRef name) {
  if (!ids)
    return success();
  ShapedType type = getShaped(ids);
  ArrayRef<int64_t> shape = type.getShape();
  bool isElementValid = isSupportedInteger(type.getElementType()) ||
                        type.getElementType().isF32() ||
                        type.getElementType().isF64();
  if (!isElementValid || shape.empty() || shape.size() > 3 ||
      !areSizesCompatible(shape.back(), rows) ||
      (shape.size() >= 2 &&
       !areSizesCompatible(shape[shape.size() - 2], batch)))
    return op->emitOpError()
           << "(" << number << ") expected " << name
           << " as integers, f32 or f64 of shape " << ShapeText{{rows}} << ", "
           << ShapeText{{batch, rows}} << " or [axes, " << SizeText{batch}
           << ", " << SizeText{rows} << "], got " << type;
  int64_t given = shape.size() == 3 ? shape[0] : 1;
  if (!areSizesCompatible(given, axes))
    return op->emitOpError()
           << "(" << number << ") expected " << name << " with " << axes
           << " axes, got " << SizeText{given};
  return success();
}

/// That there are encodings, and as many operands as they take.
static LogicalResult verifyEncodingKinds(AttentionOp op) {
  size_t expected = 0;
  if (auto encodings = op.getPositionAttr()) {
    for (Attribute attribute : encodings) {
      auto encoding = dyn_cast<PositionEncodingAttrInterface>(attribute);
      if (!encoding || !contains(encoding.getSites(),
                                 EncodingSite::queryKey | EncodingSite::score))
        return op.emitOpError()
               << "(C10) expected position encodings that act on queries and "
                  "keys or on scores, got "
               << attribute
               << (encoding ? "; apply it to the embeddings with "
                              "whorl.encode_position"
                            : "");
      expected += encoding.getNumEncodingOperands();
    }
  }
  if (op.getPositionOperands().size() != expected)
    return op.emitOpError() << "(C10) expected " << expected
                            << " operands for the position encodings, got "
                            << op.getPositionOperands().size();
  return success();
}

static LogicalResult verifyPositions(AttentionOp op) {
  if (!op.getQueryPositions() != !op.getKeyPositions())
    return op.emitOpError() << "(C9) expected positions for both query and key";
  int64_t batch = op.getStaticDim(op.getQuery(), Dim::batch);
  unsigned axes = op.getNumPositionAxes();
  if (failed(verifyPositionIds(op, op.getQueryPositions(), batch,
                               op.getStaticDim(op.getQuery(), Dim::row), axes,
                               "C9", "query positions")) ||
      failed(verifyPositionIds(op, op.getKeyPositions(), batch,
                               op.getStaticDim(op.getKey(), Dim::row), axes,
                               "C9", "key positions")))
    return failure();
  if (axes > 1 && !op.getQueryPositions())
    return op.emitOpError() << "(C9) expected positions with " << axes
                            << " axes for this encoding, got none";
  return success();
}

static bool hasIntegerIds(AttentionOp op) {
  return !op.getQueryPositions() ||
         (!isa<FloatType>(getShaped(op.getQueryPositions()).getElementType()) &&
          !isa<FloatType>(getShaped(op.getKeyPositions()).getElementType()));
}

static LogicalResult verifyEncodings(AttentionOp op) {
  if (!op.getPositionAttr())
    return success();
  for (auto [i, attribute] : llvm::enumerate(op.getPositionAttr())) {
    auto encoding = cast<PositionEncodingAttrInterface>(attribute);
    EncodingVerifyContext context;
    auto emitError = [&]() -> InFlightDiagnostic {
      return op.emitOpError() << "(C10) ";
    };
    context.emitError = emitError;
    context.site = contains(encoding.getSites(), EncodingSite::queryKey)
                       ? EncodingSite::queryKey
                       : EncodingSite::score;
    SmallVector<Type> types(op.getEncodingOperands(i).getTypes());
    context.operandTypes = types;
    context.dim = op.getStaticDim(op.getQuery(), Dim::feature);
    context.queryHeads = op.getStaticDim(op.getQuery(), Dim::head);
    context.hasIntegerPositions = hasIntegerIds(op);
    context.batch = op.getStaticDim(op.getQuery(), Dim::batch);
    if (failed(encoding.verifyEncoding(context)))
      return failure();
  }
  return success();
}

static LogicalResult verifyMask(AttentionOp op) {
  if (!op.getMaskAttr()) {
    if (op.getMaskOperands().empty())
      return success();
    return op.emitOpError() << "(C11) expected no mask operands without a mask";
  }
  MaskAttrInterface mask = op.getMaskInterface();
  if (!mask)
    return op.emitOpError()
           << "(C11) expected a mask, got " << op.getMaskAttr();
  MaskVerifyContext context;
  auto emitError = [&]() -> InFlightDiagnostic {
    return op.emitOpError() << "(C11) ";
  };
  context.emitError = emitError;
  SmallVector<Type> types(op.getMaskOperands().getTypes());
  context.operandTypes = types;
  context.batch = op.getStaticDim(op.getQuery(), Dim::batch);
  context.queryHeads = op.getStaticDim(op.getQuery(), Dim::head);
  context.queryRows = op.getStaticDim(op.getQuery(), Dim::row);
  context.keyRows = op.getStaticDim(op.getKey(), Dim::row);
  return mask.verifyMask(context);
}

LogicalResult whorl::verifyAttentionClauses(AttentionOp op) {
  if (failed(verifyEncodingKinds(op)) || failed(verifyPositions(op)) ||
      failed(verifyEncodings(op)))
    return failure();
  return verifyMask(op);
}
