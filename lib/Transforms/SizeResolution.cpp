//===- SizeResolution.cpp - sizes in terms of arguments -------------------===//
#include "SizeResolution.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace {
/// The result of an elementwise op is as large as its tensor operands, which
/// the op's interfaces do not say.
struct ResolveElementwiseDim : OpRewritePattern<tensor::DimOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tensor::DimOp op,
                                PatternRewriter &rewriter) const override {
    Operation *source = op.getSource().getDefiningOp();
    if (!source || !OpTrait::hasElementwiseMappableTraits(source))
      return rewriter.notifyMatchFailure(op, "not of an elementwise op");
    for (Value operand : source->getOperands()) {
      if (!isa<RankedTensorType>(operand.getType()))
        continue;
      rewriter.modifyOpInPlace(op,
                               [&] { op.getSourceMutable().assign(operand); });
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no tensor operand");
  }
};
} // namespace

static LogicalResult simplifySizes(Operation *function) {
  MLIRContext *context = function->getContext();
  RewritePatternSet patterns(context);
  memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
  memref::populateResolveShapedTypeResultDimsPatterns(patterns);
  scf::populateSCFForLoopCanonicalizationPatterns(patterns);
  whorl::populateLoopSizePatterns(patterns);
  patterns.add<ResolveElementwiseDim>(context);
  affine::AffineApplyOp::getCanonicalizationPatterns(patterns, context);
  tensor::DimOp::getCanonicalizationPatterns(patterns, context);
  memref::DimOp::getCanonicalizationPatterns(patterns, context);
  arith::ArithDialect *arith = context->getLoadedDialect<arith::ArithDialect>();
  if (arith)
    arith->getCanonicalizationPatterns(patterns);
  return applyPatternsGreedily(function, std::move(patterns));
}

LogicalResult whorl::resolveSizes(FunctionOpInterface function) {
  if (failed(simplifySizes(function)))
    return failure();
  // Equal sizes that two ops computed become one value, and their comparison
  // folds.
  IRRewriter rewriter(function->getContext());
  DominanceInfo dominance(function);
  eliminateCommonSubExpressions(rewriter, dominance, function);
  return simplifySizes(function);
}

static bool isFunctionArgument(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  return argument && argument.getOwner()->isEntryBlock() &&
         isa<FunctionOpInterface>(argument.getOwner()->getParentOp());
}

/// Whether `op` may move to the head of a function: scalars in and out, or the
/// size of an argument.
static bool isRecomputable(Operation *op) {
  if (isa<tensor::DimOp, memref::DimOp>(op))
    return isFunctionArgument(op->getOperand(0));
  auto isScalar = [](Type type) { return type.isIntOrIndexOrFloat(); };
  return isMemoryEffectFree(op) && op->getNumRegions() == 0 &&
         llvm::all_of(op->getOperandTypes(), isScalar) &&
         llvm::all_of(op->getResultTypes(), isScalar);
}

FailureOr<Value> whorl::recompute(Value value, OpBuilder &builder,
                                  IRMapping &mapping) {
  if (Value known = mapping.lookupOrNull(value))
    return known;
  if (isFunctionArgument(value))
    return value;
  Operation *op = value.getDefiningOp();
  if (!op || !isRecomputable(op))
    return failure();
  for (Value operand : op->getOperands())
    if (failed(recompute(operand, builder, mapping)))
      return failure();
  builder.clone(*op, mapping);
  return mapping.lookup(value);
}
