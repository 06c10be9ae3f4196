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

/// A register tile of `start` plus the sum over k < steps of
/// scalar(k, r) * vectors[k][columns]; the tile starts at column `firstColumn`.
SmallVector<Value>
AttentionKernel::emitContraction(Value steps, Value vectors, Value firstColumn,
                                 int64_t rows, ValueRange start,
                                 function_ref<Value(Value, int64_t)> scalar) {
  return b.loop(b.index(0), steps, b.index(1), start,
                [&](Value k, ValueRange accumulators) {
                  Values columns, scalars;
                  for (int64_t j = 0; j < tileColumns; ++j)
                    columns.push_back(
                        loadVector(vectors, {k, column(firstColumn, j)}));
                  for (int64_t r = 0; r < rows; ++r)
                    scalars.push_back(scalar(k, r));
                  return multiplyAdd(b, accumulators, scalars, columns);
                });
}

/// Stores a register tile to `rows` of a scratch matrix.
void AttentionKernel::storeTile(ValueRange tile, Value matrix, ValueRange rows,
                                Value firstColumn) {
  for (auto [r, row] : llvm::enumerate(rows))
    for (int64_t j = 0; j < tileColumns; ++j)
      storeVector(tile[r * tileColumns + j], matrix,
                  {row, column(firstColumn, j)});
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
      Values products = emitContraction(
          b.dim(tile.query, 1), tile.qt, firstColumn, tileRows, start,
          [&](Value d, int64_t r) { return b.load(tile.key, {rows[r], d}); });
      storeTile(products, tile.scores, targets, firstColumn);
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
    Values results = emitContraction(
        tile.numKeys, tile.scores, firstColumn, rows, start,
        [&](Value c, int64_t r) {
          return b.load(tile.value, {b.add(tile.firstKey, c), features[r]});
        });
    storeTile(results, tile.ot, features, firstColumn);
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
