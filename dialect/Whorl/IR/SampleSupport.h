//===- SampleSupport.h - what belongs to a sample ---------------*- C++ -*-===//
//
// What passes between rules of guidance, preconditionings, the ops that use
// them, and their lowerings. All values are scalar f64 IR of one sample.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_IR_SAMPLESUPPORT_H
#define WHORL_IR_SAMPLESUPPORT_H

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace whorl {

/// Reads an entry of a constant table at an index.
using TableReader =
    llvm::function_ref<mlir::Value(llvm::ArrayRef<double>, mlir::Value)>;

/// x = signal x0 + noise eps.
struct NoiseScales {
  mlir::Value signal, noise;
};

/// From what the factors of a sample are made.
struct SampleContext {
  llvm::SmallVector<mlir::Value> scalars; ///< of getSampleInputs
  llvm::SmallVector<mlir::Value> sums;    ///< of buildMoments
  mlir::Value count; ///< elements of a sample; null without sums
  TableReader readTable;
};

/// From what a rule of guidance makes its factors.
struct GuidanceContext {
  mlir::Value scale;
  mlir::Value index; ///< null where the rule does not ask for it
  llvm::ArrayRef<mlir::Value> sums;
  mlir::Value count; ///< elements of a sample; null without sums
};

/// g = unconditional u + conditional c + running r. The last is null without
/// momentum.
struct GuidanceFactors {
  mlir::Value unconditional, conditional, running;
};

/// D = skip x + output F(input x).
struct ScalingFactors {
  mlir::Value skip, output, input;
};

/// Builds scalar f64 arithmetic, briefly.
struct ScalarMath {
  explicit ScalarMath(mlir::ImplicitLocOpBuilder &builder) : b(builder) {}

  mlir::Value number(double value) const;
  mlir::Value add(mlir::Value x, mlir::Value y) const;
  mlir::Value sub(mlir::Value x, mlir::Value y) const;
  mlir::Value mul(mlir::Value x, mlir::Value y) const;
  mlir::Value div(mlir::Value x, mlir::Value y) const;
  mlir::Value neg(mlir::Value x) const;
  mlir::Value sqrt(mlir::Value x) const;
  mlir::Value log(mlir::Value x) const;
  mlir::Value min(mlir::Value x, mlir::Value y) const;
  /// condition x < y ? a : b.
  mlir::Value ifLess(mlir::Value x, mlir::Value y, mlir::Value then,
                     mlir::Value otherwise) const;

  mlir::ImplicitLocOpBuilder &b;
};

} // namespace whorl

#endif // WHORL_IR_SAMPLESUPPORT_H
