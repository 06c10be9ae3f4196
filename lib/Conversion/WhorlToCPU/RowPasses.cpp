//===- RowPasses.cpp - passes over rows: conversion and encodings ---------===//

#include "RowPasses.h"
#include "Whorl/IR/OperandShapes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

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
  if (type.getElementType() == element)
    return vector;
  if (type.getElementType().isInteger(16)) {
    type = VectorType::get(type.getShape(), b.getBF16Type());
    vector = vector::BitCastOp::create(b, type, vector);
  }
  if (element.isInteger(16)) {
    vector = castLanes(b, vector, b.getBF16Type());
    type = VectorType::get(type.getShape(), element);
    return vector::BitCastOp::create(b, type, vector);
  }
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

/// Eklundh's method: stage s exchanges the off-diagonal s x s blocks of each
/// 2s x 2s block.
SmallVector<Value> whorl::transposeLanes(LoopBuilder &b,
                                         SmallVector<Value> rows) {
  int64_t lanes = rows.size();
  for (int64_t s = 1; s < lanes; s *= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t e = 0; e < lanes; ++e) {
      low.push_back(e & s ? lanes + e - s : e);
      high.push_back(e & s ? lanes + e : e + s);
    }
    for (int64_t i = 0; i < lanes; ++i) {
      if (i & s)
        continue;
      Value x = rows[i], y = rows[i + s];
      rows[i] = vector::ShuffleOp::create(b, x, y, low);
      rows[i + s] = vector::ShuffleOp::create(b, x, y, high);
    }
  }
  return rows;
}

//===----------------------------------------------------------------------===//
// RowEncoder
//===----------------------------------------------------------------------===//

bool RowEncoder::dependsOnBatch() const {
  return positions.dependsOnBatch() ||
         PositionEncodingAttrInterface(encoding).dependsOnBatch(
             ValueRange(operands).getTypes());
}

namespace {
/// The row whose factors are built.
struct FactorRow {
  Value batch, row;
  SmallVector<Value> positions;
};
} // namespace

/// Builds the factors of unit `first + lane` of all lanes, f64.
static SmallVector<Value> buildFactors(LoopBuilder &b, RowEncoder &encoder,
                                       const FactorRow &at, Value first,
                                       int64_t lanes) {
  MemRefReader reader(encoder.module, encoder.operands);
  ScalarBlock scalar(b.getLoc(), b.getIndexType());
  Value unit = scalar.get().getArgument(0);
  RowFactorContext context{at.positions, unit,   encoder.dim,   reader,
                           at.batch,     at.row, encoder.length};
  SmallVector<Value> factors =
      encoder.encoding.buildRowFactors(scalar.getBuilder(), context);
  LaneExpander expander(b, lanes);
  expander.map(unit, LaneValue::affine(first));
  expander.expand(scalar.get(), factors);
  SmallVector<Value> result;
  for (Value factor : factors)
    result.push_back(expander.getVector(factor));
  return result;
}

static unsigned countFactors(LoopBuilder &b, RowEncoder &encoder) {
  MemRefReader reader(encoder.module, encoder.operands);
  ScalarBlock scalar(b.getLoc(), {b.getIndexType(), b.getF64Type()});
  Value index = scalar.get().getArgument(0),
        number = scalar.get().getArgument(1);
  SmallVector<Value> axes(encoder.encoding.getNumPositionAxes(), number);
  RowFactorContext context{axes,  index, encoder.dim, reader,
                           index, index, number};
  return encoder.encoding.buildRowFactors(scalar.getBuilder(), context).size();
}

void RowEncoder::buildTable(LoopBuilder &b, Value batches, Value rows,
                            Type type, int64_t lanes) {
  RowLayout layout = encoding.getRowLayout(dim);
  int64_t numFactors = countFactors(b, *this);
  Value copies = dependsOnBatch() ? batches : b.index(1);
  table = b.allocate(type, {OpFoldResult(copies), OpFoldResult(rows),
                            b.getIndexAttr(numFactors),
                            b.getIndexAttr(layout.units)});
  b.parallel({copies, rows}, [&](ValueRange ivs) {
    FactorRow at{ivs[0], ivs[1], {}};
    for (unsigned axis = 0; axis < encoding.getNumPositionAxes(); ++axis)
      at.positions.push_back(castToFloat(
          b, positions.getPosition(b, ivs[0], ivs[1], axis), b.getF64Type()));
    forLanes(
        b, b.getIndexAttr(layout.units), lanes,
        [&](Value first, int64_t width) {
          SmallVector<Value> factors = buildFactors(b, *this, at, first, width);
          for (auto [k, factor] : llvm::enumerate(factors))
            storeLanes(b, factor, table, {ivs[0], ivs[1], b.index(k), first});
        });
  });
}

/// The two (or one) elements of `lanes` units from `first` on.
static SmallVector<Value> loadUnits(LoopBuilder &b, Value row, Type type,
                                    const RowLayout &layout, Value at,
                                    int64_t lanes) {
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
  Value copy = dependsOnBatch() ? batch : b.index(0);
  forLanes(
      b, b.getIndexAttr(layout.units), lanes, [&](Value first, int64_t width) {
        Value at = b.add(b.mul(first, b.index(layout.getUnitStride())),
                         b.index(layout.start));
        SmallVector<Value> values = loadUnits(b, row, type, layout, at, width);
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
        expander.expand(scalar.get(), results);
        SmallVector<Value> units;
        for (Value result : results)
          units.push_back(expander.getVector(result));
        storeUnits(b, units, row, layout, at);
      });
}

//===----------------------------------------------------------------------===//
// RowSource
//===----------------------------------------------------------------------===//

RowSource::RowSource(AttentionOp op, Value tensor, RowRole role,
                     const PositionSource &positions, Type type, int64_t lanes,
                     const RowFormat &format)
    : op(op), tensor(tensor), positions(positions), type(type), lanes(lanes),
      format(format) {
  if (!format.element)
    this->format.element = type;
  int64_t features = op.getStaticDim(tensor, Dim::feature);
  bool isWhole = format.multiple == 1 || (!ShapedType::isDynamic(features) &&
                                          features % format.multiple == 0);
  Type element = cast<MemRefType>(tensor.getType()).getElementType();
  bool isSame = this->format.element.isInteger(16)
                    ? element.isBF16()
                    : element == this->format.element;
  isReshaped = !isWhole || !isSame;
  if (role == RowRole::embedding || !op.getPositionAttr())
    return; // values are converted, never encoded
  for (auto [i, attribute] : llvm::enumerate(op.getPositionAttr())) {
    auto encoding = cast<PositionEncodingAttrInterface>(attribute);
    if (contains(encoding.getSites(), EncodingSite::queryKey))
      encoders.push_back({encoding, llvm::to_vector(op.getEncodingOperands(i)),
                          positions, role,
                          op.getStaticDim(tensor, Dim::feature),
                          op->getParentOfType<ModuleOp>()});
  }
}

OpFoldResult RowSource::getSize(LoopBuilder &b, Dim role) {
  return op.getMixedDim(b, tensor, role);
}

OpFoldResult RowSource::getRowSize(LoopBuilder &b) {
  OpFoldResult features = getSize(b, Dim::feature);
  if (format.multiple == 1)
    return features;
  if (std::optional<int64_t> size = getConstantIntValue(features))
    return b.getIndexAttr(llvm::alignTo(*size, format.multiple));
  Value multiple = b.index(format.multiple);
  Value size = getValueOrCreateConstantIndexOp(b, b.getLoc(), features);
  return OpFoldResult(b.mul(b.ceilDiv(size, multiple), multiple));
}

Value RowSource::getBound(LoopBuilder &b, Dim role) {
  return getValueOrCreateConstantIndexOp(b, b.getLoc(), getSize(b, role));
}

/// Rows count from 0 in both, or have the same ids: the factors of one row are
/// those of the other.
bool RowSource::hasTablesOf(const RowSource &other) const {
  auto isPlain = [](const PositionSource &source) {
    return !source.ids && !source.offset && source.staticOffset == 0;
  };
  bool isSame = positions.ids ? positions.ids == other.positions.ids
                              : isPlain(positions) && isPlain(other.positions);
  return encoders.size() == other.encoders.size() && isSame;
}

void RowSource::buildTables(LoopBuilder &b, const RowSource *like) {
  bool isShared = like && hasTablesOf(*like);
  ownsTables = !isShared;
  length = like ? like->length : buildSequenceLength(b, op);
  for (auto [i, encoder] : llvm::enumerate(encoders)) {
    encoder.length = length;
    if (isShared) {
      encoder.table = like->encoders[i].table;
      continue;
    }
    // Queries and keys share the table: it must reach the last row of both.
    Value rows = getBound(b, Dim::row);
    if (!positions.ids && !positions.offset && positions.staticOffset == 0)
      for (Value other : {op.getQuery(), op.getKey()})
        rows =
            b.max(rows, getValueOrCreateConstantIndexOp(
                            b, b.getLoc(), op.getMixedDim(b, other, Dim::row)));
    encoder.buildTable(b, getBound(b, Dim::batch), rows, type, lanes);
  }
}

void RowSource::freeTables(LoopBuilder &b) {
  for (RowEncoder &encoder : encoders)
    if (ownsTables)
      b.free(encoder.table);
}

void RowSource::emitRow(LoopBuilder &b, Value matrix, Value row, Value batch,
                        Value target) {
  forLanes(b, getSize(b, Dim::feature), lanes, [&](Value d, int64_t width) {
    Value x = loadLanes(b, matrix, {row, d}, width, format.element);
    storeLanes(b, x, target, d);
  });
  for (RowEncoder &encoder : encoders)
    encoder.encode(b, target, batch, row, lanes);
  if (format.multiple == 1)
    return;
  Value zero = arith::ConstantOp::create(b, b.getZeroAttr(format.element));
  Value end = getValueOrCreateConstantIndexOp(b, b.getLoc(), getRowSize(b));
  b.loop(getBound(b, Dim::feature), end, b.index(1),
         [&](Value d) { b.store(zero, target, d); });
}

Value RowSource::materialize(LoopBuilder &b) {
  Value scratch =
      b.allocate(format.element, {getSize(b, Dim::batch), getSize(b, Dim::head),
                                  getSize(b, Dim::row), getRowSize(b)});
  b.parallel(
      {getBound(b, Dim::batch), getBound(b, Dim::head), getBound(b, Dim::row)},
      [&](ValueRange ivs) {
        Value from = getHeadView(b, tensor, op.getLayout(), ivs[0], ivs[1]);
        Value to = getHeadView(b, scratch, Layout::bhnd, ivs[0], ivs[1]);
        emitRow(b, from, ivs[2], ivs[0], getRowView(b, to, ivs[2]));
      });
  return scratch;
}
