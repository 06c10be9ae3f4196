//===- ExpandMath.cpp - elementary functions become polynomials -----------===//
#include "Whorl/Transforms/Passes.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Approximation.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLEXPANDMATH
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

namespace {
struct ExpandMathPass : whorl::impl::WhorlExpandMathBase<ExpandMathPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateMathPolynomialApproximationPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
