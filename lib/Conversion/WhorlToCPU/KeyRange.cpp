//===- KeyRange.cpp - the mask's plan as code -----------------------------===//

#include "KeyRange.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace whorl;

/// The largest (or least) result of a map, or null when it has none.
static Value emitExtremum(LoopBuilder &b, AffineMap map, ValueRange dims,
                          ValueRange symbols, bool isMaximum) {
  Value result;
  for (AffineExpr expr : map.getResults()) {
    Value value = affine::expandAffineExpr(b, b.getLoc(), expr, dims, symbols);
    if (!result)
      result = value;
    else
      result = isMaximum ? b.max(result, value) : b.min(result, value);
  }
  return result;
}

std::pair<Value, Value> KeyRange::buildBounds(LoopBuilder &b) const {
  Value zero = b.index(0);
  if (!plan)
    return {zero, numKeyRows};
  if (plan->intervals.empty())
    return {zero, zero};
  SmallVector<Value> dims = {firstPosition, endPosition};
  Value lower, upper;
  for (const KeyInterval &interval : plan->intervals) {
    Value first =
        emitExtremum(b, interval.lower, dims, AttentionOp(op).getMaskOperands(),
                     /*isMaximum=*/true);
    Value last =
        emitExtremum(b, interval.upper, dims, AttentionOp(op).getMaskOperands(),
                     /*isMaximum=*/false);
    first = first ? b.max(first, zero) : zero;
    last = last ? b.min(last, numKeyRows) : numKeyRows;
    lower = lower ? b.min(lower, first) : first;
    upper = upper ? b.max(upper, last) : last;
  }
  if (Value end = buildMaskKeyEnd(b, op, batch, head))
    upper = b.min(upper, end);
  return {lower, upper};
}

Value KeyRange::buildIsPartial(LoopBuilder &b, Value firstKey) const {
  SmallVector<Value> dims = {firstPosition, firstKey, endPosition};
  Value zero = b.index(0);
  Value result;
  for (IntegerSet set : plan->partial) {
    Value all;
    for (auto [i, expr] : llvm::enumerate(set.getConstraints())) {
      Value value = affine::expandAffineExpr(b, b.getLoc(), expr, dims,
                                             AttentionOp(op).getMaskOperands());
      auto predicate =
          set.isEq(i) ? arith::CmpIPredicate::eq : arith::CmpIPredicate::sge;
      Value holds = arith::CmpIOp::create(b, predicate, value, zero);
      all = all ? arith::AndIOp::create(b, all, holds).getResult() : holds;
    }
    result = result ? arith::OrIOp::create(b, result, all).getResult() : all;
  }
  return result;
}
