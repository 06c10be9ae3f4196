//===- TokenRows.cpp - rows of logits as blocks ---------------------------===//

#include "RowPasses.h"
#include "SoftmaxState.h"
#include "TokenSampler.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/Utils/VectorMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <limits>

using namespace mlir;
using namespace whorl;

static constexpr int64_t kLanes = 16;
static constexpr int64_t kBlock = SampleTokensOp::kBlock;
static constexpr double kInfinity = std::numeric_limits<double>::infinity();

TokenSampler::Block TokenSampler::getBlock(const Row &row, Value start) {
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

static bool hasNeighbours(Value memref) {
  auto [strides, offset] =
      cast<MemRefType>(memref.getType()).getStridesAndOffset();
  return strides.back() == 1;
}

void TokenSampler::fillBlock(const Row &row, const Block &block) {
  bool areNeighbours =
      hasNeighbours(op.getLogits()) &&
      (!op.getUnconditional() || hasNeighbours(op.getUnconditional()));
  int64_t lanes = areNeighbours ? kLanes : 1;
  auto fillWhole = [&]() -> Values {
    b.loop(b.index(0), b.index(kBlock), b.index(lanes),
           [&](Value i) { fillValues(row, block, i, lanes); });
    return {};
  };
  // -inf stands behind the last logit, so that no pass needs to know.
  auto fillRest = [&]() -> Values {
    b.loop(b.index(0), b.index(kBlock), b.index(kLanes), [&](Value i) {
      vector::StoreOp::create(b, b.constant(vector, -kInfinity), row.values,
                              b.add(block.base, i));
    });
    Value whole =
        b.mul(b.floorDiv(block.count, b.index(lanes)), b.index(lanes));
    b.loop(b.index(0), whole, b.index(lanes),
           [&](Value i) { fillValues(row, block, i, lanes); });
    b.loop(whole, block.count, b.index(1),
           [&](Value i) { fillValues(row, block, i, 1); });
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

std::pair<Value, Value> TokenSampler::buildLarger(const Row &row, Value limit,
                                                  Value largest, bool orEqual,
                                                  bool needsMass) {
  Value zero = b.constant(vector, 0.0), one = b.constant(vector, 1.0);
  Value factor = row.temperature ? row.temperature : constant(1.0);
  Value limits = splat(limit), tops = splat(largest), factors = splat(factor);
  auto predicate =
      orEqual ? arith::CmpFPredicate::OGE : arith::CmpFPredicate::OGT;
  Values start(needsMass ? 2 : 1, zero);
  Values sums =
      b.loop(b.index(0), vocabulary, b.index(kLanes), start,
             [&](Value i, ValueRange sums) -> Values {
               Value x = load(row.values, i);
               Value isLarger = arith::CmpFOp::create(b, predicate, x, limits);
               ElementBuilder e = elements();
               Value count = e.add(sums[0], e.select(isLarger, one, zero));
               if (!needsMass)
                 return {count};
               Value t = e.mul(e.scale(e.sub(x, tops), kLog2E), factors);
               double least = type.isF64() ? -1023.0 : -127.0;
               t = buildMaximum(b, t, b.constant(vector, least));
               Value p = buildExp2(b, t);
               e = elements();
               return {count, e.add(sums[1], e.select(isLarger, p, zero))};
             });
  return {sumLanes(sums[0]), needsMass ? sumLanes(sums[1]) : Value()};
}

/// Integers in the order of the floats that they are made of: a negative
/// float's bits grow with its magnitude. Its own inverse, but for the type.
static Value mirrorNegative(ElementBuilder &b, Value bits) {
  unsigned width = bits.getType().getIntOrFloatBitWidth();
  int64_t magnitude = static_cast<int64_t>(~uint64_t(0) >> (65 - width));
  Value sign = b.shiftRightSigned(bits, width - 1);
  return b.bitXor(bits, b.bitAnd(sign, magnitude));
}

/// The smallest float from which on a filter keeps logits, by bisection: as
/// many passes over the row as a float has bits.
Value TokenSampler::refineThreshold(const Row &row,
                                    TokenFilterAttrInterface filter,
                                    Value threshold, Value largest) {
  unsigned width = type.getWidth();
  Type integer = b.getIntegerType(width);
  auto toKey = [&](Value x) {
    ElementBuilder e = elements();
    return mirrorNegative(e, e.bitcast(x, integer));
  };
  Value total;
  if (filter.readsMass())
    total = buildLarger(row, threshold, largest, /*orEqual=*/true, true).second;
  Value low = toKey(threshold), high = toKey(largest);
  Values found =
      b.loop(b.index(0), b.index(width), b.index(1), {low, high},
             [&](Value, ValueRange range) -> Values {
               ElementBuilder e = elements();
               Value half = e.shiftRight(e.subInt(range[1], range[0]), 1);
               Value middle = e.addInt(range[0], half);
               Value limit = e.bitcast(mirrorNegative(e, middle), type);
               auto [count, mass] =
                   buildLarger(row, limit, largest, false, filter.readsMass());
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
  return e.bitcast(mirrorNegative(e, found[1]), type);
}

void TokenSampler::emitThreshold(Row &row) {
  b.loop(b.index(0), vocabulary, b.index(kBlock),
         [&](Value start) { fillBlock(row, getBlock(row, start)); });
  bool isFiltered = row.mode != Mode::greedy || op.getOfSampled();
  if (!isFiltered)
    return;
  Value largest = buildRowLargest(row);
  Value threshold = constant(type.isF64() ? -std::numeric_limits<double>::max()
                                          : -std::numeric_limits<float>::max());
  for (TokenFilterAttrInterface filter : op.getFilterList())
    threshold = refineThreshold(row, filter, threshold, largest);
  row.threshold = threshold;
}
