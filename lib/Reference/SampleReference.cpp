//===- SampleReference.cpp - ops whose factors belong to samples, plainly -===//
//
// Sample by sample, in f64: first the sums, element by element in order; then
// the factors; then each element.
//
//===----------------------------------------------------------------------===//

#include "Whorl/IR/OperandShapes.h"
#include "Whorl/Reference/Reference.h"
#include "Whorl/Utils/LoopBuilder.h"

using namespace mlir;
using namespace whorl;

static Value buildF64(LoopBuilder &b, Value value) {
  if (value.getType().isIndex())
    value = arith::IndexCastOp::create(b, b.getI64Type(), value);
  if (value.getType().isInteger())
    return arith::SIToFPOp::create(b, b.getF64Type(), value);
  return castToFloat(b, value, b.getF64Type());
}

namespace {
struct SampleReference : OpInterfaceRewritePattern<SampleOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(SampleOpInterface op,
                                PatternRewriter &rewriter) const override {
    if (op->getNumResults() != 0)
      return rewriter.notifyMatchFailure(op, "not bufferised");
    LoopBuilder b(op->getLoc(), rewriter);
    Value batch = b.dim(op.getElementInputs().front(), 0);
    b.loop(batch, [&](Value sample) { buildSample(b, op, sample); });
    rewriter.eraseOp(op);
    return success();
  }

private:
  using Visit =
      llvm::function_ref<void(ValueRange indices, ValueRange elements)>;

  /// Visits the elements of a sample in order.
  static void visitElements(LoopBuilder &b, SampleOpInterface op, Value sample,
                            Visit visit) {
    SmallVector<Value> inputs = op.getElementInputs();
    int64_t rank = cast<MemRefType>(inputs.front().getType()).getRank();
    SmallVector<Value> indices(rank, sample);
    std::function<void(int64_t)> nest = [&](int64_t i) {
      if (i < rank) {
        b.loop(b.dim(inputs.front(), i), [&](Value iv) {
          indices[i] = iv;
          nest(i + 1);
        });
        return;
      }
      SmallVector<Value> elements;
      for (Value input : inputs)
        elements.push_back(buildF64(b, b.load(input, indices)));
      visit(indices, elements);
    };
    nest(1);
  }

  static void buildSums(LoopBuilder &b, SampleOpInterface op, Value sample,
                        SampleContext &context) {
    Type f64 = b.getF64Type();
    unsigned count = op.getNumMoments();
    // The last counts the elements.
    Value sums = b.allocate(f64, OpFoldResult(b.getIndexAttr(count + 1)));
    for (unsigned i = 0; i <= count; ++i)
      b.store(b.constant(f64, 0.0), sums, b.index(i));
    auto add = [&](unsigned i, Value term) {
      Value sum = b.load(sums, b.index(i));
      b.store(arith::AddFOp::create(b, sum, term), sums, b.index(i));
    };
    visitElements(b, op, sample, [&](ValueRange, ValueRange elements) {
      for (auto [i, term] : llvm::enumerate(op.buildMoments(b, elements)))
        add(i, term);
      add(count, b.constant(f64, 1.0));
    });
    for (unsigned i = 0; i < count; ++i)
      context.sums.push_back(b.load(sums, b.index(i)));
    context.count = b.load(sums, b.index(count));
    b.free(sums);
  }

  static void buildSample(LoopBuilder &b, SampleOpInterface op, Value sample) {
    SampleContext context;
    MemRefReader reader(op->getParentOfType<ModuleOp>(), {});
    auto readTable = [&](ArrayRef<double> table, Value index) {
      return reader.readConstantTable(b, table, index);
    };
    context.readTable = readTable;
    for (Value scalar : op.getSampleInputs()) {
      if (isa<MemRefType>(scalar.getType()))
        scalar = b.load(scalar, sample);
      context.scalars.push_back(buildF64(b, scalar));
    }
    if (op.getNumMoments() != 0)
      buildSums(b, op, sample, context);
    SmallVector<SmallVector<Value>> factors = op.buildFactors(b, context);
    SmallVector<SmallVector<unsigned>> used = op.getUsedInputs();
    MutableOperandRange range = cast<DestinationOpInterface>(op.getOperation())
                                    .getDestinationsMutable();
    visitElements(b, op, sample, [&](ValueRange indices, ValueRange elements) {
      for (auto [output, inputs] : llvm::enumerate(used)) {
        Value sum = b.constant(b.getF64Type(), 0.0);
        for (auto [factor, input] : llvm::zip_equal(factors[output], inputs))
          sum = arith::AddFOp::create(
              b, sum, arith::MulFOp::create(b, factor, elements[input]));
        Value out = range[output].get();
        Type element = cast<MemRefType>(out.getType()).getElementType();
        b.store(castToFloat(b, sum, element), out, indices);
      }
    });
  }
};
} // namespace

void whorl::populateSampleReferencePatterns(RewritePatternSet &patterns) {
  patterns.add<SampleReference>(patterns.getContext());
}
