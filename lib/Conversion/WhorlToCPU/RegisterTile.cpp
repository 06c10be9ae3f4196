//===- RegisterTile.cpp - the two contractions in registers ---------------===//

#include "AttentionKernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace whorl;

/// One step of a register tile: accumulators[r][c] += scalars[r] * vectors[c].
/// Each broadcast is used by all columns while it is in a register.
static SmallVector<Value> multiplyAdd(LoopBuilder &b, ValueRange accumulators,
                                      ArrayRef<Value> scalars,
                                      ArrayRef<Value> vectors) {
  SmallVector<Value> results;
  for (auto [r, scalar] : llvm::enumerate(scalars)) {
    Value all = vector::BroadcastOp::create(b, vectors[0].getType(), scalar);
    for (auto [c, vector] : llvm::enumerate(vectors))
      results.push_back(vector::FMAOp::create(
          b, all, vector, accumulators[r * vectors.size() + c]));
  }
  return results;
}

/// S[c][...] = K[firstKey + c] Qt for the keys of the block, MR at a time. The
/// last step may compute rows behind the block from a repeated key; nothing
/// reads them.
void AttentionKernel::emitScores(const Tile &tile) {
  Value lastKey = b.sub(numKeyRows, b.index(1));
  Value zero = b.constant(vector, 0.0);
  b.loop(b.index(0), tile.numKeys, b.index(tileRows), [&](Value c) {
    Values rows, targets;
    for (int64_t r = 0; r < tileRows; ++r) {
      targets.push_back(b.add(c, b.index(r)));
      rows.push_back(b.min(b.add(tile.firstKey, targets.back()), lastKey));
    }
    forGroups([&](Value firstColumn) {
      Values start(tileRows * tileColumns, zero);
      Values products =
          b.loop(b.index(0), b.dim(tile.query, 1), b.index(1), start,
                 [&](Value d, ValueRange accumulators) {
                   Values vectors, scalars;
                   for (int64_t j = 0; j < tileColumns; ++j)
                     vectors.push_back(
                         loadVector(tile.qt, {d, column(firstColumn, j)}));
                   for (Value row : rows)
                     scalars.push_back(b.load(tile.key, {row, d}));
                   return multiplyAdd(b, accumulators, scalars, vectors);
                 });
      for (int64_t r = 0; r < tileRows; ++r)
        for (int64_t j = 0; j < tileColumns; ++j)
          storeVector(products[r * tileColumns + j], tile.scores,
                      {targets[r], column(firstColumn, j)});
    });
  });
}

/// Ot[firstFeature + r] = alpha Ot + sum over the block's keys of V P.
void AttentionKernel::emitAccumulateRows(const Tile &tile, Value firstFeature,
                                         int64_t rows) {
  Values features;
  for (int64_t r = 0; r < rows; ++r)
    features.push_back(b.add(firstFeature, b.index(r)));
  forGroups([&](Value firstColumn) {
    Values start;
    for (Value feature : features)
      for (int64_t j = 0; j < tileColumns; ++j) {
        Value alpha = loadVector(tile.alpha, column(firstColumn, j));
        Value old = loadVector(tile.ot, {feature, column(firstColumn, j)});
        start.push_back(arith::MulFOp::create(b, old, alpha));
      }
    Values results =
        b.loop(b.index(0), tile.numKeys, b.index(1), start,
               [&](Value c, ValueRange accumulators) {
                 Value row = b.add(tile.firstKey, c);
                 Values vectors, scalars;
                 for (int64_t j = 0; j < tileColumns; ++j)
                   vectors.push_back(
                       loadVector(tile.scores, {c, column(firstColumn, j)}));
                 for (Value feature : features)
                   scalars.push_back(b.load(tile.value, {row, feature}));
                 return multiplyAdd(b, accumulators, scalars, vectors);
               });
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t j = 0; j < tileColumns; ++j)
        storeVector(results[r * tileColumns + j], tile.ot,
                    {features[r], column(firstColumn, j)});
  });
}

void AttentionKernel::emitAccumulate(const Tile &tile) {
  OpFoldResult size =
      memref::getMixedSize(b, b.getLoc(), tile.value, /*pos=*/1);
  std::optional<int64_t> features = getConstantIntValue(size);
  Value total = getValueOrCreateConstantIndexOp(b, b.getLoc(), size);
  Value step = b.index(tileRows);
  Value whole = features ? b.index(*features - *features % tileRows)
                         : b.mul(b.floorDiv(total, step), step);
  b.loop(b.index(0), whole, step, [&](Value firstFeature) {
    emitAccumulateRows(tile, firstFeature, tileRows);
  });
  if (!features)
    b.loop(whole, total, b.index(1), [&](Value firstFeature) {
      emitAccumulateRows(tile, firstFeature, 1);
    });
  else if (int64_t rest = *features % tileRows)
    emitAccumulateRows(tile, whole, rest);
}
