//===- AttentionScalars.cpp - one score of an attention, as scalar IR -----===//

#include "Whorl/Utils/AttentionScalars.h"
#include "Whorl/IR/OperandShapes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace whorl;

//===----------------------------------------------------------------------===//
// Positions
//===----------------------------------------------------------------------===//

static Value addIndex(ImplicitLocOpBuilder &b, Value x, Value y) {
  return b.createOrFold<arith::AddIOp>(x, y);
}

Value PositionSource::getRowPosition(ImplicitLocOpBuilder &b, Value batch,
                                     Value row) const {
  if (!offset) {
    if (staticOffset == 0)
      return row;
    Value constant = arith::ConstantIndexOp::create(b, staticOffset);
    return addIndex(b, row, constant);
  }
  if (offset.getType().isIndex())
    return addIndex(b, row, offset);
  Value loaded = memref::LoadOp::create(b, offset, batch);
  return addIndex(b, row, castToIndex(b, loaded));
}

Value PositionSource::getPosition(ImplicitLocOpBuilder &b, Value batch,
                                  Value row, unsigned axis) const {
  if (!ids)
    return getRowPosition(b, batch, row);
  int64_t rank = cast<MemRefType>(ids.getType()).getRank();
  SmallVector<Value> indices;
  if (rank == 3)
    indices.push_back(arith::ConstantIndexOp::create(b, axis));
  if (rank >= 2)
    indices.push_back(batch);
  indices.push_back(row);
  Value id = memref::LoadOp::create(b, ids, indices);
  return isa<FloatType>(id.getType()) ? id : castToIndex(b, id);
}

bool PositionSource::dependsOnBatch() const {
  if (ids)
    return cast<MemRefType>(ids.getType()).getRank() >= 2;
  return offset && isa<MemRefType>(offset.getType());
}

/// The greatest of `start` and all elements of `memref`, as f64.
static Value buildGreatest(LoopBuilder &b, Value memref, Value start) {
  SmallVector<Value> indices;
  int64_t rank = cast<MemRefType>(memref.getType()).getRank();
  std::function<Value(Value)> nest = [&](Value best) -> Value {
    unsigned dim = indices.size();
    if (dim == rank) {
      Value element = castToFloat(b, b.load(memref, indices), b.getF64Type());
      return arith::MaximumFOp::create(b, best, element);
    }
    return b.loop(b.index(0), b.dim(memref, dim), b.index(1), best,
                  [&](Value iv, ValueRange carried) -> SmallVector<Value> {
                    indices.push_back(iv);
                    Value result = nest(carried[0]);
                    indices.pop_back();
                    return {result};
                  })[0];
  };
  return nest(start);
}

Value PositionSource::buildLength(LoopBuilder &b, Value batches,
                                  Value rows) const {
  Value one = b.constant(b.getF64Type(), 1.0);
  Value none = b.constant(b.getF64Type(), -1.0);
  if (ids)
    return arith::AddFOp::create(b, buildGreatest(b, ids, none), one);
  Value first;
  if (offset && isa<MemRefType>(offset.getType()))
    first = buildGreatest(b, offset, none);
  else
    first =
        castToFloat(b, getRowPosition(b, batches, b.index(0)), b.getF64Type());
  Value count = castToFloat(b, rows, b.getF64Type());
  Value length = arith::AddFOp::create(b, first, count);
  return arith::MaximumFOp::create(b, length, b.constant(b.getF64Type(), 0.0));
}

PositionSource whorl::getQueryPositionSource(AttentionOp op) {
  int64_t offset = op.getStaticOffset().value_or(0);
  return {op.getQueryPositions(), op.getOffset(), offset};
}

PositionSource whorl::getKeyPositionSource(AttentionOp op) {
  return {op.getKeyPositions(), {}, 0};
}

Value whorl::buildSequenceLength(LoopBuilder &b, AttentionOp op) {
  bool isNeeded =
      op.getPositionAttr() &&
      llvm::any_of(op.getPositionAttr(), [](Attribute attribute) {
        return cast<PositionEncodingAttrInterface>(attribute).dependsOnLength();
      });
  if (!isNeeded)
    return {};
  Value lengths[2];
  std::pair<Value, PositionSource> sides[] = {
      {op.getQuery(), getQueryPositionSource(op)},
      {op.getKey(), getKeyPositionSource(op)}};
  for (auto [length, side] : llvm::zip_equal(lengths, sides)) {
    auto size = [&, tensor = side.first](AttentionOp::Dim role) {
      return b.dim(tensor, op.getDimIndex(role));
    };
    length = side.second.buildLength(b, size(AttentionOp::Dim::batch),
                                     size(AttentionOp::Dim::row));
  }
  return arith::MaximumFOp::create(b, lengths[0], lengths[1]);
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

static bool actsOnScores(Attribute attribute) {
  return contains(cast<PositionEncodingAttrInterface>(attribute).getSites(),
                  EncodingSite::score);
}

bool whorl::hasScoreModifiers(AttentionOp op) {
  bool hasScoreEncoding =
      op.getPositionAttr() && llvm::any_of(op.getPositionAttr(), actsOnScores);
  return hasScoreEncoding || op.getSoftcap() || op.getStaticSoftcap() ||
         op.hasScoreRegion() || op.getBias();
}

static Value applySoftcap(ImplicitLocOpBuilder &b, AttentionOp op,
                          Value score) {
  Type type = score.getType();
  Value cap;
  if (op.getSoftcap())
    cap = castToFloat(b, op.getSoftcap(), type);
  else if (auto constant = op.getStaticSoftcap())
    cap = arith::ConstantOp::create(
        b, b.getFloatAttr(type, constant->convertToDouble()));
  else
    return score;
  Value ratio = arith::DivFOp::create(b, score, cap);
  Value bounded = math::TanhOp::create(b, ratio);
  return arith::MulFOp::create(b, bounded, cap);
}

/// The region has its own float type; the reference computes in f64 around it.
static Value applyScoreRegion(ImplicitLocOpBuilder &b, AttentionOp op,
                              Value score, const ScoreIndices &indices) {
  if (!op.hasScoreRegion())
    return score;
  Block &block = op.getScore().front();
  IRMapping mapping;
  Type type = block.getArgument(0).getType();
  mapping.map(block.getArgument(0), castToFloat(b, score, type));
  mapping.map(block.getArgument(1), indices.batch);
  mapping.map(block.getArgument(2), indices.head);
  mapping.map(block.getArgument(3), indices.queryRow);
  mapping.map(block.getArgument(4), indices.keyRow);
  for (Operation &nested : block.without_terminator())
    b.clone(nested, mapping);
  Value yielded = block.getTerminator()->getOperand(0);
  return castToFloat(b, mapping.lookupOrDefault(yielded), score.getType());
}

static Value applyScoreEncodings(ImplicitLocOpBuilder &b, AttentionOp op,
                                 Value score, const ScoreIndices &indices) {
  if (!op.getPositionAttr())
    return score;
  auto module = op->getParentOfType<ModuleOp>();
  PositionSource query = getQueryPositionSource(op);
  PositionSource key = getKeyPositionSource(op);
  for (auto [i, attribute] : llvm::enumerate(op.getPositionAttr())) {
    if (!actsOnScores(attribute))
      continue;
    MemRefReader reader(module, op.getEncodingOperands(i));
    ScoreContext context{
        score,
        indices.batch,
        indices.head,
        indices.queryRow,
        indices.keyRow,
        query.getPosition(b, indices.batch, indices.queryRow, 0),
        key.getPosition(b, indices.batch, indices.keyRow, 0),
        op.getStaticDim(op.getQuery(), AttentionOp::Dim::head),
        reader};
    score =
        cast<PositionEncodingAttrInterface>(attribute).buildScore(b, context);
  }
  return score;
}

static Value addBias(ImplicitLocOpBuilder &b, AttentionOp op, Value score,
                     const ScoreIndices &indices) {
  Value bias = op.getBias();
  if (!bias)
    return score;
  auto type = cast<MemRefType>(bias.getType());
  SmallVector<Value> at = getBroadcastIndices(
      b, type.getShape(),
      {indices.batch, indices.head, indices.queryRow, indices.keyRow});
  Value term = memref::LoadOp::create(b, bias, at);
  return arith::AddFOp::create(b, score, castToFloat(b, term, score.getType()));
}

Value whorl::buildScoreModifiers(ImplicitLocOpBuilder &b, AttentionOp op,
                                 Value score, const ScoreIndices &indices) {
  score = applySoftcap(b, op, score);
  score = applyScoreRegion(b, op, score, indices);
  score = applyScoreEncodings(b, op, score, indices);
  return addBias(b, op, score, indices);
}

Value whorl::buildMaskTest(ImplicitLocOpBuilder &b, AttentionOp op,
                           const ScoreIndices &indices) {
  MemRefReader reader(op->getParentOfType<ModuleOp>(), op.getMaskOperands());
  MaskContext context{indices.batch,
                      indices.head,
                      indices.queryRow,
                      indices.keyRow,
                      getQueryPositionSource(op).getRowPosition(
                          b, indices.batch, indices.queryRow),
                      reader};
  return op.getMaskInterface().buildMask(b, context);
}

Value whorl::buildMaskedScore(ImplicitLocOpBuilder &b, AttentionOp op,
                              Value modified, const ScoreIndices &indices) {
  Value isVisible = buildMaskTest(b, op, indices);
  Value hidden = arith::ConstantOp::create(
      b, b.getFloatAttr(modified.getType(),
                        -std::numeric_limits<double>::infinity()));
  return arith::SelectOp::create(b, isVisible, modified, hidden);
}

Value whorl::buildMaskKeyEnd(ImplicitLocOpBuilder &b, AttentionOp op,
                             Value batch, Value head) {
  MemRefReader reader(op->getParentOfType<ModuleOp>(), op.getMaskOperands());
  MaskContext context{batch, head, {}, {}, {}, reader};
  return op.getMaskInterface().buildKeyEnd(b, context);
}

std::optional<double> whorl::getConstantScale(AttentionOp op) {
  if (op.getScale())
    return std::nullopt;
  if (auto constant = op.getStaticScale())
    return constant->convertToDouble();
  int64_t dim = op.getStaticDim(op.getQuery(), AttentionOp::Dim::feature);
  if (ShapedType::isDynamic(dim))
    return std::nullopt;
  return 1.0 / std::sqrt(static_cast<double>(dim));
}

Value whorl::buildScale(ImplicitLocOpBuilder &b, AttentionOp op, Type type) {
  if (op.getScale())
    return castToFloat(b, op.getScale(), type);
  if (std::optional<double> constant = getConstantScale(op))
    return arith::ConstantOp::create(b, b.getFloatAttr(type, *constant));
  Value size = b.createOrFold<memref::DimOp>(op.getQuery(), 3);
  Value root = math::SqrtOp::create(b, castToFloat(b, size, b.getF64Type()));
  Value one = arith::ConstantOp::create(b, b.getF64FloatAttr(1.0));
  return castToFloat(b, arith::DivFOp::create(b, one, root), type);
}
