//===- FuseElementwise.cpp - chains of elementwise ops become one ---------===//

#include "Whorl/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLFUSEELEMENTWISE
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

static bool isElementwise(Operation *op) {
  auto generic = dyn_cast_or_null<linalg::GenericOp>(op);
  return generic && generic.getNumParallelLoops() == generic.getNumLoops();
}

static bool isReshape(Operation *op) {
  return isa_and_nonnull<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op);
}

/// Dear arithmetic would be done anew for each element that the consumer
/// broadcasts it to.
static bool repeatsWork(linalg::GenericOp producer, OpOperand *operand) {
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  if (!consumer || consumer.getMatchingIndexingMap(operand).getNumResults() ==
                       consumer.getNumLoops())
    return false;
  return llvm::any_of(*producer.getBody(), [](Operation &op) {
    return isa<arith::DivFOp>(op) || isa<math::MathDialect>(op.getDialect());
  });
}

/// Work is not done twice: a producer with several users stays.
static bool shouldFuse(OpOperand *operand) {
  Operation *producer = operand->get().getDefiningOp();
  if (!producer || !producer->hasOneUse())
    return false;
  auto generic = dyn_cast<linalg::GenericOp>(producer);
  return !generic || !repeatsWork(generic, operand);
}

/// A reshape moves out of the way only where it stands between two elementwise
/// ops. Elsewhere it is free once bufferised, while moving it would hide from
/// bufferisation which tensors may share memory.
static bool shouldMoveReshape(OpOperand *operand) {
  if (!shouldFuse(operand))
    return false;
  Operation *reshape = operand->getOwner();
  if (!isReshape(reshape))
    reshape = operand->get().getDefiningOp();
  if (!isReshape(reshape) || !reshape->hasOneUse())
    return false;
  return isElementwise(reshape->getOperand(0).getDefiningOp()) &&
         isElementwise(*reshape->user_begin());
}

namespace {
struct FuseElementwisePass
    : whorl::impl::WhorlFuseElementwiseBase<FuseElementwisePass> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    linalg::populateElementwiseOpsFusionPatterns(patterns, shouldFuse);
    linalg::populateFoldReshapeOpsByExpansionPatterns(patterns,
                                                      shouldMoveReshape);
    linalg::GenericOp::getCanonicalizationPatterns(patterns, context);
    tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
    tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, context);
    context->getLoadedDialect<linalg::LinalgDialect>()
        ->getCanonicalizationPatterns(patterns);
    GreedyRewriteConfig config;
    config.setUseTopDownTraversal(true);
    if (failed(
            applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      signalPassFailure();
  }
};
} // namespace
