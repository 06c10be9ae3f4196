//===- RopeAttr.cpp - rotary position encoding ----------------------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/Phase.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace whorl;

EncodingSite RopeAttr::getSites() const { return EncodingSite::queryKey; }

RowLayout RopeAttr::getRowLayout(int64_t dim) const {
  int64_t rotated = getRotaryDim() ? getRotaryDim() : dim - getRotaryStart();
  return {getRotaryStart(), rotated / 2,
          getPairing() == Pairing::half ? RowPairing::half
                                        : RowPairing::interleaved};
}

LogicalResult
RopeAttr::verifyEncoding(const EncodingVerifyContext &context) const {
  if (!(getTheta().convertToDouble() > 1.0) || !getTheta().isFinite())
    return context.emitError() << "(R1) rope expects a finite theta > 1, got "
                               << getTheta().convertToDouble();
  if (!context.operandTypes.empty())
    return context.emitError() << "(R4) rope takes no operands, got "
                               << context.operandTypes.size();
  bool isDynamic = ShapedType::isDynamic(context.dim);
  if (isDynamic && getRotaryDim() == 0)
    return context.emitError() << "(R3) rope on rows of dynamic length needs "
                                  "rotary_dim, e.g. rotary_dim = 64";
  // No sum here may overflow: the numbers are the user's.
  int64_t start = getRotaryStart(), turned = getRotaryDim();
  bool isStartValid = start >= 0 && (isDynamic || start <= context.dim);
  if (isStartValid && turned == 0)
    turned = context.dim - start;
  bool isTurnedValid = turned > 0 && turned % 2 == 0 &&
                       (isDynamic || turned <= context.dim - start);
  if (!isStartValid || !isTurnedValid)
    return context.emitError()
           << "(R2) rope expects an even number of elements within the row of "
           << SizeText{context.dim} << ", got " << turned << " from element "
           << start;
  if (turned > kMaxTableEntries)
    return context.emitError() << "(R2) rope turns at most " << kMaxTableEntries
                               << " elements of a row, got " << turned;
  return success();
}

SmallVector<Value>
RopeAttr::buildRowFactors(ImplicitLocOpBuilder &b,
                          const RowFactorContext &context) const {
  RowLayout layout = getRowLayout(context.dim);
  FrequencyTable table(getTheta().convertToDouble(), 2 * layout.units,
                       layout.units);
  Value high = context.operands.readConstantTable(b, table.high, context.unit);
  Value low = context.operands.readConstantTable(b, table.low, context.unit);
  auto [cosine, sine] = buildPhase(b, context.positions[0], high, low);
  return {cosine, sine};
}

SmallVector<Value> RopeAttr::buildRowUnit(ImplicitLocOpBuilder &b,
                                          ValueRange elements,
                                          ValueRange factors, RowRole) const {
  Value x = elements[0], y = elements[1];
  Value cosine = factors[0], sine = factors[1];
  auto mul = [&](Value lhs, Value rhs) -> Value {
    return arith::MulFOp::create(b, lhs, rhs);
  };
  return {arith::SubFOp::create(b, mul(x, cosine), mul(y, sine)),
          arith::AddFOp::create(b, mul(x, sine), mul(y, cosine))};
}

Attribute RopeAttr::parse(AsmParser &parser, Type) {
  double theta = 1.0e4;
  Pairing pairing = Pairing::half;
  int64_t rotaryDim = 0, rotaryStart = 0;
  ParameterParser fields(parser);
  fields.add("theta", theta)
      .add("pairing", pairing, symbolizePairing, "half or interleaved")
      .add("rotary_dim", rotaryDim)
      .add("rotary_start", rotaryStart);
  if (failed(fields.parse()))
    return {};
  return get(parser.getContext(), APFloat(theta), pairing, rotaryDim,
             rotaryStart);
}

void RopeAttr::print(AsmPrinter &printer) const {
  ParameterPrinter fields(printer);
  fields.add("theta", getTheta().convertToDouble(), 1.0e4)
      .add("pairing", stringifyPairing(getPairing()),
           stringifyPairing(Pairing::half))
      .add("rotary_dim", getRotaryDim(), int64_t(0))
      .add("rotary_start", getRotaryStart(), int64_t(0));
}
