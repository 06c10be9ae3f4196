//===- PairedProducts.cpp - what stays bf16, in words of two --------------===//

#include "AttentionKernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <limits>

using namespace mlir;
using namespace whorl;

using Dim = AttentionOp::Dim;

/// An LLVM intrinsic `name` for registers of as many bits as `result` has,
/// twice that for halves.
static Value callIntrinsic(LoopBuilder &b, StringRef name, VectorType result,
                           ValueRange operands) {
  int64_t bits = result.getNumElements() * result.getElementTypeBitWidth();
  auto full = b.getStringAttr(name + "." + Twine(bits));
  return LLVM::CallIntrinsicOp::create(b, Type(result), full, operands)
      .getResults();
}

/// Two numbers as the bits of one integer, and back.
static Value castLanesTo(LoopBuilder &b, Value vector, Type element) {
  auto type = cast<VectorType>(vector.getType());
  int64_t bits = type.getNumElements() * type.getElementTypeBitWidth();
  int64_t size = bits / element.getIntOrFloatBitWidth();
  return vector::BitCastOp::create(b, VectorType::get({size}, element), vector);
}

/// accumulator + both products of each lane's words.
Value AttentionKernel::multiplyAddPairs(Value accumulator, Value words,
                                        Value allWords) {
  Value x = castLanesTo(b, words, b.getBF16Type());
  Value y = castLanesTo(b, allWords, b.getBF16Type());
  return callIntrinsic(b, "llvm.x86.avx512bf16.dpbf16ps", vector,
                       {accumulator, x, y});
}

/// One word a lane, from a memref of words or of anything as wide.
Value AttentionKernel::loadWords(Value memref, ValueRange indices) {
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  Value x = vector::LoadOp::create(b, VectorType::get({lanes}, element), memref,
                                   indices);
  return castLanesTo(b, x, b.getI32Type());
}

/// A word of a row of bf16, or of their bits.
Value AttentionKernel::loadWord(Value matrix, Value row, Value word) {
  Type element = cast<MemRefType>(matrix.getType()).getElementType();
  auto pair = VectorType::get({2}, element);
  Value at = b.mul(word, b.index(2));
  Value x = vector::LoadOp::create(b, pair, matrix, ValueRange{row, at});
  return vector::ExtractOp::create(b, castLanesTo(b, x, b.getI32Type()), 0);
}

Value AttentionKernel::dropPartner(Value word) {
  Value lower = arith::ConstantIntOp::create(b, b.getI32Type(), 0xffff);
  return arith::AndIOp::create(b, word, lower);
}

/// Qt[w][r] = word w of query row firstRow + r: squares of words are
/// transposed, words that fill none go one by one.
void AttentionKernel::emitPackPairs(const Tile &tile, Value first) {
  auto [matrices, rows] = locateQueryRows(tile, first);
  auto load = [&, matrices = ArrayRef(matrices),
               rows = ArrayRef(rows)](int64_t lane, Value word, int64_t width) {
    Type element = cast<MemRefType>(matrices[lane].getType()).getElementType();
    auto type = VectorType::get({2 * width}, element);
    Value at = b.mul(word, b.index(2));
    Value x = vector::LoadOp::create(b, type, matrices[lane],
                                     ValueRange{rows[lane], at});
    return castLanesTo(b, x, b.getI32Type());
  };
  OpFoldResult words = memref::getMixedSize(b, b.getLoc(), tile.qt, /*pos=*/0);
  forLanes(b, words, lanes, [&](Value word, int64_t width) {
    Values square;
    for (int64_t lane = 0; lane < lanes; ++lane)
      square.push_back(load(lane, word, width));
    if (width == lanes) {
      square = transposeLanes(b, square);
      for (auto [i, column] : llvm::enumerate(square))
        storeVector(column, tile.qt, {b.add(word, b.index(i)), first});
      return;
    }
    for (auto [lane, x] : llvm::enumerate(square))
      b.store(vector::ExtractOp::create(b, x, 0), tile.qt,
              {word, b.add(first, b.index(lane))});
  });
}

/// target[firstPair + p][d] = the words of keys firstKey + 2 p and the next of
/// `matrix`, whose partner is 0 where there is none among numKeys.
void AttentionKernel::emitValueWords(Value matrix, Value firstKey,
                                     Value numKeys, Value target,
                                     Value firstPair) {
  Value two = b.index(2);
  b.loop(b.ceilDiv(numKeys, two), [&](Value pair) {
    Value key = b.mul(pair, two), next = b.add(key, b.index(1));
    Value hasNext =
        arith::CmpIOp::create(b, arith::CmpIPredicate::slt, next, numKeys);
    Value row = b.add(firstKey, key);
    Value nextRow =
        arith::SelectOp::create(b, hasNext, b.add(row, b.index(1)), row);
    OpFoldResult features =
        memref::getMixedSize(b, b.getLoc(), matrix, /*pos=*/1);
    forLanes(b, features, lanes, [&](Value d, int64_t width) {
      Value x = loadLanes(b, matrix, {row, d}, width, b.getI16Type());
      Value y = loadLanes(b, matrix, {nextRow, d}, width, b.getI16Type());
      Value zero = arith::ConstantOp::create(b, b.getZeroAttr(y.getType()));
      y = arith::SelectOp::create(b, hasNext, y, zero);
      Value both = vector::InterleaveOp::create(b, x, y);
      storeVector(castLanesTo(b, both, b.getI32Type()), target,
                  {b.add(firstPair, pair), d});
    });
  });
}

/// target = the words of a block of values from its first row on: pairs of
/// keys, or AMX tiles.
void AttentionKernel::emitValueBlock(Value matrix, Value firstKey,
                                     Value numKeys, Value target) {
  if (!isTiled())
    return emitValueWords(matrix, firstKey, numKeys, target, b.index(0));
  Value keysOfChunk = b.index(getMultiple());
  Value rows =
      getValueOrCreateConstantIndexOp(b, b.getLoc(), getPaddedValueFeatures());
  b.loop(b.ceilDiv(numKeys, keysOfChunk), [&](Value chunk) {
    Value first = b.mul(chunk, keysOfChunk);
    emitValueTile(matrix, b.add(firstKey, first), b.sub(numKeys, first), target,
                  b.mul(chunk, rows));
  });
}

/// The words of all values, [B, Hk, pairs, Dv], or AMX tiles [B, Hk, chunks *
/// Dv, 16]: read by many query tiles, they are packed once.
Value AttentionKernel::packValues() {
  auto size = [&](Dim role) {
    return getValueOrCreateConstantIndexOp(
        b, b.getLoc(), op.getMixedDim(b, op.getValue(), role));
  };
  // Chunks are work for a thread each.
  Value chunk = b.index(isTiled() ? getMultiple() : 128);
  Value keys = size(Dim::row), chunks = b.ceilDiv(keys, chunk);
  OpFoldResult features = getPaddedValueFeatures();
  Value rowsOfChunk =
      isTiled() ? getValueOrCreateConstantIndexOp(b, b.getLoc(), features)
                : b.floorDiv(chunk, b.index(2));
  Value words =
      b.allocate(b.getI32Type(), {op.getMixedDim(b, op.getValue(), Dim::batch),
                                  op.getMixedDim(b, op.getValue(), Dim::head),
                                  OpFoldResult(b.mul(chunks, rowsOfChunk)),
                                  isTiled() ? b.getIndexAttr(16) : features});
  b.parallel({size(Dim::batch), size(Dim::head), chunks}, [&](ValueRange ivs) {
    Value from = getHeadView(b, op.getValue(), op.getLayout(), ivs[0], ivs[1]);
    Value to = getHeadView(b, words, Layout::bhnd, ivs[0], ivs[1]);
    Value firstRow = b.mul(ivs[2], rowsOfChunk);
    Value firstKey = b.mul(ivs[2], chunk);
    Value numKeys = b.min(b.sub(keys, firstKey), chunk);
    if (isTiled())
      emitValueTile(from, firstKey, numKeys, to, firstRow);
    else
      emitValueWords(from, firstKey, numKeys, to, firstRow);
  });
  return words;
}

/// The pairs of keys that the values' product reads: those of whole AMX tiles.
Value AttentionKernel::countWeightPairs(const Tile &tile) {
  Value multiples = b.ceilDiv(tile.numKeys, b.index(getMultiple()));
  return b.mul(multiples, b.index(getMultiple() / 2));
}

/// The scores behind the last key, up to a whole pair or tile, are those of
/// hidden keys: their weights are 0.
void AttentionKernel::hideBehindLast(const Tile &tile) {
  Value multiple = b.index(getMultiple());
  Value end = b.mul(b.ceilDiv(tile.numKeys, multiple), multiple);
  Value hidden = b.constant(vector, -std::numeric_limits<double>::infinity());
  b.loop(tile.numKeys, end, b.index(1), [&](Value c) {
    forVectors(tile,
               [&](Value at) { storeVector(hidden, tile.scores, {c, at}); });
  });
}

/// The weights of two keys, in the place of the scores that are read by then:
/// row `pair` of them. The result is the sum with both added.
Value AttentionKernel::buildWeightPair(const Tile &tile, Value pair, Value at,
                                       Value reference, Value sum) {
  Values weights;
  for (int64_t i = 0; i < 2; ++i) {
    Value key = b.add(b.mul(pair, b.index(2)), b.index(i));
    Value score = loadVector(tile.scores, {key, at});
    weights.push_back(softmax.buildWeight(b, score, reference));
  }
  // The instruction's result has the second operand's lanes first.
  auto halves = VectorType::get({2 * lanes}, b.getBF16Type());
  Value both = callIntrinsic(b, "llvm.x86.avx512bf16.cvtne2ps2bf16", halves,
                             {weights[1], weights[0]});
  both = castLanesTo(b, both, b.getI16Type());
  SmallVector<int64_t> interleaved;
  for (int64_t lane = 0; lane < lanes; ++lane)
    interleaved.append({lane, lanes + lane});
  Value words = vector::ShuffleOp::create(b, both, both, interleaved);
  storeVector(castLanesTo(b, words, type), tile.scores, {pair, at});
  Value two = arith::AddFOp::create(b, weights[0], weights[1]);
  return arith::AddFOp::create(b, sum, two);
}
