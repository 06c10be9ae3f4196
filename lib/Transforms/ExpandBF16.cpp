//===- ExpandBF16.cpp - bf16 to and from f32 by integer arithmetic --------===//
//
// Upstream's expansion selects between two results by whether the number is
// NaN. LLVM makes of it a selection of bf16 vectors, which it takes apart into
// scalars. Here NaN is integer arithmetic, too, and vectors stay vectors.
//
//===----------------------------------------------------------------------===//

#include "Whorl/Target/CPUDescription.h"
#include "Whorl/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLEXPANDBF16
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

/// `element`, or a vector of it with the shape of `like`.
static Type getTypeLike(Type like, Type element) {
  if (auto vector = dyn_cast<VectorType>(like))
    return vector.clone(element);
  return element;
}

/// The bits of `value` rounded to bf16: nearest, ties to even. NaN stays NaN.
static Value buildRounding(ImplicitLocOpBuilder &b, Value value) {
  Type type = getTypeLike(value.getType(), b.getI32Type());
  auto constant = [&](uint32_t bits) -> Value {
    auto attribute = b.getI32IntegerAttr(static_cast<int32_t>(bits));
    if (auto vector = dyn_cast<VectorType>(type))
      return arith::ConstantOp::create(
          b, DenseElementsAttr::get(vector, Attribute(attribute)));
    return arith::ConstantOp::create(b, attribute);
  };
  constexpr uint32_t signBit = 0x80000000, quietBit = 22, infinity = 0x7f800000;
  Value bits = arith::BitcastOp::create(b, type, value);
  Value sign = arith::AndIOp::create(b, bits, constant(signBit));
  Value magnitude = arith::AndIOp::create(b, bits, constant(~signBit));
  // Half of the last kept bit, less 1 where that bit is 0.
  Value last = arith::AndIOp::create(
      b, arith::ShRUIOp::create(b, bits, constant(16)), constant(1));
  Value half = arith::AddIOp::create(b, last, constant(0x7fff));
  Value rounded = arith::AddIOp::create(b, magnitude, half);
  // A NaN may have been carried into the sign, or rounded to infinity.
  rounded = arith::MinUIOp::create(b, rounded, constant(~signBit));
  Value isNaN = arith::ShRUIOp::create(
      b, arith::SubIOp::create(b, constant(infinity), magnitude), constant(31));
  Value quiet = arith::ShLIOp::create(b, isNaN, constant(quietBit));
  Value result =
      arith::OrIOp::create(b, arith::OrIOp::create(b, rounded, quiet), sign);
  return arith::ShRUIOp::create(b, result, constant(16));
}

namespace {
struct ExpandTruncation : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    Type from = op.getIn().getType(), to = op.getType();
    if (!getElementTypeOrSelf(from).isF32() ||
        !getElementTypeOrSelf(to).isBF16())
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value bits = buildRounding(b, op.getIn());
    Value narrow =
        arith::TruncIOp::create(b, getTypeLike(to, b.getI16Type()), bits);
    rewriter.replaceOpWithNewOp<arith::BitcastOp>(op, to, narrow);
    return success();
  }
};

/// bf16 are the upper bits of f32. LLVM's own extension, on single numbers that
/// it gathers into vectors, may end in calls of a run time library.
struct ExpandExtension : OpRewritePattern<arith::ExtFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::ExtFOp op,
                                PatternRewriter &rewriter) const override {
    Type from = op.getIn().getType(), to = op.getType();
    if (!getElementTypeOrSelf(from).isBF16() ||
        !getElementTypeOrSelf(to).isF32())
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type i32 = getTypeLike(to, b.getI32Type());
    Value narrow = arith::BitcastOp::create(
        b, getTypeLike(from, b.getI16Type()), op.getIn());
    Value bits = arith::ExtUIOp::create(b, i32, narrow);
    TypedAttr sixteen = b.getI32IntegerAttr(16);
    if (auto vector = dyn_cast<VectorType>(i32))
      sixteen = DenseElementsAttr::get(vector, Attribute(sixteen));
    Value upper =
        arith::ShLIOp::create(b, bits, arith::ConstantOp::create(b, sixteen));
    rewriter.replaceOpWithNewOp<arith::BitcastOp>(op, to, upper);
    return success();
  }
};

struct ExpandBF16Pass : whorl::impl::WhorlExpandBF16Base<ExpandBF16Pass> {
  using Base::Base;
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandExtension>(&getContext());
    if (always ||
        !whorl::getTargetDescription(getOperation()).hasFeature("avx512bf16"))
      patterns.add<ExpandTruncation>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace
