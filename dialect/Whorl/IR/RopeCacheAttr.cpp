//===- RopeCacheAttr.cpp - rotation by given cosines and sines ------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/RotarySpan.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace whorl;

static RotarySpan getSpan(RopeCacheAttr cache) {
  return {cache.getPairing(), cache.getRotaryDim(), cache.getRotaryStart()};
}

EncodingSite RopeCacheAttr::getSites() const { return EncodingSite::queryKey; }

unsigned RopeCacheAttr::getNumEncodingOperands() const { return 2; }

RowLayout RopeCacheAttr::getRowLayout(int64_t dim) const {
  return getSpan(*this).getLayout(dim);
}

LogicalResult
RopeCacheAttr::verifyEncoding(const EncodingVerifyContext &context) const {
  if (context.operandTypes.size() != 2)
    return context.emitError()
           << "(P1) rope_cache takes two operands, cosines and sines, got "
           << context.operandTypes.size();
  if (failed(getSpan(*this).verify(context, "rope_cache")))
    return failure();
  int64_t pairs = getRowLayout(context.dim).units;
  ArrayRef<int64_t> first;
  for (Type operand : context.operandTypes) {
    ShapedType type = getTensorOrMemRef(operand);
    bool isValid = type && (type.getRank() == 2 || type.getRank() == 3) &&
                   isSupportedFloat(type.getElementType()) &&
                   type.getShape().back() == pairs &&
                   type.getShape().take_back(2)[0] != 0 &&
                   (type.getRank() == 2 || type.getDimSize(0) == 1 ||
                    areSizesCompatible(type.getDimSize(0), context.batch)) &&
                   (first.empty() ||
                    succeeded(verifyCompatibleShape(type.getShape(), first)));
    if (!isValid)
      return context.emitError()
             << "(P1) rope_cache takes float operands of one shape, "
                "[positions >= 1, "
             << pairs << "] or [" << SizeText{context.batch}
             << ", positions >= 1, " << pairs << "], got " << operand;
    first = type.getShape();
  }
  return success();
}

SmallVector<SizeRole> RopeCacheAttr::getOperandSizeRoles(unsigned,
                                                         int64_t rank) const {
  if (rank == 2)
    return {SizeRole::nonEmpty, SizeRole::any};
  return {SizeRole::batch, SizeRole::nonEmpty, SizeRole::any};
}

bool RopeCacheAttr::dependsOnBatch(TypeRange types) const {
  return hasBatchedTables(types);
}

SmallVector<Value>
RopeCacheAttr::buildRowFactors(ImplicitLocOpBuilder &b,
                               const RowFactorContext &context) const {
  Value zero = arith::ConstantIndexOp::create(b, 0);
  SmallVector<Value> result;
  for (unsigned operand : {0u, 1u}) {
    auto type = cast<ShapedType>(context.operands.getType(operand));
    unsigned rank = type.getRank();
    Value row = clampToRows(b, context.positions[0],
                            context.operands.getDim(b, operand, rank - 2));
    SmallVector<Value> indices;
    if (rank == 3)
      indices.push_back(type.getDimSize(0) == 1 ? zero : context.batch);
    indices.append({row, context.unit});
    result.push_back(castToFloat(b, context.operands.read(b, operand, indices),
                                 b.getF64Type()));
  }
  return result;
}

SmallVector<Value> RopeCacheAttr::buildRowUnit(ImplicitLocOpBuilder &b,
                                               ValueRange elements,
                                               ValueRange factors,
                                               RowRole) const {
  return buildRotation(b, elements, factors[0], factors[1]);
}

Attribute RopeCacheAttr::parse(AsmParser &parser, Type) {
  Pairing pairing = Pairing::half;
  int64_t rotaryDim = 0, rotaryStart = 0;
  if (ParameterParser(parser)
          .add("pairing", pairing, symbolizePairing, "half or interleaved")
          .add("rotary_dim", rotaryDim)
          .add("rotary_start", rotaryStart)
          .parse())
    return {};
  return get(parser.getContext(), pairing, rotaryDim, rotaryStart);
}

void RopeCacheAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("pairing", stringifyPairing(getPairing()),
           stringifyPairing(Pairing::half))
      .add("rotary_dim", getRotaryDim(), int64_t(0))
      .add("rotary_start", getRotaryStart(), int64_t(0));
}
