//===- TokenStatistics.cpp - passes over a block of logits ----------------===//

#include "LLVMHints.h"
#include "SoftmaxState.h"
#include "TokenSampler.h"
#include "Whorl/IR/FloatMath.h"
#include "Whorl/Utils/VectorMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <limits>

using namespace mlir;
using namespace whorl;

Value TokenSampler::splat(Value scalar, Type type) {
  return isa<VectorType>(type)
             ? vector::BroadcastOp::create(b, type, scalar).getResult()
             : scalar;
}

Value TokenSampler::load(Value values, Value at, VectorType type) {
  return vector::LoadOp::create(b, type, values, at);
}

Value TokenSampler::buildTempered(const Row &row, Value x) {
  if (row.mode == Mode::greedy && !op.getOfSampled())
    return x;
  auto like = [&](Value scalar) { return splat(scalar, x.getType()); };
  Value q = x;
  if (row.temperature)
    q = elements().mul(x, like(row.temperature));
  if (!row.threshold)
    return q;
  Value isKept = arith::CmpFOp::create(b, arith::CmpFPredicate::OGE, x,
                                       like(row.threshold));
  return elements().select(isKept, q, elements().constant(q, -kInfinity));
}

Value TokenSampler::buildStatistic(const Row &row, Value x) {
  return op.getOfSampled() ? buildTempered(row, x) : x;
}

bool TokenSampler::hasStatistics() {
  return wants(TokenMeasure::confidence) || wants(TokenMeasure::margin) ||
         wants(TokenMeasure::entropy);
}

bool TokenSampler::sharesSums(const Row &row) {
  bool isSame = op.getOfSampled() || (!row.temperature && !row.threshold);
  return hasStatistics() && isSame;
}

/// The largest two of two pairs.
static std::pair<Value, Value>
mergeTop(LoopBuilder &b, std::pair<Value, Value> x, std::pair<Value, Value> y) {
  Value first = buildMaximum(b, x.first, y.first);
  if (!x.second)
    return {first, Value()};
  ElementBuilder e(b.getLoc(), b);
  Value isLess = e.isLess(x.first, y.first);
  Value lesser = e.select(isLess, x.first, y.first);
  return {first, buildMaximum(b, lesser, buildMaximum(b, x.second, y.second))};
}

/// The largest value of a block and, if asked for, the second largest, which is
/// the same where two are alike.
std::pair<Value, Value> TokenSampler::buildTop(Value values, Value base,
                                               function_ref<Value(Value)> map,
                                               bool wantsSecond) {
  // Four chains hide the latency of each.
  constexpr int64_t chains = 4;
  std::pair<Value, Value> tops[chains];
  int64_t lanes = native.getNumElements();
  Value none = wantsSecond ? b.constant(native, -kInfinity) : Value();
  for (int64_t i = 0; i < kBlock / lanes; ++i) {
    Value x = map(load(values, b.add(base, b.index(i * lanes)), native));
    auto &[first, second] = tops[i % chains];
    if (i < chains) {
      first = x;
      second = none;
      continue;
    }
    if (wantsSecond) { // in an order that a NaN does not pass
      Value lesser = elements().select(elements().isLess(first, x), first, x);
      second = buildMaximum(b, lesser, second);
    }
    first = buildMaximum(b, x, first);
  }
  auto top =
      mergeTop(b, mergeTop(b, tops[0], tops[1]), mergeTop(b, tops[2], tops[3]));
  for (int64_t distance = lanes / 2; distance >= 1; distance /= 2) {
    SmallVector<int64_t> order;
    for (int64_t lane = 0; lane < lanes; ++lane)
      order.push_back((lane + distance) % lanes);
    auto rotate = [&](Value x) -> Value {
      return x ? vector::ShuffleOp::create(b, x, x, order).getResult() : x;
    };
    // Each lane meets all others once: the halves that remain are distinct.
    top = mergeTop(b, top, {rotate(top.first), rotate(top.second)});
  }
  auto extract = [&](Value x) -> Value {
    return x ? vector::ExtractOp::create(b, x, 0).getResult() : x;
  };
  return {extract(top.first), extract(top.second)};
}

Value TokenSampler::clampExponent(Value t) {
  double least = type.isF64() ? -1023.0 : -127.0;
  return buildMaximum(b, t, elements().constant(t, least));
}

/// t = (x - reference) log2 e, at least -127, where 2^t is 0: what is dropped
/// must not become -inf times 0.
Value TokenSampler::buildExponent(Value x, Value reference) {
  ElementBuilder e = elements();
  Value offset = splat(e.scale(reference, -kLog2E), x.getType());
  e = elements();
  return clampExponent(e.fma(x, kLog2E, offset));
}

TokenSampler::Values TokenSampler::buildSums(Value values, Value base,
                                             Value reference,
                                             function_ref<Value(Value)> map,
                                             bool wantsWeighted, Value target) {
  int64_t lanes = native.getNumElements();
  Values all(wantsWeighted ? 2 : 1, b.constant(vector, 0.0));
  Values start(all.size(), b.constant(native, 0.0));
  for (int64_t part = 0; part < kLanes; part += lanes) {
    Values sums = b.loop(b.index(part), b.index(kBlock), b.index(kLanes), start,
                         [&](Value i, ValueRange sums) -> Values {
                           Value x = map(load(values, b.add(base, i), native));
                           Value t = buildExponent(x, reference);
                           Value p = buildExp2(b, t);
                           if (target)
                             vector::StoreOp::create(b, p, target, i);
                           Values next = {elements().add(sums[0], p)};
                           if (wantsWeighted)
                             next.push_back(elements().fma(p, t, sums[1]));
                           return next;
                         });
    keepRolled(sums);
    for (auto [result, sum] : llvm::zip_equal(all, sums))
      result = lanes == kLanes
                   ? sum
                   : vector::InsertStridedSliceOp::create(
                         b, sum, result, ArrayRef{part}, ArrayRef<int64_t>{1})
                         .getResult();
  }
  return all;
}

/// In one order on every machine.
Value TokenSampler::sumLanes(Value x) {
  for (int64_t distance = kLanes / 2; distance >= 1; distance /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t lane = 0; lane < distance; ++lane) {
      low.push_back(lane);
      high.push_back(lane + distance);
    }
    Value lower = vector::ShuffleOp::create(b, x, x, low);
    Value upper = vector::ShuffleOp::create(b, x, x, high);
    x = elements().add(lower, upper);
  }
  return vector::ExtractOp::create(b, x, 0);
}

void TokenSampler::updateStatistics(const Row &row, const Block &block,
                                    State &state, Value largest, Value second,
                                    Values &sums) {
  // A larger reference scales what was summed before it. Differences are cut
  // where their power of two is 0, since the first one may overflow.
  Value reference = buildMaximum(b, largest, state.reference);
  Value shift = buildExponent(state.reference, reference);
  Value factor = splat(buildExp2(b, shift));
  bool wantsEntropy = wants(TokenMeasure::entropy);
  auto map = [&](Value x) { return buildStatistic(row, x); };
  sums = buildSums(row.values, block.base, reference, map, wantsEntropy, {});
  ElementBuilder e = elements();
  if (wantsEntropy) {
    Value moved = e.fma(splat(shift), state.sum, state.weighted);
    e = elements();
    state.weighted = e.fma(factor, moved, sums[1]);
  }
  state.sum = e.fma(factor, state.sum, sums[0]);
  if (state.second)
    state.second =
        mergeTop(b, {state.reference, state.second}, {largest, second}).second;
  state.reference = reference;
}

TokenSampler::Values TokenSampler::buildMeasures(const Row &row,
                                                 const State &state) {
  Value total = hasStatistics() ? sumLanes(state.sum) : Value();
  auto getShare = [&](Value x) {
    Value p = buildExp2(b, buildExponent(x, state.reference));
    return elements().div(p, total);
  };
  Values measures;
  for (TokenMeasure measure : op.getMeasureList()) {
    switch (measure) {
    case TokenMeasure::confidence:
      measures.push_back(getShare(buildStatistic(row, state.logit)));
      break;
    case TokenMeasure::margin: {
      Value first = getShare(state.reference);
      measures.push_back(elements().sub(first, getShare(state.second)));
      break;
    }
    case TokenMeasure::entropy: {
      Value mean = elements().div(sumLanes(state.weighted), total);
      ElementBuilder e = elements();
      Value log = buildLog(e, total);
      // Rounding may leave less than nothing.
      Value entropy = elements().fma(mean, -kLn2, log);
      measures.push_back(buildMaximum(b, entropy, constant(0.0)));
      break;
    }
    case TokenMeasure::logit:
      measures.push_back(state.logit);
      break;
    }
  }
  return measures;
}
