//===- QueryTile.cpp - queries into the transposed tile, outputs back -----===//

#include "AttentionKernel.h"
#include "Whorl/IR/OperandShapes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <limits>

using namespace mlir;
using namespace whorl;

static constexpr double kLog2E = 1.44269504088896340736;
static constexpr double kLn2 = 0.69314718055994530942;

/// Qt[d][r] = scale * q[firstRow + r][d]. Rows behind the last repeat it.
void AttentionKernel::emitPackQuery(const Tile &tile) {
  Value scale = buildScale(b, op, type);
  if (isBase2)
    scale = arith::MulFOp::create(b, scale, b.constant(type, kLog2E));
  Value last = b.sub(numQueries, b.index(1));
  b.loop(b.index(queryRows), [&](Value r) {
    Value row = b.min(b.add(tile.firstRow, r), last);
    if (query.needsWork())
      query.emitRow(b, tile.query, row, tile.batch, tile.queryRow);
    b.loop(b.dim(tile.query, 1), [&](Value d) {
      Value x = query.needsWork() ? b.load(tile.queryRow, d)
                                  : b.load(tile.query, {row, d});
      b.store(arith::MulFOp::create(b, x, scale), tile.qt, {d, r});
    });
  });
}

/// No key seen yet: Ot = 0, sum = 0, reference = 0. A sink is a score whose
/// value is nothing: it starts reference and sum; one of -inf is none.
void AttentionKernel::emitInitialState(const Tile &tile) {
  Value zero = b.constant(vector, 0.0);
  Value step = b.index(lanes);
  Value reference = b.constant(type, 0.0), sum = reference;
  if (op.getSinks()) {
    Value sink = castToFloat(b, b.load(op.getSinks(), tile.head), type);
    if (isBase2)
      sink = arith::MulFOp::create(b, sink, b.constant(type, kLog2E));
    Value infinity = b.constant(type, -std::numeric_limits<double>::infinity());
    Value isNone =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, sink, infinity);
    sum = arith::SelectOp::create(b, isNone, sum, b.constant(type, 1.0));
    reference = arith::SelectOp::create(b, isNone, reference, sink);
  }
  reference = vector::BroadcastOp::create(b, vector, reference);
  sum = vector::BroadcastOp::create(b, vector, sum);
  b.loop(b.index(0), b.index(queryRows), step, [&](Value c) {
    storeVector(reference, tile.reference, c);
    storeVector(sum, tile.sum, c);
    b.loop(b.dim(tile.ot, 0),
           [&](Value d) { storeVector(zero, tile.ot, {d, c}); });
  });
}

/// output[firstRow + r][d] = Ot[d][r] / sum[r]; 0 where no key was seen.
void AttentionKernel::emitStoreOutput(const Tile &tile) {
  Value zero = b.constant(vector, 0.0), one = b.constant(vector, 1.0);
  b.loop(b.index(0), b.index(queryRows), b.index(lanes), [&](Value c) {
    Value sum = loadVector(tile.sum, c);
    Value isEmpty =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, sum, zero);
    Value inverse = arith::DivFOp::create(b, one, sum);
    inverse = arith::SelectOp::create(b, isEmpty, zero, inverse);
    b.loop(b.dim(tile.ot, 0), [&](Value d) {
      Value x = loadVector(tile.ot, {d, c});
      storeVector(arith::MulFOp::create(b, x, inverse), tile.ot, {d, c});
    });
  });
  Type element = cast<MemRefType>(tile.output.getType()).getElementType();
  Value rows = b.min(b.index(queryRows), b.sub(numQueries, tile.firstRow));
  b.loop(rows, [&](Value r) {
    Value row = b.add(tile.firstRow, r);
    b.loop(b.dim(tile.ot, 0), [&](Value d) {
      Value x = castToFloat(b, b.load(tile.ot, {d, r}), element);
      b.store(x, tile.output, {row, d});
    });
  });
}

/// lse[row] = reference + log(sum), -inf where no key was seen.
void AttentionKernel::emitStoreLse(const Tile &tile) {
  Value infinity = b.constant(type, -std::numeric_limits<double>::infinity());
  Value rows = b.min(b.index(queryRows), b.sub(numQueries, tile.firstRow));
  b.loop(rows, [&](Value r) {
    Value reference = b.load(tile.reference, r), sum = b.load(tile.sum, r);
    if (isBase2)
      reference = arith::MulFOp::create(b, reference, b.constant(type, kLn2));
    Value logarithm = math::LogOp::create(b, sum);
    Value lse = arith::AddFOp::create(b, reference, logarithm);
    Value isEmpty = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, sum,
                                          b.constant(type, 0.0));
    lse = arith::SelectOp::create(b, isEmpty, infinity, lse);
    b.store(lse, op.getOuts()[1],
            {tile.batch, tile.head, b.add(tile.firstRow, r)});
  });
}
