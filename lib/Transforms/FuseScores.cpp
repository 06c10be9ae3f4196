//===- FuseScores.cpp - scale, mask and bias producers of an attention ----===//
//
// What a graph writes around an attention as arithmetic on tensors: a factor on
// the queries, a bias of 0 and -inf that stands for a mask, a bias computed
// from smaller tensors. Inside the attention none of them needs memory of its
// own.
//
//===----------------------------------------------------------------------===//
#include "FusePatterns.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

using Dim = AttentionOp::Dim;

/// The elementwise op that makes `value`, when nobody else uses it: parallel
/// loops over the dims of one result in order.
static linalg::GenericOp getProducer(Value value) {
  auto generic = value ? value.getDefiningOp<linalg::GenericOp>() : nullptr;
  if (!generic || !value.hasOneUse() || generic.getNumResults() != 1 ||
      generic.getNumParallelLoops() != generic.getNumLoops() ||
      !generic.getMatchingIndexingMap(generic.getDpsInitOperand(0))
           .isIdentity())
    return nullptr;
  return generic;
}

/// The number that a scalar of the body always is.
static std::optional<APFloat> getConstant(linalg::GenericOp generic,
                                          Value scalar) {
  FloatAttr attribute;
  if (matchPattern(scalar, m_Constant(&attribute)))
    return attribute.getValue();
  auto argument = dyn_cast<BlockArgument>(scalar);
  if (!argument || argument.getOwner() != generic.getBody())
    return std::nullopt;
  DenseFPElementsAttr splat;
  Value operand = generic->getOperand(argument.getArgNumber());
  if (matchPattern(operand, m_Constant(&splat)) && splat.isSplat())
    return splat.getSplatValue<APFloat>();
  return std::nullopt;
}

static std::optional<double> toDouble(std::optional<APFloat> value) {
  if (!value)
    return std::nullopt;
  bool losesInfo;
  value->convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return value->convertToDouble();
}

namespace {
/// (c q) k = c (q k): the factor of a multiplied query or key joins the scale.
struct FuseScale : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    for (OpOperand *operand : {&op.getQueryMutable(), &op.getKeyMutable()})
      if (succeeded(fuse(op, *operand, rewriter)))
        return success();
    return rewriter.notifyMatchFailure(op, "no factor on query or key");
  }

private:
  static LogicalResult fuse(AttentionOp op, OpOperand &operand,
                            PatternRewriter &rewriter) {
    linalg::GenericOp generic = getProducer(operand.get());
    // A run-time scale would need arithmetic that the constant does not.
    int64_t dim = op.getStaticDim(op.getQuery(), Dim::feature);
    if (!generic || op.getScale() ||
        (!op.getStaticScale() && ShapedType::isDynamic(dim)))
      return failure();
    auto yield = cast<linalg::YieldOp>(generic.getBody()->getTerminator());
    auto multiply = yield.getOperand(0).getDefiningOp<arith::MulFOp>();
    if (!multiply ||
        !llvm::hasNItems(generic.getBody()->without_terminator(), 1))
      return failure();
    for (unsigned i = 0; i < 2; ++i) {
      auto factor = toDouble(getConstant(generic, multiply->getOperand(1 - i)));
      auto argument = dyn_cast<BlockArgument>(multiply->getOperand(i));
      if (!factor || !std::isfinite(*factor) || !argument)
        continue;
      OpOperand &source = generic->getOpOperand(argument.getArgNumber());
      if (source.get().getType() != operand.get().getType() ||
          !generic.getMatchingIndexingMap(&source).isIdentity())
        continue;
      double scale = op.getStaticScale()
                         ? op.getStaticScale()->convertToDouble()
                         : 1.0 / std::sqrt(static_cast<double>(dim));
      rewriter.modifyOpInPlace(op, [&] {
        op.setStaticScaleAttr(rewriter.getF64FloatAttr(scale * *factor));
        operand.set(source.get());
      });
      return success();
    }
    return failure();
  }
};

/// bias = select(visible, 0, -inf) is a boolean mask.
struct FuseMask : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    linalg::GenericOp generic = getProducer(op.getBias());
    if (!generic)
      return rewriter.notifyMatchFailure(op, "no computed bias");
    auto yield = cast<linalg::YieldOp>(generic.getBody()->getTerminator());
    auto select = yield.getOperand(0).getDefiningOp<arith::SelectOp>();
    if (!select || !llvm::hasNItems(generic.getBody()->without_terminator(), 1))
      return rewriter.notifyMatchFailure(op, "the bias is not a selection");
    auto visible = dyn_cast<BlockArgument>(select.getCondition());
    auto shown = toDouble(getConstant(generic, select.getTrueValue()));
    auto hidden = toDouble(getConstant(generic, select.getFalseValue()));
    if (!visible || shown != 0.0 ||
        hidden != -std::numeric_limits<double>::infinity())
      return rewriter.notifyMatchFailure(op, "not 0 and -inf");
    OpOperand &source = generic->getOpOperand(visible.getArgNumber());
    if (!generic.getMatchingIndexingMap(&source).isIdentity() ||
        !isa<RankedTensorType>(source.get().getType()))
      return rewriter.notifyMatchFailure(op, "the mask is permuted");
    rewriter.modifyOpInPlace(op, [&] { addMask(op, source.get()); });
    return success();
  }

private:
  static void addMask(AttentionOp op, Value tensor) {
    MLIRContext *context = op.getContext();
    Attribute mask = BooleanMaskAttr::get(context);
    if (Attribute old = op.getMaskAttr())
      mask = AndMaskAttr::get(context, ArrayAttr::get(context, {old, mask}));
    SmallVector<Value> operands(op.getMaskOperands());
    operands.push_back(tensor);
    op.setMaskAttr(mask);
    op.getMaskOperandsMutable().assign(operands);
    op.getBiasMutable().clear();
  }
};

/// A bias that is computed element by element from smaller tensors is computed
/// where it is used, in the score region.
struct FuseBias : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    linalg::GenericOp generic = getProducer(op.getBias());
    if (!generic || !isWorthFusing(generic))
      return rewriter.notifyMatchFailure(op, "no bias from smaller tensors");
    Location loc = op.getLoc();
    if (!op.hasScoreRegion())
      createScoreRegion(op, rewriter);
    Block &block = op.getScore().front();
    auto yield = cast<YieldOp>(block.getTerminator());
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(yield);
    Value term = inlineBody(generic, block, rewriter);
    ImplicitLocOpBuilder builder(loc, rewriter);
    builder.setInsertionPoint(yield);
    Value score = yield.getOperand(0);
    term = castToFloat(builder, term, score.getType());
    Value sum = arith::AddFOp::create(builder, score, term);
    rewriter.modifyOpInPlace(yield, [&] { yield->setOperand(0, sum); });
    rewriter.modifyOpInPlace(op, [&] { op.getBiasMutable().clear(); });
    return success();
  }

private:
  /// Cheap, without side effects, and reading fewer elements than it makes.
  static bool isWorthFusing(linalg::GenericOp generic) {
    constexpr unsigned kMostOps = 8;
    unsigned count = 0;
    for (Operation &nested : generic.getBody()->without_terminator()) {
      if (!isMemoryEffectFree(&nested) || nested.getNumRegions() != 0 ||
          isa<linalg::IndexOp>(nested) || ++count > kMostOps)
        return false;
    }
    return llvm::all_of(generic.getDpsInputOperands(), [&](OpOperand *operand) {
      AffineMap map = generic.getMatchingIndexingMap(operand);
      return isa<RankedTensorType>(operand->get().getType()) &&
             map.isProjectedPermutation(/*allowZeroInResults=*/true) &&
             map.getNumResults() < map.getNumDims();
    });
  }

  static void createScoreRegion(AttentionOp op, PatternRewriter &rewriter) {
    OpBuilder::InsertionGuard guard(rewriter);
    Type index = rewriter.getIndexType();
    SmallVector<Type> types = {op.getScoreType(), index, index, index, index};
    SmallVector<Location> locations(types.size(), op.getLoc());
    Block *block = rewriter.createBlock(&op.getScore(), op.getScore().end(),
                                        types, locations);
    YieldOp::create(rewriter, op.getLoc(), block->getArgument(0));
  }

  /// The body at (b, h, i, j), which index the bias from the right.
  static Value inlineBody(linalg::GenericOp generic, Block &block,
                          PatternRewriter &rewriter) {
    Location loc = generic.getLoc();
    SmallVector<Value> indices(block.getArguments().take_back(
        std::min<size_t>(generic.getNumLoops(), 4)));
    ArrayRef<int64_t> shape =
        cast<RankedTensorType>(generic.getResult(0).getType()).getShape();
    Value zero = arith::ConstantIndexOp::create(rewriter, loc, 0);
    for (auto [index, size] : llvm::zip_equal(indices, shape))
      if (size == 1) // a bias of 1 broadcasts
        index = zero;
    IRMapping mapping;
    for (OpOperand *operand : generic.getDpsInputOperands()) {
      SmallVector<Value> at;
      for (AffineExpr expr :
           generic.getMatchingIndexingMap(operand).getResults()) {
        auto dim = dyn_cast<AffineDimExpr>(expr);
        at.push_back(dim ? indices[dim.getPosition()] : zero);
      }
      Value element =
          tensor::ExtractOp::create(rewriter, loc, operand->get(), at);
      mapping.map(generic.getMatchingBlockArgument(operand), element);
    }
    for (Operation &nested : generic.getBody()->without_terminator())
      rewriter.clone(nested, mapping);
    return mapping.lookupOrDefault(
        generic.getBody()->getTerminator()->getOperand(0));
  }
};
} // namespace

void whorl::populateFuseScorePatterns(RewritePatternSet &patterns) {
  patterns.add<FuseScale, FuseMask>(patterns.getContext(), /*benefit=*/2);
  patterns.add<FuseBias>(patterns.getContext());
}
