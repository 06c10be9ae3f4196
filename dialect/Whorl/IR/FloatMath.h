//===- FloatMath.h - elementary functions as IEEE arithmetic ----*- C++ -*-===//
//
// Our own polynomials, on scalars or vectors of f32 or f64, from add, subtract,
// multiply, fma, divide, square root and integer arithmetic: the same bits on
// every machine, which no libm promises. Accuracies are measured by
// test/Unit/RandomMathTest.cpp.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_IR_FLOATMATH_H
#define WHORL_IR_FLOATMATH_H

#include "Whorl/IR/ElementBuilder.h"

namespace whorl {

/// The integers of the width of floats in their order: a negative float's bits
/// grow with its magnitude. -0 is less than 0; a NaN stands beyond an infinity.
mlir::Value buildOrdered(ElementBuilder &b, mlir::Value x);
/// The float of type `element` that has this place in the order.
mlir::Value buildFromOrdered(ElementBuilder &b, mlir::Value ordered,
                             mlir::Type element);

/// ln(x) of a positive, finite, normal x; within 1 ulp.
mlir::Value buildLog(ElementBuilder &b, mlir::Value x);

/// ln(1 - u) for u in (0, 1), given u and 1 - u, each with all its digits;
/// within 2 ulp.
mlir::Value buildLogOfComplement(ElementBuilder &b, mlir::Value u,
                                 mlir::Value complement);

/// ln(1 + x) for x in (-1, 0], where 1 + x is rounded; within 2 ulp.
mlir::Value buildLog1p(ElementBuilder &b, mlir::Value x);

/// -ln(x) of an f32 x in (0, 1], with an absolute error of 3e-7 and a relative
/// one of 2e-7 above 1: cheaper than buildLog.
mlir::Value buildCoarseNegativeLog(ElementBuilder &b, mlir::Value x);

/// sin(x + quarters pi/2) of an f32 x in [0, 7] and an i32 of quarters; within
/// 1 ulp of the largest number that it can be.
mlir::Value buildSine(ElementBuilder &b, mlir::Value x, mlir::Value quarters);

/// The standard normal quantile in f64 at (1 + x)/2, by algorithm AS241, where
/// `tail` = (1 - |x|)/2; both have all their digits.
mlir::Value buildNormalQuantile(ElementBuilder &b, mlir::Value x,
                                mlir::Value tail);

} // namespace whorl

#endif // WHORL_IR_FLOATMATH_H
