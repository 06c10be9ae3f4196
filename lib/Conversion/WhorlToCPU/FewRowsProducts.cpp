//===- FewRowsProducts.cpp - the two products along the features ----------===//

#include "FewRowsKernel.h"
#include "LLVMHints.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace mlir;
using namespace whorl;

/// The row of the tensor that is key c of the block.
Value FewRowsKernel::getKeyRow(const Group &group, Value c) {
  Value size = b.index(streamKeys);
  Value stream = b.createOrFold<arith::DivUIOp>(c, size);
  Value inStream = b.createOrFold<arith::RemUIOp>(c, size);
  Value row =
      b.add(b.add(group.firstKey, b.mul(stream, group.stride)), inStream);
  return b.min(row, group.lastKey);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// The rows of a block from `firstRow` on, in as many steps as there are units.
FewRowsKernel::Fetch FewRowsKernel::planFetch(Value matrix, Value firstRow,
                                              int64_t units) {
  constexpr int64_t lineBits = 64 * 8;
  auto memref = cast<MemRefType>(matrix.getType());
  Fetch fetch{matrix, firstRow};
  fetch.lineElements = lineBits / memref.getElementTypeBitWidth();
  fetch.linesPerRow =
      llvm::divideCeil(memref.getDimSize(1), fetch.lineElements);
  fetch.perUnit = llvm::divideCeil(keyBlock * fetch.linesPerRow, units);
  return fetch;
}

/// Lines behind the tensor's end cost nothing: a prefetch does not fault.
void FewRowsKernel::emitFetch(const Group &group, const Fetch &fetch,
                              Value unit) {
  Value first = b.mul(unit, b.index(fetch.perUnit));
  auto divide = [&](Value x, int64_t by) {
    return std::pair(b.createOrFold<arith::DivUIOp>(x, b.index(by)),
                     b.createOrFold<arith::RemUIOp>(x, b.index(by)));
  };
  for (int64_t i = 0; i < fetch.perUnit; ++i) {
    auto [ofStream, stream] = divide(b.add(first, b.index(i)), streams);
    auto [row, line] = divide(ofStream, fetch.linesPerRow);
    row = b.add(b.add(fetch.firstRow, b.mul(stream, group.stride)), row);
    memref::PrefetchOp::create(
        b, fetch.matrix,
        ValueRange{row, b.mul(line, b.index(fetch.lineElements))},
        /*isWrite=*/false, /*localityHint=*/3, /*isDataCache=*/true);
  }
}

/// Whether pairs of vectors of a matrix are its even and its odd elements.
bool FewRowsKernel::isSplit(Value matrix) {
  return type.isF32() &&
         cast<MemRefType>(matrix.getType()).getElementType().isBF16();
}

/// Two vectors as the even and the odd elements of 2 * lanes bf16: these are
/// the upper halves of f32.
static std::pair<Value, Value> loadEvenOdd(LoopBuilder &b, Value matrix,
                                           ValueRange indices, int64_t lanes,
                                           VectorType vector) {
  auto halves = VectorType::get({2 * lanes}, b.getBF16Type());
  auto words = VectorType::get({lanes}, b.getI32Type());
  Value loaded = vector::LoadOp::create(b, halves, matrix, indices);
  Value both = vector::BitCastOp::create(b, words, loaded);
  auto constant = [&](uint32_t bits) -> Value {
    auto attribute = b.getI32IntegerAttr(static_cast<int32_t>(bits));
    return arith::ConstantOp::create(
        b, DenseElementsAttr::get(words, Attribute(attribute)));
  };
  Value even = arith::ShLIOp::create(b, both, constant(16));
  Value odd = arith::AndIOp::create(b, both, constant(0xffff0000));
  return {arith::BitcastOp::create(b, vector, even),
          arith::BitcastOp::create(b, vector, odd)};
}

/// `count` vectors of a row from feature d on, which is a multiple of a pair of
/// them. A last one without a partner is never split.
FewRowsKernel::Values FewRowsKernel::loadVectors(Value matrix, Value row,
                                                 Value d, int64_t count) {
  Values vectors;
  for (int64_t i = 0; i < count; ++i) {
    Value at = b.add(d, b.index(i * lanes));
    if (isSplit(matrix) && i + 1 < count) {
      auto [even, odd] = loadEvenOdd(b, matrix, {row, at}, lanes, vector);
      vectors.append({even, odd});
      ++i;
      continue;
    }
    vectors.push_back(loadLanes(b, matrix, {row, at}, lanes, type));
  }
  return vectors;
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

/// The keys of the block, converted and encoded.
void FewRowsKernel::emitEncodeKeys(const Group &group) {
  b.loop(b.index(keyBlock), [&](Value c) {
    Value row = getRowView(b, group.keyBlock, c);
    key.emitRow(b, group.key, getKeyRow(group, c), group.batch, row);
  });
}

/// One vector with the sums of the lanes of as many vectors as it has lanes:
/// shuffles within 16 bytes first, which are the cheap ones.
static Value sumLanes(LoopBuilder &b, SmallVector<Value> vectors) {
  auto type = cast<VectorType>(vectors[0].getType());
  int64_t lanes = type.getDimSize(0);
  int64_t piece = std::min<int64_t>(lanes, 128 / type.getElementTypeBitWidth());
  auto combine = [&](ArrayRef<int64_t> low, ArrayRef<int64_t> high) {
    for (size_t i = 0; i < vectors.size() / 2; ++i) {
      Value x = vectors[2 * i], y = vectors[2 * i + 1];
      vectors[i] =
          arith::AddFOp::create(b, vector::ShuffleOp::create(b, x, y, low),
                                vector::ShuffleOp::create(b, x, y, high));
    }
    vectors.resize(vectors.size() / 2);
  };
  // x0 y0 x1 y1 + x2 y2 x3 y3, then the same of pairs.
  for (int64_t s = 1; s < piece; s *= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t e = 0; e < lanes; ++e) {
      int64_t inPiece = e % piece, start = e - inPiece;
      int64_t from = start + inPiece / (2 * s) * s + inPiece % s;
      from += (inPiece / s) % 2 * lanes;
      low.push_back(from);
      high.push_back(from + piece / 2);
    }
    combine(low, high);
  }
  for (int64_t s = piece; s < lanes; s *= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t e = 0; e < lanes; ++e) {
      low.push_back(e & s ? lanes + e : e);
      high.push_back(e & s ? lanes + e - s : e + s);
    }
    combine(low, high);
  }
  return vectors[0];
}

/// S[firstRow + n][c + m] = the sum of the lanes of sums[n * MR + m].
void FewRowsKernel::storeScores(const Group &group, Values sums, Value firstRow,
                                Value c) {
  int64_t count = sums.size();
  sums.resize(llvm::alignTo(count, lanes), b.constant(vector, 0.0));
  // Pieces that lie in one row.
  int64_t width = std::gcd(lanes, tileKeys);
  for (int64_t i = 0; i < count; i += lanes) {
    Value scores = sumLanes(b, Values(ArrayRef(sums).slice(i, lanes)));
    for (int64_t at = i; at < std::min(i + lanes, count); at += width) {
      Value piece = scores;
      if (width < lanes)
        piece = vector::ExtractStridedSliceOp::create(b, scores, at - i, width,
                                                      /*strides=*/1);
      storeLanes(b, piece, group.scores,
                 {b.add(firstRow, b.index(at / tileKeys)),
                  b.add(c, b.index(at % tileKeys))});
    }
  }
}

/// The scores of MR keys from c on and NR rows. Each step takes a line of each
/// key, or what vectors it has, and asks for lines of values.
void FewRowsKernel::emitScoreTile(const Group &group, const Fetch &fetch,
                                  Value unit, Value firstRow, Value c) {
  Values keys;
  Value matrix = group.keyBlock ? group.keyBlock : group.key;
  for (int64_t m = 0; m < tileKeys; ++m) {
    Value at = b.add(c, b.index(m));
    keys.push_back(group.keyBlock ? at : getKeyRow(group, at));
  }
  auto multiply = [&](Value d, ValueRange sums, int64_t count) {
    Values next = llvm::to_vector(sums);
    SmallVector<Values> keyVectors;
    for (Value row : keys)
      keyVectors.push_back(loadVectors(matrix, row, d, count));
    for (int64_t i = 0; i < count; ++i)
      for (int64_t n = 0; n < tileRows; ++n) {
        Value q = loadLanes(
            b, group.query,
            {b.add(firstRow, b.index(n)), b.add(d, b.index(i * lanes))}, lanes,
            type);
        for (int64_t m = 0; m < tileKeys; ++m) {
          Value &sum = next[n * tileKeys + m];
          sum = vector::FMAOp::create(b, q, keyVectors[m][i], sum);
        }
      }
    return next;
  };
  int64_t pair = 2 * lanes, whole = features / pair * pair;
  Value steps = b.index(whole / pair);
  Values sums(tileKeys * tileRows, b.constant(vector, 0.0));
  sums = b.loop(b.index(0), b.index(whole), b.index(pair), sums,
                [&](Value d, ValueRange sums) {
                  Value step = b.floorDiv(d, b.index(pair));
                  emitFetch(group, fetch, b.add(b.mul(unit, steps), step));
                  return multiply(d, sums, 2);
                });
  keepRolled(sums);
  if (whole < features)
    sums = multiply(b.index(whole), sums, 1);
  storeScores(group, sums, firstRow, c);
}

void FewRowsKernel::emitScores(const Group &group) {
  int64_t leastTiles = llvm::divideCeil(leastRows, tileRows);
  Value rowTiles = countTiles(tileRows);
  int64_t steps = std::max<int64_t>(features / (2 * lanes), 1);
  Fetch fetch = planFetch(group.value, group.firstKey,
                          keyBlock / tileKeys * leastTiles * steps);
  b.loop(b.index(0), b.index(keyBlock), b.index(tileKeys), [&](Value c) {
    Value tile = b.floorDiv(c, b.index(tileKeys));
    b.loop(rowTiles, [&](Value r) {
      Value unit = b.add(b.mul(tile, rowTiles), r);
      emitScoreTile(group, fetch, unit, b.mul(r, b.index(tileRows)), c);
    });
  });
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

/// O[firstRow + n][d ...] += sum over the keys of S[n][c] V[c][d ...].
void FewRowsKernel::emitAccumulateTile(const Group &group, const Fetch &fetch,
                                       Value unit, Value firstRow, Value d,
                                       int64_t columns) {
  int64_t keys = getKeysOfStep();
  auto at = [&](int64_t n, int64_t j) {
    return Values{b.add(firstRow, b.index(n)), b.add(d, b.index(j * lanes))};
  };
  Values sums;
  for (int64_t n = 0; n < outRows; ++n)
    for (int64_t j = 0; j < columns; ++j)
      sums.push_back(loadLanes(b, group.out, at(n, j), lanes, type));
  auto addKey = [&](Value c, Values &sums) {
    Values values = loadVectors(group.value, getKeyRow(group, c), d, columns);
    for (int64_t n = 0; n < outRows; ++n) {
      Value weight = vector::BroadcastOp::create(
          b, vector, b.load(group.scores, {b.add(firstRow, b.index(n)), c}));
      for (int64_t j = 0; j < columns; ++j) {
        Value &sum = sums[n * columns + j];
        sum = vector::FMAOp::create(b, weight, values[j], sum);
      }
    }
  };
  int64_t parts = keyBlock / keys;
  sums = b.loop(b.index(0), b.index(keyBlock), b.index(keys), sums,
                [&](Value c, ValueRange carried) {
                  Values next = llvm::to_vector(carried);
                  Value part = b.floorDiv(c, b.index(keys));
                  emitFetch(group, fetch,
                            b.add(b.mul(unit, b.index(parts)), part));
                  for (int64_t k = 0; k < keys; ++k)
                    addKey(b.add(c, b.index(k)), next);
                  return next;
                });
  keepRolled(sums);
  for (int64_t n = 0; n < outRows; ++n)
    for (int64_t j = 0; j < columns; ++j)
      storeLanes(b, sums[n * columns + j], group.out, at(n, j));
}

void FewRowsKernel::emitAccumulate(const Group &group) {
  // As many accumulators as keep the multipliers busy.
  int64_t columns = outRows <= 2 ? 4 : 2, width = columns * lanes;
  int64_t whole = valueFeatures / width * width;
  int64_t passes = llvm::divideCeil(valueFeatures, width);
  int64_t leastTiles = llvm::divideCeil(leastRows, outRows);
  int64_t parts = keyBlock / getKeysOfStep();
  Value next = b.add(group.firstKey, b.index(streamKeys));
  Fetch fetch = planFetch(group.key, next, leastTiles * passes * parts);
  b.loop(countTiles(outRows), [&](Value tile) {
    Value row = b.mul(tile, b.index(outRows));
    Value first = b.mul(tile, b.index(passes));
    b.loop(b.index(0), b.index(whole), b.index(width), [&](Value d) {
      Value unit = b.add(first, b.floorDiv(d, b.index(width)));
      emitAccumulateTile(group, fetch, unit, row, d, columns);
    });
    if (whole < valueFeatures)
      emitAccumulateTile(group, fetch, b.add(first, b.index(passes - 1)), row,
                         b.index(whole), (valueFeatures - whole) / lanes);
  });
}
