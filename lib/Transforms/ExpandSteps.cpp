//===- ExpandSteps.cpp - diffusion steps become elementwise code ----------===//
//
// Each coefficient comes from a table that the index of the call selects. What
// a table has in common for all calls is settled here: a coefficient that never
// changes is a constant, one that is always 0 or 1 costs nothing.
//
//===----------------------------------------------------------------------===//

#include "ExpandPatterns.h"
#include "Whorl/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLEXPANDSTEPS
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

using namespace whorl;

/// Entry `index` of `table` as a value of type `type`. An index outside the
/// table counts as the nearest one inside.
static Value buildLookup(ImplicitLocOpBuilder &b, ArrayRef<double> table,
                         Value index, FloatType type) {
  bool isUniform = llvm::all_equal(table);
  if (isUniform)
    return arith::ConstantOp::create(b, b.getFloatAttr(type, table.front()));
  SmallVector<Attribute> entries;
  for (double value : table)
    entries.push_back(b.getFloatAttr(type, value));
  auto tableType =
      RankedTensorType::get({static_cast<int64_t>(table.size())}, type);
  Value constant =
      arith::ConstantOp::create(b, DenseElementsAttr::get(tableType, entries));
  Value first = arith::ConstantIndexOp::create(b, 0);
  Value last = arith::ConstantIndexOp::create(b, table.size() - 1);
  Value inside =
      arith::MinSIOp::create(b, arith::MaxSIOp::create(b, index, first), last);
  return tensor::ExtractOp::create(b, constant, inside);
}

namespace {
/// One product of a sum. An absent factor is 1.
struct Term {
  unsigned operand; ///< an input of the loop, or one of the names below
  Value factor;
};
using Sum = SmallVector<Term>;

/// Operands of sums that are no inputs but computed in the loop.
constexpr unsigned noisedState = ~0u, predictedData = ~0u - 1,
                   drawnNoise = ~0u - 2;

/// A step as the body of a loop over its elements.
class StepLoop {
public:
  StepLoop(StepOp op, OpBuilder &builder);

  /// What is kept has to be computed: it is used, and not the model's output.
  bool keeps() const { return keepsPrediction; }
  ArrayRef<Value> getInputs() const { return inputs; }
  SmallVector<AffineMap> getMaps(unsigned numOutputs) const;
  /// Builds the body, given the elements of the inputs and the outputs.
  void build(OpBuilder &builder, Location loc, ValueRange elements) const;

private:
  using Coefficient = double StepCoefficients::*;
  using Builder = ImplicitLocOpBuilder;

  SmallVector<double> getTable(Coefficient coefficient) const;
  bool isAlways(Coefficient coefficient, double value) const;
  unsigned addInput(Value value);
  void addTerm(Builder &b, Sum &sum, unsigned operand, ArrayRef<double> table);
  void addTerm(Builder &b, Sum &sum, Value operand, Coefficient coefficient);
  unsigned addState(Builder &b);
  void addHook(Builder &b, unsigned state);
  void addKept(Builder &b, unsigned state);
  void addNoise(Builder &b);

  Value buildSum(Builder &b, const Sum &sum,
                 llvm::function_ref<Value(unsigned)> get) const;
  Value buildHook(Builder &b, Value data,
                  llvm::function_ref<Value(unsigned)> get) const;

  mutable StepOp op; // its accessors are not const
  FloatType type;
  SmallVector<StepCoefficients> steps;
  SmallVector<Value> inputs;
  Sum noised, data, next, kept;
  std::optional<unsigned> threshold, noise, variance;
  Value varianceFactor;
  bool keepsPrediction = false;
};
} // namespace

StepLoop::StepLoop(StepOp op, OpBuilder &builder)
    : op(op), type(op.getComputeType()), steps(op.getCoefficients()) {
  Builder b(op.getLoc(), builder);
  bool keepsModelOutput = isAlways(&StepCoefficients::keptState, 0.0) &&
                          isAlways(&StepCoefficients::keptPredicted, 0.0) &&
                          isAlways(&StepCoefficients::keptRenoised, 0.0) &&
                          isAlways(&StepCoefficients::keptOutput, 1.0);
  // A destination that is given is filled.
  keepsPrediction = op.getKept() && !op.getKept().use_empty() &&
                    (!keepsModelOutput || !op.getOuts().empty());
  unsigned state = addState(b);
  if (op.hasHook())
    addHook(b, state);
  addTerm(b, next, state, getTable(&StepCoefficients::state));
  addTerm(b, next, op.getModelOutput(), &StepCoefficients::output);
  if (op.hasHook())
    addTerm(b, next, predictedData, getTable(&StepCoefficients::predicted));
  addTerm(b, next, op.getRenoise(), &StepCoefficients::renoised);
  for (auto [k, history] : llvm::enumerate(op.getHistory())) {
    SmallVector<double> table;
    for (const StepCoefficients &step : steps)
      table.push_back(k < step.history.size() ? step.history[k] : 0.0);
    if (llvm::any_of(table, [](double value) { return value != 0.0; }))
      addTerm(b, next, addInput(history), table);
  }
  addTerm(b, next, op.getBase(), &StepCoefficients::base);
  addNoise(b);
  if (keepsPrediction)
    addKept(b, state);
}

/// The entries as they will be used, so that 1 - 1e-16 counts as 1 in f32.
SmallVector<double> StepLoop::getTable(Coefficient coefficient) const {
  return llvm::map_to_vector(steps, [&](const StepCoefficients &step) {
    double value = step.*coefficient;
    return type.isF64() ? value : static_cast<float>(value);
  });
}

bool StepLoop::isAlways(Coefficient coefficient, double value) const {
  return llvm::all_of(getTable(coefficient),
                      [&](double entry) { return entry == value; });
}

unsigned StepLoop::addInput(Value value) {
  auto *found = llvm::find(inputs, value);
  unsigned position = std::distance(inputs.begin(), found);
  if (found == inputs.end())
    inputs.push_back(value);
  return position;
}

void StepLoop::addTerm(Builder &b, Sum &sum, unsigned operand,
                       ArrayRef<double> table) {
  auto isAllOf = [&](double value) {
    return llvm::all_of(table, [&](double entry) { return entry == value; });
  };
  if (isAllOf(0.0))
    return;
  Value factor;
  if (!isAllOf(1.0))
    factor = buildLookup(b, table, op.getIndex(), type);
  sum.push_back({operand, factor});
}

void StepLoop::addTerm(Builder &b, Sum &sum, Value operand,
                       Coefficient coefficient) {
  if (operand && !isAlways(coefficient, 0.0))
    addTerm(b, sum, addInput(operand), getTable(coefficient));
}

unsigned StepLoop::addState(Builder &b) {
  bool isRead = op.hasHook();
  for (Coefficient c : {&StepCoefficients::state, &StepCoefficients::keptState})
    isRead |= !isAlways(c, 0.0);
  if (!isRead)
    return noisedState; // never asked for
  unsigned state = addInput(op.getState());
  if (!op.getNoise() || isAlways(&StepCoefficients::inputNoise, 0.0))
    return state;
  noised.push_back({state, Value()});
  addTerm(b, noised, op.getNoise(), &StepCoefficients::inputNoise);
  return noisedState;
}

void StepLoop::addHook(Builder &b, unsigned state) {
  addTerm(b, data, state, getTable(&StepCoefficients::dataState));
  addTerm(b, data, op.getModelOutput(), &StepCoefficients::dataOutput);
  if (Value value = op.getThreshold())
    threshold = addInput(value);
}

void StepLoop::addNoise(Builder &b) {
  if (!op.getNoise() || isAlways(&StepCoefficients::noise, 0.0))
    return;
  noise = addInput(op.getNoise());
  unsigned operand = *noise;
  if (op.getVariance() && !isAlways(&StepCoefficients::variance, 0.0)) {
    variance = addInput(op.getVariance());
    varianceFactor = buildLookup(b, getTable(&StepCoefficients::variance),
                                 op.getIndex(), type);
    operand = drawnNoise;
  }
  addTerm(b, next, operand, getTable(&StepCoefficients::noise));
}

void StepLoop::addKept(Builder &b, unsigned state) {
  addTerm(b, kept, state, getTable(&StepCoefficients::keptState));
  addTerm(b, kept, op.getModelOutput(), &StepCoefficients::keptOutput);
  addTerm(b, kept, op.getRenoise(), &StepCoefficients::keptRenoised);
  if (op.hasHook())
    addTerm(b, kept, predictedData, getTable(&StepCoefficients::keptPredicted));
}

SmallVector<AffineMap> StepLoop::getMaps(unsigned numOutputs) const {
  MLIRContext *context = op->getContext();
  unsigned rank = cast<ShapedType>(op.getState().getType()).getRank();
  SmallVector<AffineMap> maps(inputs.size() + numOutputs,
                              AffineMap::getMultiDimIdentityMap(rank, context));
  if (threshold)
    maps[*threshold] =
        AffineMap::get(rank, 0, getAffineDimExpr(0, context), context);
  return maps;
}

Value StepLoop::buildSum(Builder &b, const Sum &sum,
                         llvm::function_ref<Value(unsigned)> get) const {
  auto contract = arith::FastMathFlags::contract;
  Value total;
  for (const Term &term : sum) {
    Value value = get(term.operand);
    if (term.factor)
      value = arith::MulFOp::create(b, term.factor, value, contract);
    total = total ? arith::AddFOp::create(b, total, value, contract).getResult()
                  : value;
  }
  if (!total)
    total = arith::ConstantOp::create(b, b.getFloatAttr(type, 0.0));
  return total;
}

/// x0 as the hook leaves it. A NaN stays one.
Value StepLoop::buildHook(Builder &b, Value data,
                          llvm::function_ref<Value(unsigned)> get) const {
  Value limit;
  if (std::optional<APFloat> clamp = op.getClamp())
    limit = arith::ConstantOp::create(
        b, b.getFloatAttr(type, clamp->convertToDouble()));
  else
    limit = get(*threshold);
  Value low = arith::NegFOp::create(b, limit);
  Value isLow = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, data, low);
  data = arith::SelectOp::create(b, isLow, low, data);
  Value isHigh =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, data, limit);
  data = arith::SelectOp::create(b, isHigh, limit, data);
  if (threshold)
    data = arith::DivFOp::create(b, data, limit);
  return data;
}

void StepLoop::build(OpBuilder &builder, Location loc,
                     ValueRange elements) const {
  Builder b(loc, builder);
  Type elementType = elements.back().getType();
  SmallVector<Value> values;
  for (Value element : elements.take_front(inputs.size()))
    values.push_back(element.getType() == type
                         ? element
                         : arith::ExtFOp::create(b, type, element).getResult());
  Value state, predicted, drawn;
  auto get = [&](unsigned operand) {
    return operand == noisedState     ? state
           : operand == predictedData ? predicted
           : operand == drawnNoise    ? drawn
                                      : values[operand];
  };
  if (!noised.empty())
    state = buildSum(b, noised, get);
  if (op.hasHook())
    predicted = buildHook(b, buildSum(b, data, get), get);
  if (variance) {
    Value log = arith::MulFOp::create(b, varianceFactor, values[*variance]);
    drawn =
        arith::MulFOp::create(b, values[*noise], math::ExpOp::create(b, log));
  }
  SmallVector<Value> results = {buildSum(b, next, get)};
  if (keeps())
    results.push_back(buildSum(b, kept, get));
  for (Value &result : results)
    if (result.getType() != elementType)
      result = arith::TruncFOp::create(b, elementType, result);
  linalg::YieldOp::create(b, results);
}

namespace {
struct ExpandStep : OpRewritePattern<StepOp> {
  // After the canonical form is reached, which knows more of the index.
  explicit ExpandStep(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/0) {}
  LogicalResult matchAndRewrite(StepOp op,
                                PatternRewriter &rewriter) const override {
    if (op.isBufferized())
      return rewriter.notifyMatchFailure(op, "stands on memrefs");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    StepLoop loop(op, rewriter);
    unsigned numOutputs = loop.keeps() ? 2 : 1;
    SmallVector<Value> destinations(op.getOuts().take_front(
        std::min<size_t>(op.getOuts().size(), numOutputs)));
    auto stateType = cast<RankedTensorType>(op.getState().getType());
    while (destinations.size() < numOutputs)
      destinations.push_back(tensor::EmptyOp::create(
          b, tensor::getMixedSizes(b, b.getLoc(), op.getState()),
          stateType.getElementType()));
    SmallVector<utils::IteratorType> loops(stateType.getRank(),
                                           utils::IteratorType::parallel);
    auto generic = linalg::GenericOp::create(
        b, TypeRange(ValueRange(destinations)), loop.getInputs(), destinations,
        loop.getMaps(numOutputs), loops,
        [&](OpBuilder &builder, Location loc, ValueRange elements) {
          loop.build(builder, loc, elements);
        });
    SmallVector<Value> results(generic.getResults());
    if (op.getNumResults() > results.size())
      // Either nothing uses it, or it is the model's output.
      results.push_back(op.getModelOutput());
    for (auto [result, wanted] : llvm::zip_equal(results, op.getResults()))
      if (result.getType() != wanted.getType())
        result = tensor::CastOp::create(b, wanted.getType(), result);
    rewriter.replaceOp(op, results);
    return success();
  }
};

struct ExpandScheduleValue : OpRewritePattern<ScheduleValueOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScheduleValueOp op,
                                PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<double> table = op.getValues();
    if (std::optional<int64_t> level = op.getStaticIndex())
      table = {table[*level]};
    rewriter.replaceOp(op, buildLookup(b, table, op.getIndex(),
                                       cast<FloatType>(op.getType())));
    return success();
  }
};

struct ExpandStepsPass : whorl::impl::WhorlExpandStepsBase<ExpandStepsPass> {
  using WhorlExpandStepsBase::WhorlExpandStepsBase;
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandScheduleValue>(&getContext());
    populateExpandNoiseInputs(patterns);
    if (!valuesOnly) {
      populateExpandSampleOps(patterns);
      StepOp::getCanonicalizationPatterns(patterns, &getContext());
      patterns.add<ExpandStep>(&getContext());
    }
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
