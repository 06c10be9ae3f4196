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
/// The numbers of the step that an index selects.
struct StepNumbers {
  Value signal, noise; ///< of the level where the step starts: a and s
  Value stateTerm, dataTerm, epsilonTerm, noiseTerm;
};

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
  }
  llvm_unreachable("every prediction is above");
}

/// Reads the step's numbers from tables over all steps.
static StepNumbers buildNumbers(LoopBuilder &b, StepOp op) {
  NoiseTrajectory run = op.getScheduleInterface().getTrajectory();
  int64_t steps = run.targets.size();
  SmallVector<double> tables[6];
  for (int64_t i = 0; i < steps; ++i) {
    StepTerms terms = op.getSamplerInterface().getStepTerms(run, i);
    double row[] = {run.levels[i].signal,
                    run.levels[i].noise,
                    terms.state,
                    terms.data.empty() ? 0.0 : terms.data.front(),
                    terms.epsilon.empty() ? 0.0 : terms.epsilon.front(),
                    terms.noise};
    for (auto [table, value] : llvm::zip_equal(tables, row))
      table.push_back(value);
  }
  Value index;
  if (std::optional<int64_t> known = op.getStaticIndex())
    index = b.index(*known);
  else // an index outside counts as the nearest step
    index = b.min(b.max(op.getIndex(), b.index(0)), b.index(steps - 1));
  MemRefReader reader(op->getParentOfType<ModuleOp>(), {});
  auto read = [&](unsigned table) {
    return reader.readConstantTable(b, tables[table], index);
  };
  return {read(0), read(1), read(2), read(3), read(4), read(5)};
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
struct StepReference : OpRewritePattern<StepOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(StepOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.isBufferized())
      return rewriter.notifyMatchFailure(op, "not bufferised");
    LoopBuilder b(op.getLoc(), rewriter);
    StepNumbers numbers = buildNumbers(b, op);
    auto type = cast<MemRefType>(op.getState().getType());
    Type f64 = b.getF64Type();
    SmallVector<Value> indices(type.getRank());
    auto read = [&](Value memref) {
      return castToFloat(b, b.load(memref, indices), f64);
    };
    std::function<void(int64_t)> nest = [&](int64_t i) {
      if (i < type.getRank()) {
        b.loop(b.dim(op.getState(), i), [&](Value iv) {
          indices[i] = iv;
          nest(i + 1);
        });
        return;
      }
      Value x = read(op.getState());
      Predicted predicted =
          buildPrediction(b, op.getPrediction(), numbers.signal, numbers.noise,
                          x, read(op.getModelOutput()));
      Value next = addTerm(b, b.constant(f64, 0.0), numbers.stateTerm, x);
      next = addTerm(b, next, numbers.dataTerm, predicted.data);
      next = addTerm(b, next, numbers.epsilonTerm, predicted.epsilon);
      if (op.getNoise())
        next = addTerm(b, next, numbers.noiseTerm, read(op.getNoise()));
      b.store(castToFloat(b, next, type.getElementType()), op.getOuts(),
              indices);
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
