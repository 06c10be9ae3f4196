//===- ExpandSampling.cpp - sampling runs become loops of steps -----------===//
//
// What a run carries from call to call, and one call, are the same in a loop
// and unrolled: only the call's number is a value in the one and a constant in
// the other.
//
//===----------------------------------------------------------------------===//

#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLEXPANDSAMPLING
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

using namespace whorl;

namespace {
/// What goes from one call to the next. What is not needed is null.
struct RunState {
  Value state;
  /// A ring: call i keeps its prediction in slot i mod K, the oldest one's.
  SmallVector<Value> history;
  Value base;     ///< the state with which the step began
  Value momentum; ///< of guidance

  SmallVector<Value> pack() const;
  void unpack(ValueRange values);
};

/// The number of a call: a constant, or a value in a loop.
struct CallNumber {
  int64_t number = 0;
  Value value;
};

/// What the model says.
struct ModelOutput {
  Value prediction, unconditional, variance;
};

/// Expands one run.
class RunExpansion {
public:
  RunExpansion(SamplingOp op, IRRewriter &rewriter)
      : op(op), b(op.getLoc(), rewriter), plan(op.getPlan()),
        type(cast<RankedTensorType>(op.getState().getType())),
        sizes(tensor::getMixedSizes(b, b.getLoc(), op.getState())) {
    if (std::optional<Attribute> guidance = op.getGuidance())
      rule = cast<GuidanceAttrInterface>(*guidance);
  }

  Value expand(bool unroll);

private:
  int64_t getNumCalls() const { return plan.calls.size(); }
  Value buildIndex(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }
  Value buildEmpty() {
    return tensor::EmptyOp::create(b, sizes, type.getElementType());
  }
  Value buildZeros();
  RunState buildStart();
  RunState buildCall(const RunState &before, CallNumber call);
  Value buildIndexOf(CallNumber call);
  Value buildStepNumber(CallNumber call);
  ModelOutput buildModel(Value state, CallNumber call);
  Value buildHalf(Value both, bool second);
  Value buildDoubled(Value state);
  Value buildGuidance(RunState &state, const ModelOutput &output,
                      Value conditional, CallNumber call);
  Value buildNoise(CallNumber call);
  StepOp buildStep(const RunState &state, const ModelOutput &output,
                   CallNumber call, size_t slot);
  RunState buildUpdate(const RunState &before, ModelOutput output,
                       CallNumber call, size_t slot);
  SmallVector<Value> buildBranches(const RunState &before,
                                   const ModelOutput &output, CallNumber call,
                                   Value phase, size_t slot);
  Value buildBase(Value base, Value next, CallNumber call);

  SamplingOp op;
  ImplicitLocOpBuilder b;
  SamplerPlan plan;
  RankedTensorType type;
  SmallVector<OpFoldResult> sizes;
  GuidanceAttrInterface rule;
};
} // namespace

SmallVector<Value> RunState::pack() const {
  SmallVector<Value> values = {state};
  llvm::append_range(values, history);
  for (Value value : {base, momentum})
    if (value)
      values.push_back(value);
  return values;
}

void RunState::unpack(ValueRange values) {
  size_t i = 0;
  state = values[i++];
  for (Value &value : history)
    value = values[i++];
  for (Value *value : {&base, &momentum})
    if (*value)
      *value = values[i++];
}

Value RunExpansion::buildZeros() {
  Value zero =
      arith::ConstantOp::create(b, b.getZeroAttr(type.getElementType()));
  return linalg::FillOp::create(b, zero, buildEmpty()).getResult(0);
}

RunState RunExpansion::buildStart() {
  RunState start;
  start.state = op.getState();
  // What a step multiplies by 0 must be finite.
  for (unsigned k = 0; k < plan.getHistoryLength(); ++k)
    start.history.push_back(buildZeros());
  if (plan.usesBase())
    start.base = op.getState();
  if (rule && rule.getKeptMomentum() != 0.0)
    start.momentum = buildZeros();
  return start;
}

Value RunExpansion::buildIndexOf(CallNumber call) {
  return call.value ? call.value : buildIndex(call.number);
}

/// The number of the step that a call belongs to.
Value RunExpansion::buildStepNumber(CallNumber call) {
  SmallVector<int64_t> steps;
  for (const SamplerCall &entry : plan.calls)
    steps.push_back(steps.empty() ? 0 : steps.back() + entry.startsStep);
  if (!call.value)
    return buildIndex(steps[call.number]);
  if (steps.back() == getNumCalls() - 1)
    return call.value;
  auto tableType = RankedTensorType::get(getNumCalls(), b.getIndexType());
  Value table =
      arith::ConstantOp::create(b, DenseIntElementsAttr::get(tableType, steps));
  return tensor::ExtractOp::create(b, table, call.value);
}

//===----------------------------------------------------------------------===//
// The model and what is made of its output
//===----------------------------------------------------------------------===//

/// Twice as many samples, the second half like the first.
Value RunExpansion::buildDoubled(Value state) {
  auto doubled = cast<RankedTensorType>(op.getModelType());
  return tensor::ConcatOp::create(b, doubled, 0, ValueRange{state, state});
}

Value RunExpansion::buildHalf(Value both, bool second) {
  SmallVector<OpFoldResult> offsets(type.getRank(), b.getIndexAttr(0)),
      strides(type.getRank(), b.getIndexAttr(1));
  if (second)
    offsets.front() = sizes.front();
  return tensor::ExtractSliceOp::create(b, type, both, offsets, sizes, strides);
}

ModelOutput RunExpansion::buildModel(Value state, CallNumber call) {
  Block &model = op.getModel().front();
  IRMapping mapping;
  mapping.map(model.getArgument(0),
              op.getBatched() ? buildDoubled(state) : state);
  auto time = ScheduleValueOp::create(
      b, model.getArgument(1).getType(), call.value,
      call.value ? IntegerAttr() : b.getI64IntegerAttr(call.number),
      ScheduleQuantityAttr::get(b.getContext(), ScheduleQuantity::time),
      op.getSchedule(), op.getSampler());
  mapping.map(model.getArgument(1), time);
  if (model.getNumArguments() == 3)
    mapping.map(model.getArgument(2), buildIndexOf(call));
  for (Operation &inner : model.without_terminator())
    b.clone(inner, mapping);
  SmallVector<Value> outputs;
  for (Value value : model.getTerminator()->getOperands()) {
    value = mapping.lookupOrDefault(value);
    if (!op.getBatched()) {
      outputs.push_back(value);
      continue;
    }
    outputs.push_back(buildHalf(value, /*second=*/false));
    outputs.push_back(buildHalf(value, /*second=*/true));
  }
  ModelOutput result;
  if (!rule) {
    result.prediction = outputs.front();
  } else {
    result.unconditional = outputs[0];
    result.prediction = outputs[1];
  }
  if (plan.usesVariance())
    result.variance = outputs.back();
  return result;
}

/// The guided prediction; the momentum moves on.
Value RunExpansion::buildGuidance(RunState &state, const ModelOutput &output,
                                  Value conditional, CallNumber call) {
  SmallVector<Type> types(state.momentum ? 2 : 1, type);
  Value index = rule.usesIndex() ? buildStepNumber(call) : Value();
  auto guided = GuidanceOp::create(b, types, output.unconditional, conditional,
                                   op.getScale(), index, state.momentum,
                                   ValueRange(), op.getStaticScaleAttr(), rule);
  if (state.momentum)
    state.momentum = guided.getResults()[1];
  return guided.getResults()[0];
}

Value RunExpansion::buildNoise(CallNumber call) {
  if (Value noise = op.getNoise()) {
    SmallVector<OpFoldResult> offsets(type.getRank() + 1, b.getIndexAttr(0)),
        strides(type.getRank() + 1, b.getIndexAttr(1)),
        slice = {b.getIndexAttr(1)};
    offsets.front() = call.value ? OpFoldResult(call.value)
                                 : OpFoldResult(b.getIndexAttr(call.number));
    llvm::append_range(slice, sizes);
    return tensor::ExtractSliceOp::create(b, type, noise, offsets, slice,
                                          strides);
  }
  Value stream =
      arith::IndexCastOp::create(b, b.getI64Type(), buildIndexOf(call));
  if (op.getStream())
    stream = arith::AddIOp::create(b, op.getStream(), stream);
  SmallVector<Value> dynamicSizes;
  for (OpFoldResult size : sizes)
    if (auto value = dyn_cast<Value>(size))
      dynamicSizes.push_back(value);
  auto normal = NormalAttr::get(b.getContext(), Number(0.0), Number(1.0),
                                NormalForm::inverse);
  return RandomOp::create(b, type, op.getKey(), stream, Value(), dynamicSizes,
                          Value(), normal, PhiloxAttr::get(b.getContext()))
      .getResult();
}

//===----------------------------------------------------------------------===//
// A call, and the run
//===----------------------------------------------------------------------===//

/// The step of a call whose number is `slot` modulo the length of the ring.
StepOp RunExpansion::buildStep(const RunState &state, const ModelOutput &output,
                               CallNumber call, size_t slot) {
  // In place: nothing reads the state or the oldest prediction from here on.
  SmallVector<Value> outs = {state.state}, history;
  size_t length = state.history.size();
  if (length > 0)
    outs.push_back(state.history[slot]);
  for (size_t age = 1; age <= length; ++age)
    history.push_back(state.history[(slot + length - age) % length]);
  SmallVector<Type> types(outs.size(), type);
  Value noise = op.drawsNoise() ? buildNoise(call) : Value();
  return StepOp::create(
      b, types, state.state, output.prediction, call.value,
      /*threshold=*/Value(), noise, history, state.base, output.variance,
      op.getRenoise() ? output.unconditional : Value(), outs,
      call.value ? IntegerAttr() : b.getI64IntegerAttr(call.number),
      op.getSampler(), op.getSchedule(), op.getPredictionAttr(),
      op.getClampAttr());
}

/// The state with which the next call's step begins.
Value RunExpansion::buildBase(Value base, Value next, CallNumber call) {
  auto startsStep = [&](int64_t i) {
    return i >= getNumCalls() || plan.calls[i].startsStep;
  };
  if (!call.value)
    return startsStep(call.number + 1) ? next : base;
  SmallVector<bool> starts;
  for (int64_t i = 0; i < getNumCalls(); ++i)
    starts.push_back(startsStep(i + 1));
  auto tableType = RankedTensorType::get(getNumCalls(), b.getI1Type());
  Value table =
      arith::ConstantOp::create(b, DenseElementsAttr::get(tableType, starts));
  Value isStart = tensor::ExtractOp::create(b, table, call.value);
  auto choice = scf::IfOp::create(
      b, isStart,
      [&](OpBuilder &builder, Location loc) {
        auto copy = linalg::CopyOp::create(builder, loc, next, base);
        scf::YieldOp::create(builder, loc, copy.getResult(0));
      },
      [&](OpBuilder &builder, Location loc) {
        scf::YieldOp::create(builder, loc, base);
      });
  return choice.getResult(0);
}

/// What follows the model, for calls of one slot of the ring.
RunState RunExpansion::buildUpdate(const RunState &before, ModelOutput output,
                                   CallNumber call, size_t slot) {
  RunState after = before;
  if (rule)
    output.prediction = buildGuidance(after, output, output.prediction, call);
  StepOp step = buildStep(before, output, call, slot);
  after.state = step.getNextState();
  if (!before.history.empty())
    after.history[slot] = step.getKept();
  if (before.base)
    after.base = buildBase(before.base, after.state, call);
  return after;
}

/// The same in a loop, where the slot is known at run time: one branch for
/// each, from `slot` on, so that no buffer ever changes its place.
SmallVector<Value> RunExpansion::buildBranches(const RunState &before,
                                               const ModelOutput &output,
                                               CallNumber call, Value phase,
                                               size_t slot) {
  if (slot + 1 == before.history.size())
    return buildUpdate(before, output, call, slot).pack();
  Value isHere = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, phase,
                                       buildIndex(static_cast<int64_t>(slot)));
  SmallVector<Type> types(ValueRange(before.pack()).getTypes());
  auto branch = scf::IfOp::create(b, types, isHere, /*withElseRegion=*/true);
  auto fill = [&](Block *block, function_ref<SmallVector<Value>()> build) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(block);
    scf::YieldOp::create(b, build());
  };
  fill(branch.thenBlock(),
       [&] { return buildUpdate(before, output, call, slot).pack(); });
  fill(branch.elseBlock(),
       [&] { return buildBranches(before, output, call, phase, slot + 1); });
  return SmallVector<Value>(branch.getResults());
}

RunState RunExpansion::buildCall(const RunState &before, CallNumber call) {
  ModelOutput output = buildModel(before.state, call);
  size_t length = before.history.size();
  if (length < 2)
    return buildUpdate(before, output, call, 0);
  if (!call.value)
    return buildUpdate(before, output, call, call.number % length);
  Value phase = arith::RemUIOp::create(
      b, call.value, buildIndex(static_cast<int64_t>(length)));
  RunState after = before;
  after.unpack(buildBranches(before, output, call, phase, 0));
  return after;
}

Value RunExpansion::expand(bool unroll) {
  RunState start = buildStart();
  if (unroll) {
    RunState state = start;
    for (int64_t i = 0; i < getNumCalls(); ++i)
      state = buildCall(state, {i, Value()});
    return state.state;
  }
  Value first = buildIndex(0), last = buildIndex(getNumCalls()),
        one = buildIndex(1);
  auto loop = scf::ForOp::create(
      b, first, last, one, start.pack(),
      [&](OpBuilder &, Location loc, Value i, ValueRange carried) {
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPointToEnd(i.getParentBlock());
        RunState state = start;
        state.unpack(carried);
        RunState next = buildCall(state, {0, i});
        Value done = arith::AddIOp::create(b, i, one);
        ProgressOp::create(b, done, last);
        scf::YieldOp::create(b, next.pack());
      });
  return loop.getResult(0);
}

namespace {
struct ExpandSamplingPass
    : whorl::impl::WhorlExpandSamplingBase<ExpandSamplingPass> {
  using WhorlExpandSamplingBase::WhorlExpandSamplingBase;
  void runOnOperation() override {
    // Innermost first: a model may itself sample.
    SmallVector<SamplingOp> runs;
    getOperation()->walk([&](SamplingOp op) { runs.push_back(op); });
    IRRewriter rewriter(&getContext());
    for (SamplingOp op : runs) {
      rewriter.setInsertionPoint(op);
      Value result =
          RunExpansion(op, rewriter).expand(unroll || op.getUnroll());
      rewriter.replaceOp(op, result);
    }
  }
};
} // namespace
