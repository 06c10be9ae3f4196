//===- LaneRandom.cpp - random bits of all lanes --------------------------===//
//
// Where the lanes are neighbouring elements, a generator is evaluated for the
// run as a whole: a block of Philox serves four of them. A run has to start at
// a block. Where that is not known, the code asks at run time, and evaluates
// lane by lane, in vectors all the same, where it does not.
//
//===----------------------------------------------------------------------===//

#include "LaneExpander.h"
#include "Whorl/Utils/RandomElements.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include <numeric>

using namespace mlir;
using namespace whorl;

using Kind = LaneValue::Kind;

/// The number of a uniform value, when it is a constant.
static std::optional<int64_t> getNumber(Value value) {
  APInt number;
  if (!matchPattern(value, m_ConstantInt(&number)))
    return std::nullopt;
  return number.getSExtValue();
}

static int64_t getKnownDivisor(Value value) {
  std::optional<int64_t> number = getNumber(value);
  return number ? *number : 1;
}

/// position * size + next, all of type i64; fails where a lane-dependent
/// position meets a size that is no constant.
static FailureOr<LaneValue> advance(ElementBuilder &b,
                                    const LaneValue &position, Value size,
                                    const LaneValue &next) {
  int64_t divisor = getKnownDivisor(size);
  if (position.kind == Kind::affine && !getNumber(size))
    return failure();
  LaneValue result = LaneValue::affine(
      b.createOrFold<arith::AddIOp>(
          b.createOrFold<arith::MulIOp>(position.value, size), next.value),
      position.stride * divisor + next.stride,
      std::gcd(position.multiple * divisor, next.multiple));
  if (result.stride == 0)
    result.kind = Kind::uniform;
  return result;
}

/// The i64 number of the element of each lane, base + stride * lane, if it is.
static FailureOr<LaneValue>
buildPosition(ElementBuilder &b, RandomBitsOp op,
              function_ref<LaneValue(Value)> lookup) {
  auto toI64 = [&](Value index) {
    return b.createOrFold<arith::IndexCastOp>(b.getI64Type(), index);
  };
  Value zero = arith::ConstantOp::create(b, b.getI64IntegerAttr(0));
  LaneValue position = LaneValue::uniform(zero);
  position.multiple = 0; // all numbers divide zero
  for (auto [coordinate, size] :
       llvm::zip_equal(op.getCoordinates(), op.getSizes())) {
    LaneValue next = lookup(coordinate), extent = lookup(size);
    if (next.kind == Kind::vector || extent.kind != Kind::uniform)
      return failure();
    next.value = toI64(next.value);
    FailureOr<LaneValue> advanced =
        advance(b, position, toI64(extent.value), next);
    if (failed(advanced))
      return failure();
    position = *advanced;
  }
  if (!op.getOffset())
    return position;
  Value offset = lookup(op.getOffset()).value;
  position.value = b.createOrFold<arith::AddIOp>(position.value, offset);
  position.multiple = std::gcd(position.multiple, getKnownDivisor(offset));
  return position;
}

/// The run of lanes from `first` on, with a test of its alignment.
static SmallVector<Value> buildTestedRun(ElementBuilder &b, RandomBitsOp op,
                                         const RandomSource &source,
                                         Value first, int64_t lanes) {
  int64_t alignment = getRandomRunAlignment(op);
  Value isAligned = b.isEqual(b.bitAnd(first, alignment - 1), 0);
  auto build = [&](bool aligned) {
    return [&, aligned](OpBuilder &nested, Location loc) {
      ElementBuilder inner(loc, nested);
      scf::YieldOp::create(
          inner, aligned ? buildRandomRun(inner, op, source, first, lanes)
                         : buildRandomBits(inner, op, source,
                                           inner.getRun(first, lanes)));
    };
  };
  auto choice = scf::IfOp::create(b, isAligned, build(true), build(false));
  return choice.getResults();
}

bool LaneExpander::expandRandomBits(Operation &operation) {
  auto op = dyn_cast<RandomBitsOp>(operation);
  if (!op)
    return false;
  RandomSource source = getRandomSource(op);
  for (Value *scalar : {&source.key[0], &source.key[1], &source.stream}) {
    if (!*scalar)
      continue;
    LaneValue value = lookup(*scalar);
    if (value.kind != Kind::uniform)
      return false;
    *scalar = value.value;
  }
  if (op.getOffset() && lookup(op.getOffset()).kind != Kind::uniform)
    return false;
  ElementBuilder builder(b.getLoc(), b);
  FailureOr<LaneValue> position =
      buildPosition(builder, op, [&](Value value) { return lookup(value); });
  if (failed(position))
    return false;
  SmallVector<Value> bits;
  if (position->kind != Kind::affine || position->stride != 1)
    bits = buildRandomBits(builder, op, source, toVector(*position));
  else if (position->multiple % getRandomRunAlignment(op) == 0)
    bits = buildRandomRun(builder, op, source, position->value, lanes);
  else
    bits = buildTestedRun(builder, op, source, position->value, lanes);
  for (auto [result, value] : llvm::zip_equal(op.getBits(), bits))
    map(result, LaneValue::vector(value));
  return true;
}
