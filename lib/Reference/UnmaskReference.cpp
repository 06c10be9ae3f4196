//===- UnmaskReference.cpp - which candidates are taken, plainly ----------===//
//
// Each position looks at all others of its row, in f64.
//
//===----------------------------------------------------------------------===//

#include "Whorl/IR/OperandShapes.h"
#include "Whorl/Reference/Reference.h"
#include "Whorl/Utils/TokenScalars.h"

using namespace mlir;
using namespace whorl;

using Values = SmallVector<Value>;

/// How many positions stand before `place`, and the sum of their scores.
static std::pair<Value, Value> countBefore(LoopBuilder &b, UnmaskOp op,
                                           const Values &place, Value merit) {
  Type f64 = b.getF64Type();
  Value zero = b.constant(f64, 0.0), one = b.constant(f64, 1.0);
  Value length = b.dim(op.getTokens(), op.getTokensType().getRank() - 1);
  Values sums = b.loop(
      b.index(0), length, b.index(1), {zero, zero},
      [&](Value u, ValueRange sums) -> Values {
        Values other(place);
        other.back() = u;
        Value may = buildMayUnmask(b, op, other);
        Value otherMerit = buildUnmaskMerit(b, op, other, f64);
        Value score = castToFloat(b, b.load(op.getScores(), other), f64);
        Value isBetter = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT,
                                               otherMerit, merit);
        Value isEqual = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ,
                                              otherMerit, merit);
        Value isEarlier = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, u,
                                                place.back());
        ElementBuilder e(b.getLoc(), b);
        Value counts =
            e.bitAnd(may, e.bitOr(isBetter, e.bitAnd(isEqual, isEarlier)));
        return {e.add(sums[0], e.select(counts, one, zero)),
                e.add(sums[1], e.select(counts, score, zero))};
      });
  return {sums[0], sums[1]};
}

static void emitPosition(LoopBuilder &b, UnmaskOp op, const Values &place) {
  Type f64 = b.getF64Type();
  Value may = buildMayUnmask(b, op, place);
  Value merit = buildUnmaskMerit(b, op, place, f64);
  auto [before, sum] = countBefore(b, op, place, merit);
  Value count = buildUnmaskCount(b, op, ValueRange(place).drop_back(), f64);
  Value score = castToFloat(b, b.load(op.getScores(), place), f64);
  ElementBuilder e(b.getLoc(), b);
  Value takes = op.getPolicyInterface().buildTakes(
      e, UnmaskRank{score, before, sum, count});
  ElementBuilder last(b.getLoc(), b);
  Value next =
      last.select(last.bitAnd(may, takes), b.load(op.getCandidates(), place),
                  b.load(op.getTokens(), place));
  b.store(next, op.getOuts(), place);
}

namespace {
struct LowerUnmask : OpRewritePattern<UnmaskOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(UnmaskOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.isBufferized())
      return rewriter.notifyMatchFailure(op, "not bufferised");
    LoopBuilder b(op.getLoc(), rewriter);
    Values place(op.getTokensType().getRank());
    std::function<void(size_t)> nest = [&](size_t i) {
      if (i == place.size())
        return emitPosition(b, op, place);
      b.loop(b.dim(op.getTokens(), i), [&](Value iv) {
        place[i] = iv;
        nest(i + 1);
      });
    };
    nest(0);
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void whorl::populateUnmaskReferencePatterns(RewritePatternSet &patterns) {
  patterns.add<LowerUnmask>(patterns.getContext());
}
