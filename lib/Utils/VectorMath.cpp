//===- VectorMath.cpp - our own elementary functions ----------------------===//

#include "Whorl/Utils/VectorMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

// 2^f on [-1/2, 1/2] with 2^0 = 1 exactly: minimax polynomials (Remez), found
// for this project. That of f32 is rounded so that the result is within 1.91
// ulp over the whole range (VectorMathTest.cpp); that of f64 has a relative
// error of 1.8e-17.
static constexpr double kExp2F32[] = {
    1.0,           0x1.62e428p-1, 0x1.ebf9b6p-3,
    0x1.c6b77cp-5, 0x1.3ceac6p-7, 0x1.5bbafep-10,
};
static constexpr double kExp2F64[] = {
    1.0,
    0.69314718055994569675,
    0.24022650695910098007,
    0.055504108664790394552,
    0.0096181291076070023796,
    0.0013333558153439964747,
    0.0001540353044157213033,
    0.000015252727385193868197,
    1.3215442675329822143e-6,
    1.0180647659234138888e-7,
    7.0725704128144235096e-9,
    4.078071929588336665e-10,
};

// (1 - exp(-y) - y) / y^2 on [-ln(2) / 2, ln(2) / 2], found by
// scripts/fit-tanh.py: 1 - exp(-y) has a relative error of 1.4e-8.
static constexpr double kTanhF32[] = {
    -0x1.fffffep-2, 0x1.5554b4p-3,   -0x1.5556f2p-5,
    0x1.122560p-7,  -0x1.6b9caap-10,
};
// tanh(x / 2) = x A(x^2) / B(x^2) for |x| <= 9, found by scripts/fit-tanh.py so
// that 2 n b / (n^2 + b^2) with n = x A, b = B is tanh(x) with a relative error
// of 7.5e-9.
static constexpr double kHalfTanhA[] = {1.0, 0.0297756432045,
                                        0.000114293746723};
static constexpr double kHalfTanhB[] = {2.0, 0.226217883782, 0.00241348390462,
                                        2.45968753077e-6};
static constexpr double kHalfTanhEnd = 9.02;

namespace {
/// Constants and ops on one type, scalar or vector.
struct TypedBuilder {
  TypedBuilder(ImplicitLocOpBuilder &b, Type type) : b(b), type(type) {
    bool isF64 = getElementTypeOrSelf(type).isF64();
    integer = b.getIntegerType(isF64 ? 64 : 32);
    if (auto vector = dyn_cast<VectorType>(type))
      integer = VectorType::get(vector.getShape(), integer);
  }
  Value constant(double value) {
    Type element = getElementTypeOrSelf(type);
    TypedAttr attribute = b.getFloatAttr(element, value);
    if (auto vector = dyn_cast<VectorType>(type))
      attribute = DenseElementsAttr::get(vector, attribute);
    return arith::ConstantOp::create(b, attribute);
  }
  Value constantInt(int64_t value) {
    Type element = getElementTypeOrSelf(integer);
    TypedAttr attribute = b.getIntegerAttr(element, value);
    if (auto vector = dyn_cast<VectorType>(integer))
      attribute = DenseElementsAttr::get(vector, attribute);
    return arith::ConstantOp::create(b, attribute);
  }
  Value fma(Value x, Value y, Value z) {
    if (isa<VectorType>(type))
      return vector::FMAOp::create(b, x, y, z);
    auto contract = arith::FastMathFlags::contract;
    Value product = arith::MulFOp::create(b, x, y, contract);
    return arith::AddFOp::create(b, product, z, contract);
  }
  Value toBits(Value x) { return arith::BitcastOp::create(b, integer, x); }
  Value toFloat(Value x) { return arith::BitcastOp::create(b, type, x); }

  ImplicitLocOpBuilder &b;
  Type type;
  Type integer;
};
} // namespace

/// The polynomial of degree 5. Its upper half is computed in pairs, which
/// shortens the chain: the schedulers of a core hold few chains at once.
static Value buildExp2F32(TypedBuilder &t, Value f) {
  auto c = [&](unsigned i) { return t.constant(kExp2F32[i]); };
  Value square = arith::MulFOp::create(t.b, f, f);
  Value low = t.fma(c(3), f, c(2)), high = t.fma(c(5), f, c(4));
  return t.fma(t.fma(t.fma(high, square, low), f, c(1)), f, c(0));
}

static Value buildExp2F64(TypedBuilder &t, Value f) {
  ArrayRef<double> coefficients = kExp2F64;
  Value result = t.constant(coefficients.back());
  for (double c : llvm::reverse(coefficients.drop_back()))
    result = t.fma(result, f, t.constant(c));
  return result;
}

Value whorl::buildExp2(ImplicitLocOpBuilder &b, Value x) {
  TypedBuilder t(b, x.getType());
  bool isF64 = getElementTypeOrSelf(t.type).isF64();
  // At the lower end the exponent field comes out as 0, so that the result is
  // exactly 0 there; -inf is clamped to it.
  Value lowest = t.constant(isF64 ? -1023.0 : -127.0);
  Value isLow = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, lowest, x);
  x = arith::SelectOp::create(b, isLow, lowest, x); // one instruction on x86
  // Adding 1.5 * 2^(mantissa bits) rounds to an integer n, and leaves n in the
  // low bits of the sum: no conversion and no rounding instruction is needed.
  Value magic = t.constant(isF64 ? 0x1.8p52 : 0x1.8p23);
  Value shifted = arith::AddFOp::create(b, x, magic);
  Value n = arith::SubFOp::create(b, shifted, magic);
  Value f = arith::SubFOp::create(b, x, n);
  Value result = isF64 ? buildExp2F64(t, f) : buildExp2F32(t, f);
  // Multiply by 2^n: add n to the exponent field.
  Value exponent = arith::ShLIOp::create(b, t.toBits(shifted),
                                         t.constantInt(isF64 ? 52 : 23));
  return t.toFloat(arith::AddIOp::create(b, t.toBits(result), exponent));
}

/// y + y^2 Q(y), which is 1 - exp(-y): for small y nothing but the last sum
/// rounds.
static Value buildOneMinusExp(TypedBuilder &t, Value y) {
  auto c = [&](unsigned i) { return t.constant(kTanhF32[i]); };
  Value square = arith::MulFOp::create(t.b, y, y);
  Value low = t.fma(c(2), y, c(1)), high = t.fma(c(4), y, c(3));
  return t.fma(square, t.fma(t.fma(high, square, low), y, c(0)), y);
}

// tanh|x| = (1 - E) / (1 + E) with E = exp(-2|x|) = r (1 - p): r = 2^-m is a
// power of two and p = 1 - exp(-y) the polynomial of the rest,
// y = 2|x| - m ln(2). Near 0 this is p / (2 - p), which cancels nothing; far
// from it both sums lie beside 1 and E carries hardly any error into them. As
// p < 1, the numerator is at most the denominator, rounded too.
Value whorl::buildTanh(ImplicitLocOpBuilder &b, Value x, double scale) {
  TypedBuilder t(b, x.getType());
  Value bits = t.toBits(x);
  Value sign = arith::AndIOp::create(b, bits, t.constantInt(INT32_MIN));
  Value magnitude =
      t.toFloat(arith::AndIOp::create(b, bits, t.constantInt(INT32_MAX)));
  Value twice = arith::MulFOp::create(b, magnitude, t.constant(2 * scale));
  // From here on the result rounds to 1. A NaN stays: the comparison is false.
  Value most = t.constant(18.1);
  Value isHigh =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, most, twice);
  twice = arith::SelectOp::create(b, isHigh, most, twice);
  // The sum rounds to the integer -m. Its low bits are 127 - m, the exponent
  // field of 2^-m.
  Value magic = t.constant(0x1.8p23 + 127);
  Value shifted = t.fma(twice, t.constant(-kLog2E), magic);
  Value r =
      t.toFloat(arith::ShLIOp::create(b, t.toBits(shifted), t.constantInt(23)));
  Value minusM = arith::SubFOp::create(b, shifted, magic);
  Value p = buildOneMinusExp(t, t.fma(minusM, t.constant(kLn2), twice));
  Value one = t.constant(1.0);
  Value numerator = t.fma(r, p, arith::SubFOp::create(b, one, r));
  Value minusR = arith::NegFOp::create(b, r); // x86 has an fma that negates
  Value denominator = t.fma(minusR, p, arith::AddFOp::create(b, one, r));
  Value result = arith::DivFOp::create(b, numerator, denominator);
  return t.toFloat(arith::OrIOp::create(b, t.toBits(result), sign));
}

// The half angle makes both polynomials short, and its formula hides their
// errors where the result is near its bound. Powers of the inner constant go
// into the coefficients: with n = c x A, b = c B the formula is the same.
Value whorl::buildSoftcap(ImplicitLocOpBuilder &b, Value x, double divisor,
                          double factor) {
  TypedBuilder t(b, x.getType());
  double end = kHalfTanhEnd * divisor;
  Value lowest = t.constant(-end), highest = t.constant(end);
  Value isLow = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, lowest, x);
  x = arith::SelectOp::create(b, isLow, lowest, x); // one instruction on x86
  Value isHigh =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, highest, x);
  x = arith::SelectOp::create(b, isHigh, highest, x);
  Value square = arith::MulFOp::create(b, x, x);
  auto coefficient = [&](double value, int power) {
    return t.constant(value * std::pow(divisor, power));
  };
  Value cube = arith::MulFOp::create(b, x, square);
  Value sine = t.fma(coefficient(kHalfTanhA[2], -4), square,
                     coefficient(kHalfTanhA[1], -2));
  sine = t.fma(cube, sine, x);
  Value cosine = coefficient(kHalfTanhB[3], -5);
  for (int i = 2; i >= 0; --i)
    cosine = t.fma(cosine, square, coefficient(kHalfTanhB[i], 1 - 2 * i));
  Value scaled = arith::MulFOp::create(b, cosine, t.constant(2 * factor));
  Value numerator = arith::MulFOp::create(b, sine, scaled);
  Value cosineSquare = arith::MulFOp::create(b, cosine, cosine);
  Value denominator = t.fma(sine, sine, cosineSquare);
  return arith::DivFOp::create(b, numerator, denominator);
}
