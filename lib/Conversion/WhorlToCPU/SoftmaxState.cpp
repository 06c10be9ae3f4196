//===- SoftmaxState.cpp - the online softmax of one query row -------------===//

#include "SoftmaxState.h"
#include "Whorl/Utils/VectorMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <limits>

using namespace mlir;
using namespace whorl;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// How far above its reference a score may lie: weights grow to 2^8, which
/// costs a float no accuracy.
static constexpr double kHeadroomBase2 = 8.0;
static constexpr double kHeadroomNatural = 5.5;

using Predicate = arith::CmpFPredicate;

static Value compare(LoopBuilder &b, Predicate predicate, Value x, Value y) {
  return arith::CmpFOp::create(b, predicate, x, y);
}

static Value select(LoopBuilder &b, Value condition, Value x, Value y) {
  return arith::SelectOp::create(b, condition, x, y);
}

Value whorl::buildMaximum(LoopBuilder &b, Value x, Value y) {
  return select(b, compare(b, Predicate::OGT, x, y), x, y);
}

Value SoftmaxState::buildUnit(LoopBuilder &b, Value natural) const {
  if (!isBase2 && scale == 1.0)
    return natural;
  double factor = isBase2 ? kLog2E : 1.0 / scale;
  return arith::MulFOp::create(b, natural,
                               b.constant(natural.getType(), factor));
}

/// Natural scores may be as low as the lowest float, so log2(e) multiplies the
/// difference. Bare products are smaller: one fused multiply-add scales them
/// and subtracts.
Value SoftmaxState::buildWeight(LoopBuilder &b, Value score,
                                Value reference) const {
  Type type = score.getType();
  if (scale != 1.0) {
    Value shift =
        arith::MulFOp::create(b, reference, b.constant(type, -scale * kLog2E));
    Value unit = b.constant(type, scale * kLog2E);
    return buildExp2(b, vector::FMAOp::create(b, score, unit, shift));
  }
  Value difference = arith::SubFOp::create(b, score, reference);
  if (!isBase2)
    difference = arith::MulFOp::create(
        b, difference, b.constant(difference.getType(), kLog2E));
  return buildExp2(b, difference);
}

std::pair<Value, Value> SoftmaxState::buildNextReference(LoopBuilder &b,
                                                         Value best,
                                                         Value reference,
                                                         Value sum) const {
  Type type = best.getType();
  Value headroom =
      b.constant(type, isBase2 ? kHeadroomBase2 : kHeadroomNatural / scale);
  Value limit = arith::AddFOp::create(b, reference, headroom);
  Value isHigh = compare(b, Predicate::OGT, best, limit);
  Value isFirst = compare(b, Predicate::OEQ, sum, b.constant(type, 0.0));
  Value isSeen = compare(b, Predicate::OGT, best, b.constant(type, -kInfinity));
  Value isFirstSeen = arith::AndIOp::create(b, isFirst, isSeen);
  Value isMoved = arith::OrIOp::create(b, isHigh, isFirstSeen);
  return {select(b, isMoved, best, reference), isMoved};
}

Value SoftmaxState::buildRescale(LoopBuilder &b, Value reference, Value next,
                                 Value sum) const {
  Value zero = b.constant(sum.getType(), 0.0);
  Value isFirst = compare(b, Predicate::OEQ, sum, zero);
  return select(b, isFirst, zero, buildWeight(b, reference, next));
}

std::pair<Value, Value> SoftmaxState::buildInitial(LoopBuilder &b, Type type,
                                                   Value sink) const {
  Value zero = b.constant(type, 0.0);
  if (!sink)
    return {zero, zero};
  sink = buildUnit(b, sink);
  Value isNone = compare(b, Predicate::OEQ, sink, b.constant(type, -kInfinity));
  return {select(b, isNone, zero, sink),
          select(b, isNone, zero, b.constant(type, 1.0))};
}

Value SoftmaxState::buildLse(LoopBuilder &b, Value reference, Value sum) const {
  Type type = sum.getType();
  if (isBase2 || scale != 1.0)
    reference = arith::MulFOp::create(b, reference,
                                      b.constant(type, isBase2 ? kLn2 : scale));
  Value logarithm = math::LogOp::create(b, sum);
  Value lse = arith::AddFOp::create(b, reference, logarithm);
  Value isEmpty = compare(b, Predicate::OEQ, sum, b.constant(type, 0.0));
  return select(b, isEmpty, b.constant(type, -kInfinity), lse);
}

Value SoftmaxState::buildInverse(LoopBuilder &b, Value sum) {
  Type type = sum.getType();
  Value zero = b.constant(type, 0.0);
  Value isEmpty = compare(b, Predicate::OEQ, sum, zero);
  Value inverse = arith::DivFOp::create(b, b.constant(type, 1.0), sum);
  return select(b, isEmpty, zero, inverse);
}
