//===- VectorMath.cpp - our own elementary functions ----------------------===//

#include "VectorMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinTypes.h"

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
    Value product = arith::MulFOp::create(b, x, y);
    return arith::AddFOp::create(b, product, z);
  }

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
  Value bits = arith::BitcastOp::create(b, t.integer, shifted);
  Value exponent =
      arith::ShLIOp::create(b, bits, t.constantInt(isF64 ? 52 : 23));
  Value mantissa = arith::BitcastOp::create(b, t.integer, result);
  Value sum = arith::AddIOp::create(b, mantissa, exponent);
  return arith::BitcastOp::create(b, t.type, sum);
}
