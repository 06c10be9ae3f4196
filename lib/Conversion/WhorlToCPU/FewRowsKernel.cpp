//===- FewRowsKernel.cpp - the rows of a group and their key loop ---------===//

#include "FewRowsKernel.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/Transforms/Schedules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace mlir;
using namespace whorl;

using Dim = AttentionOp::Dim;

FewRowsKernel::FewRowsKernel(AttentionOp op, CPUAttentionScheduleAttr schedule,
                             OpBuilder &builder,
                             std::optional<int64_t> mostQueries)
    : op(op), b(op.getLoc(), builder), lanes(schedule.getLanes()),
      tileKeys(schedule.getRows()), tileRows(schedule.getColumns()),
      keyBlock(schedule.getKeyBlock()), streams(schedule.getGroups()),
      type(op.getScoreType()), vector(VectorType::get({lanes}, type)),
      hasModifiers(hasScoreModifiers(op)), softmax{!hasModifiers} {
  // Modifiers and masks work on vectors of neighbouring keys: the streams of a
  // block are whole vectors, if need be fewer than wished for.
  bool needsNeighbours = hasModifiers || op.getMaskInterface();
  int64_t unit = needsNeighbours ? lanes : 1;
  while (keyBlock % (streams * unit) != 0)
    --streams;
  streamKeys = keyBlock / streams;
  isDynamic = ShapedType::isDynamic(op.getStaticDim(op.getQuery(), Dim::row));
  if (mostQueries)
    queries = *mostQueries;
}

LogicalResult FewRowsKernel::verify(CPUAttentionScheduleAttr schedule) {
  auto size = [&](Value tensor, Dim dim) {
    return op.getStaticDim(tensor, dim);
  };
  bool isBounded = queries != 0;
  if (auto reason = explainMisfit(op, schedule, isBounded))
    return op.emitOpError("has a schedule with ") << *reason;
  int64_t heads = size(op.getQuery(), Dim::head);
  int64_t keyHeads = size(op.getKey(), Dim::head);
  groupHeads = keyHeads == 0 ? 0 : heads / keyHeads;
  if (!isDynamic)
    queries = size(op.getQuery(), Dim::row);
  features = size(op.getQuery(), Dim::feature);
  valueFeatures = size(op.getValue(), Dim::feature);
  planRows();
  return success();
}

/// The second product takes up to four rows at once; where their number has no
/// divisor up to four it is padded.
void FewRowsKernel::planRows() {
  leastRows = groupHeads * (isDynamic ? 1 : queries);
  outRows = std::min<int64_t>(leastRows, 4);
  while (outRows > 1 && leastRows % outRows != 0)
    --outRows;
  if (outRows == 1 && groupHeads * queries > 1)
    outRows = 4;
  paddedRows = llvm::alignTo(groupHeads * queries, std::lcm(tileRows, outRows));
}

Value FewRowsKernel::allocate(ArrayRef<int64_t> shape) {
  return b.allocateScratch(type, getAsIndexOpFoldResult(b.getContext(), shape));
}

void FewRowsKernel::emit() {
  if (paddedRows == 0)
    return;
  if (MaskAttrInterface attribute = op.getMaskInterface())
    mask = analyzeMask(attribute, queries, keyBlock);
  query = RowSource(op, op.getQuery(), RowRole::query,
                    getQueryPositionSource(op), type, lanes);
  key = RowSource(op, op.getKey(), RowRole::key, getKeyPositionSource(op), type,
                  lanes);
  key.buildTables(b);
  query.buildTables(b, &key);
  auto size = [&](Value tensor, Dim role) {
    return getValueOrCreateConstantIndexOp(b, b.getLoc(),
                                           op.getMixedDim(b, tensor, role));
  };
  numKeyRows = size(op.getKey(), Dim::row);
  numQueries = size(op.getQuery(), Dim::row);
  numRows = b.mul(b.index(groupHeads), numQueries);
  b.parallel({size(op.getQuery(), Dim::batch), size(op.getKey(), Dim::head)},
             [&](ValueRange ivs) { emitGroup(ivs[0], ivs[1]); });
  query.freeTables(b);
  key.freeTables(b);
}

void FewRowsKernel::forRows(
    function_ref<void(Value row, Value head, Value query)> body,
    const Group &group) {
  b.loop(b.index(groupHeads), [&](Value g) {
    Value head = b.add(group.firstHead, g);
    b.loop(numQueries,
           [&](Value i) { body(b.add(b.mul(g, numQueries), i), head, i); });
  });
}

void FewRowsKernel::emitGroup(Value batch, Value keyHead) {
  auto scope = memref::AllocaScopeOp::create(b, TypeRange{});
  OpBuilder::InsertionGuard guard(b);
  b.createBlock(&scope.getBodyRegion());
  Group group;
  group.batch = batch;
  group.firstHead = b.mul(keyHead, b.index(groupHeads));
  PositionSource positions = getQueryPositionSource(op);
  group.range = {op,
                 mask,
                 batch,
                 group.firstHead,
                 positions.getRowPosition(b, batch, b.index(0)),
                 positions.getRowPosition(b, batch, numQueries),
                 numKeyRows};
  group.key = getHeadView(b, op.getKey(), op.getLayout(), batch, keyHead);
  group.value = getHeadView(b, op.getValue(), op.getLayout(), batch, keyHead);
  group.query = allocate({paddedRows, features});
  group.scores = allocate({paddedRows, keyBlock});
  group.out = allocate({paddedRows, valueFeatures});
  group.reference = allocate({paddedRows});
  group.sum = allocate({paddedRows});
  if (key.hasEncoders())
    group.keyBlock = allocate({keyBlock, features});
  emitStart(group);
  emitBlocks(group);
  emitStore(group);
  b.freeScratch({group.query, group.scores, group.out, group.keyBlock,
                 group.reference, group.sum});
  memref::AllocaScopeReturnOp::create(b, ValueRange{});
}

/// One query converted, encoded and scaled, in the order of the keys' elements.
void FewRowsKernel::emitStartRow(const Group &group, Value matrix, Value query,
                                 Value row) {
  Value scale = softmax.buildUnit(b, buildScale(b, op, type));
  this->query.emitRow(b, matrix, query, group.batch, row);
  auto scaleLanes = [&](Value d, int64_t width) {
    auto wide = VectorType::get({width}, type);
    Value x = loadLanes(b, row, d, width, type);
    Value scales = vector::BroadcastOp::create(b, wide, scale);
    return arith::MulFOp::create(b, x, scales).getResult();
  };
  int64_t pair = 2 * lanes;
  int64_t split =
      !group.keyBlock && isSplit(group.key) ? features / pair * pair : 0;
  b.loop(b.index(0), b.index(split), b.index(pair), [&](Value d) {
    auto halves = vector::DeinterleaveOp::create(b, scaleLanes(d, pair));
    storeLanes(b, halves.getRes1(), row, d);
    storeLanes(b, halves.getRes2(), row, b.add(d, b.index(lanes)));
  });
  b.loop(b.index(split), b.index(features), b.index(lanes),
         [&](Value d) { storeLanes(b, scaleLanes(d, lanes), row, d); });
}

/// Rows that only fill the last register tile are 0. No key seen yet.
void FewRowsKernel::emitStart(Group &group) {
  Value zero = b.constant(vector, 0.0);
  auto clear = [&](Value matrix, int64_t count, Value from) {
    b.loop(from, b.index(paddedRows), b.index(1), [&](Value r) {
      b.loop(b.index(0), b.index(count), b.index(lanes),
             [&](Value d) { storeLanes(b, zero, matrix, {r, d}); });
    });
  };
  clear(group.query, features, numRows);
  clear(group.out, valueFeatures, b.index(0));
  forRows(
      [&](Value r, Value head, Value i) {
        Value matrix =
            getHeadView(b, op.getQuery(), op.getLayout(), group.batch, head);
        emitStartRow(group, matrix, i, getRowView(b, group.query, r));
        Value sink;
        if (op.getSinks())
          sink = castToFloat(b, b.load(op.getSinks(), head), type);
        auto [reference, sum] = softmax.buildInitial(b, type, sink);
        b.store(reference, group.reference, r);
        b.store(sum, group.sum, r);
      },
      group);
}

/// How many of `blocks` blocks the streams have. Where streams are a multiple
/// of 4096 bytes apart, all of their lines share the few places that the
/// first-level cache has for one address modulo 4096: they are made a little
/// shorter, so that they begin at different ones.
Value FewRowsKernel::buildStreamBlocks(const Group &group, Value blocks) {
  constexpr int64_t period = 4096;
  auto memref = cast<MemRefType>(group.key.getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(memref.getStridesAndOffset(strides, offset)) ||
      ShapedType::isDynamic(strides[0]) || streams == 1)
    return blocks;
  int64_t step = strides[0] * streamKeys * memref.getElementTypeBitWidth() / 8;
  if (step <= 0 || step >= period || period % step != 0)
    return blocks;
  int64_t wanted = std::max<int64_t>(period / streams / step, 1);
  Value surplus = b.createOrFold<arith::RemUIOp>(
      b.max(b.sub(blocks, b.index(wanted)), b.index(0)),
      b.index(period / step));
  return b.sub(blocks, surplus);
}

/// The blocks of whole streams, and those of the keys behind the last stream,
/// the last of which may have fewer.
void FewRowsKernel::emitBlocks(Group &group) {
  auto [lower, upper] = group.range.buildBounds(b);
  Value first = lower, end = upper, size = b.index(keyBlock);
  Value count = b.max(b.sub(end, first), b.index(0));
  Value blocks = buildStreamBlocks(group, b.floorDiv(count, size));
  Value length = b.mul(blocks, b.index(streamKeys));
  group.lastKey = b.sub(end, b.index(1));
  b.loop(b.ceilDiv(count, size), [&](Value t) {
    Value isWhole =
        arith::CmpIOp::create(b, arith::CmpIPredicate::slt, t, blocks);
    auto select = [&](Value whole, Value last) -> Value {
      return arith::SelectOp::create(b, isWhole, whole, last);
    };
    Value behind = b.mul(t, size);
    group.firstKey =
        b.add(first, select(b.mul(t, b.index(streamKeys)), behind));
    group.stride = select(length, b.index(streamKeys));
    group.numKeys = b.min(size, b.sub(count, behind));
    if (group.keyBlock)
      emitEncodeKeys(group);
    emitScores(group);
    emitSoftmax(group);
    emitAccumulate(group);
  });
}

/// One output row, divided by its sum and in the order of the features.
void FewRowsKernel::emitStoreRow(const Group &group, Value row, Value matrix,
                                 Value query) {
  Value inverse = vector::BroadcastOp::create(
      b, vector, SoftmaxState::buildInverse(b, b.load(group.sum, row)));
  auto load = [&](Value d) {
    Value x = loadLanes(b, group.out, {row, d}, lanes, type);
    return arith::MulFOp::create(b, x, inverse).getResult();
  };
  int64_t pair = 2 * lanes;
  int64_t split = isSplit(group.value) ? valueFeatures / pair * pair : 0;
  b.loop(b.index(0), b.index(split), b.index(pair), [&](Value d) {
    Value both = vector::InterleaveOp::create(b, load(d),
                                              load(b.add(d, b.index(lanes))));
    storeLanes(b, both, matrix, {query, d});
  });
  b.loop(b.index(split), b.index(valueFeatures), b.index(lanes),
         [&](Value d) { storeLanes(b, load(d), matrix, {query, d}); });
}

void FewRowsKernel::emitStore(const Group &group) {
  forRows(
      [&](Value r, Value head, Value i) {
        Value matrix =
            getHeadView(b, op.getOuts()[0], op.getLayout(), group.batch, head);
        emitStoreRow(group, r, matrix, i);
        if (op.getReturnLse())
          b.store(softmax.buildLse(b, b.load(group.reference, r),
                                   b.load(group.sum, r)),
                  op.getOuts()[1], {group.batch, head, i});
      },
      group);
}
