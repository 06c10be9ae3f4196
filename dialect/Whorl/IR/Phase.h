//===- Phase.h - cosine and sine of position times frequency ----*- C++ -*-===//
//
// Rotary and sinusoidal encodings need cos and sin of p * theta_u for positions
// of a million and more. A product rounded to f64 is wrong by 1e-10 there: many
// ulp of f32 where the result is near zero. So frequencies are held as a sum of
// two doubles, the product is kept as a sum of two, and the reduction by pi/2
// uses three terms. Everything is elementwise arith on f64, so that reference
// and back ends compute the same bits.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_IR_PHASE_H
#define WHORL_IR_PHASE_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace whorl {

/// A real number as an unevaluated sum of two doubles.
struct DoubleDouble {
  double high = 0;
  double low = 0;
};

/// Arithmetic on them, to about 100 bits.
DoubleDouble add(DoubleDouble a, DoubleDouble b);
DoubleDouble multiply(DoubleDouble a, DoubleDouble b);
DoubleDouble divide(DoubleDouble a, DoubleDouble b);

/// base^(-numerator/denominator), to about 100 bits.
DoubleDouble getFrequency(double base, int64_t numerator, int64_t denominator);

/// Frequencies, high parts and low parts.
struct FrequencyTable {
  FrequencyTable() = default;
  /// base^(-2u/dim) of u < count.
  FrequencyTable(double base, int64_t dim, int64_t count);
  void add(DoubleDouble frequency) {
    high.push_back(frequency.high);
    low.push_back(frequency.low);
  }
  llvm::SmallVector<double> high, low;
};

/// Builds cos and sin of position * (high + low); all values f64.
std::pair<mlir::Value, mlir::Value>
buildPhase(mlir::ImplicitLocOpBuilder &builder, mlir::Value position,
           mlir::Value high, mlir::Value low);

} // namespace whorl

#endif // WHORL_IR_PHASE_H
