//===- FewRowsKernel.cpp - the rows of a group and their key loop ---------===//

#include "FewRowsKernel.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/Transforms/Schedules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace whorl;

using Dim = AttentionOp::Dim;

FewRowsKernel::FewRowsKernel(AttentionOp op, CPUAttentionScheduleAttr schedule,
                             OpBuilder &builder)
    : op(op), b(op.getLoc(), builder), lanes(schedule.getLanes()),
      tileKeys(schedule.getRows()), tileRows(schedule.getColumns()),
      keyBlock(schedule.getKeyBlock()), type(op.getScoreType()),
      vector(VectorType::get({lanes}, type)),
      hasModifiers(hasScoreModifiers(op)), softmax{!hasModifiers} {}

LogicalResult FewRowsKernel::verify(CPUAttentionScheduleAttr schedule) {
  auto size = [&](Value tensor, Dim dim) {
    return op.getStaticDim(tensor, dim);
  };
  int64_t heads = size(op.getQuery(), Dim::head);
  int64_t keyHeads = size(op.getKey(), Dim::head);
  queries = size(op.getQuery(), Dim::row);
  features = size(op.getQuery(), Dim::feature);
  valueFeatures = size(op.getValue(), Dim::feature);
  if (auto reason = explainMisfit(op, schedule))
    return op.emitOpError("has a schedule with ") << *reason;
  groupHeads = keyHeads == 0 ? 0 : heads / keyHeads;
  rows = groupHeads * queries;
  paddedRows = (rows + tileRows - 1) / tileRows * tileRows;
  return success();
}

Value FewRowsKernel::allocate(ArrayRef<int64_t> shape) {
  return b.allocateScratch(type, getAsIndexOpFoldResult(b.getContext(), shape));
}

void FewRowsKernel::emit() {
  if (rows == 0)
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
    b.loop(b.index(queries), [&](Value i) {
      body(b.add(b.mul(g, b.index(queries)), i), head, i);
    });
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
                 positions.getRowPosition(b, batch, b.index(queries)),
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
  auto [lower, upper] = group.range.buildBounds(b);
  b.loop(lower, upper, b.index(keyBlock),
         [&](Value firstKey) { emitBlock(group, firstKey, upper); });
  emitStore(group);
  b.freeScratch({group.query, group.scores, group.out, group.keyBlock,
                 group.reference, group.sum});
  memref::AllocaScopeReturnOp::create(b, ValueRange{});
}

/// Queries converted, encoded and scaled; rows that only fill the last register
/// tile are 0. No key seen yet.
void FewRowsKernel::emitStart(Group &group) {
  Value zero = b.constant(vector, 0.0);
  Value scale = softmax.buildUnit(b, buildScale(b, op, type));
  Value scales = vector::BroadcastOp::create(b, vector, scale);
  auto clear = [&](Value matrix, int64_t count, int64_t from) {
    b.loop(b.index(from), b.index(paddedRows), b.index(1), [&](Value r) {
      b.loop(b.index(0), b.index(count), b.index(lanes),
             [&](Value d) { storeLanes(b, zero, matrix, {r, d}); });
    });
  };
  clear(group.query, features, rows);
  clear(group.out, valueFeatures, 0);
  forRows(
      [&](Value r, Value head, Value i) {
        Value matrix =
            getHeadView(b, op.getQuery(), op.getLayout(), group.batch, head);
        Value row = getRowView(b, group.query, r);
        query.emitRow(b, matrix, i, group.batch, row);
        b.loop(b.index(0), b.index(features), b.index(lanes), [&](Value d) {
          Value x = loadLanes(b, row, d, lanes, type);
          storeLanes(b, arith::MulFOp::create(b, x, scales), row, d);
        });
        Value sink;
        if (op.getSinks())
          sink = castToFloat(b, b.load(op.getSinks(), head), type);
        auto [reference, sum] = softmax.buildInitial(b, type, sink);
        b.store(reference, group.reference, r);
        b.store(sum, group.sum, r);
      },
      group);
}

void FewRowsKernel::emitBlock(Group &group, Value firstKey, Value upper) {
  group.firstKey = firstKey;
  group.numKeys = b.min(b.index(keyBlock), b.sub(upper, firstKey));
  if (group.keyBlock)
    emitEncodeKeys(group);
  emitScores(group);
  emitSoftmax(group);
  emitAccumulate(group);
}

void FewRowsKernel::emitStore(const Group &group) {
  forRows(
      [&](Value r, Value head, Value i) {
        Value matrix =
            getHeadView(b, op.getOuts()[0], op.getLayout(), group.batch, head);
        Value sum = b.load(group.sum, r);
        Value inverse = vector::BroadcastOp::create(
            b, vector, SoftmaxState::buildInverse(b, sum));
        b.loop(b.index(0), b.index(valueFeatures), b.index(lanes),
               [&](Value d) {
                 Value x = loadLanes(b, group.out, {r, d}, lanes, type);
                 storeLanes(b, arith::MulFOp::create(b, x, inverse), matrix,
                            {i, d});
               });
        if (op.getReturnLse())
          b.store(softmax.buildLse(b, b.load(group.reference, r), sum),
                  op.getOuts()[1], {group.batch, head, i});
      },
      group);
}
