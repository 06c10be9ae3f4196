//===- DistanceTables.cpp - terms of i - j, tabulated ---------------------===//

#include "DistanceTables.h"
#include "Whorl/Analysis/DistanceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <limits>

using namespace mlir;
using namespace whorl;

using Dim = AttentionOp::Dim;

/// Sums up what is added to the score; the ops are new in the block.
static Value buildSum(ImplicitLocOpBuilder &b,
                      const DistanceAnalysis::Sum &terms) {
  Value added, subtracted;
  auto accumulate = [&](Value &sum, ArrayRef<Value> values) {
    // From the innermost on, as the score would have met them.
    for (Value value : llvm::reverse(values))
      sum = sum ? arith::AddFOp::create(b, sum, value).getResult() : value;
  };
  accumulate(added, terms.added);
  accumulate(subtracted, terms.subtracted);
  if (!subtracted)
    return added;
  if (!added)
    return arith::NegFOp::create(b, subtracted);
  return arith::SubFOp::create(b, added, subtracted);
}

SmallVector<Value> DistanceTables::buildTerms(ScoreBlock &block) const {
  DistanceAnalysis analysis(block.scalar.get(), block.indices);
  if (!sum)
    return analysis.getTerms(block.result);
  return {buildSum(block.scalar.getBuilder(),
                   *analysis.matchSum(block.result, block.score))};
}

DistanceTables::DistanceTables(AttentionOp op, FloatType type, bool allowSum)
    : op(op), type(type) {
  if (!hasScoreModifiers(op))
    return;
  ScoreBlock block(op.getLoc(), type);
  block.addModifiers(op);
  sum = allowSum && DistanceAnalysis(block.scalar.get(), block.indices)
                        .matchSum(block.result, block.score)
                        .has_value();
  SmallVector<Value> terms = buildTerms(block);
  // Again, for the sum that is new.
  DistanceAnalysis analysis(block.scalar.get(), block.indices);
  for (Value term : terms)
    tables.push_back({cast<FloatType>(term.getType()),
                      analysis.dependsOnBatch(term),
                      analysis.dependsOnHead(term)});
}

/// Entries of a table that are computed by one iteration of a parallel loop.
static constexpr int64_t kChunk = 512;

void DistanceTables::build(LoopBuilder &b, Value numRows, Value numKeys,
                           int64_t tileRows, int64_t lanes,
                           const SoftmaxState &softmax) {
  if (tables.empty())
    return;
  Value one = b.index(1);
  lastKey = b.sub(numKeys, one);
  // No score, no distance: the terms may read what does not exist.
  Value hasScores = arith::CmpIOp::create(b, arith::CmpIPredicate::sgt,
                                          b.min(numRows, numKeys), b.index(0));
  Value numDistances = arith::SelectOp::create(
      b, hasScores, b.add(numRows, lastKey), b.index(0));
  // The last tile of rows reads as if it were whole.
  Value rows = b.mul(b.ceilDiv(numRows, b.index(tileRows)), b.index(tileRows));
  Value chunks = b.ceilDiv(b.max(b.add(rows, lastKey), one), b.index(kChunk));
  Value length = b.mul(chunks, b.index(kChunk));
  auto count = [&](bool varies, Dim role) -> OpFoldResult {
    if (!varies)
      return b.getIndexAttr(1);
    return op.getMixedDim(b, op.getQuery(), role);
  };
  chunks = arith::SelectOp::create(b, hasScores, chunks, b.index(0));
  for (auto [i, table] : llvm::enumerate(tables)) {
    OpFoldResult batches = count(table.onBatch, Dim::batch);
    OpFoldResult heads = count(table.onHead, Dim::head);
    table.memref = b.allocate(table.type, {batches, heads, length});
    auto bound = [&](OpFoldResult size) {
      return getValueOrCreateConstantIndexOp(b, b.getLoc(), size);
    };
    b.parallel(
        {bound(batches), bound(heads), chunks}, [&, i = i](ValueRange at) {
          Value first = b.mul(at[2], b.index(kChunk));
          fill(b, i, {at[0], at[1], first, {}}, numDistances, lanes, softmax);
        });
  }
}

/// A finite term stays finite in the unit of the scores: people hide keys by
/// the lowest float, and a row that sees no other keys must see those.
static Value buildInUnit(LoopBuilder &b, Value values,
                         const SoftmaxState &softmax) {
  auto element = cast<FloatType>(getElementTypeOrSelf(values.getType()));
  double lowest =
      -APFloat::getLargest(element.getFloatSemantics()).convertToDouble();
  Value bounded = arith::MaximumFOp::create(
      b, softmax.buildUnit(b, values), b.constant(values.getType(), lowest));
  Value none =
      b.constant(values.getType(), -std::numeric_limits<double>::infinity());
  Value isNone =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, values, none);
  return arith::SelectOp::create(b, isNone, none, bounded);
}

/// A chunk of a table, from distance `at.queryRow` on. Entries behind the last
/// distance repeat it.
void DistanceTables::fill(LoopBuilder &b, unsigned table,
                          const ScoreIndices &at, Value numDistances,
                          int64_t lanes, const SoftmaxState &softmax) {
  Value lastDistance = b.sub(numDistances, b.index(1));
  Value end = b.add(at.queryRow, b.index(kChunk));
  b.loop(at.queryRow, end, b.index(lanes), [&](Value entry) {
    ScoreBlock block(b.getLoc(), type);
    block.addModifiers(op);
    Value term = buildTerms(block)[table];
    Value first = b.min(entry, lastDistance);
    LaneExpander expander(b, lanes, b.sub(lastDistance, first));
    expander.map(block.indices.batch, LaneValue::uniform(at.batch));
    expander.map(block.indices.head, LaneValue::uniform(at.head));
    // i - j is what counts: j = 0.
    expander.map(block.indices.queryRow,
                 LaneValue::affine(b.sub(first, lastKey)));
    expander.map(block.indices.keyRow, LaneValue::uniform(b.index(0)));
    expander.expand(block.scalar.get(), term);
    Value values = expander.getVector(term);
    if (sum)
      values = buildInUnit(b, values, softmax);
    vector::StoreOp::create(b, values, tables[table].memref,
                            ValueRange{at.batch, at.head, entry});
  });
}

void DistanceTables::free(LoopBuilder &b) {
  for (Table &table : tables)
    b.free(table.memref);
}

SmallVector<Value> DistanceTables::extract(ScoreBlock &block) const {
  if (tables.empty())
    return {};
  Block &scalars = block.scalar.get();
  SmallVector<Value> arguments;
  for (Value term : buildTerms(block)) {
    Value argument = scalars.addArgument(term.getType(), term.getLoc());
    term.replaceAllUsesWith(argument);
    if (block.result == term)
      block.result = argument;
    arguments.push_back(argument);
  }
  return arguments;
}

Value DistanceTables::load(LoopBuilder &b, unsigned table, Value row, Value key,
                           const ScoreIndices &at, int64_t lanes) const {
  const Table &entry = tables[table];
  Value zero = b.index(0);
  Value distance = b.add(b.sub(row, key), lastKey);
  return vector::LoadOp::create(
      b, VectorType::get({lanes}, entry.type), entry.memref,
      ValueRange{entry.onBatch ? at.batch : zero, entry.onHead ? at.head : zero,
                 distance});
}
