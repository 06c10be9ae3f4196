//===- LoopSizes.cpp - sizes of what loops carry --------------------------===//
//
// Upstream's patterns see that a loop keeps a size when it inserts slices into
// what it carries. A sampling loop computes a new tensor in each trip, of the
// size of the old one.
//
//===----------------------------------------------------------------------===//
#include "SizeResolution.h"
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
      std::optional<Size> next = step(from);
      if (!next)
        return false;
      from = *next;
    }
    return false;
  }

private:
  std::optional<Size> step(Size size);
  std::optional<Size> stepByReification(OpResult result, int64_t dim);
  /// The size that `value` reads by tensor.dim.
  static std::optional<Size> asSize(Value value) {
    auto dim = value.getDefiningOp<tensor::DimOp>();
    if (!dim || !dim.getConstantIndex())
      return std::nullopt;
    return Size{dim.getSource(), *dim.getConstantIndex()};
  }

  PatternRewriter &rewriter;
};

} // namespace

std::optional<Size> SizeTracer::step(Size size) {
  auto result = dyn_cast<OpResult>(size.tensor);
  if (!result)
    return std::nullopt;
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
    Size carried{loop.getRegionIterArg(index), size.dim};
    if (!reaches({loop.getYieldedValues()[index], size.dim}, carried))
      return std::nullopt;
    return Size{loop.getInitArgs()[index], size.dim};
  }
  return stepByReification(result, size.dim);
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
    Size carried{loop.getRegionIterArg(index), *dim};
    if (!SizeTracer(rewriter).reaches({loop.getYieldedValues()[index], *dim},
                                      carried))
      return failure();
    rewriter.modifyOpInPlace(
        op, [&] { op.getSourceMutable().assign(loop.getInitArgs()[index]); });
    return success();
  }
};

} // namespace

void whorl::populateLoopSizePatterns(RewritePatternSet &patterns) {
  patterns.add<DimOfLoop>(patterns.getContext());
}
