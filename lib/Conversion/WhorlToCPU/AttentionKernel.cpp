//===- AttentionKernel.cpp - the query tile and its key loop --------------===//

#include "AttentionKernel.h"
#include "TileRegisters.h"
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
      keyBlock(schedule.getKeyBlock()), dot(schedule.getDot()),
      type(op.getScoreType()), vector(VectorType::get({lanes}, type)),
      isPacked(schedule.getRole() == LaneRole::heads) {
  // Rows of a packed tile are not neighbours in i - j; bare products of pairs
  // have no scale yet when they leave the registers.
  if (!isPacked)
    tables = DistanceTables(op, type, /*allowSum=*/!isPaired());
  initializeSoftmax();
  int64_t rows = op.getStaticDim(op.getQuery(), Dim::row);
  hasTail = ShapedType::isDynamic(rows) || rows % queryRows != 0;
  // A tile of packed heads may have all of the queries.
  int64_t positions = isPacked ? rows : queryRows;
  if (MaskAttrInterface attribute = op.getMaskInterface())
    mask = analyzeMask(attribute, positions, keyBlock);
  int64_t heads = op.getStaticDim(op.getQuery(), Dim::head);
  int64_t keyHeads = op.getStaticDim(op.getKey(), Dim::head);
  preparesBlocks = isPacked && !ShapedType::isDynamic(heads) && keyHeads > 0 &&
                   heads / keyHeads * rows <= queryRows;
}

/// Bare products need a scale that keeps their order and does not leave the
/// range of f32; others are multiplied like any other change of a score.
void AttentionKernel::initializeSoftmax() {
  hasModifiers = hasScoreModifiers(op) && !tables.isSum();
  if (!isPaired()) {
    softmax = {/*isBase2=*/!hasModifiers};
    return;
  }
  constexpr double least = 0x1p-20, most = 0x1p20;
  std::optional<double> scale = getConstantScale(op);
  hasModifiers |= !scale || *scale < least || *scale > most;
  softmax = {/*isBase2=*/false, hasModifiers ? 1.0 : *scale};
}

Value AttentionKernel::loadVector(Value memref, ValueRange indices) {
  return vector::LoadOp::create(b, vector, memref, indices);
}

void AttentionKernel::storeVector(Value value, Value memref,
                                  ValueRange indices) {
  vector::StoreOp::create(b, value, memref, indices);
}

void AttentionKernel::forGroups(const Tile &tile,
                                function_ref<void(Value)> body) {
  b.loop(b.index(0), tile.usedRows, b.index(tileColumns * lanes), body);
}

void AttentionKernel::forVectors(const Tile &tile,
                                 function_ref<void(Value)> body) {
  b.loop(b.index(0), tile.usedRows, b.index(lanes), body);
}

std::pair<Value, Layout> AttentionKernel::prepare(RowSource &source,
                                                  Value tensor) {
  if (!source.needsWork() || preparesBlocks)
    return {tensor, op.getLayout()};
  return {source.materialize(b), Layout::bhnd};
}

void AttentionKernel::emit() {
  // Keys and values are read by many query tiles: their rows are prepared once.
  // Queries are prepared when they are packed.
  RowFormat format = {isPaired() ? Type(b.getI16Type()) : type, getMultiple()};
  key = RowSource(op, op.getKey(), RowRole::key, getKeyPositionSource(op), type,
                  lanes, format);
  if (isTiled() && !mayLoadTilesOf(op.getKey()))
    key.alwaysCopy();
  value = RowSource(op, op.getValue(), RowRole::embedding, {}, type, lanes);
  query = RowSource(op, op.getQuery(), RowRole::query,
                    getQueryPositionSource(op), type, lanes, format);
  key.buildTables(b);
  query.buildTables(b, &key);
  std::tie(keyRows, keyLayout) = prepare(key, op.getKey());
  std::tie(valueRows, valueLayout) = isPaired() && !preparesBlocks
                                         ? std::pair(packValues(), Layout::bhnd)
                                         : prepare(value, op.getValue());
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
  numRows = isPacked ? b.mul(numGroups, numQueries) : numQueries;
  tables.build(b, numRows, numKeyRows, queryRows, lanes, softmax);
  Value tiles = b.ceilDiv(numRows, b.index(queryRows));
  Value sequences = isPacked ? size(op.getKey(), Dim::head) : heads;
  b.parallel({size(op.getQuery(), Dim::batch), sequences, tiles},
             [&](ValueRange ivs) { emitTile(ivs[0], ivs[1], ivs[2]); });
  if (keyRows != op.getKey())
    b.free(keyRows);
  if (valueRows != op.getValue())
    b.free(valueRows);
  tables.free(b);
  query.freeTables(b);
  key.freeTables(b);
}

static OpFoldResult halve(LoopBuilder &b, OpFoldResult even) {
  if (std::optional<int64_t> size = getConstantIntValue(even))
    return b.getIndexAttr(*size / 2);
  return OpFoldResult(b.floorDiv(cast<Value>(even), b.index(2)));
}

/// Memory for a block of values in the form in which they are multiplied.
Value AttentionKernel::allocateValueBlock(OpFoldResult features) {
  OpFoldResult block = b.getIndexAttr(keyBlock);
  if (!isPaired())
    return b.allocate(type, {block, features});
  if (!isTiled())
    return b.allocate(b.getI32Type(), {halve(b, block), features});
  Value rows = getValueOrCreateConstantIndexOp(b, b.getLoc(), features);
  rows = b.mul(rows, b.index(keyBlock / getMultiple()));
  return b.allocate(b.getI32Type(), {OpFoldResult(rows), b.getIndexAttr(16)});
}

void AttentionKernel::allocateScratch(Tile &tile) {
  auto allocate = [&](ArrayRef<OpFoldResult> sizes) {
    return b.allocateScratch(type, sizes);
  };
  Type element = isPaired() ? Type(b.getI16Type()) : type;
  OpFoldResult columns = b.getIndexAttr(queryRows);
  OpFoldResult block = b.getIndexAttr(keyBlock);
  OpFoldResult features = query.getRowSize(b);
  OpFoldResult valueFeatures = getPaddedValueFeatures();
  tile.qt = isPaired() ? b.allocateScratch(b.getI32Type(),
                                           {halve(b, features), columns})
                       : allocate({features, columns});
  tile.ot = allocate({valueFeatures, columns});
  tile.scores = allocate({block, columns});
  if (!hasModifiers && !isTiled())
    tile.tileMaxima = allocate({b.getIndexAttr(keyBlock / tileRows), columns});
  // Also where nothing is to be converted: a tile that is the only reader of
  // its keys has them from memory, which copying reads faster than the
  // contraction.
  if (preparesBlocks) {
    tile.keyBlock = b.allocate(element, {block, features});
    tile.valueBlock = allocateValueBlock(valueFeatures);
  }
  if (isTiled() && !preparesBlocks) {
    tile.lastKeys =
        b.allocateScratch(element, {b.getIndexAttr(tileRows), features});
    tile.lastValues =
        b.allocateScratch(b.getI32Type(), {valueFeatures, b.getIndexAttr(16)});
  }
  if (query.needsWork())
    tile.queryRows =
        b.allocateScratch(element, {b.getIndexAttr(lanes), features});
  tile.reference = allocate(columns);
  tile.sum = allocate(columns);
  tile.best = allocate(columns);
}

void AttentionKernel::releaseScratch(Tile &tile) {
  b.freeScratch({tile.qt, tile.ot, tile.scores, tile.tileMaxima, tile.queryRows,
                 tile.reference, tile.sum, tile.best, tile.keyBlock,
                 tile.valueBlock, tile.lastKeys, tile.lastValues});
}

void AttentionKernel::emitTile(Value batch, Value head, Value tileIndex) {
  auto scope = memref::AllocaScopeOp::create(b, TypeRange{});
  OpBuilder::InsertionGuard guard(b);
  b.createBlock(&scope.getBodyRegion());
  Tile tile;
  tile.batch = batch;
  Value keyHead = isPacked ? head : b.floorDiv(head, numGroups);
  if (isPacked)
    head = b.mul(keyHead, numGroups);
  tile.head = head;
  tile.firstRow = b.mul(tileIndex, b.index(queryRows));
  // The last tile may need fewer groups of columns than it has.
  Value group = b.index(tileColumns * lanes);
  Value needed = b.ceilDiv(b.sub(numRows, tile.firstRow), group);
  bool usesAll = groups == 1 || (!hasTail && !isPacked);
  tile.usedRows = b.index(queryRows);
  if (!usesAll)
    tile.usedRows = b.min(b.mul(needed, group), tile.usedRows);
  Value firstQuery = isPacked ? b.index(0) : tile.firstRow;
  PositionSource positions = getQueryPositionSource(op);
  tile.range = {op,
                mask,
                batch,
                head,
                positions.getRowPosition(b, batch, firstQuery),
                positions.getRowPosition(b, batch, numQueries),
                numKeyRows};
  tile.query = getHeadView(b, op.getQuery(), op.getLayout(), batch, head);
  tile.key = getHeadView(b, keyRows, keyLayout, batch, keyHead);
  tile.value = getHeadView(b, valueRows, valueLayout, batch, keyHead);
  tile.output = getHeadView(b, op.getOuts()[0], op.getLayout(), batch, head);
  allocateScratch(tile);
  emitPackQuery(tile);
  emitInitialState(tile);
  emitKeyBlocks(tile);
  emitStoreOutput(tile);
  if (op.getReturnLse())
    emitStoreLse(tile);
  releaseScratch(tile);
  memref::AllocaScopeReturnOp::create(b, ValueRange{});
}

std::pair<Value, Value> AttentionKernel::locateRow(const Tile &tile,
                                                   Value row) {
  auto like = [&](Value scalar) -> Value {
    if (auto type = dyn_cast<VectorType>(row.getType()))
      return vector::BroadcastOp::create(b, type, scalar);
    return scalar;
  };
  Value last = like(b.sub(numRows, b.index(1)));
  row = arith::MinSIOp::create(b, row, last);
  if (!isPacked)
    return {like(tile.head), row};
  Value count = like(numQueries);
  Value head = arith::AddIOp::create(b, like(tile.head),
                                     arith::DivUIOp::create(b, row, count));
  return {head, arith::RemUIOp::create(b, row, count)};
}

/// The matrix of `head`, which is that of the tile when heads are not packed.
Value AttentionKernel::getHeadMatrix(const Tile &tile, Value tensor,
                                     Value ofTile, Value head) {
  return isPacked ? getHeadView(b, tensor, op.getLayout(), tile.batch, head)
                  : ofTile;
}

/// The rows of the block, converted and encoded; what is prepared takes the
/// place of the tensor.
void AttentionKernel::emitPrepareBlock(Tile &tile) {
  auto prepareRows = [&](RowSource &source, Value from, Value to) {
    b.loop(tile.numKeys, [&](Value c) {
      source.emitRow(b, from, b.add(tile.firstKey, c), tile.batch,
                     getRowView(b, to, c));
    });
  };
  if (tile.keyBlock)
    prepareRows(key, tile.key, tile.keyBlock);
  if (tile.valueBlock && isPaired())
    emitValueBlock(tile.value, tile.firstKey, tile.numKeys, tile.valueBlock);
  else if (tile.valueBlock)
    prepareRows(value, tile.value, tile.valueBlock);
}

void AttentionKernel::emitKeyBlocks(Tile &tile) {
  auto [first, end] = tile.range.buildBounds(b);
  Value lower = first, upper = end;
  if (isPaired()) { // words of keys start at multiples
    Value multiple = b.index(getMultiple());
    lower = b.mul(b.floorDiv(lower, multiple), multiple);
  }
  TileRegisters tiles(b);
  if (isTiled())
    tiles.configure();
  b.loop(lower, upper, b.index(keyBlock),
         [&](Value firstKey) { emitKeyBlock(tile, firstKey, upper); });
  if (isTiled())
    tiles.release();
}

void AttentionKernel::emitKeyBlock(Tile &tile, Value firstKey, Value upper) {
  tile.firstKey = firstKey;
  tile.numKeys = b.min(b.index(keyBlock), b.sub(upper, firstKey));
  emitPrepareBlock(tile);
  if (isTiled())
    emitTiledScores(tile);
  else
    emitScores(tile);
  if (isPaired())
    hideBehindLast(tile);
  emitSoftmax(tile);
  if (isTiled())
    emitTiledAccumulate(tile);
  else
    emitAccumulate(tile);
}
