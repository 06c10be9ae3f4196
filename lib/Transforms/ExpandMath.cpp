//===- ExpandMath.cpp - elementary functions become polynomials -----------===//
#include "Whorl/Transforms/Passes.h"
#include "Whorl/Utils/VectorMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Approximation.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLEXPANDMATH
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

/// The float constant that `value` is, or its lanes are.
static std::optional<double> getConstantFloat(Value value) {
  APFloat constant(0.0);
  if (!matchPattern(value, m_ConstantFloat(&constant)))
    return std::nullopt;
  return constant.convertToDouble();
}

/// x / c, or x * (1 / c), with a constant c that overflows no formula: x and c;
/// any other value is itself divided by 1.
static std::pair<Value, double> splitQuotient(Value value) {
  auto isModerate = [](double c) { return c >= 0x1p-16 && c <= 0x1p16; };
  if (auto div = value.getDefiningOp<arith::DivFOp>())
    if (auto c = getConstantFloat(div.getRhs()); c && isModerate(*c))
      return {div.getLhs(), *c};
  if (auto mul = value.getDefiningOp<arith::MulFOp>())
    if (auto c = getConstantFloat(mul.getRhs()); c && isModerate(*c))
      return {mul.getLhs(), 1.0 / *c};
  return {value, 1.0};
}

namespace {
/// tanh of f32, scalar or vector, becomes ours: upstream's has an error of
/// several ulp and a long chain.
struct ExpandTanh : OpRewritePattern<math::TanhOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::TanhOp op,
                                PatternRewriter &rewriter) const override {
    if (!getElementTypeOrSelf(op.getType()).isF32())
      return rewriter.notifyMatchFailure(op, "not f32");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    auto [x, divisor] = splitQuotient(op.getOperand());
    rewriter.replaceOp(op, whorl::buildTanh(builder, x, 1.0 / divisor));
    return success();
  }
};

/// c * tanh(x / c), a soft cap, has a form of its own.
struct ExpandSoftcap : OpRewritePattern<arith::MulFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::MulFOp op,
                                PatternRewriter &rewriter) const override {
    auto tanh = op.getLhs().getDefiningOp<math::TanhOp>();
    std::optional<double> factor = getConstantFloat(op.getRhs());
    if (!tanh || !factor || !getElementTypeOrSelf(op.getType()).isF32())
      return rewriter.notifyMatchFailure(op, "no multiple of tanh of f32");
    auto [x, divisor] = splitQuotient(tanh.getOperand());
    if (*factor != divisor)
      return rewriter.notifyMatchFailure(op, "no soft cap");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    rewriter.replaceOp(op, whorl::buildSoftcap(builder, x, divisor, *factor));
    return success();
  }
};

struct ExpandMathPass : whorl::impl::WhorlExpandMathBase<ExpandMathPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateMathPolynomialApproximationPatterns(patterns);
    patterns.add<ExpandTanh, ExpandSoftcap>(&getContext(), /*benefit=*/2);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
