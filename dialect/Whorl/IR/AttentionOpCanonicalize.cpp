//===- AttentionOpCanonicalize.cpp - one form for equal attentions --------===//
//
// Canonicalisation of whorl.attention and whorl.encode_position. Each pattern
// keeps the results' meaning; what a size condition hangs on may go, which is
// why whorl-require-sizes runs first.
//
//===----------------------------------------------------------------------===//

#include "MaskSimplify.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/Threading.h"

using namespace mlir;
using namespace whorl;

using Dim = AttentionOp::Dim;

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

/// The constant that a scale or softcap is, as f64, which holds it exactly.
static std::optional<double> getConstantFloat(Value value) {
  APFloat constant(0.0);
  if (!value || !matchPattern(value, m_ConstantFloat(&constant)))
    return std::nullopt;
  double result = constant.convertToDouble();
  if (!std::isfinite(result))
    return std::nullopt; // C7 refuses it as an attribute
  return result;
}

/// The constant that an offset is: an index, or a tensor of equal integers.
static std::optional<int64_t> getConstantOffset(Value value) {
  if (!value)
    return std::nullopt;
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  DenseIntElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat())
    return std::nullopt;
  return elements.getSplatValue<APInt>().getSExtValue();
}

namespace {
/// scale(%c : f32) -> scale(c), and likewise softcap.
struct FoldConstantScalars : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<double> scale = getConstantFloat(op.getScale());
    std::optional<double> softcap = getConstantFloat(op.getSoftcap());
    if (softcap && *softcap <= 0)
      softcap.reset(); // C7 refuses it as an attribute
    if (!scale && !softcap)
      return rewriter.notifyMatchFailure(op, "no constant scalars");
    rewriter.modifyOpInPlace(op, [&] {
      if (scale) {
        op.getScaleMutable().clear();
        op.setStaticScaleAttr(rewriter.getF64FloatAttr(*scale));
      }
      if (softcap) {
        op.getSoftcapMutable().clear();
        op.setStaticSoftcapAttr(rewriter.getF64FloatAttr(*softcap));
      }
    });
    return success();
  }
};

/// offset(%c : index) -> offset(c), and offset(0) -> nothing.
template <typename Op> struct FoldConstantOffset : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    std::optional<int64_t> offset = getConstantOffset(op.getOffset());
    bool isZero = op.getStaticOffset() && *op.getStaticOffset() == 0;
    if (!offset && !isZero)
      return rewriter.notifyMatchFailure(op, "no constant offset");
    rewriter.modifyOpInPlace(op, [&] {
      op.getOffsetMutable().clear();
      if (offset.value_or(0) != 0)
        op.setStaticOffsetAttr(rewriter.getI64IntegerAttr(*offset));
      else
        op.removeStaticOffsetAttr();
    });
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Clauses that say nothing
//===----------------------------------------------------------------------===//

/// `position []` goes, and position ids that no encoding reads.
struct DropEmptyPosition : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    ArrayAttr encodings = op.getPositionAttr();
    bool hasEncodings = encodings && !encodings.empty();
    if (hasEncodings || (!encodings && !op.getQueryPositions()))
      return rewriter.notifyMatchFailure(op, "nothing to drop");
    rewriter.modifyOpInPlace(op, [&] {
      op.removePositionAttr();
      op.getQueryPositionsMutable().clear();
      op.getKeyPositionsMutable().clear();
    });
    return success();
  }
};

/// Simplifies the mask; one that hides nothing goes.
struct SimplifyMask : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    MaskAttrInterface mask = op.getMaskInterface();
    if (!mask)
      return rewriter.notifyMatchFailure(op, "no mask");
    MaskDomain domain;
    domain.offset = op.getOffset() ? ShapedType::kDynamic
                                   : op.getStaticOffset().value_or(0);
    domain.queryRows = op.getStaticDim(op.getQuery(), Dim::row);
    domain.keyRows = op.getStaticDim(op.getKey(), Dim::row);
    SimplifiedMask simple = simplifyMask(mask, domain);
    if (simple.mask == mask)
      return rewriter.notifyMatchFailure(op, "the mask is simple");
    SmallVector<Value> operands;
    for (unsigned i : simple.operands)
      operands.push_back(op.getMaskOperands()[i]);
    rewriter.modifyOpInPlace(op, [&] {
      op.setMaskAttr(simple.mask);
      op.getMaskOperandsMutable().assign(operands);
    });
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Results and types
//===----------------------------------------------------------------------===//

} // namespace

/// An op like `op`, which it is about to replace, with other operands, segment
/// sizes and results. Takes the score region over.
static AttentionOp recreate(PatternRewriter &rewriter, AttentionOp op,
                            ValueRange outs, TypeRange results) {
  OperationState state(op.getLoc(), op->getName());
  state.addOperands(op->getOperands().drop_back(op.getOuts().size()));
  state.addOperands(outs);
  state.addTypes(results);
  auto &properties = state.getOrAddProperties<AttentionOp::Properties>();
  properties = op.getProperties();
  properties.operandSegmentSizes.back() = static_cast<int32_t>(outs.size());
  if (results.size() < 2)
    properties.return_lse = nullptr;
  state.attributes = llvm::to_vector(op->getDiscardableAttrs());
  state.addRegion();
  auto result = cast<AttentionOp>(rewriter.create(state));
  rewriter.inlineRegionBefore(op.getScore(), result.getScore(),
                              result.getScore().end());
  return result;
}

namespace {

/// An lse that nothing reads is not computed.
struct DropUnusedLse : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getNumResults() != 2 || !op.getResult(1).use_empty())
      return rewriter.notifyMatchFailure(op, "no unused lse");
    ValueRange outs = op.getOuts();
    Type output = op.getResultTypes()[0];
    AttentionOp without = recreate(rewriter, op, outs.take_front(1), output);
    rewriter.replaceAllUsesWith(op.getResult(0), without.getResult(0));
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

/// Whether the op would verify with `value` for `operand`. Static sizes that a
/// cast hides may contradict each other; then the cast stays.
static bool isValidWith(Operation *op, OpOperand &operand, Value value) {
  uint64_t thread = llvm::get_threadid();
  ScopedDiagnosticHandler quiet(op->getContext(), [thread](Diagnostic &) {
    return success(llvm::get_threadid() == thread);
  });
  Value old = operand.get();
  operand.set(value);
  bool isValid = succeeded(op->getName().verifyInvariants(op));
  operand.set(old);
  return isValid;
}

namespace {

/// Takes an operand's sizes from before a tensor.cast that forgets them.
template <typename Op> struct AbsorbCasts : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    bool hasChanged = false;
    for (OpOperand &operand : op->getOpOperands()) {
      auto cast = operand.get().template getDefiningOp<tensor::CastOp>();
      if (!cast || !tensor::canFoldIntoConsumerOp(cast) ||
          !isValidWith(op, operand, cast.getSource()))
        continue;
      rewriter.modifyOpInPlace(op, [&] { operand.set(cast.getSource()); });
      hasChanged = true;
    }
    return success(hasChanged);
  }
};

/// Results as well known as query and value make them, cast back for the users.
struct RefineResultTypes : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    if (op.isBufferized())
      return rewriter.notifyMatchFailure(op, "no results");
    SmallVector<Type> types;
    SmallVector<Value> outs;
    if (op.getOuts().empty()) {
      if (failed(op.inferReturnTypes(
              op.getContext(), op.getLoc(), op->getOperands(),
              op->getDiscardableAttrDictionary(), op->getPropertiesStorage(),
              op->getRegions(), types)))
        return failure();
      for (auto [type, old] : llvm::zip_equal(types, op.getResultTypes()))
        type = join(cast<RankedTensorType>(type), cast<RankedTensorType>(old));
    }
    // With outs, the types are theirs.
    for (Value out : op.getOuts()) {
      auto cast = out.getDefiningOp<tensor::CastOp>();
      bool isAbsorbed = cast && tensor::canFoldIntoConsumerOp(cast);
      outs.push_back(isAbsorbed ? cast.getSource() : out);
      types.push_back(outs.back().getType());
    }
    if (TypeRange(types) == op.getResultTypes())
      return rewriter.notifyMatchFailure(op, "nothing to refine");
    AttentionOp refined = recreate(rewriter, op, outs, types);
    SmallVector<Value> results;
    for (auto [value, old] :
         llvm::zip_equal(refined.getResults(), op.getResults())) {
      if (value.getType() == old.getType())
        results.push_back(value);
      else
        results.push_back(tensor::CastOp::create(rewriter, op.getLoc(),
                                                 old.getType(), value));
    }
    rewriter.replaceOp(op, results);
    return success();
  }

private:
  /// The static sizes of both; a result may know what its operands do not.
  static RankedTensorType join(RankedTensorType a, RankedTensorType b) {
    SmallVector<int64_t> shape(a.getShape());
    for (auto [size, other] : llvm::zip_equal(shape, b.getShape()))
      if (ShapedType::isDynamic(size))
        size = other;
    return RankedTensorType::get(shape, a.getElementType());
  }
};
} // namespace

void AttentionOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<FoldConstantScalars, FoldConstantOffset<AttentionOp>,
               DropEmptyPosition, SimplifyMask, DropUnusedLse,
               AbsorbCasts<AttentionOp>, RefineResultTypes>(context);
}

void EncodePositionOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                   MLIRContext *context) {
  patterns
      .add<FoldConstantOffset<EncodePositionOp>, AbsorbCasts<EncodePositionOp>>(
          context);
}
