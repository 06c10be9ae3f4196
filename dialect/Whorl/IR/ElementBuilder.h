//===- ElementBuilder.h - arithmetic on scalars and vectors -----*- C++ -*-===//
//
// Builds arith and math ops with short names. Every function takes scalars or
// vectors, all operands of one shape, so that one definition serves a scalar
// loop and every vector width. Constants take their shape from a value.
//
// No op carries a fast-math flag: results are the same bits everywhere.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_IR_ELEMENTBUILDER_H
#define WHORL_IR_ELEMENTBUILDER_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace whorl {

class ElementBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;
  using Value = mlir::Value;

  /// `element`, or a vector of it of the shape of `model`.
  mlir::Type getTypeLike(Value model, mlir::Type element);
  /// A constant of the type of `model`.
  Value constant(Value model, double value);
  Value integer(Value model, int64_t value);
  /// The scalar in all lanes of `model`'s shape.
  Value splat(Value scalar, Value model);
  /// first, first + 1, ... first + lanes - 1; `first` is an integer scalar.
  Value getRun(Value first, int64_t lanes);

  Value add(Value x, Value y);
  Value sub(Value x, Value y);
  Value mul(Value x, Value y);
  Value div(Value x, Value y);
  Value fma(Value x, Value y, Value z);
  Value neg(Value x);
  Value sqrt(Value x);
  Value min(Value x, Value y);
  Value max(Value x, Value y);
  Value isLess(Value x, Value y);
  Value scale(Value x, double factor) { return mul(x, constant(x, factor)); }
  Value fma(Value x, double factor, Value z) {
    return fma(x, constant(x, factor), z);
  }
  /// c[0] + x (c[1] + x (c[2] + ...)), each step one fma.
  Value polynomial(Value x, llvm::ArrayRef<double> coefficients);

  Value addInt(Value x, Value y);
  Value addInt(Value x, int64_t y) { return addInt(x, integer(x, y)); }
  Value subInt(Value x, Value y);
  Value mulInt(Value x, Value y);
  Value bitAnd(Value x, Value y);
  Value bitAnd(Value x, int64_t y) { return bitAnd(x, integer(x, y)); }
  Value bitOr(Value x, Value y);
  Value bitXor(Value x, Value y);
  Value shiftLeft(Value x, int64_t bits);
  Value shiftRight(Value x, int64_t bits); ///< with zeros from the left
  Value shiftRightSigned(Value x, int64_t bits);
  Value isEqual(Value x, int64_t y);
  Value isLessUnsigned(Value x, Value y);
  Value select(Value condition, Value x, Value y);

  /// Conversions; `element` is the scalar type wanted.
  Value bitcast(Value x, mlir::Type element);
  Value fromSigned(Value x, mlir::Type element);
  Value fromUnsigned(Value x, mlir::Type element);
  Value zeroExtend(Value x, mlir::Type element);
  Value truncate(Value x, mlir::Type element);
  /// Rounds a float to a narrower type; to its own type, nothing.
  Value round(Value x, mlir::Type element);
};

} // namespace whorl

#endif // WHORL_IR_ELEMENTBUILDER_H
