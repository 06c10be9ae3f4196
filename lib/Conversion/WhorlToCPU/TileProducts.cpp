//===- TileProducts.cpp - the two contractions in AMX tiles ---------------===//
//
// 2 x 2 tiles of sums, in registers 0 to 3. A tile of sums has 16 queries along
// its rows' words, so that the softmax reads scores as vectors:
//
//   S^T = K Q^T   16 keys x 32 features     by 16 words of features x 16
//   queries O^T += V^T P^T  16 features x 32 keys   by 16 words of keys x 16
//   queries
//
// Keys are tiles as they lie in memory. Values are packed transposed,
// [chunk of 32 keys][feature][16 words].
//
//===----------------------------------------------------------------------===//

#include "AttentionKernel.h"
#include "TileRegisters.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace mlir;
using namespace whorl;

using Dim = AttentionOp::Dim;

static constexpr int64_t kRows = TileRegisters::kRows;
static constexpr int64_t kWords = TileRegisters::kWords;

/// Whether rows of keys as they lie in memory make a tile: not where they lie a
/// multiple of 4 KiB apart, all in one set of the first-level cache, or where
/// their distance is not known.
bool AttentionKernel::mayLoadTilesOf(Value tensor) {
  constexpr int64_t aliasedBytes = 4096;
  auto [strides, offset] =
      cast<MemRefType>(tensor.getType()).getStridesAndOffset();
  int64_t stride = strides[op.getLayout() == Layout::bhnd ? 2 : 1];
  return !ShapedType::isDynamic(stride) && 2 * stride % aliasedBytes != 0;
}

OpFoldResult AttentionKernel::getPaddedValueFeatures() {
  OpFoldResult features = op.getMixedDim(b, op.getValue(), Dim::feature);
  if (!isTiled())
    return features;
  if (std::optional<int64_t> size = getConstantIntValue(features))
    return b.getIndexAttr(llvm::alignTo(*size, 2 * kRows));
  Value step = b.index(2 * kRows);
  return OpFoldResult(b.mul(b.ceilDiv(cast<Value>(features), step), step));
}

/// One step of 2 x 2 tiles: x at rows `row` on of `left`, y at `step` of
/// `right`.
static void multiplyTiles(LoopBuilder &b, Value left, Value row, Value column,
                          Value right, Value step, Value firstColumn) {
  TileRegisters tiles(b);
  constexpr int left0 = 4, left1 = 5, right0 = 6, right1 = 7;
  tiles.load(right0, right, step, firstColumn);
  tiles.load(left0, left, row, column);
  tiles.multiplyAdd(0, left0, right0);
  tiles.load(right1, right, step, b.add(firstColumn, b.index(kWords)));
  tiles.multiplyAdd(1, left0, right1);
  tiles.load(left1, left, b.add(row, b.index(kRows)), column);
  tiles.multiplyAdd(2, left1, right0);
  tiles.multiplyAdd(3, left1, right1);
}

/// Calls `body(tile, row, column)` for the four tiles of sums.
static void
forSums(LoopBuilder &b, Value row, Value column,
        function_ref<void(int64_t tile, Value row, Value column)> body) {
  for (int64_t tile = 0; tile < 4; ++tile)
    body(tile, b.add(row, b.index(tile / 2 * kRows)),
         b.add(column, b.index(tile % 2 * kWords)));
}

/// S[c on][...] = 32 rows of `keys` from `firstKey` on, times Qt.
void AttentionKernel::emitScoreTiles(const Tile &tile, Value keys,
                                     Value firstKey, Value c) {
  TileRegisters tiles(b);
  forGroups(tile, [&](Value firstColumn) {
    for (int sum = 0; sum < 4; ++sum)
      tiles.zero(sum);
    b.loop(b.index(0), b.dim(tile.qt, 0), b.index(kWords), [&](Value word) {
      multiplyTiles(b, keys, firstKey, b.mul(word, b.index(2)), tile.qt, word,
                    firstColumn);
    });
    forSums(b, c, firstColumn, [&](int64_t sum, Value row, Value column) {
      tiles.store(sum, tile.scores, row, column);
    });
  });
}

/// The scores of the block, 32 keys at a time. Fewer keys at its end are
/// copied, and the last of them repeated: what lies behind is not ours to read.
void AttentionKernel::emitTiledScores(const Tile &tile) {
  Value step = b.index(tileRows);
  if (tile.keyBlock) { // of whole tiles
    b.loop(b.index(0), tile.numKeys, step,
           [&](Value c) { emitScoreTiles(tile, tile.keyBlock, c, c); });
    return;
  }
  Value whole = b.mul(b.floorDiv(tile.numKeys, step), step);
  b.loop(b.index(0), whole, step, [&](Value c) {
    emitScoreTiles(tile, tile.key, b.add(tile.firstKey, c), c);
  });
  b.loop(whole, tile.numKeys, step, [&](Value c) {
    b.loop(step, [&](Value r) {
      Value row = b.min(b.add(c, r), b.sub(tile.numKeys, b.index(1)));
      row = b.add(tile.firstKey, row);
      b.loop(b.index(0), b.dim(tile.lastKeys, 1), b.index(lanes), [&](Value d) {
        Value x = loadLanes(b, tile.key, {row, d}, lanes, b.getI16Type());
        storeVector(x, tile.lastKeys, {r, d});
      });
    });
    emitScoreTiles(tile, tile.lastKeys, b.index(0), c);
  });
}

/// The chunk of values with zeros behind the last key, whose weights are 0:
/// what lies there may be no number.
void AttentionKernel::emitLastValues(const Tile &tile, Value firstRow,
                                     Value numKeys) {
  auto type = VectorType::get({kWords}, b.getI32Type());
  auto halves = VectorType::get({2 * kWords}, b.getI16Type());
  Value number = vector::StepOp::create(
      b, VectorType::get({2 * kWords}, b.getIndexType()));
  Value limit = vector::BroadcastOp::create(b, number.getType(), numKeys);
  Value isKey =
      arith::CmpIOp::create(b, arith::CmpIPredicate::slt, number, limit);
  Value zero = arith::ConstantOp::create(b, b.getZeroAttr(halves));
  b.loop(b.dim(tile.lastValues, 0), [&](Value d) {
    Value words = vector::LoadOp::create(
        b, type, tile.value, ValueRange{b.add(firstRow, d), b.index(0)});
    Value x = vector::BitCastOp::create(b, halves, words);
    x = arith::SelectOp::create(b, isKey, x, zero);
    storeVector(vector::BitCastOp::create(b, type, x), tile.lastValues,
                {d, b.index(0)});
  });
}

/// Ot += V P, 32 features and 32 queries at a time.
void AttentionKernel::emitTiledAccumulate(const Tile &tile) {
  Value values = tile.valueBlock ? tile.valueBlock : tile.value;
  Value features = b.dim(tile.ot, 0), step = b.index(2 * kWords);
  Value firstChunk = b.floorDiv(tile.firstKey, step);
  if (tile.valueBlock) // zeros behind the last key
    firstChunk = b.index(0);
  Value chunks = tile.valueBlock ? b.ceilDiv(tile.numKeys, step)
                                 : b.floorDiv(tile.numKeys, step);
  Value rest = b.sub(tile.numKeys, b.mul(chunks, step));
  Value firstRow = b.mul(firstChunk, features);
  Value lastRow = b.add(firstRow, b.mul(chunks, features));
  Value hasRest =
      arith::CmpIOp::create(b, arith::CmpIPredicate::sgt, rest, b.index(0));
  auto nothing = []() -> Values { return {}; };
  if (!tile.valueBlock)
    b.branch(
        hasRest,
        [&]() -> Values {
          emitLastValues(tile, lastRow, rest);
          return {};
        },
        nothing);
  TileRegisters tiles(b);
  b.loop(b.index(0), features, b.index(2 * kRows), [&](Value d) {
    forGroups(tile, [&](Value firstColumn) {
      forSums(b, d, firstColumn, [&](int64_t sum, Value row, Value column) {
        tiles.load(sum, tile.ot, row, column);
      });
      b.loop(chunks, [&](Value chunk) {
        Value row = b.add(b.add(firstRow, b.mul(chunk, features)), d);
        multiplyTiles(b, values, row, b.index(0), tile.scores,
                      b.mul(chunk, b.index(kWords)), firstColumn);
      });
      auto multiplyRest = [&]() -> Values {
        multiplyTiles(b, tile.lastValues, d, b.index(0), tile.scores,
                      b.mul(chunks, b.index(kWords)), firstColumn);
        return {};
      };
      if (!tile.valueBlock)
        b.branch(hasRest, multiplyRest, nothing);
      forSums(b, d, firstColumn, [&](int64_t sum, Value row, Value column) {
        tiles.store(sum, tile.ot, row, column);
      });
    });
  });
}

/// target[firstRow + d][w] = words of keys firstKey + 2 w and the next, of
/// feature d; zeros where there are none.
void AttentionKernel::emitValueTile(Value matrix, Value firstKey, Value numKeys,
                                    Value target, Value firstRow) {
  OpFoldResult size = memref::getMixedSize(b, b.getLoc(), matrix, /*pos=*/1);
  Value features = getValueOrCreateConstantIndexOp(b, b.getLoc(), size);
  Value padded =
      getValueOrCreateConstantIndexOp(b, b.getLoc(), getPaddedValueFeatures());
  Type i16 = b.getI16Type(), i32 = b.getI32Type();
  auto words = VectorType::get({kWords}, i32);
  auto getRow = [&](Value key) { // and whether it is one
    Value isKey =
        arith::CmpIOp::create(b, arith::CmpIPredicate::slt, key, numKeys);
    Value last = b.sub(numKeys, b.index(1));
    return std::pair(b.add(firstKey, b.min(key, last)), isKey);
  };
  Value whole = b.mul(b.floorDiv(features, b.index(kRows)), b.index(kRows));
  b.loop(b.index(0), whole, b.index(kRows), [&](Value d) {
    Values square;
    for (int64_t word = 0; word < kWords; ++word) {
      Values halves;
      for (int64_t half = 0; half < 2; ++half) {
        auto [row, isKey] = getRow(b.index(2 * word + half));
        Value x = loadLanes(b, matrix, {row, d}, kRows, i16);
        Value zero = arith::ConstantOp::create(b, b.getZeroAttr(x.getType()));
        halves.push_back(arith::SelectOp::create(b, isKey, x, zero));
      }
      Value both = vector::InterleaveOp::create(b, halves[0], halves[1]);
      square.push_back(vector::BitCastOp::create(b, words, both));
    }
    square = transposeLanes(b, square);
    for (auto [i, column] : llvm::enumerate(square))
      storeVector(column, target,
                  {b.add(firstRow, b.add(d, b.index(i))), b.index(0)});
  });
  // Features that fill no square, and those that are none.
  b.loop(whole, padded, b.index(1), [&](Value d) {
    Value isFeature =
        arith::CmpIOp::create(b, arith::CmpIPredicate::slt, d, features);
    Value at = b.min(d, b.max(b.sub(features, b.index(1)), b.index(0)));
    b.loop(b.index(kWords), [&](Value word) {
      Value result = arith::ConstantIntOp::create(b, i32, 0);
      for (int64_t half = 0; half < 2; ++half) {
        Value key = b.add(b.mul(word, b.index(2)), b.index(half));
        auto [row, isKey] = getRow(key);
        Value isThere = arith::AndIOp::create(b, isKey, isFeature);
        Value x = loadLanes(b, matrix, {row, at}, 1, i16);
        x = vector::ExtractOp::create(b, x, 0);
        x = arith::ExtUIOp::create(b, i32, x);
        Value shift = arith::ConstantIntOp::create(b, i32, 16 * half);
        x = arith::ShLIOp::create(b, x, shift);
        Value zero = arith::ConstantIntOp::create(b, i32, 0);
        x = arith::SelectOp::create(b, isThere, x, zero);
        result = arith::OrIOp::create(b, result, x);
      }
      b.store(result, target, {b.add(firstRow, d), word});
    });
  });
}

/// best[...] = the largest score of the block, from memory: tiles have no
/// maximum. Rows behind the last key are -inf.
void AttentionKernel::emitRowMaximum(const Tile &tile, Value at) {
  constexpr int64_t rows = 4;
  Value end = b.mul(b.ceilDiv(tile.numKeys, b.index(rows)), b.index(rows));
  Value start = b.constant(vector, -std::numeric_limits<double>::infinity());
  Values best = b.loop(
      b.index(0), end, b.index(rows), start,
      [&](Value c, ValueRange best) -> Values {
        Values scores;
        for (int64_t r = 0; r < rows; ++r)
          scores.push_back(loadVector(tile.scores, {b.add(c, b.index(r)), at}));
        Value first = buildMaximum(b, scores[0], scores[1]);
        Value second = buildMaximum(b, scores[2], scores[3]);
        return {buildMaximum(b, best[0], buildMaximum(b, first, second))};
      });
  storeVector(best[0], tile.best, at);
}
