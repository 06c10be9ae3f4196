//===- RequireSizes.cpp - size conditions to the entry --------------------===//
//
// Each condition is built next to its op, in terms of the op's operands, then
// rewritten until it speaks of arguments alone, and moved to the entry.
//
//===----------------------------------------------------------------------===//
#include "SizeResolution.h"
#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"

namespace whorl {
#define GEN_PASS_DEF_WHORLREQUIRESIZES
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

using namespace mlir;
using namespace whorl;

/// Operands whose dims play the same loop of a linalg op have equal sizes.
static void addLinalgRequirements(OpBuilder &builder, linalg::LinalgOp op,
                                  SmallVectorImpl<SizeRequirement> &sizes) {
  struct Use {
    OpOperand *operand;
    unsigned dim;
  };
  SmallVector<SmallVector<Use>> uses(op.getNumLoops());
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<RankedTensorType>(operand.get().getType()))
      continue;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (auto [dim, expression] : llvm::enumerate(map.getResults()))
      if (auto loop = dyn_cast<AffineDimExpr>(expression))
        uses[loop.getPosition()].push_back({&operand, unsigned(dim)});
  }
  auto describe = [](Use use) {
    return ("dimension " + Twine(use.dim) + " of operand " +
            Twine(use.operand->getOperandNumber()))
        .str();
  };
  auto getSize = [&](Use use) {
    return tensor::getMixedSize(builder, op.getLoc(), use.operand->get(),
                                use.dim);
  };
  auto isStatic = [](Use use) {
    return !cast<RankedTensorType>(use.operand->get().getType())
                .isDynamicDim(use.dim);
  };
  for (SmallVector<Use> &loop : uses) {
    if (llvm::all_of(loop, isStatic))
      continue; // the verifier has compared them
    auto *model = llvm::find_if(loop, isStatic);
    if (model == loop.end())
      model = loop.begin();
    for (Use &use : loop)
      if (&use != model && !isStatic(use))
        sizes.push_back(
            {getSize(*model), getSize(use),
             (op->getName().getStringRef() + ": " + describe(*model) + " and " +
              describe(use) + " must be equal")
                 .str()});
  }
}

/// A cast to a static size holds only where the size is that one.
static void addCastRequirements(OpBuilder &builder, tensor::CastOp op,
                                SmallVectorImpl<SizeRequirement> &sizes) {
  auto source = dyn_cast<RankedTensorType>(op.getSource().getType());
  auto result = dyn_cast<RankedTensorType>(op.getType());
  if (!source || !result)
    return;
  for (int64_t dim = 0; dim < source.getRank(); ++dim)
    if (source.isDynamicDim(dim) && !result.isDynamicDim(dim))
      sizes.push_back(
          {tensor::getMixedSize(builder, op.getLoc(), op.getSource(), dim),
           builder.getIndexAttr(result.getDimSize(dim)),
           ("tensor.cast: dimension " + Twine(dim) + " must be " +
            Twine(result.getDimSize(dim)))
               .str()});
}

/// What a model yields has the sizes of the state that it got.
static void addModelRequirements(OpBuilder &builder, YieldOp op,
                                 SmallVectorImpl<SizeRequirement> &sizes) {
  auto sampling = dyn_cast<SamplingOp>(op->getParentOp());
  if (!sampling)
    return;
  Value state = sampling.getModel().getArgument(0);
  for (Value output : op.getResults())
    for (auto [dim, size] :
         llvm::enumerate(cast<RankedTensorType>(output.getType()).getShape()))
      if (ShapedType::isDynamic(size) ||
          cast<RankedTensorType>(state.getType()).isDynamicDim(dim))
        sizes.push_back(
            {tensor::getMixedSize(builder, op.getLoc(), state, dim),
             tensor::getMixedSize(builder, op.getLoc(), output, dim),
             "what the model of sample yields must have the shape of its "
             "state"});
}

/// The noise of all calls has the sizes of the state behind the first.
static void addNoiseRequirements(OpBuilder &builder, SamplingOp op,
                                 SmallVectorImpl<SizeRequirement> &sizes) {
  auto require = [&](Value value, int64_t dim, OpFoldResult size,
                     StringRef message) {
    auto type = cast<RankedTensorType>(value.getType());
    if (type.isDynamicDim(dim) || isa<Value>(size))
      sizes.push_back({tensor::getMixedSize(builder, op.getLoc(), value, dim),
                       size, message.str()});
  };
  SmallVector<OpFoldResult> state =
      tensor::getMixedSizes(builder, op.getLoc(), op.getState());
  if (Value noise = op.getNoise()) {
    auto calls = static_cast<int64_t>(op.getPlan().calls.size());
    require(noise, 0, builder.getIndexAttr(calls),
            "noise of sample must have one entry for each call");
    for (auto [dim, size] : llvm::enumerate(state))
      require(noise, static_cast<int64_t>(dim) + 1, size,
              "noise of sample must have the shape of the state for each call");
  }
  if (Value scale = op.getScale(); scale && isa<ShapedType>(scale.getType()))
    require(scale, 0, state.front(),
            "scale of sample must have one number for each sample");
}

/// Builds the conditions of one op in front of it.
static void buildRequirements(Operation *op) {
  OpBuilder builder(op);
  SmallVector<SizeRequirement> sizes;
  if (auto destination = dyn_cast<DestinationOpInterface>(op))
    sizes = destination.getSizeRequirements(builder);
  else if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    addLinalgRequirements(builder, linalgOp, sizes);
  else if (auto cast = dyn_cast<tensor::CastOp>(op))
    addCastRequirements(builder, cast, sizes);
  else if (auto yield = dyn_cast<YieldOp>(op))
    addModelRequirements(builder, yield, sizes);
  else if (auto sampling = dyn_cast<SamplingOp>(op))
    addNoiseRequirements(builder, sampling, sizes);
  for (const SizeRequirement &size : sizes) {
    Location loc = op->getLoc();
    Value lhs = getValueOrCreateConstantIndexOp(builder, loc, size.lhs);
    Value rhs = getValueOrCreateConstantIndexOp(builder, loc, size.rhs);
    Value equal =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, lhs, rhs);
    RequireOp::create(builder, loc, equal, builder.getStringAttr(size.message));
  }
}

/// Moves what is left of the conditions to the head of `function`.
static LogicalResult hoistRequirements(FunctionOpInterface function) {
  SmallVector<RequireOp> requirements;
  function->walk([&](RequireOp op) { requirements.push_back(op); });
  OpBuilder builder = OpBuilder::atBlockBegin(&function.front());
  IRMapping mapping;
  DenseSet<Value> required;
  for (RequireOp op : requirements) {
    if (matchPattern(op.getCondition(), m_One())) {
      op.erase();
      continue;
    }
    if (matchPattern(op.getCondition(), m_Zero()))
      return op.emitError()
             << op.getMessage() << "; the sizes in this function never agree";
    FailureOr<Value> condition = recompute(op.getCondition(), builder, mapping);
    if (failed(condition))
      return op.emitError()
             << op.getMessage()
             << "; this cannot be checked when the function is called, because "
                "it depends on more than the sizes of the arguments; make the "
                "dimension static";
    if (required.insert(*condition).second)
      RequireOp::create(builder, op.getLoc(), *condition, op.getMessageAttr());
    op.erase();
  }
  return success();
}

namespace {

struct RequireSizes : public whorl::impl::WhorlRequireSizesBase<RequireSizes> {
  using Base::Base;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<FunctionOpInterface>()) {
      if (function.isExternal())
        continue;
      SmallVector<Operation *> ops;
      function->walk([&](Operation *op) { ops.push_back(op); });
      llvm::for_each(ops, buildRequirements);
      if (failed(resolveSizes(function)) || failed(hoistRequirements(function)))
        return signalPassFailure();
    }
  }
};

} // namespace
