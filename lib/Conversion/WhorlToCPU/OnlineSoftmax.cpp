//===- OnlineSoftmax.cpp - scores become weights, block by block ----------===//

#include "AttentionKernel.h"
#include "VectorMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <limits>

using namespace mlir;
using namespace whorl;

static constexpr double kLog2E = 1.44269504088896340736;

/// Maximum without regard to NaN: one instruction on x86. A NaN score still
/// reaches the output through its exponential.
static Value maximum(LoopBuilder &b, Value x, Value y) {
  auto flags = arith::FastMathFlagsAttr::get(
      b.getContext(), arith::FastMathFlags::nnan | arith::FastMathFlags::nsz);
  return arith::MaximumFOp::create(b, x, y, flags);
}

/// exp of a difference that is at most 0. With modifiers the scores are natural
/// ones: they may be as low as the lowest float, so log2(e) may multiply the
/// difference only.
Value AttentionKernel::buildExp2(Value difference) {
  if (!isBase2)
    difference =
        arith::MulFOp::create(b, difference, b.constant(vector, kLog2E));
  return buildExp2OfNonPositive(b, difference);
}

/// maximum[...] of the block's scores and the ones before, into `alpha`.
void AttentionKernel::emitPlainMaximum(const Tile &tile, Value firstColumn) {
  Values start;
  for (int64_t j = 0; j < tileColumns; ++j)
    start.push_back(loadVector(tile.maximum, column(firstColumn, j)));
  Values results = b.loop(b.index(0), tile.numKeys, b.index(1), start,
                          [&](Value c, ValueRange best) {
                            Values next;
                            for (int64_t j = 0; j < tileColumns; ++j) {
                              Value score = loadVector(
                                  tile.scores, {c, column(firstColumn, j)});
                              next.push_back(maximum(b, best[j], score));
                            }
                            return next;
                          });
  for (int64_t j = 0; j < tileColumns; ++j)
    storeVector(results[j], tile.alpha, column(firstColumn, j));
}

/// The same, after the modifiers and the mask, which run as scalar IR on a
/// vector of query rows and one key.
void AttentionKernel::emitModifiedMaximum(const Tile &tile, bool isMasked) {
  b.loop(b.index(0), b.index(queryRows), b.index(lanes), [&](Value at) {
    Value row = b.add(tile.firstRow, at);
    Value lastLane;
    if (hasTail)
      lastLane = b.sub(b.sub(numQueries, b.index(1)), row);
    Value start = loadVector(tile.maximum, at);
    auto step = [&](Value c, ValueRange best) -> Values {
      ScalarBlock scalar(b.getLoc(), {Type(type), b.getIndexType()});
      Value score = scalar.get().getArgument(0);
      ScoreIndices indices{tile.batch, tile.head, scalar.get().getArgument(1),
                           b.add(tile.firstKey, c)};
      Value result =
          buildScoreModifiers(scalar.getBuilder(), op, score, indices);
      if (isMasked) {
        Value isVisible = buildMaskTest(scalar.getBuilder(), op, indices);
        auto &s = scalar.getBuilder();
        Value hidden = arith::ConstantOp::create(
            s, s.getFloatAttr(type, -std::numeric_limits<double>::infinity()));
        result = arith::SelectOp::create(s, isVisible, result, hidden);
      }
      LaneExpander expander(b, lanes, lastLane);
      expander.map(score, LaneValue::vector(loadVector(tile.scores, {c, at})));
      expander.map(indices.queryRow, LaneValue::affine(row));
      expander.expand(scalar.get());
      Value modified = expander.getVector(result);
      storeVector(modified, tile.scores, {c, at});
      return {maximum(b, best[0], modified)};
    };
    Values best = b.loop(b.index(0), tile.numKeys, b.index(1), start, step);
    storeVector(best[0], tile.alpha, at);
  });
}

/// From the new maximum in `alpha`: alpha = exp(old - new), sum *= alpha.
void AttentionKernel::emitRescale(const Tile &tile, Value at) {
  Value old = loadVector(tile.maximum, at), next = loadVector(tile.alpha, at);
  Value alpha = buildExp2(arith::SubFOp::create(b, old, next));
  storeVector(alpha, tile.alpha, at);
  storeVector(next, tile.maximum, at);
  Value sum = arith::MulFOp::create(b, loadVector(tile.sum, at), alpha);
  storeVector(sum, tile.sum, at);
}

/// S = exp(S - maximum), sum += S.
void AttentionKernel::emitExponentials(const Tile &tile, Value firstColumn) {
  Values start, best;
  for (int64_t j = 0; j < tileColumns; ++j) {
    start.push_back(loadVector(tile.sum, column(firstColumn, j)));
    best.push_back(loadVector(tile.maximum, column(firstColumn, j)));
  }
  Values sums =
      b.loop(b.index(0), tile.numKeys, b.index(1), start,
             [&](Value c, ValueRange sum) {
               Values next;
               for (int64_t j = 0; j < tileColumns; ++j) {
                 Value at = column(firstColumn, j);
                 Value score = loadVector(tile.scores, {c, at});
                 Value weight =
                     buildExp2(arith::SubFOp::create(b, score, best[j]));
                 storeVector(weight, tile.scores, {c, at});
                 next.push_back(arith::AddFOp::create(b, sum[j], weight));
               }
               return next;
             });
  for (int64_t j = 0; j < tileColumns; ++j)
    storeVector(sums[j], tile.sum, column(firstColumn, j));
}

void AttentionKernel::emitSoftmax(const Tile &tile) {
  auto emitUnmasked = [&]() -> Values {
    if (hasModifiers)
      emitModifiedMaximum(tile, /*isMasked=*/false);
    else
      forGroups([&](Value at) { emitPlainMaximum(tile, at); });
    return {};
  };
  auto emitMasked = [&]() -> Values {
    emitModifiedMaximum(tile, /*isMasked=*/true);
    return {};
  };
  if (!mask || mask->partial.empty())
    emitUnmasked();
  else if (mask->isAlwaysPartial)
    emitMasked();
  else
    b.branch(emitIsPartial(tile), emitMasked, emitUnmasked);
  b.loop(b.index(0), b.index(queryRows), b.index(lanes),
         [&](Value at) { emitRescale(tile, at); });
  forGroups([&](Value at) { emitExponentials(tile, at); });
}
