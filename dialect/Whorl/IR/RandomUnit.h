//===- RandomUnit.h - from bits to fractions --------------------*- C++ -*-===//
//
// What the distributions share: fractions in (0, 1) made of one word or two.
// Numbers of f16 and bf16 are computed in f32.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_IR_RANDOMUNIT_H
#define WHORL_IR_RANDOMUNIT_H

#include "Whorl/IR/WhorlDialect.h"

namespace whorl {

/// Which float types a distribution has numbers of.
enum class RandomFloats { all, upToF32, f32AndF64, f32 };

/// Says by one error that `element` is none of `floats`.
mlir::LogicalResult
verifyRandomFloat(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
                  mlir::Type element, RandomFloats floats);

/// The digits of a float type's significand: 24 for f32.
unsigned getDigits(mlir::Type element);

/// One word for types of up to 32 bits, two for f64.
RandomDraw getWordDraw(mlir::Type element);

/// The type in which numbers of `element` are computed: f64 for f64, else f32.
mlir::FloatType getComputedType(mlir::Type element);

/// k 2^-digits of the upper `digits` bits k; exact.
mlir::Value buildUnitFraction(ElementBuilder &b, mlir::ValueRange bits,
                              mlir::Type element, unsigned digits);

/// A fraction in (0, 1]; see #whorl.uniform's form open_closed.
mlir::Value buildPositiveUnit(ElementBuilder &b, mlir::ValueRange bits,
                              mlir::Type element);

/// u and 1 - u, u = (n + 1/2) 2^-32 of one word or 2^-64 of two, both with all
/// digits of the computed type.
std::pair<mlir::Value, mlir::Value>
buildMidpoint(ElementBuilder &b, mlir::ValueRange bits, mlir::Type element);

/// A symmetric fraction and its distance from the nearer end.
struct SymmetricUnit {
  mlir::Value x;    ///< (n + 1/2) 2^-31 in (-1, 1), n the word as a signed one
  mlir::Value tail; ///< 1 - |x|
};
/// Both with all digits of the computed type; f64 takes two words and 2^-63.
SymmetricUnit buildSymmetricUnit(ElementBuilder &b, mlir::ValueRange bits,
                                 mlir::Type element);

} // namespace whorl

#endif // WHORL_IR_RANDOMUNIT_H
