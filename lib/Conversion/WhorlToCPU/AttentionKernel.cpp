//===- AttentionKernel.cpp - the query tile and its key loop --------------===//

#include "AttentionKernel.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace whorl;

using Dim = AttentionOp::Dim;

AttentionKernel::AttentionKernel(AttentionOp op,
                                 CPUAttentionScheduleAttr schedule,
                                 OpBuilder &builder)
    : op(op), b(op.getLoc(), builder), lanes(schedule.getLanes()),
      tileRows(schedule.getRows()), tileColumns(schedule.getColumns()),
      groups(schedule.getGroups()), queryRows(schedule.getQueryRows()),
      keyBlock(schedule.getKeyBlock()), type(op.getScoreType()),
      vector(VectorType::get({lanes}, type)),
      hasModifiers(hasScoreModifiers(op)), isBase2(!hasModifiers) {
  int64_t rows = op.getStaticDim(op.getQuery(), Dim::row);
  hasTail = ShapedType::isDynamic(rows) || rows % queryRows != 0;
  if (MaskAttrInterface attribute = op.getMaskInterface())
    mask = analyzeMask(attribute, queryRows, keyBlock);
}

Value AttentionKernel::loadVector(Value memref, ValueRange indices) {
  return vector::LoadOp::create(b, vector, memref, indices);
}

void AttentionKernel::storeVector(Value value, Value memref,
                                  ValueRange indices) {
  vector::StoreOp::create(b, value, memref, indices);
}

void AttentionKernel::forGroups(function_ref<void(Value)> body) {
  Value step = b.index(tileColumns * lanes);
  b.loop(b.index(0), b.index(queryRows), step, body);
}

std::pair<Value, Layout> AttentionKernel::prepare(RowSource &source,
                                                  Value tensor) {
  if (!source.needsWork())
    return {tensor, op.getLayout()};
  return {source.materialize(b), Layout::bhnd};
}

void AttentionKernel::emit() {
  // Keys and values are read by many query tiles: their rows are prepared once.
  // Queries are prepared when they are packed.
  key = RowSource(op, op.getKey(), RowRole::key, getKeyPositionSource(op), type,
                  lanes);
  value = RowSource(op, op.getValue(), RowRole::embedding, {}, type, lanes);
  query = RowSource(op, op.getQuery(), RowRole::query,
                    getQueryPositionSource(op), type, lanes);
  key.buildTables(b);
  query.buildTables(b, &key);
  std::tie(keyRows, keyLayout) = prepare(key, op.getKey());
  std::tie(valueRows, valueLayout) = prepare(value, op.getValue());
  auto size = [&](Value tensor, Dim role) {
    return getValueOrCreateConstantIndexOp(b, b.getLoc(),
                                           op.getMixedDim(b, tensor, role));
  };
  numQueries = size(op.getQuery(), Dim::row);
  numKeyRows = size(op.getKey(), Dim::row);
  Value heads = size(op.getQuery(), Dim::head);
  Value one = b.index(1);
  numGroups =
      b.max(b.floorDiv(heads, b.max(size(op.getKey(), Dim::head), one)), one);
  Value tiles = b.ceilDiv(numQueries, b.index(queryRows));
  b.parallel({size(op.getQuery(), Dim::batch), heads, tiles},
             [&](ValueRange ivs) { emitTile(ivs[0], ivs[1], ivs[2]); });
  if (keyRows != op.getKey())
    b.free(keyRows);
  if (valueRows != op.getValue())
    b.free(valueRows);
  query.freeTables(b);
  key.freeTables(b);
}

/// Scratch lies on the stack when its size is known and a thread's stack has
/// room for it, inside a scope of its own: the tile is the body of a loop.
static std::optional<int64_t> getStackSize(OpFoldResult size,
                                           int64_t bytesOfOne) {
  constexpr int64_t mostBytes = 256 << 10;
  std::optional<int64_t> constant = getConstantIntValue(size);
  if (constant && *constant > mostBytes / bytesOfOne)
    return std::nullopt;
  return constant;
}

Value AttentionKernel::allocateRow(OpFoldResult size) {
  if (auto elements = getStackSize(size, type.getWidth() / 8)) {
    auto bufferType = MemRefType::get({*elements}, type);
    return memref::AllocaOp::create(b, bufferType, b.getI64IntegerAttr(64));
  }
  return b.allocate(type, {size});
}

void AttentionKernel::allocateScratch(Tile &tile) {
  auto allocate = [&](OpFoldResult rows) -> Value {
    if (auto size = getStackSize(rows, queryRows * type.getWidth() / 8)) {
      auto bufferType = MemRefType::get({*size, queryRows}, type);
      return memref::AllocaOp::create(b, bufferType, b.getI64IntegerAttr(64));
    }
    return b.allocate(type, {rows, b.getIndexAttr(queryRows)});
  };
  tile.qt = allocate(op.getMixedDim(b, op.getQuery(), Dim::feature));
  tile.ot = allocate(op.getMixedDim(b, op.getValue(), Dim::feature));
  tile.scores = allocate(b.getIndexAttr(keyBlock));
  if (!hasModifiers)
    tile.tileMaxima = allocate(b.getIndexAttr(keyBlock / tileRows));
  if (query.needsWork())
    tile.queryRow = allocateRow(op.getMixedDim(b, op.getQuery(), Dim::feature));
  tile.reference = allocateRow(b.getIndexAttr(queryRows));
  tile.sum = allocateRow(b.getIndexAttr(queryRows));
  tile.best = allocateRow(b.getIndexAttr(queryRows));
}

void AttentionKernel::releaseScratch(Tile &tile) {
  for (Value buffer : {tile.qt, tile.ot, tile.scores, tile.tileMaxima,
                       tile.queryRow, tile.reference, tile.sum, tile.best})
    if (buffer && buffer.getDefiningOp<memref::AllocOp>())
      b.free(buffer);
}

void AttentionKernel::emitTile(Value batch, Value head, Value tileIndex) {
  auto scope = memref::AllocaScopeOp::create(b, TypeRange{});
  OpBuilder::InsertionGuard guard(b);
  b.createBlock(&scope.getBodyRegion());
  Tile tile;
  tile.batch = batch;
  tile.head = head;
  tile.firstRow = b.mul(tileIndex, b.index(queryRows));
  PositionSource positions = getQueryPositionSource(op);
  tile.firstPosition = positions.getRowPosition(b, batch, tile.firstRow);
  tile.endPosition = positions.getRowPosition(b, batch, numQueries);
  Value keyHead = b.floorDiv(head, numGroups);
  tile.query = getHeadView(b, op.getQuery(), op.getLayout(), batch, head);
  tile.key = getHeadView(b, keyRows, keyLayout, batch, keyHead);
  tile.value = getHeadView(b, valueRows, valueLayout, batch, keyHead);
  tile.output = getHeadView(b, op.getOuts()[0], op.getLayout(), batch, head);
  allocateScratch(tile);
  emitPackQuery(tile);
  emitInitialState(tile);
  auto [lower, upper] = emitKeyBounds(tile);
  b.loop(lower, upper, b.index(keyBlock),
         [&](Value firstKey) { emitKeyBlock(tile, firstKey, upper); });
  emitStoreOutput(tile);
  if (op.getReturnLse())
    emitStoreLse(tile);
  releaseScratch(tile);
  memref::AllocaScopeReturnOp::create(b, ValueRange{});
}

void AttentionKernel::emitKeyBlock(Tile &tile, Value firstKey, Value upper) {
  tile.firstKey = firstKey;
  tile.numKeys = b.min(b.index(keyBlock), b.sub(upper, firstKey));
  emitScores(tile);
  emitSoftmax(tile);
  emitAccumulate(tile);
}

//===----------------------------------------------------------------------===//
// The mask's plan as code
//===----------------------------------------------------------------------===//

/// The largest (or least) result of a map, or null when it has none.
static Value emitExtremum(LoopBuilder &b, AffineMap map, ValueRange dims,
                          ValueRange symbols, bool isMaximum) {
  Value result;
  for (AffineExpr expr : map.getResults()) {
    Value value = affine::expandAffineExpr(b, b.getLoc(), expr, dims, symbols);
    if (!result)
      result = value;
    else
      result = isMaximum ? b.max(result, value) : b.min(result, value);
  }
  return result;
}

/// The hull of the key intervals, within [0, Nk).
std::pair<Value, Value> AttentionKernel::emitKeyBounds(const Tile &tile) {
  Value zero = b.index(0);
  if (!mask)
    return {zero, numKeyRows};
  if (mask->intervals.empty())
    return {zero, zero};
  SmallVector<Value> dims = {tile.firstPosition, tile.endPosition};
  Value lower, upper;
  for (const KeyInterval &interval : mask->intervals) {
    Value first = emitExtremum(b, interval.lower, dims, op.getMaskOperands(),
                               /*isMaximum=*/true);
    Value last = emitExtremum(b, interval.upper, dims, op.getMaskOperands(),
                              /*isMaximum=*/false);
    first = first ? b.max(first, zero) : zero;
    last = last ? b.min(last, numKeyRows) : numKeyRows;
    lower = lower ? b.min(lower, first) : first;
    upper = upper ? b.max(upper, last) : last;
  }
  if (Value end = buildMaskKeyEnd(b, op, tile.batch, tile.head))
    upper = b.min(upper, end);
  return {lower, upper};
}

/// Whether the current block may hold an invisible pair.
Value AttentionKernel::emitIsPartial(const Tile &tile) {
  SmallVector<Value> dims = {tile.firstPosition, tile.firstKey,
                             tile.endPosition};
  Value zero = b.index(0);
  Value result;
  for (IntegerSet set : mask->partial) {
    Value all;
    for (auto [i, expr] : llvm::enumerate(set.getConstraints())) {
      Value value = affine::expandAffineExpr(b, b.getLoc(), expr, dims,
                                             op.getMaskOperands());
      auto predicate =
          set.isEq(i) ? arith::CmpIPredicate::eq : arith::CmpIPredicate::sge;
      Value holds = arith::CmpIOp::create(b, predicate, value, zero);
      all = all ? arith::AndIOp::create(b, all, holds).getResult() : holds;
    }
    result = result ? arith::OrIOp::create(b, result, all).getResult() : all;
  }
  return result;
}
