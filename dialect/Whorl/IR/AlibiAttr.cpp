//===- AlibiAttr.cpp - attention with linear biases -----------------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/bit.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

EncodingSite AlibiAttr::getSites() const { return EncodingSite::score; }

unsigned AlibiAttr::getNumEncodingOperands() const {
  return getSlopes() ? 1 : 0;
}

LogicalResult
AlibiAttr::verifyEncoding(const EncodingVerifyContext &context) const {
  if (context.operandTypes.size() != getNumEncodingOperands())
    return context.emitError()
           << "(A2) alibi takes " << getNumEncodingOperands()
           << " operands (slopes = " << (getSlopes() ? "true" : "false")
           << "), got " << context.operandTypes.size();
  if (!getSlopes() && ShapedType::isDynamic(context.queryHeads))
    return context.emitError()
           << "(A1) alibi needs a static number of query heads, or "
              "slopes = true with an operand";
  if (!getSlopes() && context.queryHeads > kMaxTableEntries)
    return context.emitError()
           << "(A1) alibi computes slopes for at most " << kMaxTableEntries
           << " heads, got " << context.queryHeads
           << "; give them by slopes = true with an operand";
  if (getSlopes()) {
    ShapedType type = getTensorOrMemRef(context.operandTypes[0]);
    if (!type || type.getRank() != 1 ||
        !isSupportedFloat(type.getElementType()) ||
        !areSizesCompatible(type.getDimSize(0), context.queryHeads))
      return context.emitError() << "(A2) alibi takes a float tensor of "
                                 << SizeText{context.queryHeads}
                                 << " slopes, got " << context.operandTypes[0];
  }
  if (!context.hasIntegerPositions)
    return context.emitError()
           << "(A3) alibi expects integer position ids, got float ids";
  return success();
}

SmallVector<SizeRole> AlibiAttr::getOperandSizeRoles(unsigned, int64_t) const {
  return {SizeRole::head};
}

/// The slopes of `heads` heads: those of the next lower power of two P, then
/// every other slope of 2P.
static SmallVector<double> getSlopes(int64_t heads) {
  auto power = static_cast<double>(llvm::bit_floor<uint64_t>(heads));
  SmallVector<double> slopes;
  for (int64_t h = 0; h < heads; ++h) {
    auto index = static_cast<double>(h);
    double exponent = index < power
                          ? -8.0 * (index + 1) / power
                          : -8.0 * (2 * (index - power) + 1) / (2 * power);
    slopes.push_back(std::exp2(exponent));
  }
  return slopes;
}

Value AlibiAttr::buildScore(ImplicitLocOpBuilder &b,
                            const ScoreContext &context) const {
  Type type = context.score.getType();
  Value slope = getSlopes()
                    ? context.operands.read(b, 0, context.head)
                    : context.operands.readConstantTable(
                          b, ::getSlopes(context.queryHeads), context.head);
  slope = castToFloat(b, slope, type);
  Value distance =
      arith::SubIOp::create(b, context.keyPosition, context.queryPosition);
  distance = castToFloat(b, distance, type);
  if (getSymmetric()) {
    Value negated = arith::NegFOp::create(b, distance);
    distance = arith::MinimumFOp::create(b, distance, negated);
  }
  Value term = arith::MulFOp::create(b, slope, distance);
  return arith::AddFOp::create(b, context.score, term);
}

Attribute AlibiAttr::parse(AsmParser &parser, Type) {
  bool symmetric = false, slopes = false;
  ParameterParser fields(parser);
  fields.add("symmetric", symmetric).add("slopes", slopes);
  if (failed(fields.parse()))
    return {};
  return get(parser.getContext(), symmetric, slopes);
}

void AlibiAttr::print(AsmPrinter &printer) const {
  ParameterPrinter fields(printer);
  fields.add("symmetric", getSymmetric(), false)
      .add("slopes", getSlopes(), false);
}
