//===- DataMaskAttrs.cpp - masks that depend on data, and the algebra -----===//

#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace whorl;

static LogicalResult verifyCount(const MaskVerifyContext &context,
                                 unsigned expected, StringRef number,
                                 StringRef name) {
  if (context.operandTypes.size() == expected)
    return success();
  return context.emitError()
         << "(" << number << ") " << name << " takes " << expected
         << " mask operands, got " << context.operandTypes.size();
}

//===----------------------------------------------------------------------===//
// #whorl.key_lengths
//===----------------------------------------------------------------------===//

unsigned KeyLengthsMaskAttr::getNumMaskOperands() const { return 1; }

LogicalResult
KeyLengthsMaskAttr::verifyMask(const MaskVerifyContext &context) const {
  if (failed(verifyCount(context, 1, "M6", getMnemonic())))
    return failure();
  ShapedType type = getTensorOrMemRef(context.operandTypes[0]);
  if (!type || type.getRank() != 1 ||
      !isSupportedInteger(type.getElementType()) ||
      !areSizesCompatible(type.getDimSize(0), context.batch))
    return context.emitError()
           << "(M6) key_lengths takes a tensor of " << SizeText{context.batch}
           << " integers (one per batch), got " << context.operandTypes[0];
  return success();
}

Value KeyLengthsMaskAttr::buildMask(ImplicitLocOpBuilder &b,
                                    const MaskContext &context) const {
  Value length = castToIndex(b, context.operands.read(b, 0, context.batch));
  return arith::CmpIOp::create(b, arith::CmpIPredicate::slt, context.keyRow,
                               length);
}

Value KeyLengthsMaskAttr::buildKeyEnd(ImplicitLocOpBuilder &b,
                                      const MaskContext &context) const {
  return castToIndex(b, context.operands.read(b, 0, context.batch));
}

MaskBounds KeyLengthsMaskAttr::getBounds(unsigned numSymbols, unsigned) const {
  return MaskBounds::getUnknown(numSymbols);
}

SmallVector<SizeRole> KeyLengthsMaskAttr::getOperandSizeRoles(unsigned,
                                                              int64_t) const {
  return {SizeRole::batch};
}

//===----------------------------------------------------------------------===//
// #whorl.documents
//===----------------------------------------------------------------------===//

unsigned DocumentMaskAttr::getNumMaskOperands() const { return 2; }

LogicalResult
DocumentMaskAttr::verifyMask(const MaskVerifyContext &context) const {
  if (failed(verifyCount(context, 2, "M7", getMnemonic())))
    return failure();
  for (unsigned i = 0; i < 2; ++i) {
    int64_t rows = i == 0 ? context.queryRows : context.keyRows;
    ShapedType type = getTensorOrMemRef(context.operandTypes[i]);
    bool isValid = type && (type.getRank() == 1 || type.getRank() == 2) &&
                   isSupportedInteger(type.getElementType()) &&
                   areSizesCompatible(type.getShape().back(), rows) &&
                   (type.getRank() == 1 ||
                    areSizesCompatible(type.getDimSize(0), context.batch));
    if (!isValid)
      return context.emitError()
             << "(M7) documents takes integer ids of shape [" << SizeText{rows}
             << "] or [" << SizeText{context.batch} << ", " << SizeText{rows}
             << "] for the " << (i == 0 ? "queries" : "keys") << ", got "
             << context.operandTypes[i];
  }
  if (cast<ShapedType>(context.operandTypes[0]).getElementType() !=
      cast<ShapedType>(context.operandTypes[1]).getElementType())
    return context.emitError()
           << "(M7) documents takes ids of one integer type, got "
           << context.operandTypes[0] << " and " << context.operandTypes[1];
  return success();
}

SmallVector<SizeRole>
DocumentMaskAttr::getOperandSizeRoles(unsigned operand, int64_t rank) const {
  SizeRole rows = operand == 0 ? SizeRole::queryRow : SizeRole::keyRow;
  if (rank == 1)
    return {rows};
  return {SizeRole::batch, rows};
}

static Value readId(ImplicitLocOpBuilder &b, const MaskContext &context,
                    unsigned operand, Value row) {
  auto type = cast<ShapedType>(context.operands.getType(operand));
  if (type.getRank() == 1)
    return context.operands.read(b, operand, row);
  return context.operands.read(b, operand, {context.batch, row});
}

Value DocumentMaskAttr::buildMask(ImplicitLocOpBuilder &b,
                                  const MaskContext &context) const {
  Value query = readId(b, context, 0, context.queryRow);
  Value key = readId(b, context, 1, context.keyRow);
  return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, query, key);
}

MaskBounds DocumentMaskAttr::getBounds(unsigned numSymbols, unsigned) const {
  return MaskBounds::getUnknown(numSymbols);
}

//===----------------------------------------------------------------------===//
// #whorl.boolean
//===----------------------------------------------------------------------===//

unsigned BooleanMaskAttr::getNumMaskOperands() const { return 1; }

LogicalResult
BooleanMaskAttr::verifyMask(const MaskVerifyContext &context) const {
  if (failed(verifyCount(context, 1, "M8", getMnemonic())))
    return failure();
  int64_t target[] = {context.batch, context.queryHeads, context.queryRows,
                      context.keyRows};
  ShapedType type = getTensorOrMemRef(context.operandTypes[0]);
  if (!type || !type.getElementType().isSignlessInteger(1) ||
      !broadcastsTo(type.getShape(), target))
    return context.emitError()
           << "(M8) boolean takes an i1 tensor of rank 1 to 4 that broadcasts "
              "to "
           << ShapeText{target} << ", got " << context.operandTypes[0];
  return success();
}

Value BooleanMaskAttr::buildMask(ImplicitLocOpBuilder &b,
                                 const MaskContext &context) const {
  auto type = cast<ShapedType>(context.operands.getType(0));
  SmallVector<Value> indices = getBroadcastIndices(
      b, type.getShape(),
      {context.batch, context.head, context.queryRow, context.keyRow});
  return context.operands.read(b, 0, indices);
}

MaskBounds BooleanMaskAttr::getBounds(unsigned numSymbols, unsigned) const {
  return MaskBounds::getUnknown(numSymbols);
}

SmallVector<SizeRole> BooleanMaskAttr::getOperandSizeRoles(unsigned,
                                                           int64_t rank) const {
  SmallVector<SizeRole> roles = {SizeRole::batch, SizeRole::head,
                                 SizeRole::queryRow, SizeRole::keyRow};
  return SmallVector<SizeRole>(ArrayRef(roles).take_back(rank));
}

//===----------------------------------------------------------------------===//
// and, or, not
//===----------------------------------------------------------------------===//

static LogicalResult verifyParts(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<Attribute> parts) {
  if (parts.empty())
    return emitError() << "(M9) expected at least one mask, got none";
  for (Attribute part : parts)
    if (!isa<MaskAttrInterface>(part))
      return emitError() << "(M9) expected a mask, got " << part;
  return success();
}

static unsigned countOperands(ArrayRef<Attribute> parts) {
  unsigned count = 0;
  for (Attribute part : parts)
    count += cast<MaskAttrInterface>(part).getNumMaskOperands();
  return count;
}

/// Calls `visit(part, number of its first operand)` for each part.
template <typename Visitor>
static void forEachPart(ArrayRef<Attribute> parts, Visitor visit) {
  unsigned first = 0;
  for (Attribute attribute : parts) {
    auto part = cast<MaskAttrInterface>(attribute);
    visit(part, first);
    first += part.getNumMaskOperands();
  }
}

static LogicalResult verifyPartsMask(const MaskVerifyContext &context,
                                     ArrayRef<Attribute> parts) {
  if (context.operandTypes.size() != countOperands(parts))
    return context.emitError()
           << "(M2) the mask takes " << countOperands(parts)
           << " mask operands, got " << context.operandTypes.size();
  LogicalResult result = success();
  forEachPart(parts, [&](MaskAttrInterface part, unsigned first) {
    if (failed(result))
      return;
    MaskVerifyContext sub = context;
    sub.operandTypes =
        TypeRange(context.operandTypes.slice(first, part.getNumMaskOperands()));
    result = part.verifyMask(sub);
  });
  return result;
}

template <typename Op>
static Value buildParts(ImplicitLocOpBuilder &b, const MaskContext &context,
                        ArrayRef<Attribute> parts) {
  Value result;
  forEachPart(parts, [&](MaskAttrInterface part, unsigned first) {
    std::unique_ptr<OperandReader> reader = context.operands.dropFront(first);
    MaskContext sub{context.batch,  context.head,          context.queryRow,
                    context.keyRow, context.queryPosition, *reader};
    Value value = part.buildMask(b, sub);
    result = result ? Op::create(b, result, value).getResult() : value;
  });
  return result;
}

static SmallVector<SizeRole> getPartSizeRoles(ArrayRef<Attribute> parts,
                                              unsigned operand, int64_t rank) {
  SmallVector<SizeRole> roles;
  forEachPart(parts, [&](MaskAttrInterface part, unsigned first) {
    if (operand >= first && operand < first + part.getNumMaskOperands())
      roles = part.getOperandSizeRoles(operand - first, rank);
  });
  return roles;
}

/// An intersection ends where its first part ends, a union where its last one
/// does, when all have an end.
template <typename Op>
static Value buildPartsKeyEnd(ImplicitLocOpBuilder &b,
                              const MaskContext &context,
                              ArrayRef<Attribute> parts, bool needsAll) {
  Value result;
  bool hasAll = true;
  forEachPart(parts, [&](MaskAttrInterface part, unsigned first) {
    std::unique_ptr<OperandReader> reader = context.operands.dropFront(first);
    MaskContext sub{context.batch,  context.head,          context.queryRow,
                    context.keyRow, context.queryPosition, *reader};
    Value end = part.buildKeyEnd(b, sub);
    hasAll &= static_cast<bool>(end);
    if (end)
      result = result ? Op::create(b, result, end).getResult() : end;
  });
  return needsAll && !hasAll ? Value() : result;
}

#define WHORL_DEFINE_MASK_ALGEBRA(Class, Op, combine)                          \
  LogicalResult Class::verify(function_ref<InFlightDiagnostic()> emitError,    \
                              ArrayAttr parts) {                               \
    return verifyParts(emitError, parts.getValue());                           \
  }                                                                            \
  unsigned Class::getNumMaskOperands() const {                                 \
    return countOperands(getParts().getValue());                               \
  }                                                                            \
  LogicalResult Class::verifyMask(const MaskVerifyContext &context) const {    \
    return verifyPartsMask(context, getParts().getValue());                    \
  }                                                                            \
  SmallVector<SizeRole> Class::getOperandSizeRoles(unsigned operand,           \
                                                   int64_t rank) const {       \
    return getPartSizeRoles(getParts().getValue(), operand, rank);             \
  }                                                                            \
  Value Class::buildMask(ImplicitLocOpBuilder &b, const MaskContext &context)  \
      const {                                                                  \
    return buildParts<Op>(b, context, getParts().getValue());                  \
  }                                                                            \
  MaskBounds Class::getBounds(unsigned numSymbols, unsigned firstSymbol)       \
      const {                                                                  \
    std::optional<MaskBounds> result;                                          \
    forEachPart(                                                               \
        getParts().getValue(), [&](MaskAttrInterface part, unsigned first) {   \
          MaskBounds bounds = part.getBounds(numSymbols, firstSymbol + first); \
          result = result ? result->combine(bounds) : bounds;                  \
        });                                                                    \
    return *result;                                                            \
  }

WHORL_DEFINE_MASK_ALGEBRA(AndMaskAttr, arith::AndIOp, intersect)
WHORL_DEFINE_MASK_ALGEBRA(OrMaskAttr, arith::OrIOp, unite)

Value AndMaskAttr::buildKeyEnd(ImplicitLocOpBuilder &b,
                               const MaskContext &context) const {
  return buildPartsKeyEnd<arith::MinSIOp>(b, context, getParts().getValue(),
                                          /*needsAll=*/false);
}

Value OrMaskAttr::buildKeyEnd(ImplicitLocOpBuilder &b,
                              const MaskContext &context) const {
  return buildPartsKeyEnd<arith::MaxSIOp>(b, context, getParts().getValue(),
                                          /*needsAll=*/true);
}

Value NotMaskAttr::buildKeyEnd(ImplicitLocOpBuilder &,
                               const MaskContext &) const {
  return {};
}

LogicalResult NotMaskAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  Attribute part) {
  return verifyParts(emitError, part);
}

unsigned NotMaskAttr::getNumMaskOperands() const {
  return countOperands(getPart());
}

LogicalResult NotMaskAttr::verifyMask(const MaskVerifyContext &context) const {
  return verifyPartsMask(context, getPart());
}

SmallVector<SizeRole> NotMaskAttr::getOperandSizeRoles(unsigned operand,
                                                       int64_t rank) const {
  return getPartSizeRoles(getPart(), operand, rank);
}

Value NotMaskAttr::buildMask(ImplicitLocOpBuilder &b,
                             const MaskContext &context) const {
  Value value = cast<MaskAttrInterface>(getPart()).buildMask(b, context);
  Value one = arith::ConstantIntOp::create(b, 1, 1);
  return arith::XOrIOp::create(b, value, one);
}

MaskBounds NotMaskAttr::getBounds(unsigned numSymbols,
                                  unsigned firstSymbol) const {
  return cast<MaskAttrInterface>(getPart())
      .getBounds(numSymbols, firstSymbol)
      .complement();
}
