//===- RegisterTile.cpp - the two contractions in registers ---------------===//

#include "AttentionKernel.h"
#include "LLVMHints.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace whorl;

/// One step of a register tile: accumulators[r][c] += scalars[r] * vectors[c].
/// Each broadcast is used by all columns while it is in a register.
SmallVector<Value> AttentionKernel::multiplyAdd(ValueRange accumulators,
                                                ArrayRef<Value> scalars,
                                                ArrayRef<Value> vectors) {
  SmallVector<Value> results;
  for (auto [r, scalar] : llvm::enumerate(scalars)) {
    Value all = vector::BroadcastOp::create(b, vectors[0].getType(), scalar);
    for (auto [c, vector] : llvm::enumerate(vectors)) {
      Value sum = accumulators[r * vectors.size() + c];
      results.push_back(isPaired()
                            ? multiplyAddPairs(sum, vector, all)
                            : vector::FMAOp::create(b, all, vector, sum));
    }
  }
  return results;
}

/// Steps first <= k < last of all rows of a register tile.
SmallVector<Value> AttentionKernel::emitSteps(const Contraction &contraction,
                                              Value first, Value last,
                                              ValueRange start) {
  return b.loop(first, last, b.index(1), start,
                [&](Value k, ValueRange accumulators) {
                  Values columns, scalars;
                  for (int64_t j = 0; j < tileColumns; ++j)
                    columns.push_back(contraction.vector(k, j));
                  for (int64_t r = 0; r < contraction.rows; ++r)
                    scalars.push_back(contraction.scalar(k, r));
                  return multiplyAdd(accumulators, scalars, columns);
                });
}

/// The last steps of a register tile, row by row, so that rows end one after
/// the other. A core holds few stores that wait for their data: when all rows
/// ended at once, their stores would keep the next tile from starting (6% of
/// the time at 64 steps on Zen 3).
void AttentionKernel::emitLastSteps(const Contraction &contraction, Value first,
                                    ValueRange accumulators) {
  for (int64_t r = 0; r < contraction.rows; ++r) {
    Value hidden = hideFromLLVM(b, first);
    Values row(accumulators.slice(r * tileColumns, tileColumns));
    for (int64_t step = 0; step < kStepsByRow; ++step) {
      Value k = b.add(hidden, b.index(step));
      Values columns;
      for (int64_t j = 0; j < tileColumns; ++j)
        columns.push_back(contraction.vector(k, j));
      row = multiplyAdd(row, contraction.scalar(k, r), columns);
    }
    contraction.finishRow(r, row);
  }
}

/// A register tile: start + sum over k < steps of scalar(k, row) *
/// vector(k, column), and the last step.
void AttentionKernel::emitContraction(const Contraction &contraction,
                                      Value steps, ValueRange start) {
  std::optional<int64_t> count = getConstantIntValue(steps);
  Value zero = b.index(0);
  if (count && *count >= kStepsByRow && !contraction.lastScalar) {
    Value first = b.index(*count - kStepsByRow);
    return emitLastSteps(contraction, first,
                         emitSteps(contraction, zero, first, start));
  }
  Values tile = emitSteps(contraction, zero, steps, start);
  if (contraction.lastScalar) {
    Contraction last = contraction;
    last.scalar = contraction.lastScalar;
    Value end = b.add(steps, contraction.hasLast);
    tile = emitSteps(last, steps, end, tile);
  }
  for (int64_t r = 0; r < contraction.rows; ++r)
    contraction.finishRow(r,
                          ValueRange(tile).slice(r * tileColumns, tileColumns));
}

/// Stores a row of a register tile.
void AttentionKernel::storeRow(ValueRange vectors, Value matrix, Value row,
                               Value firstColumn) {
  for (auto [j, vector] : llvm::enumerate(vectors))
    storeVector(vector, matrix, {row, column(firstColumn, j)});
}

/// S[c + r][...] = K[firstKey + c + r] Qt for a register tile of keys. The
/// keys of a ragged tile end at the last key of all: rows behind it are
/// computed from that key again, and nothing reads them.
void AttentionKernel::emitScoreTile(const Tile &tile, Value c, bool isRagged) {
  // Prepared rows of the block start at its first key.
  Value keys = tile.keyBlock ? tile.keyBlock : tile.key;
  Value lastKey = b.sub(tile.keyBlock ? tile.numKeys : numKeyRows, b.index(1));
  Value firstKey = tile.keyBlock ? c : b.add(tile.firstKey, c);
  Values rows, targets;
  for (int64_t r = 0; r < tileRows; ++r) {
    targets.push_back(b.add(c, b.index(r)));
    rows.push_back(b.add(firstKey, b.index(r)));
    if (isRagged)
      rows.back() = b.min(rows.back(), lastKey);
  }
  Values start(tileRows * tileColumns, b.constant(vector, 0.0));
  forGroups(tile, [&](Value firstColumn) {
    Values best;
    Contraction contraction;
    contraction.rows = tileRows;
    contraction.scalar = [&](Value d, int64_t r) {
      return isPaired() ? loadWord(keys, rows[r], d)
                        : b.load(keys, {rows[r], d});
    };
    contraction.vector = [&](Value d, int64_t j) {
      Value at = column(firstColumn, j);
      return isPaired() ? loadWords(tile.qt, {d, at})
                        : loadVector(tile.qt, {d, at});
    };
    contraction.finishRow = [&](int64_t r, ValueRange products) {
      Values scores(products);
      if (tables.isSum())
        addDistanceTerms(tile, rows[r], firstColumn, scores);
      storeRow(scores, tile.scores, targets[r], firstColumn);
      if (!hasModifiers)
        updateTileMaximum(tile, scores, c, firstColumn, r, best);
    };
    // As many steps as packed queries have rows.
    emitContraction(contraction, b.dim(tile.qt, 0), start);
  });
}

/// The scores of the block, MR keys at a time.
void AttentionKernel::emitScores(const Tile &tile) {
  Value step = b.index(tileRows);
  Value whole = b.mul(b.floorDiv(tile.numKeys, step), step);
  b.loop(b.index(0), whole, step,
         [&](Value c) { emitScoreTile(tile, c, /*isRagged=*/false); });
  b.loop(whole, tile.numKeys, step,
         [&](Value c) { emitScoreTile(tile, c, /*isRagged=*/true); });
}

/// The block's values are more than the first-level cache keeps: the features
/// of the next register tile are on their way while this one is computed.
void AttentionKernel::emitPrefetch(Value matrix, Value row, Value column) {
  memref::PrefetchOp::create(b, matrix, ValueRange{row, column},
                             /*isWrite=*/false, /*localityHint=*/3,
                             /*isDataCache=*/true);
}

/// Ot[firstFeature + r] += sum over the block's keys of V P.
void AttentionKernel::emitAccumulateRows(const Tile &tile, Value firstFeature,
                                         int64_t rows) {
  Value values = tile.valueBlock ? tile.valueBlock : tile.value;
  Values features;
  for (int64_t r = 0; r < rows; ++r)
    features.push_back(b.add(firstFeature, b.index(r)));
  Value steps = tile.numKeys, firstStep = tile.firstKey;
  if (isPaired()) {
    steps = b.floorDiv(steps, b.index(2));
    firstStep = b.floorDiv(firstStep, b.index(2));
  }
  forGroups(tile, [&](Value firstColumn) {
    Contraction contraction;
    contraction.rows = rows;
    contraction.scalar = [&](Value c, int64_t r) {
      Value key = tile.valueBlock ? c : b.add(firstStep, c);
      if (r == 0)
        emitPrefetch(values, key, b.add(firstFeature, b.index(2 * rows - 1)));
      return b.load(values, {key, features[r]});
    };
    contraction.vector = [&](Value c, int64_t j) {
      Value at = column(firstColumn, j);
      return isPaired() ? loadWords(tile.scores, {c, at})
                        : loadVector(tile.scores, {c, at});
    };
    if (isPaired()) {
      contraction.hasLast = b.sub(tile.numKeys, b.mul(steps, b.index(2)));
      contraction.lastScalar = [&](Value c, int64_t r) {
        return dropPartner(contraction.scalar(c, r));
      };
    }
    // The block's sum starts at 0 and is added at its end: many short sums have
    // less rounding error than one long one.
    contraction.finishRow = [&](int64_t r, ValueRange sums) {
      Values totals;
      for (auto [j, sum] : llvm::enumerate(sums)) {
        Value old = loadVector(tile.ot, {features[r], column(firstColumn, j)});
        totals.push_back(arith::AddFOp::create(b, old, sum));
      }
      storeRow(totals, tile.ot, features[r], firstColumn);
    };
    Values start(rows * tileColumns, b.constant(vector, 0.0));
    emitContraction(contraction, steps, start);
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
