//===- Phase.cpp - cosine and sine of position times frequency ------------===//

#include "Whorl/IR/Phase.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>
#include <numeric>

using namespace mlir;
using namespace whorl;

//===----------------------------------------------------------------------===//
// Double-double arithmetic at compile time (Dekker 1971; Hida, Li, Bailey 2001)
//===----------------------------------------------------------------------===//

static DoubleDouble normalize(double a, double b) {
  double sum = a + b;
  return {sum, b - (sum - a)};
}

DoubleDouble whorl::add(DoubleDouble a, DoubleDouble b) {
  // Knuth's sum, for numbers of any sizes.
  double sum = a.high + b.high;
  double part = sum - a.high;
  double error = (a.high - (sum - part)) + (b.high - part);
  return normalize(sum, error + (a.low + b.low));
}

DoubleDouble whorl::multiply(DoubleDouble a, DoubleDouble b) {
  double product = a.high * b.high;
  double error = std::fma(a.high, b.high, -product);
  return normalize(product, error + (a.high * b.low + a.low * b.high));
}

DoubleDouble whorl::divide(DoubleDouble a, DoubleDouble b) {
  double quotient = a.high / b.high;
  DoubleDouble rest = add(a, multiply({-quotient, 0}, b));
  return normalize(quotient, rest.high / b.high);
}

static DoubleDouble power(DoubleDouble base, int64_t exponent) {
  DoubleDouble result{1, 0};
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1)
      result = multiply(result, base);
    base = multiply(base, base);
  }
  return result;
}

DoubleDouble whorl::getFrequency(double base, int64_t numerator,
                                 int64_t denominator) {
  if (numerator == 0)
    return {1, 0};
  int64_t divisor = std::gcd(numerator, denominator);
  numerator /= divisor;
  denominator /= divisor;
  // Newton for y^q base = 1: y <- y (1 + (1 - y^q base) / q). The residual is
  // of the size of one rounding, so two steps reach the limit; y^q stays in
  // range.
  double q = static_cast<double>(denominator);
  DoubleDouble root{std::exp2(-std::log2(base) / q), 0};
  for (int step = 0; step < 2; ++step) {
    DoubleDouble product = multiply(power(root, denominator), {base, 0});
    double residual = (1.0 - product.high) - product.low;
    root = normalize(root.high, root.low + root.high * (residual / q));
  }
  return power(root, numerator);
}

FrequencyTable::FrequencyTable(double base, int64_t dim, int64_t count) {
  for (int64_t u = 0; u < count; ++u)
    add(getFrequency(base, 2 * u, dim));
}

//===----------------------------------------------------------------------===//
// The phase in IR
//===----------------------------------------------------------------------===//

namespace {
/// f64 arithmetic with short names.
class F64 {
public:
  explicit F64(ImplicitLocOpBuilder &b) : b(b) {}
  Value constant(double value) {
    return arith::ConstantOp::create(b, b.getF64FloatAttr(value));
  }
  Value add(Value x, Value y) { return arith::AddFOp::create(b, x, y); }
  Value sub(Value x, Value y) { return arith::SubFOp::create(b, x, y); }
  Value mul(Value x, Value y) { return arith::MulFOp::create(b, x, y); }
  Value neg(Value x) { return arith::NegFOp::create(b, x); }
  Value fma(Value x, Value y, Value z) {
    return math::FmaOp::create(b, x, y, z);
  }
  /// coefficients[0] + x (coefficients[1] + x (...)).
  Value polynomial(Value x, ArrayRef<double> coefficients) {
    Value result = constant(coefficients.back());
    for (double c : llvm::reverse(coefficients.drop_back()))
      result = fma(result, x, constant(c));
    return result;
  }

private:
  ImplicitLocOpBuilder &b;
};
} // namespace

// pi/2 in three parts. The first two have 33 bits each, so that their products
// with quotients below 2^20 are exact even without fma.
static constexpr double kPiOver2High = 0x1.921fb544p+0;
static constexpr double kPiOver2Mid = 0x1.0b4611a6p-34;
static constexpr double kPiOver2Low = 0x1.3198a2e037073p-69;
static constexpr double kTwoOverPi = 0x1.45f306dc9c883p-1;

// Taylor coefficients of sin(r)/r and cos(r) in r^2; on |r| <= pi/4 the first
// term left out is below 2^-57.
static constexpr double kSine[] = {
    1.0,          -1.0 / 6,        1.0 / 120,          -1.0 / 5040,
    1.0 / 362880, -1.0 / 39916800, 1.0 / 6227020800.0, -1.0 / 1307674368000.0,
};
static constexpr double kCosine[] = {
    1.0,
    -1.0 / 2,
    1.0 / 24,
    -1.0 / 720,
    1.0 / 40320,
    -1.0 / 3628800,
    1.0 / 479001600.0,
    -1.0 / 87178291200.0,
    1.0 / 20922789888000.0,
};

std::pair<Value, Value> whorl::buildPhase(ImplicitLocOpBuilder &b,
                                          Value position, Value high,
                                          Value low) {
  F64 f(b);
  // angle + error = position * (high + low), exactly but for the last product.
  Value angle = f.mul(position, high);
  Value error = f.fma(position, high, f.neg(angle));
  error = f.fma(position, low, error);
  // r = angle + error - n pi/2 with |r| <= pi/4.
  Value n = math::RoundEvenOp::create(b, f.mul(angle, f.constant(kTwoOverPi)));
  Value minusN = f.neg(n);
  Value r = f.fma(minusN, f.constant(kPiOver2High), angle);
  // The middle term is subtracted with its rounding error kept in `error`.
  Value mid = f.mul(minusN, f.constant(kPiOver2Mid));
  Value sum = f.add(r, mid);
  Value midPart = f.sub(sum, r);
  Value lost = f.add(f.sub(r, f.sub(sum, midPart)), f.sub(mid, midPart));
  error = f.add(error, lost);
  error = f.fma(minusN, f.constant(kPiOver2Low), error);
  r = f.add(sum, error);
  Value square = f.mul(r, r);
  Value sine = f.mul(r, f.polynomial(square, kSine));
  Value cosine = f.polynomial(square, kCosine);
  // Quadrant n mod 4: (cos, sin) turns by n quarter turns.
  Type i64 = b.getI64Type();
  Value quadrant = arith::FPToSIOp::create(b, i64, n);
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(b, i64, value);
  };
  auto isNonZero = [&](Value value) -> Value {
    return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, value,
                                 constant(0));
  };
  Value swap = isNonZero(arith::AndIOp::create(b, quadrant, constant(1)));
  Value sineNegative =
      isNonZero(arith::AndIOp::create(b, quadrant, constant(2)));
  Value next = arith::AddIOp::create(b, quadrant, constant(1));
  Value cosineNegative = isNonZero(arith::AndIOp::create(b, next, constant(2)));
  Value c = arith::SelectOp::create(b, swap, sine, cosine);
  Value s = arith::SelectOp::create(b, swap, cosine, sine);
  c = arith::SelectOp::create(b, cosineNegative, f.neg(c), c);
  s = arith::SelectOp::create(b, sineNegative, f.neg(s), s);
  return {c, s};
}
