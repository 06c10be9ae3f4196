//===- OnlineSoftmax.cpp - scores become weights, block by block ----------===//

#include "AttentionKernel.h"
#include "LLVMHints.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <limits>

using namespace mlir;
using namespace whorl;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The maximum of each column of a register tile of scores, while they are in
/// registers: `best` is that of the rows before. Each tile has a row of its own
/// in scratch: LLVM would keep a running maximum in registers that the
/// contraction needs.
void AttentionKernel::updateTileMaximum(const Tile &tile, ValueRange scores,
                                        Value firstKey, Value firstColumn,
                                        int64_t row, Values &best) {
  if (row == 0)
    best.assign(scores.begin(), scores.end());
  else
    for (auto [old, score] : llvm::zip_equal(best, scores))
      old = buildMaximum(b, old, score);
  if (row == tileRows - 1)
    storeRow(best, tile.tileMaxima, b.floorDiv(firstKey, b.index(tileRows)),
             firstColumn);
}

/// best[...] = the largest score of the block.
void AttentionKernel::emitPlainMaximum(const Tile &tile, Value at) {
  if (isTiled())
    return emitRowMaximum(tile, at);
  Value tiles = b.ceilDiv(tile.numKeys, b.index(tileRows));
  Value first = loadVector(tile.tileMaxima, {b.index(0), at});
  Values best = b.loop(b.index(1), tiles, b.index(1), first,
                       [&](Value row, ValueRange best) -> Values {
                         Value next = loadVector(tile.tileMaxima, {row, at});
                         return {buildMaximum(b, best[0], next)};
                       });
  storeVector(best[0], tile.best, at);
}

/// Scores of key `key` and a register tile's columns, with the terms that
/// depend on the distance added. Once the products are complete: a large term
/// would cost the bits of all partial sums.
void AttentionKernel::addDistanceTerms(const Tile &tile, Value key,
                                       Value firstColumn, Values &scores) {
  ScoreIndices at{tile.batch, tile.head, {}, {}};
  for (auto [j, score] : llvm::enumerate(scores)) {
    Value row = b.add(tile.firstRow, column(firstColumn, j));
    Value term = tables.load(b, 0, row, key, at, lanes);
    score = arith::AddFOp::create(b, score, term);
  }
}

/// A score after the modifiers and the mask, which run as scalar IR on a vector
/// of query rows from `at` on and one key of the block.
/// `scale` is that of a bare product, or null.
Value AttentionKernel::buildModified(const Tile &tile, Value c, Value at,
                                     Value scale, bool isMasked) {
  ScoreBlock block(b.getLoc(), type);
  Values terms;
  if (hasModifiers) {
    block.addModifiers(op);
    terms = tables.extract(block);
  }
  if (isMasked)
    block.addMask(op);
  const ScoreIndices &indices = block.indices;
  Value row = b.add(tile.firstRow, at), key = b.add(tile.firstKey, c);
  Value lastLane;
  if (hasTail && !isPacked)
    lastLane = b.sub(b.sub(numQueries, b.index(1)), row);
  LaneExpander expander(b, lanes, lastLane);
  Value score = loadVector(tile.scores, {c, at});
  if (scale)
    score = arith::MulFOp::create(b, score, scale);
  expander.map(block.score, LaneValue::vector(score));
  expander.map(indices.batch, LaneValue::uniform(tile.batch));
  expander.map(indices.keyRow, LaneValue::uniform(key));
  if (isPacked) {
    auto rowType = VectorType::get({lanes}, b.getIndexType());
    Value rows = vector::BroadcastOp::create(b, rowType, row);
    rows = arith::AddIOp::create(b, rows, vector::StepOp::create(b, rowType));
    auto [heads, queries] = locateRow(tile, rows);
    expander.map(indices.head, LaneValue::vector(heads));
    expander.map(indices.queryRow, LaneValue::vector(queries));
  } else {
    expander.map(indices.head, LaneValue::uniform(tile.head));
    expander.map(indices.queryRow, LaneValue::affine(row));
  }
  ScoreIndices entry{tile.batch, tile.head, {}, {}};
  for (auto [i, term] : llvm::enumerate(terms))
    expander.map(term,
                 LaneValue::vector(tables.load(b, i, row, key, entry, lanes)));
  expander.expand(block.scalar.get(), block.result);
  return expander.getVector(block.result);
}

/// best[...] = the largest score of the block after the modifiers and the mask.
void AttentionKernel::emitModifiedMaximum(const Tile &tile, bool isMasked) {
  Value scale; // of products of queries that are packed without it
  if (isPaired() && hasModifiers)
    scale = vector::BroadcastOp::create(b, vector, buildScale(b, op, type));
  forVectors(tile, [&](Value at) {
    auto step = [&](Value c, ValueRange best) -> Values {
      Value modified = buildModified(tile, c, at, scale, isMasked);
      storeVector(modified, tile.scores, {c, at});
      return {buildMaximum(b, best[0], modified)};
    };
    Value start = b.constant(vector, -kInfinity);
    Values best = b.loop(b.index(0), tile.numKeys, b.index(1), start, step);
    keepRolled(best);
    storeVector(best[0], tile.best, at);
  });
}

/// Stores the next reference over `best`; the result tells per lane whether it
/// moves.
Value AttentionKernel::emitNextReference(const Tile &tile, Value at) {
  auto [next, isMoved] = softmax.buildNextReference(
      b, loadVector(tile.best, at), loadVector(tile.reference, at),
      loadVector(tile.sum, at));
  storeVector(next, tile.best, at);
  return isMoved;
}

/// Moves the references to `best`; sums and outputs follow.
void AttentionKernel::emitMoveReference(const Tile &tile, Value at) {
  Value next = loadVector(tile.best, at), sum = loadVector(tile.sum, at);
  Value alpha =
      softmax.buildRescale(b, loadVector(tile.reference, at), next, sum);
  storeVector(next, tile.reference, at);
  storeVector(arith::MulFOp::create(b, sum, alpha), tile.sum, at);
  b.loop(b.dim(tile.ot, 0), [&](Value d) {
    Value x = loadVector(tile.ot, {d, at});
    storeVector(arith::MulFOp::create(b, x, alpha), tile.ot, {d, at});
  });
}

/// S = exp(S - reference), sum += S: the block's weights are summed first.
void AttentionKernel::emitExponentials(const Tile &tile, Value at) {
  Value reference = loadVector(tile.reference, at);
  Value steps = isPaired() ? countWeightPairs(tile) : tile.numKeys;
  Values sum =
      b.loop(b.index(0), steps, b.index(1), b.constant(vector, 0.0),
             [&](Value c, ValueRange sum) -> Values {
               if (isPaired())
                 return {buildWeightPair(tile, c, at, reference, sum[0])};
               Value score = loadVector(tile.scores, {c, at});
               Value weight = softmax.buildWeight(b, score, reference);
               storeVector(weight, tile.scores, {c, at});
               return {arith::AddFOp::create(b, sum[0], weight)};
             });
  keepRolled(sum);
  Value total = arith::AddFOp::create(b, loadVector(tile.sum, at), sum[0]);
  storeVector(total, tile.sum, at);
}

void AttentionKernel::emitBlockMaximum(const Tile &tile) {
  auto emitUnmasked = [&]() -> Values {
    if (hasModifiers)
      emitModifiedMaximum(tile, /*isMasked=*/false);
    else
      forVectors(tile, [&](Value at) { emitPlainMaximum(tile, at); });
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
    b.branch(tile.range.buildIsPartial(b, tile.firstKey), emitMasked,
             emitUnmasked);
}

void AttentionKernel::emitSoftmax(const Tile &tile) {
  emitBlockMaximum(tile);
  Value isMoved;
  for (int64_t at = 0; at < queryRows; at += lanes) {
    Value moved = emitNextReference(tile, b.index(at));
    isMoved = isMoved ? arith::OrIOp::create(b, isMoved, moved) : moved;
  }
  isMoved = vector::ReductionOp::create(b, vector::CombiningKind::OR, isMoved);
  auto move = [&]() -> Values {
    forVectors(tile, [&](Value at) { emitMoveReference(tile, at); });
    return {};
  };
  b.branch(isMoved, move, []() -> Values { return {}; });
  forVectors(tile, [&](Value at) { emitExponentials(tile, at); });
}
