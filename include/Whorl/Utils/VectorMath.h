//===- VectorMath.h - our own elementary functions --------------*- C++ -*-===//
#ifndef WHORL_UTILS_VECTORMATH_H
#define WHORL_UTILS_VECTORMATH_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace whorl {

inline constexpr double kLog2E = 1.44269504088896340736;
inline constexpr double kLn2 = 0.69314718055994530942;

/// 2^x for x below 127 (1023 in f64) of type f32 or f64, or a vector of them.
/// Within 2 ulp where the result is a normal number; below that the error is at
/// most the smallest normal number, and exactly 0 from 2^-127 (2^-1023 in f64)
/// down. NaN stays.
mlir::Value buildExp2(mlir::ImplicitLocOpBuilder &builder, mlir::Value x);

/// tanh(scale * x) of an f32 or a vector of them, within 2 ulp of the tanh of
/// the rounded product; `scale` is not negative. It is odd, at most 1 in
/// magnitude, x itself below 2^-25, and keeps -0 and NaN.
mlir::Value buildTanh(mlir::ImplicitLocOpBuilder &builder, mlir::Value x,
                      double scale = 1.0);

/// factor * tanh(x / divisor) of an f32 or a vector of them, in fewer
/// operations than `buildTanh` and within 5 ulp. `divisor` and the magnitude of
/// `factor` lie in [2^-16, 2^16].
mlir::Value buildSoftcap(mlir::ImplicitLocOpBuilder &builder, mlir::Value x,
                         double divisor, double factor);

} // namespace whorl

#endif // WHORL_UTILS_VECTORMATH_H
