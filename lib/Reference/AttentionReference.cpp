//===- AttentionReference.cpp - whorl.attention, plainly ------------------===//
//
// For each batch, head and query row: all scores into a row, their maximum, the
// sum of exponentials, and the weighted sum of values; in f64. This follows the
// op's description line by line.
//
//===----------------------------------------------------------------------===//

#include "EncodingReference.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/Reference/Reference.h"
#include <limits>

using namespace mlir;
using namespace whorl;

using Dim = AttentionOp::Dim;

namespace {
struct AttentionReference {
  AttentionReference(AttentionOp op, PatternRewriter &rewriter)
      : op(op), b(op.getLoc(), rewriter), f64(b.getF64Type()),
        module(op->getParentOfType<ModuleOp>()) {}

  void build();

private:
  Value size(Value tensor, Dim role) {
    return getValueOrCreateConstantIndexOp(b, b.getLoc(),
                                           op.getMixedDim(b, tensor, role));
  }
  Value element(Value tensor, Value batch, Value head, Value row, Value d) {
    SmallVector<Value> at(4);
    at[op.getDimIndex(Dim::batch)] = batch;
    at[op.getDimIndex(Dim::head)] = head;
    at[op.getDimIndex(Dim::row)] = row;
    at[op.getDimIndex(Dim::feature)] = d;
    return castToFloat(b, b.load(tensor, at), f64);
  }
  Value encodeRows(Value tensor, const PositionSource &positions, RowRole role);
  Value buildScore(Value query, Value key, const ScoreIndices &at);
  void buildRow(Value query, Value key, Value scores, Value batch, Value head,
                Value row);
  void storeOutput(Value scores, Value maximum, Value sum, Value hasKeys,
                   const ScoreIndices &at);
  Value exp(Value x) { return math::ExpOp::create(b, x); }
  Value isGreater(Value x, Value y) {
    return arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, x, y);
  }
  Value select(Value condition, Value x, Value y) {
    return arith::SelectOp::create(b, condition, x, y);
  }

  AttentionOp op;
  LoopBuilder b;
  Type f64;
  ModuleOp module;
  Value infinity;
  Value length; ///< of the sequence, where an encoding depends on it
};
} // namespace

/// q' or k': all rows [B, H, N, D] in f64, rotated by the row encodings.
Value AttentionReference::encodeRows(Value tensor,
                                     const PositionSource &positions,
                                     RowRole role) {
  Value dim = size(tensor, Dim::feature);
  Value heads = size(tensor, Dim::head), rows = size(tensor, Dim::row);
  Value batches = size(tensor, Dim::batch);
  Value all = b.allocate(f64, {batches, heads, rows, dim});
  Value row = b.allocate(f64, {OpFoldResult(dim)});
  b.loop(batches, [&](Value batch) {
    b.loop(heads, [&](Value head) {
      b.loop(rows, [&](Value n) {
        b.loop(dim, [&](Value d) {
          b.store(element(tensor, batch, head, n, d), row, d);
        });
        for (auto [i, attribute] : llvm::enumerate(op.getPosition().value_or(
                 ArrayAttr::get(op.getContext(), {})))) {
          auto encoding = cast<PositionEncodingAttrInterface>(attribute);
          if (contains(encoding.getSites(), EncodingSite::queryKey))
            encodeRow(b, row, encoding, op.getEncodingOperands(i),
                      {positions, length, role,
                       op.getStaticDim(tensor, Dim::feature), module, batch,
                       n});
        }
        b.loop(dim, [&](Value d) {
          b.store(b.load(row, d), all, {batch, head, n, d});
        });
      });
    });
  });
  b.free(row);
  return all;
}

Value AttentionReference::buildScore(Value query, Value key,
                                     const ScoreIndices &at) {
  Value groupSize =
      b.floorDiv(size(op.getQuery(), Dim::head), size(op.getKey(), Dim::head));
  Value keyHead = b.floorDiv(at.head, groupSize);
  Value dot = b.loop(
      b.index(0), size(op.getQuery(), Dim::feature), b.index(1),
      b.constant(f64, 0.0), [&](Value d, ValueRange sum) -> SmallVector<Value> {
        Value x = b.load(query, {at.batch, at.head, at.queryRow, d});
        Value y = b.load(key, {at.batch, keyHead, at.keyRow, d});
        Value product = arith::MulFOp::create(b, x, y);
        return {arith::AddFOp::create(b, sum[0], product)};
      })[0];
  Value score = arith::MulFOp::create(b, dot, buildScale(b, op, f64));
  score = buildScoreModifiers(b, op, score, at);
  return op.getMaskAttr() ? buildMaskedScore(b, op, score, at) : score;
}

/// Scores, their maximum and sum, then outputs of one query row.
void AttentionReference::buildRow(Value query, Value key, Value scores,
                                  Value batch, Value head, Value row) {
  Value keys = size(op.getKey(), Dim::row);
  ScoreIndices at{batch, head, row, {}};
  Value minusInfinity = arith::NegFOp::create(b, infinity);
  Value start = minusInfinity;
  if (op.getSinks())
    start = castToFloat(b, b.load(op.getSinks(), head), f64);
  Value maximum =
      b.loop(b.index(0), keys, b.index(1), start,
             [&](Value j, ValueRange best) -> SmallVector<Value> {
               at.keyRow = j;
               Value score = buildScore(query, key, at);
               b.store(score, scores, j);
               return {arith::MaximumFOp::create(b, best[0], score)};
             })[0];
  // Without a visible key (or sink) every weight is 0, never NaN.
  Value hasKeys = arith::CmpFOp::create(b, arith::CmpFPredicate::UNE, maximum,
                                        minusInfinity);
  Value shift = select(hasKeys, maximum, b.constant(f64, 0.0));
  Value sink = b.constant(f64, 0.0);
  if (op.getSinks())
    sink = exp(arith::SubFOp::create(b, start, shift));
  Value sum = b.loop(b.index(0), keys, b.index(1), sink,
                     [&](Value j, ValueRange total) -> SmallVector<Value> {
                       Value weight = exp(
                           arith::SubFOp::create(b, b.load(scores, j), shift));
                       b.store(weight, scores, j);
                       return {arith::AddFOp::create(b, total[0], weight)};
                     })[0];
  storeOutput(scores, shift, sum, hasKeys, at);
}

void AttentionReference::storeOutput(Value weights, Value shift, Value sum,
                                     Value hasKeys, const ScoreIndices &at) {
  Value output = op.getOuts()[0];
  Value groupSize =
      b.floorDiv(size(op.getQuery(), Dim::head), size(op.getKey(), Dim::head));
  Value keyHead = b.floorDiv(at.head, groupSize);
  Value divisor = select(hasKeys, sum, b.constant(f64, 1.0));
  b.loop(size(op.getValue(), Dim::feature), [&](Value d) {
    Value total =
        b.loop(b.index(0), size(op.getKey(), Dim::row), b.index(1),
               b.constant(f64, 0.0),
               [&](Value j, ValueRange acc) -> SmallVector<Value> {
                 Value v = element(op.getValue(), at.batch, keyHead, j, d);
                 // A key of weight 0 does not count, whatever its value holds.
                 Value weight = b.load(weights, j);
                 Value product = arith::MulFOp::create(b, weight, v);
                 Value isSeen =
                     arith::CmpFOp::create(b, arith::CmpFPredicate::UNE, weight,
                                           b.constant(f64, 0.0));
                 product = select(isSeen, product, b.constant(f64, 0.0));
                 return {arith::AddFOp::create(b, acc[0], product)};
               })[0];
    Value result = arith::DivFOp::create(b, total, divisor);
    SmallVector<Value> index(4);
    index[op.getDimIndex(Dim::batch)] = at.batch;
    index[op.getDimIndex(Dim::head)] = at.head;
    index[op.getDimIndex(Dim::row)] = at.queryRow;
    index[op.getDimIndex(Dim::feature)] = d;
    auto type = cast<MemRefType>(output.getType());
    b.store(castToFloat(b, result, type.getElementType()), output, index);
  });
  if (!op.getReturnLse())
    return;
  Value logarithm = math::LogOp::create(b, divisor);
  Value lse = arith::AddFOp::create(b, shift, logarithm);
  lse = select(hasKeys, lse, arith::NegFOp::create(b, infinity));
  b.store(castToFloat(b, lse, op.getScoreType()), op.getOuts()[1],
          {at.batch, at.head, at.queryRow});
}

void AttentionReference::build() {
  infinity = b.constant(f64, std::numeric_limits<double>::infinity());
  length = buildSequenceLength(b, op);
  Value query =
      encodeRows(op.getQuery(), getQueryPositionSource(op), RowRole::query);
  Value key = encodeRows(op.getKey(), getKeyPositionSource(op), RowRole::key);
  Value scores = b.allocate(f64, {OpFoldResult(size(op.getKey(), Dim::row))});
  b.loop(size(op.getQuery(), Dim::batch), [&](Value batch) {
    b.loop(size(op.getQuery(), Dim::head), [&](Value head) {
      b.loop(size(op.getQuery(), Dim::row), [&](Value row) {
        buildRow(query, key, scores, batch, head, row);
      });
    });
  });
  b.free(scores);
  b.free(key);
  b.free(query);
}

namespace {
struct AttentionReferencePattern : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.isBufferized())
      return rewriter.notifyMatchFailure(op, "not bufferised");
    AttentionReference(op, rewriter).build();
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

namespace whorl {
void populateEncodingReferencePatterns(RewritePatternSet &patterns);

void populateAttentionReferencePatterns(RewritePatternSet &patterns) {
  patterns.add<AttentionReferencePattern>(patterns.getContext());
  populateEncodingReferencePatterns(patterns);
}
} // namespace whorl
