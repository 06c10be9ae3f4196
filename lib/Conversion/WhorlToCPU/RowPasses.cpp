//===- RowPasses.cpp - passes over rows: conversion and encodings ---------===//

#include "RowPasses.h"
#include "Whorl/IR/OperandShapes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace whorl;

using Dim = AttentionOp::Dim;

void whorl::forLanes(LoopBuilder &b, OpFoldResult count, int64_t lanes,
                     function_ref<void(Value, int64_t)> body) {
  std::optional<int64_t> size = getConstantIntValue(count);
  Value total = getValueOrCreateConstantIndexOp(b, b.getLoc(), count);
  Value step = b.index(lanes);
  Value whole = size ? b.index(*size - *size % lanes)
                     : b.mul(b.floorDiv(total, step), step);
  if (!size || *size >= lanes)
    b.loop(b.index(0), whole, step, [&](Value first) { body(first, lanes); });
  if (lanes > 1 && (!size || *size % lanes != 0))
    b.loop(whole, total, b.index(1), [&](Value first) { body(first, 1); });
}

static Value castLanes(LoopBuilder &b, Value vector, Type element) {
  auto type = cast<VectorType>(vector.getType());
  unsigned from = type.getElementType().getIntOrFloatBitWidth();
  unsigned to = element.getIntOrFloatBitWidth();
  auto result = VectorType::get(type.getShape(), element);
  if (from < to)
    return arith::ExtFOp::create(b, result, vector);
  if (from > to)
    return arith::TruncFOp::create(b, result, vector);
  return vector;
}

Value whorl::loadLanes(LoopBuilder &b, Value memref, ValueRange indices,
                       int64_t lanes, Type type) {
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  Value vector = vector::LoadOp::create(b, VectorType::get({lanes}, element),
                                        memref, indices);
  return castLanes(b, vector, type);
}

void whorl::storeLanes(LoopBuilder &b, Value vector, Value memref,
                       ValueRange indices) {
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  vector::StoreOp::create(b, castLanes(b, vector, element), memref, indices);
}

//===----------------------------------------------------------------------===//
// RowEncoder
//===----------------------------------------------------------------------===//

/// Builds the factors of unit `first + lane` of all lanes, f64.
static SmallVector<Value> buildFactors(LoopBuilder &b, RowEncoder &encoder,
                                       ArrayRef<Value> axes, Value first,
                                       int64_t lanes) {
  MemRefReader reader(encoder.module, encoder.operands);
  ScalarBlock scalar(b.getLoc(), b.getIndexType());
  Value unit = scalar.get().getArgument(0);
  RowFactorContext context{SmallVector<Value>(axes), unit, encoder.dim, reader};
  SmallVector<Value> factors =
      encoder.encoding.buildRowFactors(scalar.getBuilder(), context);
  LaneExpander expander(b, lanes);
  expander.map(unit, LaneValue::affine(first));
  expander.expand(scalar.get());
  SmallVector<Value> result;
  for (Value factor : factors)
    result.push_back(expander.getVector(factor));
  return result;
}

static unsigned countFactors(LoopBuilder &b, RowEncoder &encoder) {
  MemRefReader reader(encoder.module, encoder.operands);
  ScalarBlock scalar(b.getLoc(), {b.getIndexType(), b.getF64Type()});
  SmallVector<Value> axes(encoder.encoding.getNumPositionAxes(),
                          scalar.get().getArgument(1));
  RowFactorContext context{axes, scalar.get().getArgument(0), encoder.dim,
                           reader};
  return encoder.encoding.buildRowFactors(scalar.getBuilder(), context).size();
}

void RowEncoder::buildTable(LoopBuilder &b, Value batches, Value rows,
                            Type type, int64_t lanes) {
  RowLayout layout = encoding.getRowLayout(dim);
  int64_t numFactors = countFactors(b, *this);
  Value copies = positions.dependsOnBatch() ? batches : b.index(1);
  table = b.allocate(type, {OpFoldResult(copies), OpFoldResult(rows),
                            b.getIndexAttr(numFactors),
                            b.getIndexAttr(layout.units)});
  b.parallel({copies, rows}, [&](ValueRange ivs) {
    SmallVector<Value> axes;
    for (unsigned axis = 0; axis < encoding.getNumPositionAxes(); ++axis)
      axes.push_back(castToFloat(
          b, positions.getPosition(b, ivs[0], ivs[1], axis), b.getF64Type()));
    forLanes(b, b.getIndexAttr(layout.units), lanes,
             [&](Value first, int64_t width) {
               SmallVector<Value> factors =
                   buildFactors(b, *this, axes, first, width);
               for (auto [k, factor] : llvm::enumerate(factors))
                 storeLanes(b, factor, table,
                            {ivs[0], ivs[1], b.index(k), first});
             });
  });
}

/// The two (or one) elements of `lanes` units from `first` on.
static SmallVector<Value> loadUnits(LoopBuilder &b, Value row,
                                    const RowLayout &layout, Value at,
                                    int64_t lanes) {
  Type type = cast<MemRefType>(row.getType()).getElementType();
  if (layout.pairing == RowPairing::interleaved) {
    Value both = loadLanes(b, row, at, 2 * lanes, type);
    auto split = vector::DeinterleaveOp::create(b, both);
    return {split.getRes1(), split.getRes2()};
  }
  SmallVector<Value> result = {loadLanes(b, row, at, lanes, type)};
  if (layout.pairing == RowPairing::half)
    result.push_back(
        loadLanes(b, row, b.add(at, b.index(layout.units)), lanes, type));
  return result;
}

static void storeUnits(LoopBuilder &b, ArrayRef<Value> units, Value row,
                       const RowLayout &layout, Value at) {
  if (layout.pairing == RowPairing::interleaved) {
    Value both = vector::InterleaveOp::create(b, units[0], units[1]);
    return storeLanes(b, both, row, at);
  }
  storeLanes(b, units[0], row, at);
  if (layout.pairing == RowPairing::half)
    storeLanes(b, units[1], row, b.add(at, b.index(layout.units)));
}

void RowEncoder::encode(LoopBuilder &b, Value row, Value batch, Value rowIndex,
                        int64_t lanes) {
  RowLayout layout = encoding.getRowLayout(dim);
  auto tableType = cast<MemRefType>(table.getType());
  Type type = tableType.getElementType();
  int64_t numFactors = tableType.getDimSize(2);
  Value copy = positions.dependsOnBatch() ? batch : b.index(0);
  forLanes(b, b.getIndexAttr(layout.units), lanes,
           [&](Value first, int64_t width) {
             Value at = b.add(b.mul(first, b.index(layout.getUnitStride())),
                              b.index(layout.start));
             SmallVector<Value> values = loadUnits(b, row, layout, at, width);
             for (int64_t k = 0; k < numFactors; ++k)
               values.push_back(loadLanes(
                   b, table, {copy, rowIndex, b.index(k), first}, width, type));
             SmallVector<Type> types(values.size(), type);
             ScalarBlock scalar(b.getLoc(), types);
             ValueRange arguments = scalar.get().getArguments();
             unsigned numElements = layout.getElementsPerUnit();
             SmallVector<Value> results = encoding.buildRowUnit(
                 scalar.getBuilder(), arguments.take_front(numElements),
                 arguments.drop_front(numElements), role);
             LaneExpander expander(b, width);
             for (auto [argument, value] : llvm::zip_equal(arguments, values))
               expander.map(argument, LaneValue::vector(value));
             expander.expand(scalar.get());
             SmallVector<Value> units;
             for (Value result : results)
               units.push_back(expander.getVector(result));
             storeUnits(b, units, row, layout, at);
           });
}

//===----------------------------------------------------------------------===//
// prepareRows
//===----------------------------------------------------------------------===//

static SmallVector<RowEncoder> getRowEncoders(AttentionOp op, Value tensor,
                                              RowRole role,
                                              const PositionSource &positions) {
  SmallVector<RowEncoder> encoders;
  if (!op.getPositionAttr())
    return encoders;
  for (auto [i, attribute] : llvm::enumerate(op.getPositionAttr())) {
    auto encoding = cast<PositionEncodingAttrInterface>(attribute);
    if (contains(encoding.getSites(), EncodingSite::queryKey))
      encoders.push_back({encoding, llvm::to_vector(op.getEncodingOperands(i)),
                          positions, role,
                          op.getStaticDim(tensor, Dim::feature),
                          op->getParentOfType<ModuleOp>()});
  }
  return encoders;
}

PreparedRows whorl::prepareRows(LoopBuilder &b, AttentionOp op, Value tensor,
                                RowRole role, const PositionSource &positions,
                                Type type, int64_t lanes) {
  SmallVector<RowEncoder> encoders;
  if (role != RowRole::embedding)
    encoders = getRowEncoders(op, tensor, role, positions);
  Type element = cast<MemRefType>(tensor.getType()).getElementType();
  if (encoders.empty() && element == type)
    return {tensor, op.getLayout(), false};
  auto size = [&](Dim role) { return op.getMixedDim(b, tensor, role); };
  auto bound = [&](Dim role) {
    return getValueOrCreateConstantIndexOp(b, b.getLoc(), size(role));
  };
  Value batches = bound(Dim::batch), heads = bound(Dim::head);
  Value rows = bound(Dim::row);
  Value scratch = b.allocate(type, {size(Dim::batch), size(Dim::head),
                                    size(Dim::row), size(Dim::feature)});
  for (RowEncoder &encoder : encoders)
    encoder.buildTable(b, batches, rows, type, lanes);
  b.parallel({batches, heads, rows}, [&](ValueRange ivs) {
    Value from = getHeadView(b, tensor, op.getLayout(), ivs[0], ivs[1]);
    Value to = getHeadView(b, scratch, Layout::bhnd, ivs[0], ivs[1]);
    forLanes(b, size(Dim::feature), lanes, [&](Value d, int64_t width) {
      Value x = loadLanes(b, from, {ivs[2], d}, width, type);
      storeLanes(b, x, to, {ivs[2], d});
    });
    Value row = getRowView(b, to, ivs[2]);
    for (RowEncoder &encoder : encoders)
      encoder.encode(b, row, ivs[0], ivs[2], lanes);
  });
  for (RowEncoder &encoder : encoders)
    b.free(encoder.table);
  return {scratch, Layout::bhnd, true};
}
