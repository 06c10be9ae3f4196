//===- ExpandRecurrences.cpp - scans become loops -------------------------===//
#include "ExpandRecurrences.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace whorl;

namespace {
/// One step of a recurrence, in terms of whole rows.
class RowStepper {
public:
  RowStepper(RecurPositionsOp op, ImplicitLocOpBuilder &b)
      : op(op), b(b), row(cast<RankedTensorType>(op.getFirst().getType())),
        element(row.getElementType()) {}

  /// The row after row `k`, an index.
  Value advance(Value k, Value p) {
    Value number = castToFloat(b, k, element);
    if (op.getIntegrator() == Integrator::none)
      return evaluate(number, p);
    int64_t steps = op.getSubsteps();
    double size = op.getStep().convertToDouble() / static_cast<double>(steps);
    Value start = mul(number, scalar(op.getStep().convertToDouble()));
    for (int64_t i = 0; i < steps; ++i)
      p = integrate(add(start, scalar(size * static_cast<double>(i))), p, size);
    return p;
  }

private:
  Value scalar(double value) {
    return arith::ConstantOp::create(b, b.getFloatAttr(element, value));
  }
  Value splat(double value) {
    return arith::ConstantOp::create(
        b, DenseElementsAttr::get(row, b.getFloatAttr(element, value)));
  }
  Value add(Value x, Value y) { return arith::AddFOp::create(b, x, y); }
  Value mul(Value x, Value y) { return arith::MulFOp::create(b, x, y); }
  /// p + factor * slope.
  Value move(Value p, double factor, Value slope) {
    return add(p, mul(splat(factor), slope));
  }

  /// The region at (t, p).
  Value evaluate(Value t, Value p) {
    Block &block = op.getBody().front();
    IRMapping mapping;
    mapping.map(block.getArgument(0), t);
    mapping.map(block.getArgument(1), p);
    for (Operation &nested : block.without_terminator())
      b.clone(nested, mapping);
    return mapping.lookupOrDefault(block.getTerminator()->getOperand(0));
  }

  /// One step of size `h` from time `t`.
  Value integrate(Value t, Value p, double h) {
    Value first = evaluate(t, p);
    if (op.getIntegrator() == Integrator::euler)
      return move(p, h, first);
    Value middle = add(t, scalar(h / 2));
    Value second = evaluate(middle, move(p, h / 2, first));
    if (op.getIntegrator() == Integrator::midpoint)
      return move(p, h, second);
    Value third = evaluate(middle, move(p, h / 2, second));
    Value fourth = evaluate(add(t, scalar(h)), move(p, h, third));
    Value ends = add(first, fourth), middles = add(second, third);
    return move(p, h / 6, move(ends, 2.0, middles));
  }

  RecurPositionsOp op;
  ImplicitLocOpBuilder &b;
  RankedTensorType row;
  Type element;
};

/// for k: table[k] = p; p = the next row.
struct ExpandRecurrence : OpRewritePattern<RecurPositionsOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(RecurPositionsOp op,
                                PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto type = cast<RankedTensorType>(op.getType());
    SmallVector<Value> sizes;
    if (op.getRows())
      sizes.push_back(op.getRows());
    Value table = tensor::EmptyOp::create(b, type, sizes);
    Value zero = arith::ConstantIndexOp::create(b, 0);
    Value one = arith::ConstantIndexOp::create(b, 1);
    Value count = op.getRows();
    if (!count)
      count = arith::ConstantIndexOp::create(b, type.getDimSize(0));
    auto loop = scf::ForOp::create(b, zero, count, one,
                                   ValueRange{table, op.getFirst()});
    b.setInsertionPointToStart(loop.getBody());
    Value k = loop.getInductionVar();
    Value p = loop.getRegionIterArgs()[1];
    SmallVector<OpFoldResult> offsets = {k, b.getIndexAttr(0)};
    SmallVector<OpFoldResult> shape = {b.getIndexAttr(1),
                                       b.getIndexAttr(type.getDimSize(1))};
    SmallVector<OpFoldResult> strides(2, b.getIndexAttr(1));
    Value filled = tensor::InsertSliceOp::create(
        b, p, loop.getRegionIterArgs()[0], offsets, shape, strides);
    Value next = RowStepper(op, b).advance(k, p);
    scf::YieldOp::create(b, ValueRange{filled, next});
    rewriter.replaceOp(op, loop.getResult(0));
    return success();
  }
};
} // namespace

void whorl::populateExpandRecurrencePatterns(RewritePatternSet &patterns) {
  patterns.add<ExpandRecurrence>(patterns.getContext());
}
