//===- QueryTile.cpp - queries into the transposed tile, outputs back -----===//

#include "AttentionKernel.h"
#include "Whorl/IR/OperandShapes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace whorl;

/// Qt[d][r] = scale * q[firstRow + r][d]. Rows behind the last repeat it.
void AttentionKernel::emitPackQuery(const Tile &tile) {
  if (isPaired())
    return forVectors(tile, [&](Value first) { emitPackPairs(tile, first); });
  Value scale = softmax.buildUnit(b, buildScale(b, op, type));
  forVectors(tile, [&](Value first) { emitPackRows(tile, first, scale); });
}

std::pair<SmallVector<Value>, SmallVector<Value>>
AttentionKernel::locateQueryRows(const Tile &tile, Value first) {
  Values matrices, rows;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value r = b.add(first, b.index(lane));
    auto [head, row] = locateRow(tile, b.add(tile.firstRow, r));
    Value matrix = getHeadMatrix(tile, op.getQuery(), tile.query, head);
    if (query.needsWork()) {
      Value prepared = getRowView(b, tile.queryRows, b.index(lane));
      query.emitRow(b, matrix, row, tile.batch, prepared);
      matrix = tile.queryRows;
      row = b.index(lane);
    }
    matrices.push_back(matrix);
    rows.push_back(row);
  }
  return {matrices, rows};
}

/// The same for as many rows as there are lanes: square by square, and the
/// features that fill none one by one.
void AttentionKernel::emitPackRows(const Tile &tile, Value first, Value scale) {
  auto [matrices, rows] = locateQueryRows(tile, first);
  OpFoldResult features =
      memref::getMixedSize(b, b.getLoc(), tile.query, /*pos=*/1);
  forLanes(b, features, lanes, [&](Value d, int64_t width) {
    if (width == lanes) {
      Value scales = vector::BroadcastOp::create(b, vector, scale);
      Values square;
      for (auto [matrix, row] : llvm::zip_equal(matrices, rows))
        square.push_back(loadLanes(b, matrix, {row, d}, lanes, type));
      square = transposeLanes(b, square);
      for (auto [i, column] : llvm::enumerate(square))
        storeVector(arith::MulFOp::create(b, column, scales), tile.qt,
                    {b.add(d, b.index(i)), first});
      return;
    }
    for (auto [i, matrix] : llvm::enumerate(matrices)) {
      Value x = castToFloat(b, b.load(matrix, {rows[i], d}), type);
      b.store(arith::MulFOp::create(b, x, scale), tile.qt,
              {d, b.add(first, b.index(i))});
    }
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
    b.store(b.constant(type, 0.0), tile.best, r); // vectors that are not used
  });
  forVectors(tile, [&](Value c) {
    b.loop(b.dim(tile.ot, 0),
           [&](Value d) { storeVector(zero, tile.ot, {d, c}); });
  });
}

/// output[firstRow + r][d] = Ot[d][r] / sum[r]; 0 where no key was seen.
void AttentionKernel::emitStoreOutput(const Tile &tile) {
  Value rows = b.min(b.index(queryRows), b.sub(numRows, tile.firstRow));
  b.loop(b.index(0), rows, b.index(lanes),
         [&](Value first) { emitStoreRows(tile, first); });
}

/// The same for as many rows as there are lanes.
void AttentionKernel::emitStoreRows(const Tile &tile, Value first) {
  Values matrices, rows;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value r = b.add(first, b.index(lane));
    auto [head, row] = locateRow(tile, b.add(tile.firstRow, r));
    matrices.push_back(getHeadMatrix(tile, op.getOuts()[0], tile.output, head));
    rows.push_back(row);
  }
  Value inverse = SoftmaxState::buildInverse(b, loadVector(tile.sum, first));
  auto load = [&](Value d) -> Value {
    return arith::MulFOp::create(b, loadVector(tile.ot, {d, first}), inverse);
  };
  // Rows behind the last are the last one: they come first, so that its own
  // results stay.
  OpFoldResult features =
      memref::getMixedSize(b, b.getLoc(), tile.output, /*pos=*/1);
  forLanes(b, features, lanes, [&](Value d, int64_t width) {
    Values square;
    for (int64_t i = 0; i < width; ++i)
      square.push_back(load(b.add(d, b.index(i))));
    if (width == lanes)
      square = transposeLanes(b, square);
    for (int64_t lane = lanes - 1; lane >= 0; --lane) {
      if (width == lanes) {
        storeLanes(b, square[lane], matrices[lane], {rows[lane], d});
        continue;
      }
      Type element = cast<MemRefType>(tile.output.getType()).getElementType();
      Value x = vector::ExtractOp::create(b, square[0], lane);
      b.store(castToFloat(b, x, element), matrices[lane], {rows[lane], d});
    }
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
