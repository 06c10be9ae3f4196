//===- GeneratorAttrs.cpp - Philox and Threefry ---------------------------===//
//
// Both after Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy
// as 1, 2, 3", SC 2011.
//
//===----------------------------------------------------------------------===//

#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace whorl;

static Value getLowWord(ElementBuilder &b, Value value) {
  return b.truncate(value, b.getI32Type());
}
static Value getHighWord(ElementBuilder &b, Value value) {
  return b.truncate(b.shiftRight(value, 32), b.getI32Type());
}

//===----------------------------------------------------------------------===//
// Philox4x32-10
//===----------------------------------------------------------------------===//

// Words lie in the lower halves of i64: a product of two words is then one
// instruction of every vector unit (pmuludq), which reads the lower halves
// alone. What the upper halves hold does not matter until the end.
static constexpr int64_t wordMask = 0xffffffff;

PhiloxBlock whorl::buildPhilox(ElementBuilder &b, PhiloxBlock c,
                               std::array<Value, 2> key) {
  constexpr int64_t multipliers[] = {0xD2511F53, 0xCD9E8D57};
  constexpr int64_t weyl[] = {0x9E3779B9, 0xBB67AE85};
  for (unsigned round = 0; round < 10; ++round) {
    std::array<Value, 2> products;
    for (unsigned i = 0; i < 2; ++i)
      products[i] = b.mulInt(b.bitAnd(c[2 * i], wordMask),
                             b.integer(c[2 * i], multipliers[i]));
    auto mix = [&](unsigned i) {
      Value high = b.shiftRight(products[1 - i], 32);
      return b.bitXor(b.bitXor(high, c[2 * i + 1]), b.splat(key[i], c[0]));
    };
    c = {mix(0), products[1], mix(1), products[0]};
    for (unsigned i = 0; i < 2; ++i)
      key[i] = b.addInt(key[i], weyl[i]);
  }
  return c;
}

/// The words of the blocks with these numbers, i64 scalars or vectors.
static PhiloxBlock buildPhiloxBlocks(ElementBuilder &b,
                                     const RandomSource &source, Value block) {
  Type i64 = b.getI64Type();
  PhiloxBlock counter = {block, b.shiftRight(block, 32), b.integer(block, 0),
                         b.integer(block, 0)};
  if (source.stream) {
    counter[2] = b.splat(source.stream, block);
    counter[3] = b.splat(b.shiftRight(source.stream, 32), block);
  }
  return buildPhilox(
      b, counter,
      {b.zeroExtend(source.key[0], i64), b.zeroExtend(source.key[1], i64)});
}

RandomKey PhiloxAttr::splitSeed(ElementBuilder &b, Value seed) const {
  return {getLowWord(b, seed), getHighWord(b, seed)};
}

int64_t PhiloxAttr::getElementsPerBlock(unsigned words) const {
  return 4 / words;
}

SmallVector<Value> PhiloxAttr::buildWords(ElementBuilder &b,
                                          const RandomSource &source,
                                          Value element, unsigned words) const {
  int64_t perBlock = getElementsPerBlock(words);
  Value block = b.shiftRight(element, perBlock == 4 ? 2 : 1);
  Value position = b.bitAnd(element, perBlock - 1);
  PhiloxBlock all = buildPhiloxBlocks(b, source, block);
  SmallVector<Value> result;
  for (unsigned word = 0; word < words; ++word) {
    Value chosen = all[word];
    for (int64_t i = 1; i < perBlock; ++i)
      chosen = b.select(b.isEqual(position, i), all[i * words + word], chosen);
    result.push_back(getLowWord(b, chosen));
  }
  return result;
}

/// first + j for j of the lanes' order in each group of four, see below.
static Value getBlockNumbers(ElementBuilder &b, Value first,
                             ArrayRef<int64_t> order) {
  auto type =
      VectorType::get({static_cast<int64_t>(order.size())}, first.getType());
  Value offsets =
      arith::ConstantOp::create(b, DenseElementsAttr::get(type, order));
  return b.addInt(vector::BroadcastOp::create(b, type, first), offsets);
}

/// Two words of each block side by side, the first one lower.
static Value joinWords(ElementBuilder &b, Value low, Value high) {
  return b.bitOr(b.bitAnd(low, wordMask), b.shiftLeft(high, 32));
}

SmallVector<Value> PhiloxAttr::buildRun(ElementBuilder &b,
                                        const RandomSource &source, Value first,
                                        unsigned words, int64_t lanes) const {
  int64_t perBlock = getElementsPerBlock(words);
  if (lanes % perBlock != 0)
    return buildWords(b, source, b.getRun(first, lanes), words);
  // With two words an element, words 0 and 2 are the low words of neighbouring
  // elements, and nothing has to move between lanes. With one, words (0, 1) and
  // (2, 3) of a block have to come side by side. Vector units do that in halves
  // of 256 bits: blocks in the order 0, 2, 1, 3 come out in order.
  int64_t blocks = lanes / perBlock;
  SmallVector<int64_t> order;
  constexpr int64_t halves[] = {0, 2, 1, 3};
  for (int64_t i = 0; i < blocks; ++i)
    order.push_back(words == 1 && blocks % 4 == 0 ? i / 4 * 4 + halves[i % 4]
                                                  : i);
  Value block = b.shiftRight(first, perBlock == 4 ? 2 : 1);
  PhiloxBlock all =
      buildPhiloxBlocks(b, source, getBlockNumbers(b, block, order));
  auto type = VectorType::get({lanes}, b.getI32Type());
  if (words == 2)
    return {vector::BitCastOp::create(b, type, joinWords(b, all[0], all[2])),
            vector::BitCastOp::create(b, type, joinWords(b, all[1], all[3]))};
  SmallVector<int64_t> mask;
  for (int64_t i = 0; i < blocks; ++i) {
    mask.push_back(order[i]); // the order is its own inverse
    mask.push_back(blocks + order[i]);
  }
  Value joined = vector::ShuffleOp::create(b, joinWords(b, all[0], all[1]),
                                           joinWords(b, all[2], all[3]), mask);
  return {vector::BitCastOp::create(b, type, joined)};
}

//===----------------------------------------------------------------------===//
// Threefry2x32-20
//===----------------------------------------------------------------------===//

static Value rotateLeft(ElementBuilder &b, Value x, int64_t bits) {
  return b.bitOr(b.shiftLeft(x, bits), b.shiftRight(x, 32 - bits));
}

ThreefryBlock whorl::buildThreefry(ElementBuilder &b, const RandomKey &key,
                                   Value high, Value low) {
  constexpr int64_t rotations[2][4] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
  Value parity =
      b.bitXor(b.bitXor(key[0], key[1]), b.integer(key[0], 0x1BD11BDA));
  std::array<Value, 3> keys = {key[0], key[1], parity};
  ThreefryBlock x = {b.addInt(high, b.splat(keys[0], high)),
                     b.addInt(low, b.splat(keys[1], low))};
  for (unsigned group = 0; group < 5; ++group) {
    for (int64_t bits : rotations[group % 2]) {
      x[0] = b.addInt(x[0], x[1]);
      x[1] = b.bitXor(rotateLeft(b, x[1], bits), x[0]);
    }
    Value injected = b.addInt(keys[(group + 2) % 3], group + 1);
    x[0] = b.addInt(x[0], b.splat(keys[(group + 1) % 3], x[0]));
    x[1] = b.addInt(x[1], b.splat(injected, x[1]));
  }
  return x;
}

/// The words of elements whose number has these halves.
static SmallVector<Value> buildThreefryWords(ElementBuilder &b,
                                             const RandomSource &source,
                                             Value high, Value low,
                                             unsigned words) {
  RandomKey key = source.key;
  if (source.stream)
    key = buildThreefry(b, key, getHighWord(b, source.stream),
                        getLowWord(b, source.stream));
  ThreefryBlock x = buildThreefry(b, key, high, low);
  if (words == 2)
    return {x[1], x[0]};
  return {b.bitXor(x[0], x[1])};
}

RandomKey ThreefryAttr::splitSeed(ElementBuilder &b, Value seed) const {
  return {getHighWord(b, seed), getLowWord(b, seed)};
}

int64_t ThreefryAttr::getElementsPerBlock(unsigned) const { return 1; }

SmallVector<Value> ThreefryAttr::buildWords(ElementBuilder &b,
                                            const RandomSource &source,
                                            Value element,
                                            unsigned words) const {
  return buildThreefryWords(b, source, getHighWord(b, element),
                            getLowWord(b, element), words);
}

SmallVector<Value> ThreefryAttr::buildRun(ElementBuilder &b,
                                          const RandomSource &source,
                                          Value first, unsigned words,
                                          int64_t lanes) const {
  // In 32-bit lanes, with the carry into the high word by hand.
  Value firstLow = getLowWord(b, first);
  Value low = b.getRun(firstLow, lanes);
  Value high = b.splat(getHighWord(b, first), low);
  Value carries = b.isLessUnsigned(low, b.splat(firstLow, low));
  high = b.select(carries, b.addInt(high, 1), high);
  return buildThreefryWords(b, source, high, low, words);
}
