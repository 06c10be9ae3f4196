//===- AbsoluteEncodingAttrs.cpp - sinusoidal and learned -----------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/Phase.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace whorl;

/// Both encodings add their factors to the elements.
static SmallVector<Value> addFactors(ImplicitLocOpBuilder &b,
                                     ValueRange elements, ValueRange factors) {
  SmallVector<Value> result;
  for (auto [element, factor] : llvm::zip_equal(elements, factors))
    result.push_back(arith::AddFOp::create(b, element, factor));
  return result;
}

//===----------------------------------------------------------------------===//
// #whorl.sinusoidal
//===----------------------------------------------------------------------===//

EncodingSite SinusoidalAttr::getSites() const {
  return EncodingSite::embedding;
}

LogicalResult
SinusoidalAttr::verifyEncoding(const EncodingVerifyContext &context) const {
  if (!(getBase().convertToDouble() > 1.0) || !getBase().isFinite())
    return context.emitError()
           << "(S1) sinusoidal expects a finite base > 1, got "
           << getBase().convertToDouble();
  if (ShapedType::isDynamic(context.dim) || context.dim % 2 != 0 ||
      context.dim > kMaxTableEntries)
    return context.emitError()
           << "(S2) sinusoidal expects rows of static, even length up to "
           << kMaxTableEntries << ", got " << SizeText{context.dim};
  if (!context.operandTypes.empty())
    return context.emitError() << "(S3) sinusoidal takes no operands, got "
                               << context.operandTypes.size();
  return success();
}

RowLayout SinusoidalAttr::getRowLayout(int64_t dim) const {
  return {0, dim / 2,
          getOrder() == Pairing::half ? RowPairing::half
                                      : RowPairing::interleaved};
}

SmallVector<Value>
SinusoidalAttr::buildRowFactors(ImplicitLocOpBuilder &b,
                                const RowFactorContext &context) const {
  FrequencyTable table(getBase().convertToDouble(), context.dim,
                       context.dim / 2);
  Value high = context.operands.readConstantTable(b, table.high, context.unit);
  Value low = context.operands.readConstantTable(b, table.low, context.unit);
  auto [cosine, sine] = buildPhase(b, context.positions[0], high, low);
  return {sine, cosine};
}

SmallVector<Value> SinusoidalAttr::buildRowUnit(ImplicitLocOpBuilder &b,
                                                ValueRange elements,
                                                ValueRange factors,
                                                RowRole) const {
  return addFactors(b, elements, factors);
}

Attribute SinusoidalAttr::parse(AsmParser &parser, Type) {
  double base = 1.0e4;
  Pairing order = Pairing::interleaved;
  ParameterParser fields(parser);
  fields.add("base", base)
      .add("order", order, symbolizePairing, "half or interleaved");
  if (failed(fields.parse()))
    return {};
  return get(parser.getContext(), APFloat(base), order);
}

void SinusoidalAttr::print(AsmPrinter &printer) const {
  ParameterPrinter fields(printer);
  fields.add("base", getBase().convertToDouble(), 1.0e4)
      .add("order", stringifyPairing(getOrder()),
           stringifyPairing(Pairing::interleaved));
}

//===----------------------------------------------------------------------===//
// #whorl.learned
//===----------------------------------------------------------------------===//

EncodingSite LearnedAttr::getSites() const { return EncodingSite::embedding; }

unsigned LearnedAttr::getNumEncodingOperands() const { return 1; }

LogicalResult
LearnedAttr::verifyEncoding(const EncodingVerifyContext &context) const {
  if (context.operandTypes.size() != 1)
    return context.emitError() << "(L1) learned takes one operand, the table, "
                                  "got "
                               << context.operandTypes.size();
  if (ShapedType::isDynamic(context.dim))
    return context.emitError()
           << "(L2) learned expects rows of static length, got ?";
  ShapedType type = getTensorOrMemRef(context.operandTypes[0]);
  if (!type || type.getRank() != 2 || type.getDimSize(0) == 0 ||
      !isSupportedFloat(type.getElementType()) ||
      !areSizesCompatible(type.getDimSize(1), context.dim))
    return context.emitError()
           << "(L1) learned takes a float table of shape [rows >= 1, "
           << SizeText{context.dim} << "], got " << context.operandTypes[0];
  return success();
}

SmallVector<SizeRole> LearnedAttr::getOperandSizeRoles(unsigned,
                                                       int64_t) const {
  return {SizeRole::nonEmpty, SizeRole::feature};
}

RowLayout LearnedAttr::getRowLayout(int64_t dim) const {
  return {0, dim, RowPairing::single};
}

SmallVector<Value>
LearnedAttr::buildRowFactors(ImplicitLocOpBuilder &b,
                             const RowFactorContext &context) const {
  Type i64 = b.getI64Type();
  Value position = arith::FPToSIOp::create(b, i64, context.positions[0]);
  Value row = arith::IndexCastOp::create(b, b.getIndexType(), position);
  // Out of range is clamped: a look-up must not read outside the table.
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value last = arith::SubIOp::create(b, context.operands.getDim(b, 0, 0), one);
  row = arith::MinSIOp::create(b, arith::MaxSIOp::create(b, row, zero), last);
  Value entry = context.operands.read(b, 0, {row, context.unit});
  return {castToFloat(b, entry, b.getF64Type())};
}

SmallVector<Value> LearnedAttr::buildRowUnit(ImplicitLocOpBuilder &b,
                                             ValueRange elements,
                                             ValueRange factors,
                                             RowRole) const {
  return addFactors(b, elements, factors);
}
