//===- TokenRows.cpp - rows of logits as blocks ---------------------------===//

#include "RowPasses.h"
#include "SoftmaxState.h"
#include "TokenSampler.h"
#include "Whorl/IR/FloatMath.h"
#include "Whorl/Utils/VectorMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <limits>

using namespace mlir;
using namespace whorl;

TokenSampler::Block TokenSampler::getBlock(Value start) {
  Value count = b.min(b.sub(vocabulary, start), b.index(kBlock));
  return {start, count, op.getFilterList().empty() ? b.index(0) : start};
}

/// values[base + first on] = `width` logits of the block from `first` on.
void TokenSampler::fillValues(const Row &row, const Block &block, Value first,
                              int64_t width) {
  Values at(row.at);
  at.push_back(b.add(block.start, first));
  auto read = [&](Value logits) {
    return loadLanes(b, logits, at, width, type);
  };
  Value x = read(op.getLogits());
  if (op.getUnconditional()) {
    Value u = read(op.getUnconditional());
    Value factor = vector::BroadcastOp::create(b, x.getType(), guidance);
    Value difference = elements().sub(x, u);
    x = elements().fma(factor, difference, u);
  }
  vector::StoreOp::create(b, x, row.values, b.add(block.base, first));
}

bool TokenSampler::hasNeighbours(Value memref) {
  auto [strides, offset] =
      cast<MemRefType>(memref.getType()).getStridesAndOffset();
  return strides.back() == 1;
}

void TokenSampler::forBlock(const Block &block, bool areNeighbours,
                            function_ref<void(Value, int64_t)> body) {
  int64_t lanes = areNeighbours ? kLanes : 1;
  Value whole = b.mul(b.floorDiv(block.count, b.index(lanes)), b.index(lanes));
  b.loop(b.index(0), whole, b.index(lanes), [&](Value i) { body(i, lanes); });
  if (lanes > 1)
    b.loop(whole, block.count, b.index(1), [&](Value i) { body(i, 1); });
}

void TokenSampler::fillBlock(const Row &row, const Block &block) {
  bool areNeighbours =
      hasNeighbours(op.getLogits()) &&
      (!op.getUnconditional() || hasNeighbours(op.getUnconditional()));
  auto fill = [&](Value i, int64_t width) { fillValues(row, block, i, width); };
  auto fillWhole = [&]() -> Values {
    forBlock({block.start, b.index(kBlock), block.base}, areNeighbours, fill);
    return {};
  };
  // -inf stands behind the last logit, so that no pass needs to know.
  auto fillRest = [&]() -> Values {
    b.loop(b.index(0), b.index(kBlock), b.index(kLanes), [&](Value i) {
      vector::StoreOp::create(b, b.constant(vector, -kInfinity), row.values,
                              b.add(block.base, i));
    });
    forBlock(block, areNeighbours, fill);
    return {};
  };
  Value isWhole = arith::CmpIOp::create(b, arith::CmpIPredicate::eq,
                                        block.count, b.index(kBlock));
  b.branch(isWhole, fillWhole, fillRest);
  dropTokens(row, block);
}

void TokenSampler::dropTokens(const Row &row, const Block &block) {
  for (int64_t token : op.getDroppedTokens()) {
    // Beyond the block, or before it, which makes a huge unsigned number.
    Value place = b.sub(b.index(token), block.start);
    Value isHere =
        arith::CmpIOp::create(b, arith::CmpIPredicate::ult, place, block.count);
    b.branch(
        isHere,
        [&]() -> Values {
          b.store(constant(-kInfinity), row.values, b.add(block.base, place));
          return {};
        },
        [] { return Values(); });
  }
}

//===----------------------------------------------------------------------===//
// Filters
//===----------------------------------------------------------------------===//

Value TokenSampler::buildRowLargest(const Row &row) {
  return b.loop(b.index(0), vocabulary, b.index(kBlock), constant(-kInfinity),
                [&](Value start, ValueRange best) -> Values {
                  auto same = [](Value x) { return x; };
                  Value largest =
                      buildTop(row.values, start, same, false).first;
                  return {buildMaximum(b, largest, best[0])};
                })[0];
}

/// weights[i] = exp((l - largest) / T), once for all passes that add them.
void TokenSampler::emitWeights(Row &row, Value largest) {
  row.weights = b.allocate(type, OpFoldResult(b.dim(row.values, 0)));
  Value factor = row.temperature ? row.temperature : constant(1.0);
  Value tops = splat(largest), factors = splat(factor);
  b.loop(b.index(0), vocabulary, b.index(kLanes), [&](Value i) {
    ElementBuilder e = elements();
    Value difference = e.sub(load(row.values, i), tops);
    e = elements();
    Value t = clampExponent(e.mul(e.scale(difference, kLog2E), factors));
    vector::StoreOp::create(b, buildExp2(b, t), row.weights, i);
  });
}

std::pair<Value, Value> TokenSampler::buildLarger(const Row &row, Value limit,
                                                  bool orEqual,
                                                  bool needsMass) {
  Value zero = b.constant(vector, 0.0), one = b.constant(vector, 1.0);
  Value limits = splat(limit);
  auto predicate =
      orEqual ? arith::CmpFPredicate::OGE : arith::CmpFPredicate::OGT;
  Values start(needsMass ? 2 : 1, zero);
  Values sums =
      b.loop(b.index(0), vocabulary, b.index(kLanes), start,
             [&](Value i, ValueRange sums) -> Values {
               Value x = load(row.values, i);
               Value isLarger = arith::CmpFOp::create(b, predicate, x, limits);
               auto addWhere = [&](Value sum, Value term) {
                 ElementBuilder e = elements();
                 return e.add(sum, e.select(isLarger, term, zero));
               };
               Values next = {addWhere(sums[0], one)};
               if (needsMass)
                 next.push_back(addWhere(sums[1], load(row.weights, i)));
               return next;
             });
  return {sumLanes(sums[0]), needsMass ? sumLanes(sums[1]) : Value()};
}

/// The smallest float from which on a filter keeps logits, by bisection: as
/// many passes over the row as a float has bits.
Value TokenSampler::refineThreshold(const Row &row,
                                    TokenFilterAttrInterface filter,
                                    Value threshold, Value largest) {
  auto toKey = [&](Value x) {
    ElementBuilder e = elements();
    return buildOrdered(e, x);
  };
  Value total;
  if (filter.readsMass())
    total = buildLarger(row, threshold, /*orEqual=*/true, true).second;
  Value low = toKey(threshold), high = toKey(largest);
  Values found =
      b.loop(b.index(0), b.index(type.getWidth()), b.index(1), {low, high},
             [&](Value, ValueRange range) -> Values {
               ElementBuilder e = elements();
               Value half = e.shiftRight(e.subInt(range[1], range[0]), 1);
               Value middle = e.addInt(range[0], half);
               Value limit = buildFromOrdered(e, middle, type);
               auto [count, mass] =
                   buildLarger(row, limit, false, filter.readsMass());
               e = elements();
               Value ratio = e.sub(limit, largest);
               if (row.temperature)
                 ratio = e.mul(ratio, row.temperature);
               ratio = buildExp2(b, buildExponent(ratio, constant(0.0)));
               e = elements();
               Value share = mass ? e.div(mass, total) : ratio;
               Value keeps = filter.buildKeeps(e, {count, share, ratio});
               e = elements();
               Value next = e.addInt(middle, 1);
               return {e.select(keeps, range[0], next),
                       e.select(keeps, middle, range[1])};
             });
  ElementBuilder e = elements();
  return buildFromOrdered(e, found[1], type);
}

void TokenSampler::emitThreshold(Row &row) {
  b.loop(b.index(0), vocabulary, b.index(kBlock),
         [&](Value start) { fillBlock(row, getBlock(start)); });
  bool isFiltered = row.mode != Mode::greedy || op.getOfSampled();
  if (!isFiltered)
    return;
  Value largest = buildRowLargest(row);
  Value threshold = constant(type.isF64() ? -std::numeric_limits<double>::max()
                                          : -std::numeric_limits<float>::max());
  if (llvm::any_of(op.getFilterList(), [](TokenFilterAttrInterface filter) {
        return filter.readsMass();
      }))
    emitWeights(row, largest);
  for (TokenFilterAttrInterface filter : op.getFilterList())
    threshold = refineThreshold(row, filter, threshold, largest);
  row.threshold = threshold;
}
