//===- ExpandSampleOps.cpp - factors of samples, then elementwise code ----===//
//
// One pass over memory, with factors that are scalars where they are the same
// for all samples, and else small tensors with one number for each sample. A
// rule that needs sums over the sample has a pass that reduces before.
//
//===----------------------------------------------------------------------===//

#include "ExpandPatterns.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace whorl;

/// A number of any type as f64.
static Value buildF64(ImplicitLocOpBuilder &b, Value value) {
  if (value.getType().isIndex())
    value = arith::IndexCastOp::create(b, b.getI64Type(), value);
  if (value.getType().isInteger())
    return arith::SIToFPOp::create(b, b.getF64Type(), value);
  if (value.getType().isF64())
    return value;
  return arith::ExtFOp::create(b, b.getF64Type(), value);
}

static Value buildNarrow(ImplicitLocOpBuilder &b, Value value, Type type) {
  if (value.getType() == type)
    return value;
  return arith::TruncFOp::create(b, type, value);
}

namespace {
/// Expands one op.
class SampleExpansion {
public:
  SampleExpansion(SampleOpInterface op, OpBuilder &builder)
      : op(op), b(op->getLoc(), builder), inputs(op.getElementInputs()),
        used(op.getUsedInputs()),
        type(cast<RankedTensorType>(inputs.front().getType())) {
    Type element = type.getElementType();
    computeType = element.isF64() ? element : b.getF32Type();
    batch = tensor::getMixedSize(b, b.getLoc(), inputs.front(), 0);
  }

  SmallVector<Value> expand();

private:
  SmallVector<Value> buildSums();
  Value buildCount();
  /// The factors in the order of `used`: scalars, or tensors [B].
  SmallVector<Value> buildFactors(ArrayRef<Value> sums);
  SmallVector<Value> buildFactorsOf(ImplicitLocOpBuilder &b,
                                    SampleContext &context);
  SmallVector<Value> buildElements(ArrayRef<Value> factors);

  SampleOpInterface op;
  ImplicitLocOpBuilder b;
  SmallVector<Value> inputs;
  SmallVector<SmallVector<unsigned>> used;
  RankedTensorType type;
  Type computeType;
  OpFoldResult batch;
};
} // namespace

SmallVector<Value> SampleExpansion::expand() {
  SmallVector<Value> sums;
  if (op.getNumMoments() != 0)
    sums = buildSums();
  return buildElements(buildFactors(sums));
}

/// The sums over each sample, in f64.
SmallVector<Value> SampleExpansion::buildSums() {
  unsigned count = op.getNumMoments(), rank = type.getRank();
  Value zero = arith::ConstantOp::create(b, b.getF64FloatAttr(0.0));
  SmallVector<Value> outs;
  for (unsigned i = 0; i < count; ++i) {
    Value empty = tensor::EmptyOp::create(b, ArrayRef<OpFoldResult>(batch),
                                          b.getF64Type());
    outs.push_back(linalg::FillOp::create(b, zero, empty).getResult(0));
  }
  SmallVector<AffineMap> maps(inputs.size(), b.getMultiDimIdentityMap(rank));
  maps.append(count, AffineMap::get(rank, 0, b.getAffineDimExpr(0)));
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::reduction);
  loops.front() = utils::IteratorType::parallel;
  auto generic = linalg::GenericOp::create(
      b, TypeRange(ValueRange(outs)), inputs, outs, maps, loops,
      [&](OpBuilder &builder, Location loc, ValueRange elements) {
        ImplicitLocOpBuilder body(loc, builder);
        SmallVector<Value> wide, next;
        for (Value element : elements.take_front(inputs.size()))
          wide.push_back(buildF64(body, element));
        SmallVector<Value> terms = op.buildMoments(body, wide);
        for (auto [sum, term] :
             llvm::zip_equal(elements.drop_front(inputs.size()), terms))
          next.push_back(arith::AddFOp::create(body, sum, term));
        linalg::YieldOp::create(body, next);
      });
  return llvm::to_vector_of<Value>(generic.getResults());
}

/// How many elements a sample has, as f64.
Value SampleExpansion::buildCount() {
  Value count = arith::ConstantIndexOp::create(b, 1);
  for (int64_t i = 1; i < type.getRank(); ++i) {
    Value size = getValueOrCreateConstantIndexOp(
        b, b.getLoc(), tensor::getMixedSize(b, b.getLoc(), inputs.front(), i));
    count = arith::MulIOp::create(b, count, size);
  }
  return buildF64(b, count);
}

SmallVector<Value>
SampleExpansion::buildFactorsOf(ImplicitLocOpBuilder &builder,
                                SampleContext &context) {
  auto read = [&](ArrayRef<double> table, Value index) -> Value {
    // The table stands before the loop over samples, if there is one.
    auto tableType = RankedTensorType::get(static_cast<int64_t>(table.size()),
                                           b.getF64Type());
    Value constant =
        arith::ConstantOp::create(b, DenseElementsAttr::get(tableType, table));
    return tensor::ExtractOp::create(builder, constant, index);
  };
  context.readTable = read;
  SmallVector<Value> factors;
  for (ArrayRef<Value> ofOutput : op.buildFactors(builder, context))
    for (Value factor : ofOutput)
      factors.push_back(buildNarrow(builder, factor, computeType));
  return factors;
}

SmallVector<Value> SampleExpansion::buildFactors(ArrayRef<Value> sums) {
  SampleContext context;
  SmallVector<Value> tensors(sums);
  for (Value scalar : op.getSampleInputs()) {
    bool isTensor = isa<RankedTensorType>(scalar.getType());
    if (isTensor)
      tensors.push_back(scalar);
    context.scalars.push_back(isTensor ? scalar : buildF64(b, scalar));
  }
  if (!sums.empty())
    context.count = buildCount();
  if (tensors.empty())
    return buildFactorsOf(b, context);

  SmallVector<Value> outs;
  for (ArrayRef<unsigned> ofOutput : used)
    for (size_t i = 0; i < ofOutput.size(); ++i)
      outs.push_back(tensor::EmptyOp::create(b, ArrayRef<OpFoldResult>(batch),
                                             computeType));
  SmallVector<AffineMap> maps(tensors.size() + outs.size(),
                              b.getMultiDimIdentityMap(1));
  auto generic = linalg::GenericOp::create(
      b, TypeRange(ValueRange(outs)), tensors, outs, maps,
      utils::IteratorType::parallel,
      [&](OpBuilder &builder, Location loc, ValueRange elements) {
        ImplicitLocOpBuilder body(loc, builder);
        context.sums = llvm::to_vector(elements.take_front(sums.size()));
        unsigned next = sums.size();
        for (Value &scalar : context.scalars)
          if (isa<RankedTensorType>(scalar.getType()))
            scalar = buildF64(body, elements[next++]);
        linalg::YieldOp::create(body, buildFactorsOf(body, context));
      });
  return llvm::to_vector_of<Value>(generic.getResults());
}

SmallVector<Value> SampleExpansion::buildElements(ArrayRef<Value> factors) {
  unsigned rank = type.getRank();
  SmallVector<Value> operands(inputs), outs;
  SmallVector<AffineMap> maps(inputs.size(), b.getMultiDimIdentityMap(rank));
  bool areTensors = isa<RankedTensorType>(factors.front().getType());
  if (areTensors) {
    llvm::append_range(operands, factors);
    maps.append(factors.size(), AffineMap::get(rank, 0, b.getAffineDimExpr(0)));
  }
  MutableOperandRange given =
      cast<DestinationOpInterface>(op.getOperation()).getDestinationsMutable();
  for (OpOperand &out : given)
    outs.push_back(out.get());
  while (outs.size() < used.size())
    outs.push_back(tensor::EmptyOp::create(
        b, tensor::getMixedSizes(b, b.getLoc(), inputs.front()),
        type.getElementType()));
  maps.append(outs.size(), b.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, TypeRange(ValueRange(outs)), operands, outs, maps, loops,
      [&](OpBuilder &builder, Location loc, ValueRange elements) {
        ImplicitLocOpBuilder body(loc, builder);
        auto contract = arith::FastMathFlags::contract;
        SmallVector<Value> wide, results;
        for (Value element : elements.take_front(inputs.size()))
          wide.push_back(element.getType() == computeType
                             ? element
                             : arith::ExtFOp::create(body, computeType, element)
                                   .getResult());
        unsigned next = 0;
        for (ArrayRef<unsigned> ofOutput : used) {
          Value sum;
          for (unsigned input : ofOutput) {
            Value factor =
                areTensors ? elements[inputs.size() + next] : factors[next];
            ++next;
            Value term =
                arith::MulFOp::create(body, factor, wide[input], contract);
            sum = sum ? arith::AddFOp::create(body, sum, term, contract)
                            .getResult()
                      : term;
          }
          results.push_back(buildNarrow(body, sum, type.getElementType()));
        }
        linalg::YieldOp::create(body, results);
      });
  return llvm::to_vector_of<Value>(generic.getResults());
}

namespace {
struct ExpandSampleOp : OpInterfaceRewritePattern<SampleOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(SampleOpInterface op,
                                PatternRewriter &rewriter) const override {
    if (op->getNumResults() == 0)
      return rewriter.notifyMatchFailure(op, "stands on memrefs");
    SmallVector<Value> results = SampleExpansion(op, rewriter).expand();
    for (auto [result, wanted] : llvm::zip_equal(results, op->getResults()))
      if (result.getType() != wanted.getType())
        result = tensor::CastOp::create(rewriter, op->getLoc(),
                                        wanted.getType(), result);
    rewriter.replaceOp(op, results);
    return success();
  }
};

struct ExpandNoiseInput : OpRewritePattern<NoiseInputOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(NoiseInputOp op,
                                PatternRewriter &rewriter) const override {
    if (isa<RankedTensorType>(op.getType()))
      return rewriter.notifyMatchFailure(op, "stands on a tensor");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value told = cast<ScalingAttrInterface>(op.getRule())
                     .buildNoiseInput(b, buildF64(b, op.getSigma()));
    rewriter.replaceOp(op, buildNarrow(b, told, op.getType()));
    return success();
  }
};

template <typename Op> struct ExpandTrainingOp : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    if (isa<RankedTensorType>(op.getType()))
      return rewriter.notifyMatchFailure(op, "stands on a tensor");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value number = cast<TrainingRuleAttrInterface>(op.getRule())
                       .buildNumber(b, buildF64(b, op.getInput()));
    rewriter.replaceOp(op, buildNarrow(b, number, op.getType()));
    return success();
  }
};
} // namespace

void whorl::populateExpandSampleOps(RewritePatternSet &patterns) {
  patterns.add<ExpandSampleOp>(patterns.getContext());
}

void whorl::populateExpandNoiseInputs(RewritePatternSet &patterns) {
  patterns.add<ExpandNoiseInput, ExpandTrainingOp<TrainingTimeOp>,
               ExpandTrainingOp<LossWeightOp>>(patterns.getContext());
}
