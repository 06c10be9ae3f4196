//===- VectorMathReference.h - elementary functions in f64 ------*- C++ -*-===//
#ifndef WHORL_TEST_UNIT_VECTORMATHREFERENCE_H
#define WHORL_TEST_UNIT_VECTORMATHREFERENCE_H

#include <cstddef>

namespace whorl {

/// errors[i] = |out[i] - f(in[i])| in units in the last place of an f32 of the
/// size of f(in[i]), for i < count, a multiple of 8.
using ReferenceFunction = void (*)(const float *in, const float *out,
                                   double *errors, size_t count);

void exp2Errors(const float *in, const float *out, double *errors,
                size_t count);
/// Not for negative numbers, as all below.
void tanhErrors(const float *in, const float *out, double *errors,
                size_t count);
/// 30 tanh(x / 30).
void softcap30Errors(const float *in, const float *out, double *errors,
                     size_t count);
/// tanh(x) as x, which it is for x below 2^-13.
void linearErrors(const float *in, const float *out, double *errors,
                  size_t count);
/// tanh(x) as 1.
void oneErrors(const float *in, const float *out, double *errors, size_t count);

/// The distance of f32 numbers of the size of `value`.
double getUlp(double value);

} // namespace whorl

#endif // WHORL_TEST_UNIT_VECTORMATHREFERENCE_H
