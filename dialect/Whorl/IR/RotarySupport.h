//===- RotarySupport.h - what scalings of rotary encodings see --*- C++ -*-===//
#ifndef WHORL_IR_ROTARYSUPPORT_H
#define WHORL_IR_ROTARYSUPPORT_H

#include "Whorl/IR/EncodingSupport.h"
#include "Whorl/IR/Phase.h"

namespace whorl {

/// One pair of a rotary encoding: which axis of a position turns it, and how
/// fast, namely by theta^(-2 index / dim) per unit of the position.
struct RotaryPair {
  int64_t axis = 0;
  int64_t index = 0;
  int64_t dim = 0;
};

/// The pairs of a rotary encoding.
struct RotaryShape {
  double theta = 0;
  llvm::SmallVector<RotaryPair> pairs;
};

/// What a scaling verifies itself against.
struct RopeScalingVerifyContext {
  llvm::function_ref<mlir::InFlightDiagnostic()> emitError;
  const RotaryShape &shape;
};

/// What frequencies and magnitudes that are known at run time only depend on.
struct RopeScalingContext {
  const RotaryShape &shape;
  mlir::Value unit;     ///< index of the pair
  mlir::Value position; ///< f64, on the pair's axis
  mlir::Value length;   ///< as in RowFactorContext
  const OperandReader &operands;
};

/// A frequency as the sum of two f64 values.
struct RotaryFrequency {
  mlir::Value high, low;
};

/// Their product, to about 100 bits; `b.low` is null for 0.
RotaryFrequency multiply(mlir::ImplicitLocOpBuilder &builder, RotaryFrequency a,
                         RotaryFrequency b);

/// What cosine and sine are multiplied by, f64; null for 1.
struct RotaryMagnitudes {
  mlir::Value query, key;
};

} // namespace whorl

#endif // WHORL_IR_ROTARYSUPPORT_H
