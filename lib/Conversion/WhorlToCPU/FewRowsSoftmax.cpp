//===- FewRowsSoftmax.cpp - scores become weights along the keys ----------===//

#include "FewRowsKernel.h"
#include "ScoreBlock.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <limits>

using namespace mlir;
using namespace whorl;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Modifiers and mask on a vector of keys from c on; keys behind the block
/// become -inf.
Value FewRowsKernel::buildModified(const Group &group, Value scores, Value c,
                                   Value head, Value query) {
  Value count = b.sub(group.numKeys, c);
  bool isMasked = mask && !mask->partial.empty();
  if (hasModifiers || isMasked) {
    ScoreBlock block(b.getLoc(), type);
    block.addModifiers(op);
    if (isMasked)
      block.addMask(op);
    LaneExpander expander(b, lanes, b.sub(count, b.index(1)));
    expander.map(block.score, LaneValue::vector(scores));
    expander.map(block.indices.batch, LaneValue::uniform(group.batch));
    expander.map(block.indices.head, LaneValue::uniform(head));
    expander.map(block.indices.queryRow, LaneValue::uniform(query));
    // Its lanes are neighbours in their stream. Those behind the last key are
    // read as that one, which may lie before the vector.
    Value size = b.index(streamKeys);
    Value stream = b.createOrFold<arith::DivUIOp>(c, size);
    Value inStream = b.createOrFold<arith::RemUIOp>(c, size);
    Value first = b.add(group.firstKey, b.mul(stream, group.stride));
    expander.map(block.indices.keyRow,
                 LaneValue::affine(b.add(first, inStream)));
    expander.expand(block.scalar.get(), block.result);
    scores = expander.getVector(block.result);
  }
  Value exists = vector::CreateMaskOp::create(
      b, VectorType::get({lanes}, b.getI1Type()), ValueRange{count});
  return arith::SelectOp::create(b, exists, scores,
                                 b.constant(vector, -kInfinity));
}

/// The largest lane, by halves.
static Value buildLargest(LoopBuilder &b, Value x, int64_t lanes) {
  for (int64_t half = lanes / 2; half > 0; half /= 2) {
    SmallVector<int64_t> upper;
    for (int64_t lane = 0; lane < lanes; ++lane)
      upper.push_back((lane + half) % lanes);
    x = buildMaximum(b, x, vector::ShuffleOp::create(b, x, x, upper));
  }
  return vector::ExtractOp::create(b, x, int64_t{0});
}

/// Modifies the scores of a row; the result is the largest.
Value FewRowsKernel::emitModified(const Group &group, Value row, Value head,
                                  Value query) {
  Values best = b.loop(
      b.index(0), b.index(keyBlock), b.index(lanes),
      b.constant(vector, -kInfinity), [&](Value c, ValueRange best) -> Values {
        Value scores = loadLanes(b, group.scores, {row, c}, lanes, type);
        scores = buildModified(group, scores, c, head, query);
        storeLanes(b, scores, group.scores, {row, c});
        return {buildMaximum(b, best[0], scores)};
      });
  return buildLargest(b, best[0], lanes);
}

/// Moves the reference of a row to `next`; sum and outputs follow.
void FewRowsKernel::emitMove(const Group &group, Value row, Value next) {
  Value sum = b.load(group.sum, row);
  Value alpha =
      softmax.buildRescale(b, b.load(group.reference, row), next, sum);
  b.store(next, group.reference, row);
  b.store(arith::MulFOp::create(b, sum, alpha), group.sum, row);
  Value factors = vector::BroadcastOp::create(b, vector, alpha);
  b.loop(b.index(0), b.index(valueFeatures), b.index(lanes), [&](Value d) {
    Value x = loadLanes(b, group.out, {row, d}, lanes, type);
    storeLanes(b, arith::MulFOp::create(b, x, factors), group.out, {row, d});
  });
}

/// S = exp(S - reference), sum += S. What is behind the last key has no weight.
void FewRowsKernel::emitWeights(const Group &group, Value row) {
  Value reference =
      vector::BroadcastOp::create(b, vector, b.load(group.reference, row));
  Values sums =
      b.loop(b.index(0), b.index(keyBlock), b.index(lanes),
             b.constant(vector, 0.0), [&](Value c, ValueRange sum) -> Values {
               Value scores = loadLanes(b, group.scores, {row, c}, lanes, type);
               Value weights = softmax.buildWeight(b, scores, reference);
               storeLanes(b, weights, group.scores, {row, c});
               return {arith::AddFOp::create(b, sum[0], weights)};
             });
  Value sum = vector::ReductionOp::create(b, vector::CombiningKind::ADD,
                                          sums[0], b.load(group.sum, row),
                                          arith::FastMathFlags::reassoc);
  b.store(sum, group.sum, row);
}

void FewRowsKernel::emitSoftmax(const Group &group) {
  forRows(
      [&](Value row, Value head, Value query) {
        Value best = emitModified(group, row, head, query);
        auto [next, isMoved] = softmax.buildNextReference(
            b, best, b.load(group.reference, row), b.load(group.sum, row));
        Value to = next;
        b.branch(
            isMoved,
            [&]() -> Values {
              emitMove(group, row, to);
              return {};
            },
            []() -> Values { return {}; });
        emitWeights(group, row);
      },
      group);
}
