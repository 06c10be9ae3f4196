//===- MaskAnalysis.cpp - which tiles a mask leaves empty or full ---------===//

#include "Whorl/Analysis/MaskAnalysis.h"

using namespace mlir;
using namespace mlir::presburger;
using namespace whorl;

// Variables of a disjunct once the tile is added: the set's dims (i, j), then
// symbols (q, [k,] end, operands...), then locals of its divisions.
static constexpr unsigned kQuery = 0;
static constexpr unsigned kKey = 1;

/// Adds constant + sum of coefficient * variable >= 0.
static void addAtLeastZero(IntegerRelation &relation, int64_t constant,
                           ArrayRef<std::pair<unsigned, int64_t>> terms) {
  SmallVector<int64_t> row(relation.getNumCols(), 0);
  for (auto [variable, coefficient] : terms)
    row[variable] += coefficient;
  row.back() = constant;
  relation.addInequality(row);
}

/// first <= variable < first + size.
static void addBlock(IntegerRelation &relation, unsigned variable,
                     unsigned first, int64_t size) {
  addAtLeastZero(relation, 0, {{variable, 1}, {first, -1}});
  addAtLeastZero(relation, size - 1, {{first, 1}, {variable, -1}});
}

/// Whether a constraint can be computed on 64-bit indices: coefficients times
/// positions below 2^30 stay in range. One that cannot is dropped, which makes
/// the plan weaker and never wrong.
static bool isComputable(ArrayRef<DynamicAPInt> row) {
  constexpr int64_t largest = int64_t(1) << 30;
  auto isWithin = [](const DynamicAPInt &value, int64_t bound) {
    return value <= bound && value >= -bound;
  };
  return llvm::all_of(row.drop_back(),
                      [&](const auto &c) { return isWithin(c, largest); }) &&
         isWithin(row.back(), largest * largest);
}

/// Turns constraint rows into affine expressions on what is left: `numDims`
/// dims taken from the first symbols, and symbols after them.
static AffineExpr getExpr(ArrayRef<DynamicAPInt> row, unsigned firstColumn,
                          unsigned numDims, MLIRContext *context) {
  AffineExpr expr =
      getAffineConstantExpr(static_cast<int64_t>(row.back()), context);
  for (unsigned column = firstColumn; column + 1 < row.size(); ++column) {
    unsigned index = column - firstColumn;
    AffineExpr variable = index < numDims
                              ? getAffineDimExpr(index, context)
                              : getAffineSymbolExpr(index - numDims, context);
    expr = expr + variable * static_cast<int64_t>(row[column]);
  }
  return expr;
}

/// Removes local variables, over the rationals.
static void projectOutLocals(IntegerRelation &relation) {
  unsigned first = relation.getVarKindOffset(VarKind::Local);
  relation.projectOut(first, relation.getNumLocalVars());
}

static KeyInterval getKeyInterval(const IntegerRelation &disjunct,
                                  int64_t queryRows, unsigned numOperands,
                                  MLIRContext *context) {
  IntegerRelation relation = disjunct;
  relation.insertVar(VarKind::Symbol, 0, 2); // q, end
  unsigned q = 2, end = 3;
  addBlock(relation, kQuery, q, queryRows);
  addAtLeastZero(relation, -1, {{end, 1}, {kQuery, -1}});
  projectOutLocals(relation);
  relation.projectOut(kQuery);
  // What is left: j, q, end, operands. Rows bound j from below or above.
  SmallVector<AffineExpr> lower, upper;
  auto addBound = [&](ArrayRef<DynamicAPInt> row, bool negate) {
    if (!isComputable(row))
      return;
    SmallVector<DynamicAPInt> values(row);
    if (negate)
      for (DynamicAPInt &value : values)
        value = -value;
    auto coefficient = static_cast<int64_t>(values[0]);
    if (coefficient == 0)
      return;
    AffineExpr rest =
        getExpr(values, /*firstColumn=*/1, /*numDims=*/2, context);
    if (coefficient > 0) // j >= ceil(-rest / coefficient)
      lower.push_back((-rest).ceilDiv(coefficient));
    else // j <= floor(rest / -coefficient)
      upper.push_back(rest.floorDiv(-coefficient) + 1);
  };
  for (unsigned i = 0; i < relation.getNumInequalities(); ++i)
    addBound(relation.getInequality(i), false);
  for (unsigned i = 0; i < relation.getNumEqualities(); ++i) {
    addBound(relation.getEquality(i), false);
    addBound(relation.getEquality(i), true);
  }
  return {AffineMap::get(2, numOperands, lower, context),
          AffineMap::get(2, numOperands, upper, context)};
}

/// The condition on (q, k, end, operands) under which the tile meets the
/// disjunct.
static IntegerSet getTileCondition(const IntegerRelation &disjunct,
                                   int64_t queryRows, int64_t keyRows,
                                   unsigned numOperands, MLIRContext *context) {
  IntegerRelation relation = disjunct;
  relation.insertVar(VarKind::Symbol, 0, 3); // q, k, end
  unsigned q = 2, k = 3, end = 4;
  addBlock(relation, kQuery, q, queryRows);
  addBlock(relation, kKey, k, keyRows);
  addAtLeastZero(relation, -1, {{end, 1}, {kQuery, -1}});
  projectOutLocals(relation);
  relation.projectOut(0, 2);
  SmallVector<AffineExpr> constraints;
  SmallVector<bool> isEquality;
  auto add = [&](ArrayRef<DynamicAPInt> row, bool isEqual) {
    if (!isComputable(row))
      return;
    constraints.push_back(getExpr(row, 0, 3, context));
    isEquality.push_back(isEqual);
  };
  for (unsigned i = 0; i < relation.getNumInequalities(); ++i)
    add(relation.getInequality(i), false);
  for (unsigned i = 0; i < relation.getNumEqualities(); ++i)
    add(relation.getEquality(i), true);
  if (constraints.empty()) {
    constraints.push_back(getAffineConstantExpr(0, context));
    isEquality.push_back(false);
  }
  return IntegerSet::get(3, numOperands, constraints, isEquality);
}

MaskPlan whorl::analyzeMask(MaskAttrInterface mask, int64_t queryRows,
                            int64_t keyRows) {
  MLIRContext *context = mask.getContext();
  unsigned numOperands = mask.getNumMaskOperands();
  MaskBounds bounds = mask.getBounds(numOperands, /*firstSymbol=*/0);
  MaskPlan plan;
  PresburgerSet visible = bounds.visible.coalesce();
  for (const IntegerRelation &disjunct : visible.getAllDisjuncts())
    if (!disjunct.isIntegerEmpty())
      plan.intervals.push_back(
          getKeyInterval(disjunct, queryRows, numOperands, context));
  PresburgerSet hidden = bounds.hidden.coalesce();
  for (const IntegerRelation &disjunct : hidden.getAllDisjuncts()) {
    if (disjunct.isIntegerEmpty())
      continue;
    if (disjunct.getNumConstraints() == 0)
      plan.isAlwaysPartial = true;
    plan.partial.push_back(
        getTileCondition(disjunct, queryRows, keyRows, numOperands, context));
  }
  return plan;
}
