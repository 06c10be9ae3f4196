//===- UnmaskRows.cpp - rows of positions that take candidates ------------===//

#include "UnmaskRows.h"
#include "Whorl/IR/FloatMath.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/Utils/TokenScalars.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include <limits>

using namespace mlir;
using namespace whorl;

using Values = SmallVector<Value>;

namespace {
class UnmaskRow {
public:
  UnmaskRow(UnmaskOp op, LoopBuilder &b, ValueRange indices)
      : op(op), b(b), row(indices), type(op.getComputeType()) {}
  void emit();

private:
  ElementBuilder elements() { return {b.getLoc(), b}; }
  Values at(Value position) {
    Values result(row);
    result.push_back(position);
    return result;
  }
  Value compare(arith::CmpIPredicate predicate, Value x, Value y) {
    return arith::CmpIOp::create(b, predicate, x, y);
  }
  Value buildKey(Value merit);
  Value buildScore(Value key);
  Value buildTakes(Value score, Value before, Value sum);
  std::pair<Value, Value> countBetter(Value key);
  Value emitKeys();
  Value findLast(Value best);
  void emitTakes(Value last);

  UnmaskOp op;
  LoopBuilder &b;
  Values row;
  FloatType type;
  Value length, keys, none, count;
};
} // namespace

/// An i64 in the order of the floats, above the smallest i64.
Value UnmaskRow::buildKey(Value merit) {
  ElementBuilder e = elements();
  Value key = buildOrdered(e, merit);
  if (key.getType().isInteger(64))
    return key;
  return arith::ExtSIOp::create(e, b.getI64Type(), key);
}

/// The score whose key this is.
Value UnmaskRow::buildScore(Value key) {
  ElementBuilder e = elements();
  if (type.getWidth() < 64)
    key = e.truncate(key, b.getIntegerType(type.getWidth()));
  Value merit = buildFromOrdered(e, key, type);
  return op.getPolicyInterface().prefersSmall() ? e.neg(merit) : merit;
}

Value UnmaskRow::buildTakes(Value score, Value before, Value sum) {
  ElementBuilder e = elements();
  return op.getPolicyInterface().buildTakes(
      e, UnmaskRank{score, before, sum, count});
}

/// Fills `keys`; those that may not be taken have the smallest i64. Returns the
/// largest.
Value UnmaskRow::emitKeys() {
  return b.loop(b.index(0), length, b.index(1), none,
                [&](Value i, ValueRange best) -> Values {
                  Value may = buildMayUnmask(b, op, at(i));
                  Value merit = buildUnmaskMerit(b, op, at(i), type);
                  Value key = elements().select(may, buildKey(merit), none);
                  b.store(key, keys, i);
                  return {arith::MaxSIOp::create(b, key, best[0])};
                })[0];
}

/// How many keys are larger, and the sum of their scores.
std::pair<Value, Value> UnmaskRow::countBetter(Value key) {
  Value zero = b.constant(type, 0.0), one = b.constant(type, 1.0);
  Values sums =
      b.loop(b.index(0), length, b.index(1), {zero, zero},
             [&](Value i, ValueRange sums) -> Values {
               Value other = b.load(keys, i);
               Value isBetter = compare(arith::CmpIPredicate::sgt, other, key);
               Value score = buildScore(other);
               ElementBuilder e = elements();
               return {e.add(sums[0], e.select(isBetter, one, zero)),
                       e.add(sums[1], e.select(isBetter, score, zero))};
             });
  return {sums[0], sums[1]};
}

/// The smallest key that is taken, if it comes first among its equals; beyond
/// `best` if none is.
Value UnmaskRow::findLast(Value best) {
  // No merit is less than -inf; where nothing may be taken, `best` is.
  Value low =
      buildKey(b.constant(type, -std::numeric_limits<double>::infinity()));
  Value high = elements().addInt(best, 1);
  return b.loop(b.index(0), b.index(type.getWidth() + 1), b.index(1),
                {low, high}, [&](Value, ValueRange range) -> Values {
                  ElementBuilder e = elements();
                  Value half = e.shiftRight(e.subInt(range[1], range[0]), 1);
                  Value middle = e.addInt(range[0], half);
                  auto [before, sum] = countBetter(middle);
                  Value takes = buildTakes(buildScore(middle), before, sum);
                  Value isOpen =
                      compare(arith::CmpIPredicate::slt, range[0], range[1]);
                  e = elements();
                  Value above = e.select(takes, range[0], e.addInt(middle, 1));
                  Value below = e.select(takes, middle, range[1]);
                  return {e.select(isOpen, above, range[0]),
                          e.select(isOpen, below, range[1])};
                })[1];
}

void UnmaskRow::emitTakes(Value last) {
  auto [before, sum] = countBetter(last);
  Value one = b.constant(type, 1.0);
  b.loop(b.index(0), length, b.index(1), {before, sum},
         [&](Value i, ValueRange rank) -> Values {
           Value key = b.load(keys, i);
           Value score = buildScore(key);
           Value isBetter = compare(arith::CmpIPredicate::sgt, key, last);
           Value isEqual = compare(arith::CmpIPredicate::eq, key, last);
           Value takes = buildTakes(score, rank[0], rank[1]);
           ElementBuilder e = elements();
           Value isTaken = e.bitOr(isBetter, e.bitAnd(isEqual, takes));
           Value next = e.select(isTaken, b.load(op.getCandidates(), at(i)),
                                 b.load(op.getTokens(), at(i)));
           b.store(next, op.getOuts(), at(i));
           e = elements();
           return {e.select(isEqual, e.add(rank[0], one), rank[0]),
                   e.select(isEqual, e.add(rank[1], score), rank[1])};
         });
}

void UnmaskRow::emit() {
  length = b.dim(op.getTokens(), op.getTokensType().getRank() - 1);
  none = arith::ConstantIntOp::create(b, b.getI64Type(),
                                      std::numeric_limits<int64_t>::min());
  keys = b.allocate(b.getI64Type(), OpFoldResult(length));
  count = buildUnmaskCount(b, op, row, type);
  emitTakes(findLast(emitKeys()));
  b.free(keys);
}

void whorl::lowerUnmaskToLoops(UnmaskOp op, OpBuilder &builder) {
  LoopBuilder b(op.getLoc(), builder);
  Values bounds;
  for (int64_t i = 0; i + 1 < op.getTokensType().getRank(); ++i)
    bounds.push_back(b.dim(op.getTokens(), i));
  if (bounds.empty())
    return UnmaskRow(op, b, {}).emit();
  b.parallel(bounds, [&](ValueRange ivs) { UnmaskRow(op, b, ivs).emit(); });
}
