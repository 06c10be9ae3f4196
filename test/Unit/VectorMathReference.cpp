//===- VectorMathReference.cpp - elementary functions in f64 --------------===//
//
// Taylor series on a short interval, far more terms than f64 needs, in plain
// loops that compilers turn into vector code: 2^32 calls of libm would take
// minutes. The tests compare them with libm.
//
//===----------------------------------------------------------------------===//

#include "VectorMathReference.h"
#include <cmath>
#include <cstdint>
#include <cstring>

using namespace whorl;

// The widest vectors that this machine has.
#if defined(__x86_64__) && defined(__clang__)
#define WHORL_WIDE                                                             \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WHORL_WIDE
#endif
#define WHORL_INLINE static inline __attribute__((always_inline))

static constexpr double kLn2 = 0.69314718055994530942;

WHORL_INLINE uint64_t toBits(double x) {
  uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

WHORL_INLINE double toDouble(uint64_t bits) {
  double x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

/// (exp(x) - 1) / x for |x| <= ln(2) / 2.
WHORL_INLINE double getExpm1Quotient(double x) {
  double sum = 1.0;
  for (int k = 14; k >= 2; --k)
    sum = 1.0 + sum * x * (1.0 / k);
  return sum;
}

/// x rounded to an integer, and 2 to its power.
struct Power {
  double integer, power;
};
WHORL_INLINE Power getPower(double x) {
  constexpr double magic = 0x1.8p52;
  double shifted = x + magic;
  return {shifted - magic, toDouble((toBits(shifted) + 1023) << 52)};
}

WHORL_INLINE double getExp2(double x) {
  Power power = getPower(x);
  double y = (x - power.integer) * kLn2;
  return power.power * (1.0 + y * getExpm1Quotient(y));
}

/// For 0 <= x <= 30.
WHORL_INLINE double getTanh(double x) {
  Power power = getPower(x * (-2 / kLn2));
  double y = -2 * x - power.integer * kLn2;
  double expm1 = power.power * (y * getExpm1Quotient(y)) + (power.power - 1.0);
  return -expm1 / (2.0 + expm1);
}

/// One over the distance of f32 numbers of the size of a positive value.
WHORL_INLINE double getInverseUlp(double value) {
  uint64_t exponent = toBits(value) >> 52;
  constexpr uint64_t least = 1023 - 126;
  exponent = exponent < least ? least : exponent;
  return toDouble((2 * 1023 + 23 - exponent) << 52);
}

double whorl::getUlp(double value) {
  return 1.0 / getInverseUlp(std::fabs(value));
}

WHORL_INLINE double getError(double result, double exact) {
  return std::fabs(result - exact) * getInverseUlp(exact);
}

WHORL_WIDE void whorl::exp2Errors(const float *in, const float *out,
                                  double *errors, size_t count) {
  for (size_t i = 0; i < count; ++i)
    errors[i] = getError(out[i], getExp2(in[i]));
}

WHORL_WIDE void whorl::tanhErrors(const float *in, const float *out,
                                  double *errors, size_t count) {
  for (size_t i = 0; i < count; ++i)
    errors[i] = getError(out[i], getTanh(in[i]));
}

WHORL_WIDE void whorl::softcap30Errors(const float *in, const float *out,
                                       double *errors, size_t count) {
  for (size_t i = 0; i < count; ++i)
    errors[i] = getError(out[i], 30.0 * getTanh(in[i] * (1.0 / 30.0)));
}

WHORL_WIDE void whorl::linearErrors(const float *in, const float *out,
                                    double *errors, size_t count) {
  for (size_t i = 0; i < count; ++i)
    errors[i] = getError(out[i], in[i]);
}

WHORL_WIDE void whorl::oneErrors(const float *in, const float *out,
                                 double *errors, size_t count) {
  (void)in;
  for (size_t i = 0; i < count; ++i)
    errors[i] = getError(out[i], 1.0);
}
