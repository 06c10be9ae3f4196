//===- SoftmaxState.h - the online softmax of one query row -----*- C++ -*-===//
//
// The weight of a key is exp(s - r) with a reference r of the query row, so
// that it neither overflows nor vanishes. Any reference gives the same output;
// it need not be the maximum. It moves only when a block holds a score that
// lies far above it, which random data do in their first block and hardly
// again: the common block rescales nothing.
//
// All functions take scalars or vectors, one lane a row.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_SOFTMAXSTATE_H
#define WHORL_CONVERSION_WHORLTOCPU_SOFTMAXSTATE_H

#include "Whorl/Utils/LoopBuilder.h"

namespace whorl {

/// Maximum in the one instruction that x86 has; a NaN as `y` is returned. A NaN
/// score reaches the output through its exponential.
mlir::Value buildMaximum(LoopBuilder &b, mlir::Value x, mlir::Value y);

/// How scores become weights. Scores are multiples of log2(e) where that could
/// be folded into the scale; else they are natural, or bare products that are
/// still to be multiplied by `scale` > 0.
struct SoftmaxState {
  bool isBase2 = false;
  double scale = 1.0;

  /// A natural scalar (a scale, a sink) in the unit of the scores.
  mlir::Value buildUnit(LoopBuilder &b, mlir::Value natural) const;
  /// exp(score - reference).
  mlir::Value buildWeight(LoopBuilder &b, mlir::Value score,
                          mlir::Value reference) const;
  /// The reference for a block whose largest score is `best`, and whether it
  /// moved: to `best` where that lies far above or is the first score that is
  /// seen, which a sum of 0 tells.
  std::pair<mlir::Value, mlir::Value> buildNextReference(LoopBuilder &b,
                                                         mlir::Value best,
                                                         mlir::Value reference,
                                                         mlir::Value sum) const;
  /// What sums and outputs so far are multiplied by when the reference moves.
  mlir::Value buildRescale(LoopBuilder &b, mlir::Value reference,
                           mlir::Value next, mlir::Value sum) const;
  /// Reference and sum before any key: a sink is a score whose value is
  /// nothing; one of -inf is none. Scalars of `type`; `sink` may be null.
  std::pair<mlir::Value, mlir::Value>
  buildInitial(LoopBuilder &b, mlir::Type type, mlir::Value sink) const;
  /// reference + log(sum), natural; -inf where no key was seen. Scalars.
  mlir::Value buildLse(LoopBuilder &b, mlir::Value reference,
                       mlir::Value sum) const;
  /// 1 / sum; 0 where no key was seen.
  static mlir::Value buildInverse(LoopBuilder &b, mlir::Value sum);
};

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_SOFTMAXSTATE_H
