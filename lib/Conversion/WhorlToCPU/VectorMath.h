//===- VectorMath.h - our own elementary functions --------------*- C++ -*-===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_VECTORMATH_H
#define WHORL_CONVERSION_WHORLTOCPU_VECTORMATH_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace whorl {

/// 2^x for x below 127 (1023 in f64) of type f32 or f64, or a vector of them.
/// Within 2 ulp where the result is a normal number; below that the error is at
/// most the smallest normal number, and exactly 0 from 2^-127 (2^-1023 in f64)
/// down. NaN stays.
mlir::Value buildExp2(mlir::ImplicitLocOpBuilder &builder, mlir::Value x);

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_VECTORMATH_H
