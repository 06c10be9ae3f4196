//===- KeyRange.h - the mask's plan as code ---------------------*- C++ -*-===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_KEYRANGE_H
#define WHORL_CONVERSION_WHORLTOCPU_KEYRANGE_H

#include "Whorl/Analysis/MaskAnalysis.h"
#include "Whorl/Utils/AttentionScalars.h"

namespace whorl {

/// Which keys the rows of a query tile may see.
struct KeyRange {
  AttentionOp op;
  std::optional<MaskPlan> plan; ///< none: no mask
  mlir::Value batch, head;      ///< of the tile
  mlir::Value firstPosition;    ///< offset + its first row
  mlir::Value endPosition;      ///< offset + number of all query rows
  mlir::Value numKeyRows;       ///< of the tensor

  /// The hull of the key intervals, within [0, Nk): first and one past the
  /// last.
  std::pair<mlir::Value, mlir::Value> buildBounds(LoopBuilder &b) const;
  /// Whether the block of keys from `firstKey` on may hold an invisible pair,
  /// an i1; the plan has a partial set.
  mlir::Value buildIsPartial(LoopBuilder &b, mlir::Value firstKey) const;
};

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_KEYRANGE_H
