//===- LoopSizes.cpp - sizes of what loops carry --------------------------===//
//
// Upstream's patterns see that a loop keeps a size when it inserts slices into
// what it carries. A sampling loop computes a new tensor in each trip, of the
// size of the old one.
//
//===----------------------------------------------------------------------===//
#include "SizeResolution.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

using namespace mlir;

namespace {

/// One dimension of one tensor.
struct Size {
  Value tensor;
  int64_t dim;
};

/// Follows a size to tensors that have the same one.
class SizeTracer {
public:
  explicit SizeTracer(PatternRewriter &rewriter) : rewriter(rewriter) {}

  /// Whether `from` has the size of `to`.
  bool reaches(Size from, Size to) {
    // Chains are as long as a loop's body; this bound only ends cycles.
    for (int steps = 0; steps < 1000; ++steps) {
      if (from.tensor == to.tensor)
        return from.dim == to.dim;
      // What either branch yields.
      if (auto branch = from.tensor.getDefiningOp<scf::IfOp>()) {
        unsigned index = cast<OpResult>(from.tensor).getResultNumber();
        return reaches({branch.thenYield().getOperand(index), from.dim}, to) &&
               reaches({branch.elseYield().getOperand(index), from.dim}, to);
      }
      std::optional<Size> next = step(from);
      if (!next)
        return false;
      from = *next;
    }
    return false;
  }

  /// Whether what `loop` carries as `index` keeps its size.
  bool isKept(scf::ForOp loop, unsigned index, int64_t dim) {
    Size next{loop.getYieldedValues()[index], dim};
    return reaches(next, {loop.getRegionIterArg(index), dim}) ||
           reaches(next, getOrigin({loop.getInitArgs()[index], dim}));
  }

private:
  std::optional<Size> step(Size size);
  /// The first tensor known to have the size.
  Size getOrigin(Size size) {
    for (int steps = 0; steps < 1000; ++steps) {
      std::optional<Size> next = step(size);
      if (!next)
        break;
      size = *next;
    }
    return size;
  }
  std::optional<Size> stepByReification(OpResult result, int64_t dim);
  std::optional<Size> stepOutOfLoop(BlockArgument argument, int64_t dim);
  /// The size that `value` reads by tensor.dim.
  static std::optional<Size> asSize(Value value) {
    auto dim = value.getDefiningOp<tensor::DimOp>();
    if (!dim || !dim.getConstantIndex())
      return std::nullopt;
    return Size{dim.getSource(), *dim.getConstantIndex()};
  }

  PatternRewriter &rewriter;
  DenseSet<Value> visiting;
};

} // namespace

std::optional<Size> SizeTracer::step(Size size) {
  auto result = dyn_cast<OpResult>(size.tensor);
  if (!result)
    return stepOutOfLoop(cast<BlockArgument>(size.tensor), size.dim);
  Operation *op = result.getOwner();
  if (auto empty = dyn_cast<tensor::EmptyOp>(op)) {
    if (!empty.getType().isDynamicDim(size.dim))
      return std::nullopt;
    return asSize(empty.getDynamicSize(size.dim));
  }
  if (auto cast = dyn_cast<tensor::CastOp>(op))
    return Size{cast.getSource(), size.dim};
  if (auto destination = dyn_cast<DestinationStyleOpInterface>(op))
    return Size{destination.getTiedOpOperand(result)->get(), size.dim};
  if (auto loop = dyn_cast<scf::ForOp>(op)) {
    unsigned index = result.getResultNumber();
    if (!isKept(loop, index, size.dim))
      return std::nullopt;
    return Size{loop.getInitArgs()[index], size.dim};
  }
  return stepByReification(result, size.dim);
}

/// What a loop carries has the size that it began with, if the loop keeps it.
std::optional<Size> SizeTracer::stepOutOfLoop(BlockArgument argument,
                                              int64_t dim) {
  auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
  if (!loop || argument == loop.getInductionVar())
    return std::nullopt;
  unsigned index = argument.getArgNumber() - loop.getNumInductionVars();
  // Where two arguments wait for each other, neither is known.
  if (!visiting.insert(argument).second)
    return std::nullopt;
  bool keeps = isKept(loop, index, dim);
  visiting.erase(argument);
  if (!keeps)
    return std::nullopt;
  return Size{loop.getInitArgs()[index], dim};
}

/// Asks the op for its result's size; what it builds to answer goes again.
std::optional<Size> SizeTracer::stepByReification(OpResult result,
                                                  int64_t dim) {
  Operation *op = result.getOwner();
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(op);
  Operation *before = op->getPrevNode();
  FailureOr<OpFoldResult> reified =
      reifyDimOfResult(rewriter, op, result.getResultNumber(), dim);
  std::optional<Size> size;
  if (succeeded(reified))
    if (auto value = dyn_cast<Value>(*reified))
      size = asSize(value);
  while (op->getPrevNode() != before)
    rewriter.eraseOp(op->getPrevNode());
  return size;
}

namespace {

/// The dim of an argument or result of a loop that keeps its size.
struct DimOfLoop : public OpRewritePattern<tensor::DimOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::DimOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<int64_t> dim = op.getConstantIndex();
    if (!dim)
      return failure();
    scf::ForOp loop;
    unsigned index = 0;
    if (auto argument = dyn_cast<BlockArgument>(op.getSource())) {
      loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
      if (!loop || argument == loop.getInductionVar())
        return failure();
      index = argument.getArgNumber() - loop.getNumInductionVars();
    } else {
      auto result = cast<OpResult>(op.getSource());
      loop = dyn_cast<scf::ForOp>(result.getOwner());
      index = result.getResultNumber();
    }
    if (!loop)
      return failure();
    if (!SizeTracer(rewriter).isKept(loop, index, *dim))
      return failure();
    rewriter.modifyOpInPlace(
        op, [&] { op.getSourceMutable().assign(loop.getInitArgs()[index]); });
    return success();
  }
};

/// A size of the state in the model of a sampling run is that of the run's.
struct DimOfModelState : public OpRewritePattern<tensor::DimOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::DimOp op,
                                PatternRewriter &rewriter) const override {
    auto argument = dyn_cast<BlockArgument>(op.getSource());
    std::optional<int64_t> dim = op.getConstantIndex();
    if (!argument || !dim)
      return failure();
    auto run = dyn_cast<whorl::SamplingOp>(argument.getOwner()->getParentOp());
    if (!run)
      return failure();
    Value size =
        tensor::DimOp::create(rewriter, op.getLoc(), run.getState(), *dim);
    if (run.getBatched() && *dim == 0)
      size = arith::AddIOp::create(rewriter, op.getLoc(), size, size);
    rewriter.replaceOp(op, size);
    return success();
  }
};

} // namespace

void whorl::populateLoopSizePatterns(RewritePatternSet &patterns) {
  patterns.add<DimOfLoop, DimOfModelState>(patterns.getContext());
}
