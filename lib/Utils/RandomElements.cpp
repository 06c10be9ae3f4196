//===- RandomElements.cpp - random elements as scalar IR ------------------===//

#include "Whorl/Utils/RandomElements.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace whorl;

RandomKey whorl::buildRandomKey(ElementBuilder &b,
                                RandomGeneratorAttrInterface generator,
                                ValueRange key) {
  if (key.size() == 2)
    return {key[0], key[1]};
  return generator.splitSeed(b, key[0]);
}

static unsigned countResults(RandomDraw draw) {
  switch (draw) {
  case RandomDraw::word:
    return 1;
  case RandomDraw::two_words:
    return 2;
  case RandomDraw::pair:
    return 3;
  }
  llvm_unreachable("every draw is above");
}

Value whorl::buildRandomElement(ElementBuilder &b, RandomOp op,
                                const RandomKey &key, ValueRange coordinates,
                                ValueRange sizes) {
  Type element = op.getShapedType().getElementType();
  RandomDistributionAttrInterface distribution = op.getDistributionInterface();
  RandomDraw draw = distribution.getDraw(element);
  SmallVector<Type> types(countResults(draw), b.getI32Type());
  auto bits = RandomBitsOp::create(b, types, key[0], key[1], op.getStream(),
                                   op.getOffset(), coordinates, sizes,
                                   op.getGenerator(), draw);
  return distribution.buildSample(b, bits.getBits(), element);
}

Value whorl::buildRandomPosition(ElementBuilder &b, RandomBitsOp op) {
  Type i64 = b.getI64Type();
  auto toI64 = [&](Value index) {
    return b.createOrFold<arith::IndexCastOp>(i64, index);
  };
  Value position;
  for (auto [coordinate, size] :
       llvm::zip_equal(op.getCoordinates(), op.getSizes())) {
    Value next = toI64(coordinate);
    if (position)
      next = b.createOrFold<arith::AddIOp>(
          b.createOrFold<arith::MulIOp>(position, toI64(size)), next);
    position = next;
  }
  if (!position) // rank 0
    position = arith::ConstantOp::create(b, b.getI64IntegerAttr(0));
  if (op.getOffset())
    position = b.createOrFold<arith::AddIOp>(position, op.getOffset());
  return position;
}

RandomSource whorl::getRandomSource(RandomBitsOp op) {
  return {{op.getKey0(), op.getKey1()}, op.getStream()};
}

SmallVector<Value> whorl::buildRandomBits(ElementBuilder &b, RandomBitsOp op,
                                          const RandomSource &source,
                                          Value elements) {
  RandomGeneratorAttrInterface generator = op.getGeneratorInterface();
  if (op.getDraw() != RandomDraw::pair)
    return generator.buildWords(b, source, elements, op.getWordsPerElement());
  Value parity = b.bitAnd(elements, 1);
  Value first = b.subInt(elements, parity);
  return {generator.buildWords(b, source, first, 1).front(),
          generator.buildWords(b, source, b.addInt(first, 1), 1).front(),
          b.truncate(parity, b.getI32Type())};
}

int64_t whorl::getRandomRunAlignment(RandomBitsOp op) {
  int64_t block =
      op.getGeneratorInterface().getElementsPerBlock(op.getWordsPerElement());
  return op.getDraw() == RandomDraw::pair ? std::max<int64_t>(block, 2) : block;
}

SmallVector<Value> whorl::buildRandomRun(ElementBuilder &b, RandomBitsOp op,
                                         const RandomSource &source,
                                         Value first, int64_t lanes) {
  SmallVector<Value> words = op.getGeneratorInterface().buildRun(
      b, source, first, op.getWordsPerElement(), lanes);
  if (op.getDraw() != RandomDraw::pair)
    return words;
  SmallVector<int64_t> even, odd;
  SmallVector<int32_t> parity;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    even.push_back(lane & ~int64_t{1});
    odd.push_back(lane | 1);
    parity.push_back(static_cast<int32_t>(lane & 1));
  }
  Value word = words.front();
  auto type = cast<VectorType>(word.getType());
  return {vector::ShuffleOp::create(b, word, word, even),
          vector::ShuffleOp::create(b, word, word, odd),
          arith::ConstantOp::create(
              b, DenseElementsAttr::get(type, ArrayRef(parity)))};
}
