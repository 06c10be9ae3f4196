//===- FewRowsProducts.cpp - the two products along the features ----------===//

#include "FewRowsKernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace whorl;

/// The keys of the block, converted and encoded.
void FewRowsKernel::emitEncodeKeys(const Group &group) {
  b.loop(group.numKeys, [&](Value c) {
    Value row = getRowView(b, group.keyBlock, c);
    key.emitRow(b, group.key, b.add(group.firstKey, c), group.batch, row);
  });
}

/// Fetches MR rows from `first` on.
void FewRowsKernel::emitFetch(Value matrix, Value first, int64_t size,
                              int64_t locality) {
  constexpr int64_t lineBytes = 64;
  unsigned width = cast<MemRefType>(matrix.getType()).getElementTypeBitWidth();
  int64_t step = lineBytes * 8 / width;
  b.loop(b.index(0), b.index(size), b.index(step), [&](Value d) {
    for (int64_t r = 0; r < tileKeys; ++r)
      memref::PrefetchOp::create(
          b, matrix, ValueRange{b.add(first, b.index(r)), d},
          /*isWrite=*/false, locality, /*isDataCache=*/true);
  });
}

/// S[firstRow + n][c + m] for MR keys and NR rows. The keys of a ragged tile
/// end at the last of the block.
void FewRowsKernel::emitScoreTile(const Group &group, Value firstRow, Value c,
                                  bool isRagged) {
  Values keys;
  Value matrix = group.keyBlock ? group.keyBlock : group.key;
  for (int64_t m = 0; m < tileKeys; ++m) {
    Value at = b.add(c, b.index(m));
    if (isRagged)
      at = b.min(at, b.sub(group.numKeys, b.index(1)));
    keys.push_back(group.keyBlock ? at : b.add(group.firstKey, at));
  }
  Values start(tileKeys * tileRows, b.constant(vector, 0.0));
  auto step = [&](Value d, ValueRange sums) {
    Values next, keyVectors;
    for (Value row : keys)
      keyVectors.push_back(loadLanes(b, matrix, {row, d}, lanes, type));
    for (int64_t n = 0; n < tileRows; ++n) {
      Value q = loadLanes(b, group.query, {b.add(firstRow, b.index(n)), d},
                          lanes, type);
      for (int64_t m = 0; m < tileKeys; ++m)
        next.push_back(
            vector::FMAOp::create(b, q, keyVectors[m], sums[n * tileKeys + m]));
    }
    return next;
  };
  Values sums =
      b.loop(b.index(0), b.index(features), b.index(lanes), start, step);
  // The lanes may be added in any order: it is the same on every run.
  auto flags = arith::FastMathFlags::reassoc;
  for (int64_t n = 0; n < tileRows; ++n)
    for (int64_t m = 0; m < tileKeys; ++m) {
      Value score = vector::ReductionOp::create(b, vector::CombiningKind::ADD,
                                                sums[n * tileKeys + m], flags);
      b.store(score, group.scores,
              {b.add(firstRow, b.index(n)), b.add(c, b.index(m))});
    }
}

void FewRowsKernel::emitScores(const Group &group) {
  Value step = b.index(tileKeys);
  Value whole = b.mul(b.floorDiv(group.numKeys, step), step);
  auto emitTiles = [&](Value first, Value last, bool isRagged) {
    b.loop(first, last, step, [&](Value c) {
      // The memory is read in two streams, faster than the hardware foresees:
      // keys are asked for some tiles ahead, values while their block's scores
      // are computed.
      Value at = b.add(group.firstKey, c);
      constexpr int64_t tilesAhead = 4;
      Value ahead = b.add(at, b.index(tilesAhead * tileKeys));
      emitFetch(group.key, ahead, features, /*locality=*/3);
      emitFetch(group.value, at, valueFeatures, /*locality=*/2);
      b.loop(b.index(0), b.index(paddedRows), b.index(tileRows),
             [&](Value r) { emitScoreTile(group, r, c, isRagged); });
    });
  };
  emitTiles(b.index(0), whole, /*isRagged=*/false);
  emitTiles(whole, group.numKeys, /*isRagged=*/true);
}

/// O[firstRow + n][d ...] += sum over the keys of S[n][c] V[c][d ...].
void FewRowsKernel::emitAccumulateTile(const Group &group, Value firstRow,
                                       Value d, int64_t columns) {
  Values rowIndices, offsets, start;
  for (int64_t j = 0; j < columns; ++j)
    offsets.push_back(b.add(d, b.index(j * lanes)));
  for (int64_t n = 0; n < tileRows; ++n) {
    rowIndices.push_back(b.add(firstRow, b.index(n)));
    start.append(columns, b.constant(vector, 0.0));
  }
  auto step = [&](Value c, ValueRange sums) {
    Values next, values;
    Value row = b.add(group.firstKey, c);
    for (Value at : offsets)
      values.push_back(loadLanes(b, group.value, {row, at}, lanes, type));
    for (int64_t n = 0; n < tileRows; ++n) {
      Value weight = vector::BroadcastOp::create(
          b, vector, b.load(group.scores, {rowIndices[n], c}));
      for (int64_t j = 0; j < columns; ++j)
        next.push_back(
            vector::FMAOp::create(b, weight, values[j], sums[n * columns + j]));
    }
    return next;
  };
  Values sums = b.loop(b.index(0), group.numKeys, b.index(1), start, step);
  for (int64_t n = 0; n < tileRows; ++n)
    for (int64_t j = 0; j < columns; ++j) {
      Value old =
          loadLanes(b, group.out, {rowIndices[n], offsets[j]}, lanes, type);
      storeLanes(b, arith::AddFOp::create(b, old, sums[n * columns + j]),
                 group.out, {rowIndices[n], offsets[j]});
    }
}

void FewRowsKernel::emitAccumulate(const Group &group) {
  constexpr int64_t columns = 2;
  int64_t whole = valueFeatures / (columns * lanes) * columns * lanes;
  b.loop(b.index(0), b.index(paddedRows), b.index(tileRows), [&](Value r) {
    b.loop(b.index(0), b.index(whole), b.index(columns * lanes),
           [&](Value d) { emitAccumulateTile(group, r, d, columns); });
    if (whole < valueFeatures)
      emitAccumulateTile(group, r, b.index(whole), 1);
  });
}
