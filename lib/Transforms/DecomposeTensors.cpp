//===- DecomposeTensors.cpp - tensor ops that do not bufferise ------------===//
#include "Whorl/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLDECOMPOSETENSORS
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

namespace {
struct DecomposeTensorsPass
    : whorl::impl::WhorlDecomposeTensorsBase<DecomposeTensorsPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    tensor::populateDecomposeTensorConcatPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
