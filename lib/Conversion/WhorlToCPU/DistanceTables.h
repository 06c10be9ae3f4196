//===- DistanceTables.h - terms of i - j, tabulated -------------*- C++ -*-===//
//
// What of a score depends on row and key only through i - j (DistanceAnalysis)
// is computed once per head for the N + M - 1 distances. A table is stored by
// growing i - j, so that the lanes of neighbouring rows read it as one
// contiguous vector:
//
//   table[batch or 0][head or 0][(i - j) + M - 1]
//
// When a score changes by nothing but the addition of such terms, they are
// summed in one table, and the kernel adds it while the score is in registers:
// no pass over the scores is left. Else each term has a table, and the scalar
// IR of the score reads it in the term's place.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_DISTANCETABLES_H
#define WHORL_CONVERSION_WHORLTOCPU_DISTANCETABLES_H

#include "ScoreBlock.h"
#include "SoftmaxState.h"

namespace whorl {

class DistanceTables {
public:
  DistanceTables() = default;
  /// Finds the terms of `op`, whose scores are computed in `type`. Without
  /// `allowSum` a sum is like any other change of a score.
  DistanceTables(AttentionOp op, mlir::FloatType type, bool allowSum);

  /// Whether a score changes by nothing but the addition of the only table.
  bool isSum() const { return sum; }

  /// Computes the tables for `numRows` rows in tiles of `tileRows`. Entries of
  /// a sum are in the unit of `softmax`.
  void build(LoopBuilder &b, mlir::Value numRows, mlir::Value numKeys,
             int64_t tileRows, int64_t lanes, const SoftmaxState &softmax);
  void free(LoopBuilder &b);

  /// Replaces the terms in a block with modifiers by new arguments of it, which
  /// stand for what `load` returns, in order.
  llvm::SmallVector<mlir::Value> extract(ScoreBlock &block) const;
  /// The entries for neighbouring rows from `row` on and one key.
  mlir::Value load(LoopBuilder &b, unsigned table, mlir::Value row,
                   mlir::Value key, const ScoreIndices &at,
                   int64_t lanes) const;
  unsigned size() const { return tables.size(); }

private:
  struct Table {
    mlir::FloatType type;
    bool onBatch = false, onHead = false;
    mlir::Value memref = {};
  };
  /// The terms as values of a block with modifiers.
  llvm::SmallVector<mlir::Value> buildTerms(ScoreBlock &block) const;
  void fill(LoopBuilder &b, unsigned table, const ScoreIndices &at,
            mlir::Value numDistances, int64_t lanes,
            const SoftmaxState &softmax);

  AttentionOp op;
  mlir::FloatType type;
  bool sum = false;
  llvm::SmallVector<Table> tables;
  mlir::Value lastKey; ///< M - 1
};

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_DISTANCETABLES_H
