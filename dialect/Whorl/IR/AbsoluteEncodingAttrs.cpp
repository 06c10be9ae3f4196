//===- AbsoluteEncodingAttrs.cpp - sinusoidal and learned -----------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/Phase.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace whorl;

static Value buildNumber(ImplicitLocOpBuilder &b, Type type, double value) {
  return arith::ConstantOp::create(b, b.getFloatAttr(type, value));
}

/// The elements x with their factors p: x + p, x p or x (1 + p).
static SmallVector<Value> mergeFactors(ImplicitLocOpBuilder &b, Merge merge,
                                       ValueRange elements,
                                       ValueRange factors) {
  SmallVector<Value> result;
  for (auto [x, p] : llvm::zip_equal(elements, factors)) {
    if (merge == Merge::add) {
      result.push_back(arith::AddFOp::create(b, x, p));
      continue;
    }
    Value factor = p;
    if (merge == Merge::modulate)
      factor = arith::AddFOp::create(b, buildNumber(b, p.getType(), 1.0), p);
    result.push_back(arith::MulFOp::create(b, x, factor));
  }
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
  if (getRange() == FrequencyRange::closed && context.dim < 4)
    return context.emitError()
           << "(S4) sinusoidal expects two pairs or more for range = closed, "
              "got "
           << context.dim / 2;
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
  // base^(-u/(D/2 - 1)) are the frequencies of rows that are one pair shorter.
  int64_t dim =
      getRange() == FrequencyRange::closed ? context.dim - 2 : context.dim;
  FrequencyTable table(getBase().convertToDouble(), dim, context.dim / 2);
  Value high = context.operands.readConstantTable(b, table.high, context.unit);
  Value low = context.operands.readConstantTable(b, table.low, context.unit);
  Value position = context.positions[0];
  auto [cosine, sine] = buildPhase(b, position, high, low);
  if (!getPadding())
    return {sine, cosine};
  Value padding = buildNumber(b, b.getF64Type(), *getPadding());
  Value none = buildNumber(b, b.getF64Type(), 0.0);
  Value isPadding =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, position, padding);
  return {arith::SelectOp::create(b, isPadding, none, sine),
          arith::SelectOp::create(b, isPadding, none, cosine)};
}

SmallVector<Value> SinusoidalAttr::buildRowUnit(ImplicitLocOpBuilder &b,
                                                ValueRange elements,
                                                ValueRange factors,
                                                RowRole) const {
  return mergeFactors(b, getMerge(), elements, factors);
}

Attribute SinusoidalAttr::parse(AsmParser &parser, Type) {
  double base = 1.0e4;
  Pairing order = Pairing::interleaved;
  FrequencyRange range = FrequencyRange::open;
  std::optional<Number> padding;
  Merge merge = Merge::add;
  ParameterParser fields(parser);
  fields.add("base", base)
      .add("order", order, symbolizePairing, "half or interleaved")
      .add("range", range, symbolizeFrequencyRange, "open or closed")
      .add("padding", padding)
      .add("merge", merge, symbolizeMerge, "add, multiply or modulate");
  if (failed(fields.parse()))
    return {};
  return get(parser.getContext(), APFloat(base), order, range, padding, merge);
}

void SinusoidalAttr::print(AsmPrinter &printer) const {
  ParameterPrinter fields(printer);
  fields.add("base", getBase().convertToDouble(), 1.0e4)
      .add("order", stringifyPairing(getOrder()),
           stringifyPairing(Pairing::interleaved))
      .add("range", stringifyFrequencyRange(getRange()),
           stringifyFrequencyRange(FrequencyRange::open))
      .add("padding", getPadding())
      .add("merge", stringifyMerge(getMerge()), stringifyMerge(Merge::add));
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
  if (getAlpha() && !(*getAlpha() > 0.0 && *getAlpha() < 1.0))
    return context.emitError() << "(L3) learned expects 0 < alpha < 1, got "
                               << formatNumber(*getAlpha());
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

/// Row i L + j of a table of L rows extended to L^2.
static Value buildHierarchical(ImplicitLocOpBuilder &b,
                               const RowFactorContext &context, double alpha) {
  Type type = b.getF64Type();
  Value rows = context.operands.getDim(b, 0, 0);
  Value row = clampToRows(b, context.positions[0],
                          arith::MulIOp::create(b, rows, rows));
  auto read = [&](Value index) {
    return castToFloat(b, context.operands.read(b, 0, {index, context.unit}),
                       type);
  };
  Value first = read(arith::ConstantIndexOp::create(b, 0));
  Value share = arith::MulFOp::create(b, buildNumber(b, type, alpha), first);
  // e_i (1 - alpha): the two divisions are done at the end, as one factor.
  auto residual = [&](Value index) -> Value {
    return arith::SubFOp::create(b, read(index), share);
  };
  Value coarse = residual(arith::DivUIOp::create(b, row, rows));
  Value fine = residual(arith::RemUIOp::create(b, row, rows));
  Value ratio = buildNumber(b, type, alpha / (1.0 - alpha));
  return arith::AddFOp::create(b, arith::MulFOp::create(b, ratio, coarse),
                               fine);
}

SmallVector<Value>
LearnedAttr::buildRowFactors(ImplicitLocOpBuilder &b,
                             const RowFactorContext &context) const {
  if (getAlpha())
    return {buildHierarchical(b, context, *getAlpha())};
  Value row =
      clampToRows(b, context.positions[0], context.operands.getDim(b, 0, 0));
  Value entry = context.operands.read(b, 0, {row, context.unit});
  return {castToFloat(b, entry, b.getF64Type())};
}

SmallVector<Value> LearnedAttr::buildRowUnit(ImplicitLocOpBuilder &b,
                                             ValueRange elements,
                                             ValueRange factors,
                                             RowRole) const {
  return mergeFactors(b, getMerge(), elements, factors);
}

Attribute LearnedAttr::parse(AsmParser &parser, Type) {
  std::optional<Number> alpha;
  Merge merge = Merge::add;
  ParameterParser fields(parser);
  fields.add("alpha", alpha)
      .add("merge", merge, symbolizeMerge, "add, multiply or modulate");
  if (failed(fields.parse()))
    return {};
  return get(parser.getContext(), alpha, merge);
}

void LearnedAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("alpha", getAlpha())
      .add("merge", stringifyMerge(getMerge()), stringifyMerge(Merge::add));
}
