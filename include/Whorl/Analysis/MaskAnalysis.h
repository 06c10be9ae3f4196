//===- MaskAnalysis.h - which tiles a mask leaves empty or full -*- C++ -*-===//
//
// A tile is a block of query positions [q, q + queryRows) times a block of keys
// [k, k + keyRows). From the Presburger bounds of a mask
// (Whorl/IR/MaskBounds.h) the analysis derives, symbolically in q, k and the
// mask's symbols:
//
// * the keys that a block of queries can see: intervals [lower, upper) outside
//   of which every tile is empty;
// * the condition under which a tile may hold an invisible pair: where it is
//   false the tile is full and needs no compare.
//
// Both are conservative: a tile that is called empty or full is, but one that
// is neither may still be. Existential variables are eliminated over the
// rationals.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_ANALYSIS_MASKANALYSIS_H
#define WHORL_ANALYSIS_MASKANALYSIS_H

#include "Whorl/IR/WhorlDialect.h"
#include "mlir/IR/AffineMap.h"

namespace whorl {

/// The keys that a block of queries may see under one part of a mask's set.
/// The maps' dims are (q, end), where `end` is one past the last query position
/// of the whole attention; symbols are the mask's operands.
struct KeyInterval {
  mlir::AffineMap lower; ///< the first key: the largest of the results
  mlir::AffineMap upper; ///< one past the last key: the least of the results
};

struct MaskPlan {
  /// The union of these holds every visible key. No interval: nothing is
  /// visible.
  llvm::SmallVector<KeyInterval> intervals;
  /// Over dims (q, k, end) and the mask's operands as symbols: the tile may be
  /// partial when all constraints of one set hold. No set: every tile is full.
  llvm::SmallVector<mlir::IntegerSet> partial;
  /// No tile is ever full: the mask depends on data everywhere.
  bool isAlwaysPartial = false;
};

/// Analyses `mask` for tiles of `queryRows` times `keyRows`.
MaskPlan analyzeMask(MaskAttrInterface mask, int64_t queryRows,
                     int64_t keyRows);

} // namespace whorl

#endif // WHORL_ANALYSIS_MASKANALYSIS_H
