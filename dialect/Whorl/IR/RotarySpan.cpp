//===- RotarySpan.cpp - the part of a row that is turned ------------------===//

#include "Whorl/IR/RotarySpan.h"
#include "Whorl/IR/OperandShapes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace whorl;

RowLayout RotarySpan::getLayout(int64_t dim) const {
  int64_t count = turned ? turned : dim - start;
  return {start, count / 2,
          pairing == Pairing::half ? RowPairing::half
                                   : RowPairing::interleaved};
}

LogicalResult RotarySpan::verify(const EncodingVerifyContext &context,
                                 StringRef name) const {
  bool isDynamic = ShapedType::isDynamic(context.dim);
  if (isDynamic && turned == 0)
    return context.emitError()
           << "(R3) " << name
           << " on rows of dynamic length needs rotary_dim, e.g. "
              "rotary_dim = 64";
  // No sum here may overflow: the numbers are the user's.
  bool isStartValid = start >= 0 && (isDynamic || start <= context.dim);
  int64_t count = isStartValid && turned == 0 ? context.dim - start : turned;
  bool isCountValid = count > 0 && count % 2 == 0 &&
                      (isDynamic || count <= context.dim - start);
  if (!isStartValid || !isCountValid)
    return context.emitError()
           << "(R2) " << name
           << " expects an even number of elements within the row of "
           << SizeText{context.dim} << ", got " << count << " from element "
           << start;
  if (count > kMaxTableEntries)
    return context.emitError()
           << "(R2) " << name << " turns at most " << kMaxTableEntries
           << " elements of a row, got " << count;
  return success();
}

SmallVector<Value> whorl::buildRotation(ImplicitLocOpBuilder &b,
                                        ValueRange elements, Value cosine,
                                        Value sine) {
  Value x = elements[0], y = elements[1];
  auto mul = [&](Value lhs, Value rhs) -> Value {
    return arith::MulFOp::create(b, lhs, rhs);
  };
  return {arith::SubFOp::create(b, mul(x, cosine), mul(y, sine)),
          arith::AddFOp::create(b, mul(x, sine), mul(y, cosine))};
}

RotaryFrequency whorl::multiply(ImplicitLocOpBuilder &b, RotaryFrequency x,
                                RotaryFrequency y) {
  // The product of the high parts, and with its rounding error those of a high
  // and a low part.
  Value high = arith::MulFOp::create(b, x.high, y.high);
  Value low =
      math::FmaOp::create(b, x.high, y.high, arith::NegFOp::create(b, high));
  if (y.low)
    low = math::FmaOp::create(b, x.high, y.low, low);
  return {high, math::FmaOp::create(b, x.low, y.high, low)};
}
