//===- QueryTile.cpp - queries into the transposed tile, outputs back -----===//

#include "AttentionKernel.h"
#include "Whorl/IR/OperandShapes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace whorl;

static constexpr double kLog2E = 1.44269504088896340736;

/// Qt[d][r] = scale * q[firstRow + r][d]. Rows behind the last repeat it.
void AttentionKernel::emitPackQuery(const Tile &tile) {
  Value scale = buildScale(b, op, type);
  if (softmax.isBase2)
    scale = arith::MulFOp::create(b, scale, b.constant(type, kLog2E));
  b.loop(b.index(queryRows), [&](Value r) {
    auto [head, row] = locateRow(tile, b.add(tile.firstRow, r));
    Value matrix = getHeadMatrix(tile, op.getQuery(), tile.query, head);
    Value at = row;
    if (query.needsWork())
      query.emitRow(b, matrix, row, tile.batch, tile.queryRow);
    b.loop(b.dim(tile.query, 1), [&](Value d) {
      Value x = query.needsWork() ? b.load(tile.queryRow, d)
                                  : b.load(matrix, {at, d});
      b.store(arith::MulFOp::create(b, x, scale), tile.qt, {d, r});
    });
  });
}

/// No key seen yet: Ot = 0, and what the softmax starts from.
void AttentionKernel::emitInitialState(const Tile &tile) {
  Value zero = b.constant(vector, 0.0);
  b.loop(b.index(queryRows), [&](Value r) {
    Value sink;
    if (op.getSinks()) {
      Value head = locateRow(tile, b.add(tile.firstRow, r)).first;
      sink = castToFloat(b, b.load(op.getSinks(), head), type);
    }
    auto [reference, sum] = softmax.buildInitial(b, type, sink);
    b.store(reference, tile.reference, r);
    b.store(sum, tile.sum, r);
  });
  b.loop(b.index(0), b.index(queryRows), b.index(lanes), [&](Value c) {
    b.loop(b.dim(tile.ot, 0),
           [&](Value d) { storeVector(zero, tile.ot, {d, c}); });
  });
}

/// output[firstRow + r][d] = Ot[d][r] / sum[r]; 0 where no key was seen.
void AttentionKernel::emitStoreOutput(const Tile &tile) {
  b.loop(b.index(0), b.index(queryRows), b.index(lanes), [&](Value c) {
    Value inverse = SoftmaxState::buildInverse(b, loadVector(tile.sum, c));
    b.loop(b.dim(tile.ot, 0), [&](Value d) {
      Value x = loadVector(tile.ot, {d, c});
      storeVector(arith::MulFOp::create(b, x, inverse), tile.ot, {d, c});
    });
  });
  Type element = cast<MemRefType>(tile.output.getType()).getElementType();
  Value rows = b.min(b.index(queryRows), b.sub(numRows, tile.firstRow));
  b.loop(rows, [&](Value r) {
    auto [head, row] = locateRow(tile, b.add(tile.firstRow, r));
    Value matrix = getHeadMatrix(tile, op.getOuts()[0], tile.output, head);
    Value at = row;
    b.loop(b.dim(tile.ot, 0), [&](Value d) {
      Value x = castToFloat(b, b.load(tile.ot, {d, r}), element);
      b.store(x, matrix, {at, d});
    });
  });
}

/// The lse of each row.
void AttentionKernel::emitStoreLse(const Tile &tile) {
  Value rows = b.min(b.index(queryRows), b.sub(numRows, tile.firstRow));
  b.loop(rows, [&](Value r) {
    Value lse =
        softmax.buildLse(b, b.load(tile.reference, r), b.load(tile.sum, r));
    auto [head, row] = locateRow(tile, b.add(tile.firstRow, r));
    b.store(lse, op.getOuts()[1], {tile.batch, head, row});
  });
}
