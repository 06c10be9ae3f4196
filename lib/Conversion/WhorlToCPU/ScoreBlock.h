//===- ScoreBlock.h - the scalar IR of one score ----------------*- C++ -*-===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_SCOREBLOCK_H
#define WHORL_CONVERSION_WHORLTOCPU_SCOREBLOCK_H

#include "LaneExpander.h"
#include "Whorl/Utils/AttentionScalars.h"

namespace whorl {

/// What happens to a score between product and softmax, as a block whose
/// arguments are the score and its indices.
struct ScoreBlock {
  /// An empty block: the result is the score.
  ScoreBlock(mlir::Location loc, mlir::Type type);
  void addModifiers(AttentionOp op);
  void addMask(AttentionOp op);

  ScalarBlock scalar;
  mlir::Value score;
  ScoreIndices indices;
  mlir::Value result;
};

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_SCOREBLOCK_H
