//===- FuseIntoAttention.cpp - neighbours move into an attention ----------===//
#include "FusePatterns.h"
#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include <cmath>

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLFUSE
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

using namespace whorl;

/// The encoding of query or key that an attention could do itself.
static EncodePositionOp getRotation(AttentionOp op, Value value, RowRole role) {
  auto encode = value.getDefiningOp<EncodePositionOp>();
  if (!encode || !value.hasOneUse() || encode.getRole() != role ||
      encode.getLayout() != op.getLayout() ||
      cast<ShapedType>(value.getType()).getRank() != 4)
    return nullptr;
  return encode;
}

/// Whether the attention's query positions, offset + row, are the op's.
static bool hasQueryOffset(AttentionOp op, EncodePositionOp encode) {
  return encode.getOffset() == op.getOffset() &&
         encode.getStaticOffset().value_or(0) ==
             op.getStaticOffset().value_or(0);
}

/// Whether two ops, each of which sees its own rows, find the same length of
/// the sequence as an attention that sees both.
static bool hasLengthOfBoth(EncodePositionOp query, EncodePositionOp key) {
  auto encoding = cast<PositionEncodingAttrInterface>(query.getEncoding());
  if (!encoding.dependsOnLength())
    return true;
  if (query.getPositions())
    return query.getPositions() == key.getPositions();
  auto countRows = [](EncodePositionOp op) {
    return cast<ShapedType>(op.getInput().getType()).getDimSize(op.getRowDim());
  };
  bool hasOffset =
      query.getOffset() || query.getStaticOffset().value_or(0) != 0;
  return !hasOffset && !ShapedType::isDynamic(countRows(query)) &&
         countRows(query) == countRows(key);
}

namespace {
/// encode_position on both query and key -> an encoding of the attention.
struct FuseRotations : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    EncodePositionOp query = getRotation(op, op.getQuery(), RowRole::query);
    EncodePositionOp key = getRotation(op, op.getKey(), RowRole::key);
    if (!query || !key || query.getEncoding() != key.getEncoding() ||
        query.getEncodingOperands() != key.getEncodingOperands())
      return rewriter.notifyMatchFailure(op, "no rotation of query and key");
    if (failed(checkPositions(op, query, key)))
      return rewriter.notifyMatchFailure(op, "positions differ");
    rewriter.modifyOpInPlace(op, [&] { fuse(op, query, key); });
    rewriter.eraseOp(query);
    rewriter.eraseOp(key);
    return success();
  }

private:
  /// Explicit ids must come from both and replace none; implicit ones must be
  /// those of the attention.
  static LogicalResult checkPositions(AttentionOp op, EncodePositionOp query,
                                      EncodePositionOp key) {
    if (!query.getPositions() != !key.getPositions())
      return failure();
    if (!hasLengthOfBoth(query, key))
      return failure();
    if (!query.getPositions()) {
      bool hasKeyOffset =
          key.getOffset() || key.getStaticOffset().value_or(0) != 0;
      return success(!op.getQueryPositions() && hasQueryOffset(op, query) &&
                     !hasKeyOffset);
    }
    // Ids serve all encodings of the op: those that it has must agree.
    bool hasOthers = op.getPositionAttr() && !op.getPositionAttr().empty();
    bool isSame = op.getQueryPositions() == query.getPositions() &&
                  op.getKeyPositions() == key.getPositions();
    return success(isSame || (!hasOthers && !op.getQueryPositions()));
  }

  static void fuse(AttentionOp op, EncodePositionOp query,
                   EncodePositionOp key) {
    SmallVector<Attribute> encodings = {query.getEncoding()};
    if (op.getPositionAttr())
      llvm::append_range(encodings, op.getPositionAttr());
    op.setPositionAttr(ArrayAttr::get(op.getContext(), encodings));
    SmallVector<Value> operands(query.getEncodingOperands());
    llvm::append_range(operands, op.getPositionOperands());
    op.getPositionOperandsMutable().assign(operands);
    if (query.getPositions()) {
      op.getQueryPositionsMutable().assign(query.getPositions());
      op.getKeyPositionsMutable().assign(key.getPositions());
    }
    op.getQueryMutable().assign(query.getInput());
    op.getKeyMutable().assign(key.getInput());
  }
};

/// A factor of query or key becomes one of the scale.
struct FuseScale : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    // Only without encodings of rows: they need not commute with a factor.
    if (op.isBufferized() || op.getScale() || hasRowEncodings(op))
      return rewriter.notifyMatchFailure(op, "the scale is not constant");
    for (OpOperand *operand : {&op.getQueryMutable(), &op.getKeyMutable()}) {
      Operation *product = operand->get().getDefiningOp();
      std::optional<double> factor = getFactor(product);
      std::optional<double> scale = getScale(op);
      if (!factor || !scale || !std::isfinite(*factor * *scale))
        continue;
      rewriter.modifyOpInPlace(op, [&] {
        op.setStaticScaleAttr(rewriter.getF64FloatAttr(*factor * *scale));
        operand->set(product->getOperand(0));
      });
      rewriter.eraseOp(product);
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no factor");
  }

private:
  static bool hasRowEncodings(AttentionOp op) {
    return op.getPositionAttr() &&
           llvm::any_of(op.getPositionAttr(), [](Attribute encoding) {
             return contains(
                 cast<PositionEncodingAttrInterface>(encoding).getSites(),
                 EncodingSite::queryKey);
           });
  }

  /// c where `product` is x * c or x / (1 / c), for this attention alone.
  static std::optional<double> getFactor(Operation *product) {
    if (!isa_and_nonnull<arith::MulFOp, arith::DivFOp>(product) ||
        !product->hasOneUse())
      return std::nullopt;
    APFloat constant(0.0);
    if (!matchPattern(product->getOperand(1), m_ConstantFloat(&constant)))
      return std::nullopt;
    double factor = constant.convertToDouble();
    return isa<arith::MulFOp>(product) ? factor : 1 / factor;
  }

  static std::optional<double> getScale(AttentionOp op) {
    if (auto scale = op.getStaticScale())
      return scale->convertToDouble();
    int64_t features =
        op.getStaticDim(op.getQuery(), AttentionOp::Dim::feature);
    if (ShapedType::isDynamic(features) || features == 0)
      return std::nullopt;
    return 1 / std::sqrt(static_cast<double>(features));
  }
};

/// A bias of zeros adds nothing.
struct DropZeroBias : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getBias() || !matchPattern(op.getBias(), m_AnyZeroFloat()))
      return rewriter.notifyMatchFailure(op, "no bias of zeros");
    rewriter.modifyOpInPlace(op, [&] { op.getBiasMutable().clear(); });
    return success();
  }
};

struct FusePass : whorl::impl::WhorlFuseBase<FusePass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseRotations, FuseScale, DropZeroBias>(&getContext());
    populateFuseScorePatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
