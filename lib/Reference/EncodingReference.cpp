//===- EncodingReference.cpp - row encodings, plainly ---------------------===//

#include "EncodingReference.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/Reference/Reference.h"

using namespace mlir;
using namespace whorl;

void whorl::encodeRow(LoopBuilder &b, Value row,
                      PositionEncodingAttrInterface encoding,
                      ValueRange operands, const RowPlace &place) {
  MemRefReader reader(place.module, operands);
  RowLayout layout = encoding.getRowLayout(place.dim);
  SmallVector<Value> axes;
  for (unsigned axis = 0; axis < encoding.getNumPositionAxes(); ++axis)
    axes.push_back(castToFloat(
        b, place.positions.getPosition(b, place.batch, place.row, axis),
        b.getF64Type()));
  b.loop(b.index(layout.units), [&](Value unit) {
    RowFactorContext context{axes,        unit,      place.dim,   reader,
                             place.batch, place.row, place.length};
    SmallVector<Value> factors = encoding.buildRowFactors(b, context);
    SmallVector<Value> indices, elements;
    Value first = b.add(b.mul(unit, b.index(layout.getUnitStride())),
                        b.index(layout.start));
    for (unsigned e = 0; e < layout.getElementsPerUnit(); ++e) {
      indices.push_back(
          b.add(first, b.index(e == 0 ? 0 : layout.getPartnerDistance())));
      elements.push_back(b.load(row, indices.back()));
    }
    SmallVector<Value> results =
        encoding.buildRowUnit(b, elements, factors, place.role);
    for (auto [index, result] : llvm::zip_equal(indices, results))
      b.store(result, row, index);
  });
}

namespace {
/// Copies each row to f64, encodes it, and rounds it into the result.
struct EncodePositionReference : OpRewritePattern<EncodePositionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(EncodePositionOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.isBufferized())
      return rewriter.notifyMatchFailure(op, "not bufferised");
    LoopBuilder b(op.getLoc(), rewriter);
    auto type = cast<MemRefType>(op.getInput().getType());
    Type f64 = b.getF64Type();
    unsigned rowDim = op.getRowDim(), last = type.getRank() - 1;
    PositionSource positions{
        op.getPositions(), op.getOffset(),
        static_cast<int64_t>(op.getStaticOffset().value_or(0))};
    auto encoding = cast<PositionEncodingAttrInterface>(op.getEncoding());
    Value batches = last > 1 ? b.dim(op.getInput(), 0) : b.index(1);
    RowPlace place{positions,
                   {},
                   op.getRole(),
                   type.getDimSize(last),
                   op->getParentOfType<ModuleOp>()};
    if (encoding.dependsOnLength())
      place.length =
          positions.buildLength(b, batches, b.dim(op.getInput(), rowDim));
    Value dim = b.dim(op.getInput(), last);
    Value row = b.allocate(f64, {OpFoldResult(dim)});
    SmallVector<Value> indices(type.getRank());
    std::function<void(unsigned)> nest = [&](unsigned i) {
      if (i < last) {
        b.loop(b.dim(op.getInput(), i), [&](Value iv) {
          indices[i] = iv;
          nest(i + 1);
        });
        return;
      }
      auto at = [&](Value d) {
        indices[last] = d;
        return indices;
      };
      b.loop(dim, [&](Value d) {
        Value x = b.load(op.getInput(), at(d));
        b.store(castToFloat(b, x, f64), row, d);
      });
      place.batch = type.getRank() > 2 ? indices[0] : b.index(0);
      place.row = indices[rowDim];
      encodeRow(b, row, encoding, op.getEncodingOperands(), place);
      b.loop(dim, [&](Value d) {
        Value x = castToFloat(b, b.load(row, d), type.getElementType());
        b.store(x, op.getOuts(), at(d));
      });
    };
    nest(0);
    b.free(row);
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

namespace whorl {
void populateEncodingReferencePatterns(RewritePatternSet &patterns) {
  patterns.add<EncodePositionReference>(patterns.getContext());
}
} // namespace whorl
