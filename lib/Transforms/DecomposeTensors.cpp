//===- DecomposeTensors.cpp - tensor ops that do not bufferise ------------===//
#include "ExpandRecurrences.h"
#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLDECOMPOSETENSORS
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

namespace {
/// A softmax becomes reductions and elementwise ops, which fuse.
struct DecomposeSoftmax : OpRewritePattern<linalg::SoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(linalg::SoftmaxOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics())
      return rewriter.notifyMatchFailure(op, "stands on memrefs");
    FailureOr<SmallVector<Value>> results = op.decomposeOperation(rewriter);
    if (failed(results))
      return failure();
    rewriter.replaceOp(op, *results);
    return success();
  }
};

struct DecomposeTensorsPass
    : whorl::impl::WhorlDecomposeTensorsBase<DecomposeTensorsPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    tensor::populateDecomposeTensorConcatPatterns(patterns);
    patterns.add<DecomposeSoftmax>(&getContext());
    whorl::populateExpandRecurrencePatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
