//===- FloatMath.cpp - elementary functions as IEEE arithmetic ------------===//

#include "Whorl/IR/FloatMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace whorl;

/// Its own inverse.
static Value mirrorNegative(ElementBuilder &b, Value bits) {
  unsigned width = getElementTypeOrSelf(bits).getIntOrFloatBitWidth();
  int64_t magnitude = static_cast<int64_t>(~uint64_t(0) >> (65 - width));
  Value sign = b.shiftRightSigned(bits, width - 1);
  return b.bitXor(bits, b.bitAnd(sign, magnitude));
}

Value whorl::buildOrdered(ElementBuilder &b, Value x) {
  unsigned width = getElementTypeOrSelf(x).getIntOrFloatBitWidth();
  return mirrorNegative(b, b.bitcast(x, b.getIntegerType(width)));
}

Value whorl::buildFromOrdered(ElementBuilder &b, Value ordered, Type element) {
  return b.bitcast(mirrorNegative(b, ordered), element);
}

static bool isF64(Value x) { return getElementTypeOrSelf(x).isF64(); }

namespace {
/// x = 2^exponent (1 + fraction), with 1 + fraction from sqrt(1/2) to sqrt(2).
struct Reduced {
  Value fraction, exponent; ///< both of the type of x
};
} // namespace

static Reduced reduce(ElementBuilder &b, Value x) {
  Type real = getElementTypeOrSelf(x);
  Type bitsType = b.getIntegerType(real.getIntOrFloatBitWidth());
  int64_t digits = isF64(x) ? 52 : 23;
  // The bits of sqrt(1/2): what lies above counts as half of the next power.
  int64_t root = isF64(x) ? 0x3fe6a09e667f3bcd : 0x3f3504f3;
  Value bits = b.bitcast(x, bitsType);
  Value exponent = b.shiftRightSigned(b.addInt(bits, -root), digits);
  Value mantissa = b.subInt(bits, b.shiftLeft(exponent, digits));
  if (isF64(x)) // vector units convert 32-bit integers only
    exponent = b.truncate(exponent, b.getI32Type());
  Value significand = b.bitcast(mantissa, real);
  return {b.sub(significand, b.constant(significand, 1.0)),
          b.fromSigned(exponent, real)};
}

// ln 2 in two parts: a multiple of the first by an exponent is exact.
static constexpr double ln2HighF32 = 0.693359375, ln2LowF32 = -2.12194440e-4;
static constexpr double ln2HighF64 = 6.93147180369123816490e-01,
                        ln2LowF64 = 1.90821492927058770002e-10;

/// ln(1 + f) - f in f32: f^2 times a minimax polynomial of our own.
static Value buildLogTailF32(ElementBuilder &b, Value f) {
  static constexpr double coefficients[] = {
      -0.5,           0x1.555554p-2,  -0x1.000226p-2,
      0x1.99a008p-3,  -0x1.547244p-3, 0x1.22da1cp-3,
      -0x1.0d8542p-3, 0x1.055b6ap-3,  -0x1.38b57ep-4};
  return b.mul(b.polynomial(f, coefficients), b.mul(f, f));
}

/// The same in f64: with s = f/(2 + f), ln(1 + f) = 2 artanh(s), whose series
/// converges fast as s^2 < 0.03.
static Value buildLogTailF64(ElementBuilder &b, Value f) {
  static constexpr double coefficients[] = {
      2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11,
      2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21};
  Value s = b.div(f, b.add(f, b.constant(f, 2.0)));
  Value square = b.mul(s, s);
  Value series = b.mul(b.polynomial(square, coefficients), square);
  Value half = b.mul(b.scale(f, 0.5), f);
  return b.sub(b.mul(s, b.add(half, series)), half);
}

/// exponent ln 2 + (fraction + tail), the smallest first.
static Value buildLogSum(ElementBuilder &b, const Reduced &x, Value tail) {
  bool wide = isF64(tail);
  Value low = b.fma(x.exponent, wide ? ln2LowF64 : ln2LowF32, tail);
  return b.fma(x.exponent, wide ? ln2HighF64 : ln2HighF32,
               b.add(x.fraction, low));
}

static Value buildLogTail(ElementBuilder &b, Value f) {
  return isF64(f) ? buildLogTailF64(b, f) : buildLogTailF32(b, f);
}

Value whorl::buildLog(ElementBuilder &b, Value x) {
  Reduced reduced = reduce(b, x);
  return buildLogSum(b, reduced, buildLogTail(b, reduced.fraction));
}

Value whorl::buildLogOfComplement(ElementBuilder &b, Value u,
                                  Value complement) {
  Reduced reduced = reduce(b, complement);
  // Near 1 the complement has lost the digits that u still has.
  Value isNear = b.isLess(u, b.constant(u, 0.25));
  reduced.fraction = b.select(isNear, b.neg(u), reduced.fraction);
  return buildLogSum(b, reduced, buildLogTail(b, reduced.fraction));
}

Value whorl::buildLog1p(ElementBuilder &b, Value x) {
  Value one = b.constant(x, 1.0);
  Value sum = b.add(one, x);
  Value lost = b.sub(x, b.sub(sum, one));
  Reduced reduced = reduce(b, sum);
  Value isNear = b.isLess(b.constant(x, -0.25), x);
  reduced.fraction = b.select(isNear, x, reduced.fraction);
  Value correction = b.select(isNear, b.constant(x, 0.0), b.div(lost, sum));
  Value tail = buildLogTail(b, reduced.fraction);
  return buildLogSum(b, reduced, b.add(tail, correction));
}

Value whorl::buildCoarseNegativeLog(ElementBuilder &b, Value x) {
  // -ln(1 + f) = f p(f): no constant term, so that -ln(1) is 0 and nothing is
  // negative. Minimax in the absolute error, our own.
  static constexpr double coefficients[] = {
      -0x1.000036p+0, 0x1.000294p-1, -0x1.55069ap-2, 0x1.fd91ep-3,
      -0x1.a5fbd4p-3, 0x1.831cdp-3,  -0x1.e4741cp-4};
  Reduced reduced = reduce(b, x);
  return b.fma(b.polynomial(reduced.fraction, coefficients), reduced.fraction,
               b.scale(reduced.exponent, -0x1.62e43p-1));
}

Value whorl::buildSine(ElementBuilder &b, Value x, Value quarters) {
  // x = n pi/2 + r, |r| <= pi/4, with pi/2 as a sum of two floats. Adding and
  // subtracting 1.5 2^23 rounds to a whole number, whose low bits then lie in
  // the low bits of the float.
  Value magic = b.constant(x, 0x1.8p23);
  Value shifted = b.fma(x, 0x1.45f306p-1, magic);
  Value n = b.sub(shifted, magic);
  Value r = b.fma(n, -0x1.921fb6p0, x);
  r = b.fma(n, 0x1.777a5cp-25, r);
  Value quadrant = b.addInt(b.bitcast(shifted, b.getI32Type()), quarters);
  Value z = b.mul(r, r);
  Value sine = b.fma(b.mul(b.polynomial(z, {-0x1.555556p-3, 0x1.111108p-7,
                                            -0x1.a00f74p-13, 0x1.6ccf5ep-19}),
                           z),
                     r, r);
  Value cosine = b.fma(b.polynomial(z, {-0.5, 0x1.555556p-5, -0x1.6c16b8p-10,
                                        0x1.a010d6p-16, -0x1.241ca8p-22}),
                       z, b.constant(z, 1.0));
  Value isOdd = b.isEqual(b.bitAnd(quadrant, 1), 1);
  Value isNegative = b.isEqual(b.bitAnd(quadrant, 2), 2);
  Value result = b.select(isOdd, cosine, sine);
  return b.select(isNegative, b.neg(result), result);
}

//===----------------------------------------------------------------------===//
// The normal quantile in f64
//===----------------------------------------------------------------------===//

// Wichura 1988, algorithm AS241, PPND16: a quotient of two polynomials in each
// of three ranges.
static constexpr double centreNumerator[] = {
    3.3871328727963666080e0,  1.3314166789178437745e+2,
    1.9715909503065514427e+3, 1.3731693765509461125e+4,
    4.5921953931549871457e+4, 6.7265770927008700853e+4,
    3.3430575583588128105e+4, 2.5090809287301226727e+3};
static constexpr double centreDenominator[] = {1.0,
                                               4.2313330701600911252e+1,
                                               6.8718700749205790830e+2,
                                               5.3941960214247511077e+3,
                                               2.1213794301586595867e+4,
                                               3.9307895800092710610e+4,
                                               2.8729085735721942674e+4,
                                               5.2264952788528545610e+3};
static constexpr double nearNumerator[] = {
    1.42343711074968357734e0,  4.63033784615654529590e0,
    5.76949722146069140550e0,  3.64784832476320460504e0,
    1.27045825245236838258e0,  2.41780725177450611770e-1,
    2.27238449892691845833e-2, 7.74545014278341407640e-4};
static constexpr double nearDenominator[] = {1.0,
                                             2.05319162663775882187e0,
                                             1.67638483018380384940e0,
                                             6.89767334985100004550e-1,
                                             1.48103976427480074590e-1,
                                             1.51986665636164571966e-2,
                                             5.47593808499534494600e-4,
                                             1.05075007164441684324e-9};
static constexpr double farNumerator[] = {
    6.65790464350110377720e0,  5.46378491116411436990e0,
    1.78482653991729133580e0,  2.96560571828504891230e-1,
    2.65321895265761230930e-2, 1.24266094738807843860e-3,
    2.71155556874348757815e-5, 2.01033439929228813265e-7};
static constexpr double farDenominator[] = {1.0,
                                            5.99832206555887937690e-1,
                                            1.36929880922735805310e-1,
                                            1.48753612908506148525e-2,
                                            7.86869131145613259100e-4,
                                            1.84631831751005468180e-5,
                                            1.42151175831644588870e-7,
                                            2.04426310338993978564e-15};

static Value buildQuotient(ElementBuilder &b, Value x,
                           ArrayRef<double> numerator,
                           ArrayRef<double> denominator) {
  return b.div(b.polynomial(x, numerator), b.polynomial(x, denominator));
}

Value whorl::buildNormalQuantile(ElementBuilder &b, Value x, Value tail) {
  Value q = b.scale(x, 0.5);
  Value square = b.sub(b.constant(q, 0.180625), b.mul(q, q));
  Value centre =
      b.mul(buildQuotient(b, square, centreNumerator, centreDenominator), q);
  Value root = b.sqrt(b.neg(buildLog(b, tail)));
  Value near = buildQuotient(b, b.sub(root, b.constant(root, 1.6)),
                             nearNumerator, nearDenominator);
  Value far = buildQuotient(b, b.sub(root, b.constant(root, 5.0)), farNumerator,
                            farDenominator);
  Value outer = b.select(b.isLess(b.constant(root, 5.0), root), far, near);
  Value isNegative = b.isLess(q, b.constant(q, 0.0));
  outer = b.select(isNegative, b.neg(outer), outer);
  // |q| > 0.425
  Value isOuter = b.isLess(tail, b.constant(tail, 0.075));
  return b.select(isOuter, outer, centre);
}
