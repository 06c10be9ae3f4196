//===- RandomReference.cpp - random tensors, plainly ----------------------===//
//
// One element at a time. The arithmetic is the definition itself, as the
// numbers must be the same to the last bit; what the reference does not share
// with the CPU lowering is how elements are counted, grouped into blocks and
// fused.
//
//===----------------------------------------------------------------------===//

#include "Whorl/Reference/Reference.h"
#include "Whorl/Utils/LoopBuilder.h"
#include "Whorl/Utils/RandomElements.h"

using namespace mlir;
using namespace whorl;

namespace {
struct RandomReference : OpRewritePattern<RandomOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(RandomOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.isBufferized())
      return rewriter.notifyMatchFailure(op, "not bufferised");
    LoopBuilder b(op.getLoc(), rewriter);
    ElementBuilder keyBuilder(op.getLoc(), rewriter);
    RandomKey key =
        buildRandomKey(keyBuilder, op.getGeneratorInterface(), op.getKey());
    int64_t rank = op.getShapedType().getRank();
    SmallVector<Value> sizes, coordinates(rank);
    for (int64_t i = 0; i < rank; ++i)
      sizes.push_back(b.dim(op.getOuts(), i));
    std::function<void(int64_t)> nest = [&](int64_t i) {
      if (i < rank) {
        b.loop(sizes[i], [&](Value iv) {
          coordinates[i] = iv;
          nest(i + 1);
        });
        return;
      }
      ElementBuilder inner(op.getLoc(), b);
      b.store(buildRandomElement(inner, op, key, coordinates, sizes),
              op.getOuts(), coordinates);
    };
    nest(0);
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void whorl::populateRandomReferencePatterns(RewritePatternSet &patterns) {
  patterns.add<RandomReference>(patterns.getContext());
}
