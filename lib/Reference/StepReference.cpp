//===- StepReference.cpp - diffusion steps, plainly -----------------------===//
//
// One element at a time, in f64: what the model predicts becomes data and
// noise, of which the sampler makes the next state. No coefficients are folded:
// the table of whorl.step's description stands here a second time, as code.
//
//===----------------------------------------------------------------------===//

#include "Whorl/IR/OperandShapes.h"
#include "Whorl/Reference/Reference.h"
#include "Whorl/Utils/LoopBuilder.h"

using namespace mlir;
using namespace whorl;

namespace {
struct Predicted {
  Value data, epsilon;
};
} // namespace

static Value multiply(LoopBuilder &b, Value x, Value y) {
  return arith::MulFOp::create(b, x, y);
}
static Value plus(LoopBuilder &b, Value x, Value y) {
  return arith::AddFOp::create(b, x, y);
}
static Value minus(LoopBuilder &b, Value x, Value y) {
  return arith::SubFOp::create(b, x, y);
}
static Value divide(LoopBuilder &b, Value x, Value y) {
  return arith::DivFOp::create(b, x, y);
}

/// x0 and eps, given the state x = a x0 + s eps and the model's output m.
static Predicted buildPrediction(LoopBuilder &b, Prediction prediction, Value a,
                                 Value s, Value x, Value m) {
  switch (prediction) {
  case Prediction::epsilon:
    return {divide(b, minus(b, x, multiply(b, s, m)), a), m};
  case Prediction::x0:
    return {m, divide(b, minus(b, x, multiply(b, a, m)), s)};
  case Prediction::v: {
    Value n =
        math::SqrtOp::create(b, plus(b, multiply(b, a, a), multiply(b, s, s)));
    Value scaled = divide(b, x, n);
    Value data = minus(b, multiply(b, a, scaled), multiply(b, s, m));
    Value epsilon = plus(b, multiply(b, a, m), multiply(b, s, scaled));
    return {divide(b, data, n), divide(b, epsilon, n)};
  }
  case Prediction::velocity: {
    Value sum = plus(b, a, s);
    return {divide(b, minus(b, x, multiply(b, s, m)), sum),
            divide(b, plus(b, x, multiply(b, a, m)), sum)};
  }
  case Prediction::score: {
    Value epsilon = multiply(b, arith::NegFOp::create(b, s), m);
    return {divide(b, minus(b, x, multiply(b, s, epsilon)), a), epsilon};
  }
  }
  llvm_unreachable("every prediction is above");
}

/// term * value, or nothing where the term is 0: a step that ends at the data
/// must not ask for the noise that x0 cannot tell.
static Value addTerm(LoopBuilder &b, Value sum, Value term, Value value) {
  Value zero = b.constant(b.getF64Type(), 0.0);
  Value isZero =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, term, zero);
  Value product = multiply(b, term, value);
  return plus(b, sum, arith::SelectOp::create(b, isZero, zero, product));
}

namespace {
/// The elements of a step at one place, in f64. Absent ones are null.
struct StepElements {
  Value state, modelOutput, threshold, noise, base, variance, renoise;
  SmallVector<Value> history;
};

/// A step with its numbers, which the index selects.
class ReferenceStep {
public:
  ReferenceStep(LoopBuilder &b, StepOp op);
  /// The next state and what is kept.
  std::pair<Value, Value> build(LoopBuilder &b, const StepElements &at);

private:
  using GetNumber = llvm::function_ref<double(const SamplerCall &)>;
  Value read(LoopBuilder &b, GetNumber getNumber);
  Value buildHook(LoopBuilder &b, Value data, Value threshold);

  StepOp op;
  SamplerPlan plan;
  Value index;
  Value signal, noiseScale; ///< of the level where the model is called
  Value state, base, data, epsilon, inputNoise, noise, variance;
  Value keptData, keptEpsilon;
  SmallVector<Value> history;
};
} // namespace

ReferenceStep::ReferenceStep(LoopBuilder &b, StepOp op)
    : op(op), plan(op.getPlan()) {
  auto last = static_cast<int64_t>(plan.calls.size()) - 1;
  if (std::optional<int64_t> known = op.getStaticIndex())
    index = b.index(*known);
  else // an index outside counts as the nearest call
    index = b.min(b.max(op.getIndex(), b.index(0)), b.index(last));
  signal = read(b, [](const SamplerCall &c) { return c.level.signal; });
  noiseScale = read(b, [](const SamplerCall &c) { return c.level.noise; });
  auto readTerm = [&](double StepTerms::*term) {
    return read(b, [&](const SamplerCall &c) { return c.terms.*term; });
  };
  state = readTerm(&StepTerms::state);
  base = readTerm(&StepTerms::base);
  data = readTerm(&StepTerms::data);
  epsilon = readTerm(&StepTerms::epsilon);
  inputNoise = readTerm(&StepTerms::inputNoise);
  noise = readTerm(&StepTerms::noise);
  variance = readTerm(&StepTerms::variance);
  keptData = read(b, [](const SamplerCall &c) { return c.keptData; });
  keptEpsilon = read(b, [](const SamplerCall &c) { return c.keptEpsilon; });
  for (size_t k = 0; k < op.getHistory().size(); ++k)
    history.push_back(read(b, [&](const SamplerCall &c) {
      return k < c.terms.history.size() ? c.terms.history[k] : 0.0;
    }));
}

/// Reads a number of the call from a table over all calls.
Value ReferenceStep::read(LoopBuilder &b, GetNumber getNumber) {
  SmallVector<double> table = llvm::map_to_vector(plan.calls, getNumber);
  MemRefReader reader(op->getParentOfType<ModuleOp>(), {});
  return reader.readConstantTable(b, table, index);
}

Value ReferenceStep::buildHook(LoopBuilder &b, Value data, Value threshold) {
  Type f64 = b.getF64Type();
  Value limit = threshold;
  if (std::optional<APFloat> clamp = op.getClamp())
    limit = b.constant(f64, clamp->convertToDouble());
  data = arith::MinimumFOp::create(b, data, limit);
  data = arith::MaximumFOp::create(b, data, arith::NegFOp::create(b, limit));
  return threshold ? divide(b, data, threshold) : data;
}

std::pair<Value, Value> ReferenceStep::build(LoopBuilder &b,
                                             const StepElements &at) {
  Value zero = b.constant(b.getF64Type(), 0.0);
  Value x = at.state;
  if (at.noise)
    x = addTerm(b, x, inputNoise, at.noise);
  Predicted predicted = buildPrediction(b, op.getPrediction(), signal,
                                        noiseScale, x, at.modelOutput);
  if (op.hasHook()) {
    predicted.data = buildHook(b, predicted.data, at.threshold);
    predicted.epsilon =
        divide(b, minus(b, x, multiply(b, signal, predicted.data)), noiseScale);
  }
  if (at.renoise) {
    predicted.epsilon = buildPrediction(b, op.getPrediction(), signal,
                                        noiseScale, x, at.renoise)
                            .epsilon;
    Value data = addTerm(b, zero, signal, predicted.data);
    x = addTerm(b, data, noiseScale, predicted.epsilon);
  }
  Value next = addTerm(b, zero, state, x);
  next = addTerm(b, next, data, predicted.data);
  next = addTerm(b, next, epsilon, predicted.epsilon);
  for (auto [factor, value] : llvm::zip_equal(history, at.history))
    next = addTerm(b, next, factor, value);
  if (at.base)
    next = addTerm(b, next, base, at.base);
  if (at.noise) {
    Value drawn = at.noise;
    if (at.variance)
      drawn = multiply(
          b, drawn, math::ExpOp::create(b, multiply(b, variance, at.variance)));
    next = addTerm(b, next, noise, drawn);
  }
  Value kept = addTerm(b, zero, keptData, predicted.data);
  return {next, addTerm(b, kept, keptEpsilon, predicted.epsilon)};
}

namespace {
struct StepReference : OpRewritePattern<StepOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(StepOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.isBufferized())
      return rewriter.notifyMatchFailure(op, "not bufferised");
    LoopBuilder b(op.getLoc(), rewriter);
    ReferenceStep step(b, op);
    auto type = cast<MemRefType>(op.getState().getType());
    Type f64 = b.getF64Type();
    SmallVector<Value> indices(type.getRank());
    auto read = [&](Value memref) {
      return memref ? castToFloat(b, b.load(memref, indices), f64) : Value();
    };
    auto buildElement = [&] {
      StepElements at = {read(op.getState()),
                         read(op.getModelOutput()),
                         {},
                         read(op.getNoise()),
                         read(op.getBase()),
                         read(op.getVariance()),
                         read(op.getRenoise()),
                         {}};
      if (Value threshold = op.getThreshold())
        at.threshold = castToFloat(b, b.load(threshold, indices.front()), f64);
      for (Value history : op.getHistory())
        at.history.push_back(read(history));
      auto [next, kept] = step.build(b, at);
      SmallVector<Value> values = {next, kept};
      for (auto [out, value] : llvm::zip(op.getOuts(), values))
        b.store(castToFloat(b, value, type.getElementType()), out, indices);
    };
    std::function<void(int64_t)> nest = [&](int64_t i) {
      if (i == type.getRank()) {
        buildElement();
        return;
      }
      b.loop(b.dim(op.getState(), i), [&](Value iv) {
        indices[i] = iv;
        nest(i + 1);
      });
    };
    nest(0);
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void whorl::populateStepReferencePatterns(RewritePatternSet &patterns) {
  patterns.add<StepReference>(patterns.getContext());
}
