//===- TokenScalars.cpp - numbers of whorl.sample_tokens ------------------===//

#include "Whorl/Utils/TokenScalars.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/Utils/RandomElements.h"
#include "Whorl/Utils/VectorMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <limits>

using namespace mlir;
using namespace whorl;

Value whorl::buildGuidanceFactor(LoopBuilder &b, SampleTokensOp op, Type type) {
  if (!op.getUnconditional())
    return {};
  if (std::optional<APFloat> guidance = op.getStaticGuidance())
    return b.constant(type, guidance->convertToDouble() + 1.0);
  ElementBuilder e(b.getLoc(), b);
  Value guidance = op.getGuidance();
  if (type.isF64())
    guidance = arith::ExtFOp::create(b, type, guidance);
  return e.add(guidance, e.constant(guidance, 1.0));
}

Value whorl::buildTemperature(LoopBuilder &b, SampleTokensOp op) {
  if (std::optional<APFloat> temperature = op.getStaticTemperature())
    return b.constant(b.getF64Type(), temperature->convertToDouble());
  return op.getTemperature();
}

SmallVector<Value> whorl::getLogitsRow(LoopBuilder &b, SampleTokensOp op,
                                       ValueRange indices) {
  SmallVector<Value> row(indices);
  if (op.getShift())
    row.back() = b.max(b.sub(row.back(), b.index(1)), b.index(0));
  return row;
}

Value whorl::getRowNumber(LoopBuilder &b, SampleTokensOp op,
                          ValueRange indices) {
  Value number = b.index(0);
  for (auto [i, index] : llvm::enumerate(indices))
    number = b.add(b.mul(number, b.dim(op.getLogits(), i)), index);
  return number;
}

Value whorl::extendToken(LoopBuilder &b, Value token) {
  if (token.getType().isInteger(64))
    return token;
  return arith::ExtSIOp::create(b, b.getI64Type(), token);
}

void whorl::storeTokenRow(LoopBuilder &b, SampleTokensOp op, ValueRange results,
                          ValueRange indices) {
  for (auto [i, value] : llvm::enumerate(results)) {
    Value target = op.getOuts()[i];
    Type element = cast<MemRefType>(target.getType()).getElementType();
    if (i != 0)
      value = castToFloat(b, value, element);
    else if (element.isInteger(32))
      value = arith::TruncIOp::create(b, element, value);
    b.store(value, target, indices);
  }
}

Value whorl::buildUnmaskCount(LoopBuilder &b, UnmaskOp op, ValueRange indices,
                              Type type) {
  Value counts = op.getCounts();
  if (!counts)
    return {};
  auto shape = cast<MemRefType>(counts.getType());
  bool isSingle = shape.hasStaticShape() && shape.getNumElements() == 1;
  SmallVector<Value> at(indices);
  if (isSingle)
    at.assign(shape.getRank(), b.index(0));
  return castToFloat(b, b.load(counts, at), type);
}

Value whorl::buildMayUnmask(LoopBuilder &b, UnmaskOp op, ValueRange indices) {
  ElementBuilder e(b.getLoc(), b);
  Value token = b.load(op.getTokens(), indices);
  Value may = e.isEqual(token, static_cast<int64_t>(op.getMaskToken()));
  auto compare = [&](arith::CmpIPredicate predicate, Value limit) {
    return arith::CmpIOp::create(b, predicate, indices.back(), limit);
  };
  if (op.getFrom()) {
    Value isBehind = compare(arith::CmpIPredicate::sge, op.getFrom());
    Value isBefore = compare(arith::CmpIPredicate::slt, op.getTo());
    may = arith::AndIOp::create(b, may, isBehind);
    may = arith::AndIOp::create(b, may, isBefore);
  }
  return may;
}

Value whorl::buildUnmaskMerit(LoopBuilder &b, UnmaskOp op, ValueRange indices,
                              Type type) {
  Value score = castToFloat(b, b.load(op.getScores(), indices), type);
  ElementBuilder e(b.getLoc(), b);
  Value merit = op.getPolicyInterface().prefersSmall() ? e.neg(score) : score;
  // -0 and 0 are equal scores, and of one sign when they become integers.
  merit = e.add(merit, e.constant(merit, 0.0));
  Value isNumber =
      arith::CmpFOp::create(e, arith::CmpFPredicate::ORD, merit, merit);
  return e.select(isNumber, merit,
                  e.constant(merit, -std::numeric_limits<double>::infinity()));
}

TokenRandom::TokenRandom(LoopBuilder &b, SampleTokensOp op)
    : generator(op.getGeneratorInterface()), offset(op.getOffset()),
      gumbel(GumbelAttr::get(op.getContext(), TailForm::precise)),
      uniform(UniformAttr::get(op.getContext(), Number(0.0), Number(1.0),
                               UniformForm::closed_open)),
      type(op.getComputeType()) {
  ElementBuilder e(b.getLoc(), b);
  source.key = buildRandomKey(e, generator, op.getKey());
  source.stream = op.getStream();
}

static unsigned countWords(RandomDraw draw) {
  return draw == RandomDraw::two_words ? 2 : 1;
}

Value TokenRandom::buildSample(LoopBuilder &b,
                               RandomDistributionAttrInterface distribution,
                               Value place) const {
  ElementBuilder e(b.getLoc(), b);
  SmallVector<Value> words = generator.buildWords(
      e, source, place, countWords(distribution.getDraw(type)));
  return distribution.buildSample(e, words, type);
}

Value TokenRandom::buildGumbel(LoopBuilder &b, Value place) const {
  return buildSample(b, gumbel, place);
}

Value TokenRandom::buildUniform(LoopBuilder &b, Value place) const {
  return buildSample(b, uniform, place);
}

/// A Gumbel number is large where its bits, taken for a fraction u, are small:
/// G = -ln(-ln(1 - u)) > bound asks for u < 1 - exp(-exp(-bound)), and so for
/// u < exp(-bound). The upper word alone tells most of them apart.
Value TokenRandom::buildLimit(LoopBuilder &b, Value bound) const {
  constexpr double beyondRounding = 1.001, words = 0x1p32, most = 0x1p32 - 512;
  // 2^t is for t below 127, and -inf must not become a NaN.
  ElementBuilder e(b.getLoc(), b);
  Value t = e.scale(bound, -kLog2E);
  t = e.max(e.min(t, e.constant(t, 1.0)), e.constant(t, -127.0));
  Value u = e.fma(buildExp2(b, t), beyondRounding * words, e.constant(t, 2.0));
  ElementBuilder last(b.getLoc(), b);
  u = last.min(u, last.constant(u, most));
  // A bound of no number is none: all numbers pass.
  Value isNumber =
      arith::CmpFOp::create(last, arith::CmpFPredicate::ORD, bound, bound);
  u = last.select(isNumber, u, last.constant(u, most));
  Value wide = arith::FPToUIOp::create(last, b.getI64Type(), u);
  Value limit = last.truncate(wide, b.getI32Type());
  // Beyond `most` the comparison must let every word pass.
  Value isAll = arith::CmpFOp::create(last, arith::CmpFPredicate::OGE, u,
                                      last.constant(u, most));
  return last.select(isAll, last.integer(limit, -1), limit);
}

Value TokenRandom::buildLargeGumbels(LoopBuilder &b, Value place, int64_t lanes,
                                     Value limit) const {
  ElementBuilder e(b.getLoc(), b);
  SmallVector<Value> words = generator.buildRun(
      e, source, place, countWords(gumbel.getDraw(type)), lanes);
  Value limits = vector::BroadcastOp::create(e, words.back().getType(), limit);
  Value isLarge =
      arith::CmpIOp::create(e, arith::CmpIPredicate::ule, words.back(), limits);
  Value isAny =
      vector::ReductionOp::create(e, vector::CombiningKind::OR, isLarge);
  auto vector = VectorType::get({lanes}, type);
  return b.branch(
      isAny,
      [&]() -> SmallVector<Value> {
        ElementBuilder inner(b.getLoc(), b);
        return {gumbel.buildSample(inner, words, type)};
      },
      [&]() -> SmallVector<Value> {
        return {b.constant(vector, -std::numeric_limits<double>::infinity())};
      })[0];
}

int64_t TokenRandom::getAlignment() const {
  return generator.getElementsPerBlock(countWords(gumbel.getDraw(type)));
}

Value TokenRandom::getPlace(LoopBuilder &b, Value index) const {
  Value place = arith::IndexCastOp::create(b, b.getI64Type(), index);
  if (offset)
    place = arith::AddIOp::create(b, place, offset);
  return place;
}
