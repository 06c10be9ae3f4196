//===- MaskBounds.h - Presburger bounds of a mask ---------------*- C++ -*-===//
//
// A mask is bounded by two sets over (i, j) and symbols: `visible` holds all
// visible pairs and maybe others, `hidden` all hidden pairs and maybe others.
// For an affine mask they are exact complements; a part that depends on data
// contributes the full set to both. A tile that misses `visible` is empty, a
// tile that misses `hidden` is full, and no other fact about a mask is needed
// to bound key loops and to drop compares.
//
// Both are built side by side, so that `not` swaps them and no set is ever
// subtracted: PresburgerSet's subtraction takes a pair of inequalities that
// bounds a local variable for the whole of its division, and is wrong where a
// constraint has tightened one of the two, as in (i mod 5 - 3 >= 0).
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_IR_MASKBOUNDS_H
#define WHORL_IR_MASKBOUNDS_H

#include "mlir/Analysis/Presburger/PresburgerRelation.h"

namespace mlir {
class IntegerSet;
} // namespace mlir

namespace whorl {

struct MaskBounds {
  mlir::presburger::PresburgerSet visible;
  mlir::presburger::PresburgerSet hidden;

  /// Bounds of a mask that depends on data: nothing is known.
  static MaskBounds getUnknown(unsigned numSymbols);
  /// Exact bounds from an integer set over (i, j); its symbol k becomes symbol
  /// `firstSymbol + k` of `numSymbols`.
  static MaskBounds getExact(mlir::IntegerSet set, unsigned numSymbols,
                             unsigned firstSymbol);
  MaskBounds intersect(const MaskBounds &other) const;
  MaskBounds unite(const MaskBounds &other) const;
  MaskBounds complement() const;
};

} // namespace whorl

#endif // WHORL_IR_MASKBOUNDS_H
