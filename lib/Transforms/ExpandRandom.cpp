//===- ExpandRandom.cpp - random tensors become elementwise code ----------===//
//
// A random tensor is an elementwise op without inputs: it fuses into its
// consumer like any other. The bits of an element stay one op,
// whorl.random_bits, which says where the element stands: a lowering can then
// evaluate the generator for a whole run of neighbours at once.
//
//===----------------------------------------------------------------------===//

#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Transforms/Passes.h"
#include "Whorl/Utils/RandomElements.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLEXPANDRANDOM
#define GEN_PASS_DEF_WHORLEXPANDRANDOMBITS
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

using namespace whorl;

namespace {
struct ExpandRandom : OpRewritePattern<RandomOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(RandomOp op,
                                PatternRewriter &rewriter) const override {
    if (op.isBufferized())
      return rewriter.notifyMatchFailure(op, "stands on memrefs");
    ElementBuilder b(op.getLoc(), rewriter);
    auto type = cast<RankedTensorType>(op.getResult().getType());
    RandomKey key = buildRandomKey(b, op.getGeneratorInterface(), op.getKey());
    SmallVector<Value> sizes =
        getValueOrCreateConstantIndexOp(b, op.getLoc(), op.getMixedSizes());
    Value destination = op.getOuts();
    if (!destination)
      destination =
          tensor::EmptyOp::create(b, op.getMixedSizes(), type.getElementType());
    SmallVector<utils::IteratorType> loops(type.getRank(),
                                           utils::IteratorType::parallel);
    auto generic = linalg::GenericOp::create(
        b, type, ValueRange(), destination,
        b.getMultiDimIdentityMap(type.getRank()), loops,
        [&](OpBuilder &nested, Location loc, ValueRange) {
          ElementBuilder inner(loc, nested);
          SmallVector<Value> coordinates;
          for (int64_t i = 0; i < type.getRank(); ++i)
            coordinates.push_back(linalg::IndexOp::create(inner, i));
          linalg::YieldOp::create(
              inner, buildRandomElement(inner, op, key, coordinates, sizes));
        });
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }
};

struct ExpandRandomPass : whorl::impl::WhorlExpandRandomBase<ExpandRandomPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandRandom>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

struct ExpandRandomBits : OpRewritePattern<RandomBitsOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(RandomBitsOp op,
                                PatternRewriter &rewriter) const override {
    ElementBuilder b(op.getLoc(), rewriter);
    rewriter.replaceOp(op, buildRandomBits(b, op, getRandomSource(op),
                                           buildRandomPosition(b, op)));
    return success();
  }
};

struct ExpandRandomBitsPass
    : whorl::impl::WhorlExpandRandomBitsBase<ExpandRandomBitsPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandRandomBits>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace
