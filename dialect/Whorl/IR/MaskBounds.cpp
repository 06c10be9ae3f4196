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
  PresburgerSpace space = getSpace(numSymbols);
  return {PresburgerSet::getEmpty(space), PresburgerSet::getUniverse(space)};
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
  IntegerPolyhedron polyhedron = FlatLinearValueConstraints(moved);
  polyhedron.resetIds();
  PresburgerSet exact(polyhedron);
  return {exact, exact};
}

MaskBounds MaskBounds::intersect(const MaskBounds &other) const {
  return {must.intersect(other.must), may.intersect(other.may)};
}

MaskBounds MaskBounds::unite(const MaskBounds &other) const {
  return {must.unionSet(other.must), may.unionSet(other.may)};
}

MaskBounds MaskBounds::complement() const {
  return {may.complement(), must.complement()};
}
