//===- ExpandSteps.cpp - diffusion steps become elementwise code ----------===//
//
// x' = A x + B m + C z, with A, B and C from tables that the step index
// selects. What a table has in common for all steps is settled here: a
// coefficient that never changes is a constant, one that is always 0 or 1 costs
// nothing.
//
//===----------------------------------------------------------------------===//

#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
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
/// One product of a step. An absent factor is 1.
struct Term {
  Value operand;
  Value factor;
};
} // namespace

/// factor * operand, unless the factor is 0 in every step.
static std::optional<Term> buildTerm(ImplicitLocOpBuilder &b, StepOp op,
                                     Value operand, ArrayRef<double> table) {
  auto isAlways = [&](double value) {
    return llvm::all_of(table, [&](double entry) { return entry == value; });
  };
  if (!operand || isAlways(0.0))
    return std::nullopt;
  if (isAlways(1.0))
    return Term{operand, Value()};
  return Term{operand,
              buildLookup(b, table, op.getIndex(), op.getComputeType())};
}

static SmallVector<Term> buildTerms(ImplicitLocOpBuilder &b, StepOp op) {
  // Rounded as they will be used, so that 1 - 1e-16 counts as 1 in f32.
  auto round = [&](double value) {
    return op.getComputeType().isF64() ? value : static_cast<float>(value);
  };
  SmallVector<double> state, output, noise;
  for (const StepCoefficients &step : op.getCoefficients()) {
    state.push_back(round(step.state));
    output.push_back(round(step.outputs.front()));
    noise.push_back(round(step.noise));
  }
  SmallVector<Term> terms;
  for (auto term : {buildTerm(b, op, op.getState(), state),
                    buildTerm(b, op, op.getModelOutput(), output),
                    buildTerm(b, op, op.getNoise(), noise)})
    if (term)
      terms.push_back(*term);
  return terms;
}

/// The sum of the terms of one element, computed in `type`.
static void buildElement(OpBuilder &builder, Location loc, ArrayRef<Term> terms,
                         ValueRange elements, FloatType type) {
  ImplicitLocOpBuilder b(loc, builder);
  auto contract = arith::FastMathFlags::contract;
  Type elementType = elements.back().getType();
  Value sum;
  for (auto [term, element] : llvm::zip(terms, elements.drop_back())) {
    Value value = element;
    if (elementType != type)
      value = arith::ExtFOp::create(b, type, value);
    if (term.factor)
      value = arith::MulFOp::create(b, term.factor, value, contract);
    sum = sum ? arith::AddFOp::create(b, sum, value, contract).getResult()
              : value;
  }
  if (!sum)
    sum = arith::ConstantOp::create(b, b.getFloatAttr(type, 0.0));
  if (elementType != type)
    sum = arith::TruncFOp::create(b, elementType, sum);
  linalg::YieldOp::create(b, sum);
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
    SmallVector<Term> terms = buildTerms(b, op);
    Value destination = op.getOuts();
    if (!destination) {
      auto type = cast<RankedTensorType>(op.getState().getType());
      destination = tensor::EmptyOp::create(
          b, tensor::getMixedSizes(b, b.getLoc(), op.getState()),
          type.getElementType());
    }
    auto type = cast<RankedTensorType>(destination.getType());
    SmallVector<Value> inputs = llvm::map_to_vector(
        terms, [](const Term &term) { return term.operand; });
    SmallVector<AffineMap> maps(inputs.size() + 1,
                                b.getMultiDimIdentityMap(type.getRank()));
    SmallVector<utils::IteratorType> loops(type.getRank(),
                                           utils::IteratorType::parallel);
    FloatType computeType = op.getComputeType();
    auto generic = linalg::GenericOp::create(
        b, type, inputs, destination, maps, loops,
        [&](OpBuilder &builder, Location loc, ValueRange elements) {
          buildElement(builder, loc, terms, elements, computeType);
        });
    Value result = generic.getResult(0);
    if (result.getType() != op.getResult().getType())
      result = tensor::CastOp::create(b, op.getResult().getType(), result);
    rewriter.replaceOp(op, result);
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
    if (!valuesOnly) {
      StepOp::getCanonicalizationPatterns(patterns, &getContext());
      patterns.add<ExpandStep>(&getContext());
    }
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
