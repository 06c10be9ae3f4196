//===- TokenReference.cpp - tokens from logits, plainly -------------------===//
//
// One row at a time, in f64, each step of the op's description a loop of its
// own over a row in memory. A filter looks at every pair of tokens.
//
//===----------------------------------------------------------------------===//

#include "Whorl/IR/OperandShapes.h"
#include "Whorl/Reference/Reference.h"
#include "Whorl/Utils/TokenScalars.h"
#include <limits>

using namespace mlir;
using namespace whorl;

using Values = SmallVector<Value>;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();

namespace {
class TokenReference {
public:
  TokenReference(SampleTokensOp op, OpBuilder &builder)
      : op(op), b(op.getLoc(), builder), f64(b.getF64Type()) {}
  void emit();

private:
  ElementBuilder elements() { return {b.getLoc(), b}; }
  Value exponential(Value x) { return math::ExpOp::create(b, x); }
  Value isGreater(Value x, Value y) {
    return arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, x, y);
  }
  Value toF64(Value x) { return castToFloat(b, x, f64); }

  Value readLogit(ValueRange row, Value token);
  void emitLogits(ValueRange indices);
  void emitTempered();
  void emitFilter(TokenFilterAttrInterface filter);
  Value buildLargest(Value row);
  Value buildSum(Value row, Value largest, Value from, Value to);
  Value buildArgmax(function_ref<Value(Value token)> getScore);
  Value buildBlockedDraw(ValueRange indices);
  Value buildToken(ValueRange indices);
  Values buildMeasures(Value token);
  Values buildRow(ValueRange indices);
  Values buildKnownRow(Value token);
  void emitRow(ValueRange indices);

  SampleTokensOp op;
  LoopBuilder b;
  FloatType f64;
  Value vocabulary, logits, tempered, kept; ///< rows in memory: l, q, scratch
  Value isHot, temperature;                 ///< where the op draws
  std::optional<TokenRandom> random;
};
} // namespace

Value TokenReference::readLogit(ValueRange row, Value token) {
  Values at(row);
  at.push_back(token);
  Value conditional = toF64(b.load(op.getLogits(), at));
  Value factor = buildGuidanceFactor(b, op, f64);
  if (!factor)
    return conditional;
  Value unconditional = toF64(b.load(op.getUnconditional(), at));
  ElementBuilder e = elements();
  return e.add(unconditional, e.mul(factor, e.sub(conditional, unconditional)));
}

void TokenReference::emitLogits(ValueRange indices) {
  Values row = getLogitsRow(b, op, indices);
  b.loop(vocabulary, [&](Value v) { b.store(readLogit(row, v), logits, v); });
  for (int64_t token : op.getDroppedTokens()) {
    Value isToken = arith::CmpIOp::create(b, arith::CmpIPredicate::slt,
                                          b.index(token), vocabulary);
    b.branch(
        isToken,
        [&]() -> Values {
          b.store(b.constant(f64, -kInfinity), logits, b.index(token));
          return {};
        },
        [] { return Values(); });
  }
}

void TokenReference::emitTempered() {
  b.loop(vocabulary, [&](Value v) {
    Value x = b.load(logits, v);
    if (temperature)
      x = elements().select(isHot, elements().div(x, temperature), x);
    b.store(x, tempered, v);
  });
  for (TokenFilterAttrInterface filter : op.getFilterList())
    emitFilter(filter);
}

Value TokenReference::buildLargest(Value row) {
  return b.loop(b.index(0), vocabulary, b.index(1), b.constant(f64, -kInfinity),
                [&](Value v, ValueRange best) -> Values {
                  Value x = b.load(row, v);
                  return {elements().select(isGreater(x, best[0]), x, best[0])};
                })[0];
}

/// The sum of exp(row[v] - largest).
Value TokenReference::buildSum(Value row, Value largest, Value from, Value to) {
  return b.loop(from, to, b.index(1), b.constant(f64, 0.0),
                [&](Value v, ValueRange sum) -> Values {
                  Value x = elements().sub(b.load(row, v), largest);
                  return {elements().add(sum[0], exponential(x))};
                })[0];
}

void TokenReference::emitFilter(TokenFilterAttrInterface filter) {
  Value largest = buildLargest(tempered);
  Value total = buildSum(tempered, largest, b.index(0), vocabulary);
  Value zero = b.constant(f64, 0.0);
  b.loop(vocabulary, [&](Value v) {
    Value x = b.load(tempered, v);
    Values larger = b.loop(
        b.index(0), vocabulary, b.index(1), {zero, zero},
        [&](Value u, ValueRange sums) -> Values {
          Value y = b.load(tempered, u);
          Value isLarger = isGreater(y, x);
          Value p = exponential(elements().sub(y, largest));
          ElementBuilder e = elements();
          return {e.add(sums[0], e.select(isLarger, e.constant(p, 1.0), zero)),
                  e.add(sums[1], e.select(isLarger, p, zero))};
        });
    Value ratio = exponential(elements().sub(x, largest));
    ElementBuilder e = elements();
    Value keeps = filter.buildKeeps(
        e, {larger[0], elements().div(larger[1], total), ratio});
    b.store(elements().select(keeps, x, b.constant(f64, -kInfinity)), kept, v);
  });
  b.loop(vocabulary, [&](Value v) { b.store(b.load(kept, v), tempered, v); });
}

/// The first token of the largest score.
Value TokenReference::buildArgmax(function_ref<Value(Value)> getScore) {
  return b.loop(b.index(0), vocabulary, b.index(1),
                {b.constant(f64, -kInfinity), b.index(0)},
                [&](Value v, ValueRange best) -> Values {
                  Value score = getScore(v);
                  Value wins = isGreater(score, best[0]);
                  return {elements().select(wins, score, best[0]),
                          elements().select(wins, v, best[1])};
                })[1];
}

/// The block of the largest ln sum exp q + G, and in it the first token whose
/// cumulative sum exceeds a share of the whole.
Value TokenReference::buildBlockedDraw(ValueRange indices) {
  Value size = b.index(SampleTokensOp::kBlock);
  Value blocks = b.ceilDiv(vocabulary, size);
  Value rowNumber = getRowNumber(b, op, indices);
  Value largest = buildLargest(tempered);
  auto getEnd = [&](Value block) {
    return b.min(b.mul(b.add(block, b.index(1)), size), vocabulary);
  };
  Value winner = b.loop(
      b.index(0), blocks, b.index(1), {b.constant(f64, -kInfinity), b.index(0)},
      [&](Value block, ValueRange best) -> Values {
        Value sum =
            buildSum(tempered, largest, b.mul(block, size), getEnd(block));
        Value place =
            random->getPlace(b, b.add(b.mul(rowNumber, blocks), block));
        Value gumbel = toF64(random->buildGumbel(b, place));
        Value score = elements().add(math::LogOp::create(b, sum), gumbel);
        Value wins = isGreater(score, best[0]);
        return {elements().select(wins, score, best[0]),
                elements().select(wins, block, best[1])};
      })[1];
  Value first = b.mul(winner, size), end = getEnd(winner);
  Value rows = b.index(1);
  for (int64_t i = 0; i < op.getVocabularyDim(); ++i)
    rows = b.mul(rows, b.dim(op.getLogits(), i));
  Value place = random->getPlace(b, b.add(b.mul(rows, blocks), rowNumber));
  Value share = toF64(random->buildUniform(b, place));
  Value limit = elements().mul(share, buildSum(tempered, largest, first, end));
  // Carried: the sum so far, whether it has exceeded the limit, the token.
  Value none = arith::ConstantIntOp::create(b, b.getI1Type(), 0);
  return b.loop(first, end, b.index(1), {b.constant(f64, 0.0), none, first},
                [&](Value v, ValueRange state) -> Values {
                  ElementBuilder e = elements();
                  Value p = exponential(e.sub(b.load(tempered, v), largest));
                  Value sum = elements().add(state[0], p);
                  Value hasWeight = isGreater(p, b.constant(f64, 0.0));
                  Value exceeds = isGreater(sum, limit);
                  e = elements();
                  Value isOpen = e.bitXor(state[1], e.integer(state[1], 1));
                  Value mayWin = e.bitAnd(hasWeight, isOpen);
                  Value token = e.select(mayWin, v, state[2]);
                  Value isFound = e.bitOr(state[1], e.bitAnd(mayWin, exceeds));
                  return {sum, isFound, token};
                })[2];
}

Value TokenReference::buildToken(ValueRange indices) {
  if (!op.isDrawn())
    return buildArgmax([&](Value v) { return b.load(logits, v); });
  auto draw = [&]() -> Values {
    if (op.getDraw() == TokenDraw::blocked)
      return {buildBlockedDraw(indices)};
    Value first = b.mul(getRowNumber(b, op, indices), vocabulary);
    Values at(indices);
    at.push_back({});
    return {buildArgmax([&](Value v) {
      at.back() = v;
      Value gumbel =
          op.getNoise()
              ? b.load(op.getNoise(), at)
              : random->buildGumbel(b, random->getPlace(b, b.add(first, v)));
      return elements().add(b.load(tempered, v), toF64(gumbel));
    })};
  };
  return b.branch(isHot, draw, [&]() -> Values {
    return {buildArgmax([&](Value v) { return b.load(logits, v); })};
  })[0];
}

Values TokenReference::buildMeasures(Value token) {
  Value row = op.getOfSampled() ? tempered : logits;
  Value largest = buildLargest(row);
  Value total = buildSum(row, largest, b.index(0), vocabulary);
  auto getShare = [&](Value x) {
    return elements().div(exponential(elements().sub(x, largest)), total);
  };
  Values measures;
  for (TokenMeasure measure : op.getMeasureList()) {
    switch (measure) {
    case TokenMeasure::confidence:
      measures.push_back(getShare(b.load(row, token)));
      break;
    case TokenMeasure::margin: {
      Value first = buildArgmax([&](Value v) { return b.load(row, v); });
      Value second = b.loop(
          b.index(0), vocabulary, b.index(1), b.constant(f64, -kInfinity),
          [&](Value v, ValueRange best) -> Values {
            Value x = b.load(row, v);
            Value isOther =
                arith::CmpIOp::create(b, arith::CmpIPredicate::ne, v, first);
            Value wins = elements().bitAnd(isOther, isGreater(x, best[0]));
            return {elements().select(wins, x, best[0])};
          })[0];
      measures.push_back(elements().sub(getShare(largest), getShare(second)));
      break;
    }
    case TokenMeasure::entropy:
      measures.push_back(
          b.loop(b.index(0), vocabulary, b.index(1), b.constant(f64, 0.0),
                 [&](Value v, ValueRange sum) -> Values {
                   Value p = getShare(b.load(row, v));
                   Value zero = b.constant(f64, 0.0);
                   Value term = elements().mul(p, math::LogOp::create(b, p));
                   term = elements().select(isGreater(p, zero), term, zero);
                   return {elements().sub(sum[0], term)};
                 })[0]);
      break;
    case TokenMeasure::logit:
      measures.push_back(b.load(logits, token));
      break;
    }
  }
  return measures;
}

/// The token, as an i64, and the measures of a row that is read.
Values TokenReference::buildRow(ValueRange indices) {
  emitLogits(indices);
  emitTempered();
  Value token = buildToken(indices);
  Values results = buildMeasures(token);
  results.insert(results.begin(),
                 arith::IndexCastOp::create(b, b.getI64Type(), token));
  return results;
}

Values TokenReference::buildKnownRow(Value token) {
  Values results = {token};
  for (TokenMeasure measure : op.getMeasureList()) {
    bool isCertain =
        measure == TokenMeasure::confidence || measure == TokenMeasure::margin;
    results.push_back(b.constant(f64, isCertain ? 1.0 : 0.0));
  }
  return results;
}

void TokenReference::emitRow(ValueRange indices) {
  Values results;
  if (op.getKnown()) {
    Value token = extendToken(b, b.load(op.getKnown(), indices));
    Value mask =
        arith::ConstantIntOp::create(b, b.getI64Type(), *op.getMaskToken());
    Value isMasked =
        arith::CmpIOp::create(b, arith::CmpIPredicate::eq, token, mask);
    results = b.branch(
        isMasked, [&] { return buildRow(indices); },
        [&] { return buildKnownRow(token); });
  } else {
    results = buildRow(indices);
  }
  storeTokenRow(b, op, results, indices);
}

void TokenReference::emit() {
  vocabulary = b.dim(op.getLogits(), op.getVocabularyDim());
  OpFoldResult size(vocabulary);
  logits = b.allocate(f64, size);
  tempered = b.allocate(f64, size);
  kept = b.allocate(f64, size);
  temperature = buildTemperature(b, op);
  if (temperature) {
    temperature = toF64(temperature);
    isHot = isGreater(temperature, b.constant(f64, 0.0));
  }
  if (op.getDraw())
    random.emplace(b, op);
  Values indices(op.getVocabularyDim());
  std::function<void(size_t)> nest = [&](size_t i) {
    if (i == indices.size())
      return emitRow(indices);
    b.loop(b.dim(op.getLogits(), i), [&](Value iv) {
      indices[i] = iv;
      nest(i + 1);
    });
  };
  nest(0);
  for (Value row : {logits, tempered, kept})
    b.free(row);
}

namespace {
struct LowerSampleTokens : OpRewritePattern<SampleTokensOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SampleTokensOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.isBufferized())
      return rewriter.notifyMatchFailure(op, "not bufferised");
    TokenReference(op, rewriter).emit();
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void whorl::populateTokenReferencePatterns(RewritePatternSet &patterns) {
  patterns.add<LowerSampleTokens>(patterns.getContext());
}
