//===- MaskBounds.cpp - Presburger bounds of a mask -----------------------===//

#include "Whorl/IR/MaskBounds.h"
#include "mlir/Analysis/FlatLinearValueConstraints.h"
#include "mlir/IR/IntegerSet.h"

using namespace mlir;
using namespace mlir::presburger;
using namespace whorl;

static PresburgerSpace getSpace(unsigned numSymbols) {
  return PresburgerSpace::getSetSpace(/*numDims=*/2, numSymbols);
}

MaskBounds MaskBounds::getUnknown(unsigned numSymbols) {
  PresburgerSet universe = PresburgerSet::getUniverse(getSpace(numSymbols));
  return {universe, universe};
}

static PresburgerSet toPresburger(IntegerSet set) {
  IntegerPolyhedron polyhedron = FlatLinearValueConstraints(set);
  polyhedron.resetIds();
  return PresburgerSet(polyhedron);
}

/// The union of the negated constraints: e < 0, and e < 0 or e > 0 for e = 0.
static PresburgerSet getComplement(IntegerSet set) {
  PresburgerSet result = PresburgerSet::getEmpty(getSpace(set.getNumSymbols()));
  auto addAtLeastZero = [&](AffineExpr expr) {
    result.unionInPlace(
        toPresburger(IntegerSet::get(2, set.getNumSymbols(), {expr}, {false})));
  };
  for (auto [index, expr] : llvm::enumerate(set.getConstraints())) {
    addAtLeastZero(-expr - 1);
    if (set.isEq(index))
      addAtLeastZero(expr - 1);
  }
  return result;
}

MaskBounds MaskBounds::getExact(IntegerSet set, unsigned numSymbols,
                                unsigned firstSymbol) {
  MLIRContext *context = set.getContext();
  // Move the set's symbols to where its operands stand among all of them.
  SmallVector<AffineExpr> dims, symbols;
  for (unsigned i = 0; i < 2; ++i)
    dims.push_back(getAffineDimExpr(i, context));
  for (unsigned i = 0; i < set.getNumSymbols(); ++i)
    symbols.push_back(getAffineSymbolExpr(firstSymbol + i, context));
  IntegerSet moved =
      set.replaceDimsAndSymbols(dims, symbols, /*numResultDims=*/2, numSymbols);
  return {toPresburger(moved), getComplement(moved)};
}

/// The intersection, or one of the two where it would have too many parts: a
/// bound may always be larger.
static PresburgerSet intersectBounds(const PresburgerSet &a,
                                     const PresburgerSet &b) {
  constexpr unsigned largest = 64;
  if (a.getNumDisjuncts() * b.getNumDisjuncts() > largest)
    return a.getNumDisjuncts() < b.getNumDisjuncts() ? a : b;
  return a.intersect(b);
}

MaskBounds MaskBounds::intersect(const MaskBounds &other) const {
  return {intersectBounds(visible, other.visible),
          hidden.unionSet(other.hidden)};
}

MaskBounds MaskBounds::unite(const MaskBounds &other) const {
  return {visible.unionSet(other.visible),
          intersectBounds(hidden, other.hidden)};
}

MaskBounds MaskBounds::complement() const { return {hidden, visible}; }
