//===- MaskBounds.h - Presburger bounds of a mask ---------------*- C++ -*-===//
//
// A mask is bracketed by two sets over (i, j) and symbols: `must` holds only
// visible pairs, `may` holds all of them. For an affine mask the two are equal;
// a part that depends on data contributes the empty and the full set. A tile
// outside `may` is empty, a tile inside `must` is full, and no other fact about
// a mask is needed to bound key loops and to drop compares.
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
  mlir::presburger::PresburgerSet must;
  mlir::presburger::PresburgerSet may;

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
