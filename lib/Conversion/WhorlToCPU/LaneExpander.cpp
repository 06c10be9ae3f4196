//===- LaneExpander.cpp - scalar IR becomes vector IR ---------------------===//

#include "LaneExpander.h"
#include "Whorl/Utils/LoopBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace whorl;

using Kind = LaneValue::Kind;

ScalarBlock::ScalarBlock(Location loc, TypeRange argumentTypes)
    : block(std::make_unique<Block>()), builder(loc, loc.getContext()) {
  for (Type type : argumentTypes)
    block->addArgument(type, loc);
  builder.setInsertionPointToEnd(block.get());
}

ScalarBlock::~ScalarBlock() { block->dropAllDefinedValueUses(); }

LaneValue LaneExpander::lookup(Value scalar) const {
  auto found = values.find(scalar);
  return found == values.end() ? LaneValue::uniform(scalar) : found->second;
}

VectorType LaneExpander::getVectorType(Type element) {
  return VectorType::get({lanes}, element);
}

/// The constant 0, stride, 2 stride, ... of an integer type.
Value LaneExpander::getIota(Type element, int64_t stride) {
  unsigned width = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  SmallVector<APInt> entries;
  for (int64_t lane = 0; lane < lanes; ++lane)
    entries.emplace_back(width, static_cast<uint64_t>(lane * stride),
                         /*isSigned=*/false, /*implicitTrunc=*/true);
  return arith::ConstantOp::create(
      b, DenseElementsAttr::get(getVectorType(element), entries));
}

/// The same for the lanes that exist; those behind look like the last one: an
/// index computed from it may be read at.
Value LaneExpander::getSteps(Type element, int64_t stride) {
  if (!lastLane)
    return getIota(element, stride);
  VectorType type = getVectorType(element);
  Value last = lastLane;
  if (!element.isIndex())
    last = arith::IndexCastOp::create(b, element, last);
  Value lane = arith::MinSIOp::create(
      b, getIota(element, 1), vector::BroadcastOp::create(b, type, last));
  if (stride == 1)
    return lane;
  Value factor = arith::ConstantOp::create(
      b, DenseElementsAttr::get(type, b.getIntegerAttr(element, stride)));
  return arith::MulIOp::create(b, lane, factor);
}

Value LaneExpander::toVector(const LaneValue &value) {
  Type element = value.value.getType();
  switch (value.kind) {
  case Kind::vector:
    return value.value;
  case Kind::uniform:
    return vector::BroadcastOp::create(b, getVectorType(element), value.value);
  case Kind::affine: {
    Value base =
        vector::BroadcastOp::create(b, getVectorType(element), value.value);
    return arith::AddIOp::create(b, base, getSteps(element, value.stride));
  }
  }
  llvm_unreachable("unknown kind");
}

Value LaneExpander::getLane(const LaneValue &value, int64_t lane) {
  switch (value.kind) {
  case Kind::uniform:
    return value.value;
  case Kind::vector:
    return vector::ExtractOp::create(b, value.value, lane);
  case Kind::affine: {
    // Lanes that do not exist look like the last one that does.
    Value offset = arith::ConstantIndexOp::create(b, lane);
    if (lastLane)
      offset = arith::MinSIOp::create(b, offset, lastLane);
    Value stride = arith::ConstantIndexOp::create(b, value.stride);
    offset = arith::MulIOp::create(b, offset, stride);
    Type type = value.value.getType();
    if (!type.isIndex())
      offset = arith::IndexCastOp::create(b, type, offset);
    return arith::AddIOp::create(b, value.value, offset);
  }
  }
  llvm_unreachable("unknown kind");
}

void LaneExpander::expand(Block &block, ValueRange results) {
  DenseSet<Value> needed(results.begin(), results.end());
  SmallVector<Operation *> ops;
  for (Operation &op : llvm::reverse(block)) {
    if (llvm::none_of(op.getResults(),
                      [&](Value value) { return needed.contains(value); }))
      continue;
    ops.push_back(&op);
    needed.insert_range(getUsedValues(op));
  }
  for (Operation *op : llvm::reverse(ops))
    expandOp(*op);
}

void LaneExpander::expandOp(Operation &op) {
  SmallVector<Value> used = getUsedValues(op);
  bool isUniform = llvm::all_of(
      used, [&](Value v) { return lookup(v).kind == Kind::uniform; });
  if (isUniform) {
    IRMapping mapping;
    for (Value value : used)
      mapping.map(value, lookup(value).value);
    Operation *clone = b.clone(op, mapping);
    for (auto [from, to] :
         llvm::zip_equal(op.getResults(), clone->getResults()))
      map(from, LaneValue::uniform(to));
    return;
  }
  if (expandAffine(op) || expandCompare(op) || expandLoad(op) ||
      expandRandomBits(op) || expandElementwise(op))
    return;
  expandByLane(op);
}

/// Integer arithmetic that keeps base + stride * lane.
bool LaneExpander::expandAffine(Operation &op) {
  if (isa<arith::IndexCastOp>(op)) {
    LaneValue value = lookup(op.getOperand(0));
    if (value.kind != Kind::affine)
      return false;
    Value base =
        arith::IndexCastOp::create(b, op.getResult(0).getType(), value.value);
    map(op.getResult(0), LaneValue::affine(base, value.stride));
    return true;
  }
  if (!isa<arith::AddIOp, arith::SubIOp>(op))
    return false;
  LaneValue lhs = lookup(op.getOperand(0)), rhs = lookup(op.getOperand(1));
  if (lhs.kind == Kind::vector || rhs.kind == Kind::vector)
    return false;
  bool isSub = isa<arith::SubIOp>(op);
  Value base = isSub
                   ? arith::SubIOp::create(b, lhs.value, rhs.value).getResult()
                   : arith::AddIOp::create(b, lhs.value, rhs.value);
  int64_t stride = isSub ? lhs.stride - rhs.stride : lhs.stride + rhs.stride;
  map(op.getResult(0),
      stride == 0 ? LaneValue::uniform(base) : LaneValue::affine(base, stride));
  return true;
}

static bool isSignedOrEqual(arith::CmpIPredicate predicate) {
  return predicate <= arith::CmpIPredicate::sge;
}

/// base + stride * lane against a uniform value: the distance of the two is
/// clamped to the lanes' range, so that 32-bit lanes decide it.
bool LaneExpander::expandCompare(Operation &op) {
  auto compare = dyn_cast<arith::CmpIOp>(op);
  if (!compare || !isSignedOrEqual(compare.getPredicate()) ||
      op.getOperand(0).getType().isInteger(1))
    return false;
  LaneValue lhs = lookup(compare.getLhs()), rhs = lookup(compare.getRhs());
  if (lhs.kind == Kind::vector || rhs.kind == Kind::vector)
    return false;
  int64_t stride = lhs.stride - rhs.stride;
  Value distance = arith::SubIOp::create(b, rhs.value, lhs.value);
  Type type = distance.getType();
  int64_t limit = std::abs(stride) * lanes + 1;
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(b, b.getIntegerAttr(type, value));
  };
  distance = arith::MaxSIOp::create(b, distance, constant(-limit));
  distance = arith::MinSIOp::create(b, distance, constant(limit));
  Type i32 = b.getI32Type();
  if (type.isIndex())
    distance = arith::IndexCastOp::create(b, i32, distance);
  else if (type.getIntOrFloatBitWidth() > 32)
    distance = arith::TruncIOp::create(b, i32, distance);
  else if (type.getIntOrFloatBitWidth() < 32)
    distance = arith::ExtSIOp::create(b, i32, distance);
  Value all = vector::BroadcastOp::create(b, getVectorType(i32), distance);
  Value result = arith::CmpIOp::create(b, compare.getPredicate(),
                                       getIota(i32, stride), all);
  map(op.getResult(0), LaneValue::vector(result));
  return true;
}

/// A read that is contiguous along the lanes.
bool LaneExpander::expandLoad(Operation &op) {
  auto load = dyn_cast<memref::LoadOp>(op);
  if (!load || load.getIndices().empty())
    return false;
  auto type = load.getMemRefType();
  // i1 lies in bytes: a vector load would read bits.
  if (type.getElementType().isInteger(1))
    return false;
  // Few machines mask vectors of halves, and LLVM makes calls of it for bf16.
  if (lastLane && type.getElementType().isBF16())
    return false;
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(type.getStridesAndOffset(strides, offset)) || strides.back() != 1)
    return false;
  SmallVector<Value> indices;
  for (Value index : load.getIndices().drop_back()) {
    LaneValue value = lookup(index);
    if (value.kind != Kind::uniform)
      return false;
    indices.push_back(value.value);
  }
  LaneValue last = lookup(load.getIndices().back());
  if (last.kind != Kind::affine || last.stride != 1)
    return false;
  indices.push_back(last.value);
  VectorType vectorType = getVectorType(type.getElementType());
  Value memref = lookup(load.getMemRef()).value;
  Value result;
  if (lastLane) {
    Value one = arith::ConstantIndexOp::create(b, 1);
    Value count = arith::AddIOp::create(b, lastLane, one);
    Value mask = vector::CreateMaskOp::create(b, getVectorType(b.getI1Type()),
                                              ValueRange{count});
    Value zero = arith::ConstantOp::create(b, b.getZeroAttr(vectorType));
    result = vector::MaskedLoadOp::create(b, vectorType, memref, indices, mask,
                                          zero);
  } else {
    result = vector::LoadOp::create(b, vectorType, memref, indices);
  }
  map(op.getResult(0), LaneValue::vector(result));
  return true;
}

/// Row and key indices fit 32 bits, and conversions of 32-bit lanes are the
/// ones that every vector unit has.
static LaneValue narrowIndices(ImplicitLocOpBuilder &b, Operation &op,
                               const LaneValue &value) {
  Type i32 = b.getI32Type();
  if (!isa<arith::SIToFPOp>(op) || value.kind != Kind::affine ||
      value.value.getType() == i32)
    return value;
  return LaneValue::affine(arith::TruncIOp::create(b, i32, value.value),
                           value.stride);
}

bool LaneExpander::expandElementwise(Operation &op) {
  if (!OpTrait::hasElementwiseMappableTraits(&op) || op.getNumRegions() != 0)
    return false;
  SmallVector<Value> operands;
  for (Value operand : op.getOperands())
    operands.push_back(toVector(narrowIndices(b, op, lookup(operand))));
  SmallVector<Type> types;
  for (Type type : op.getResultTypes())
    types.push_back(getVectorType(type));
  OperationState state(b.getLoc(), op.getName(), operands, types,
                       llvm::to_vector(op.getDiscardableAttrs()));
  if (op.getPropertiesStorageSize())
    state.propertiesAttr = op.getPropertiesAsAttribute();
  Operation *clone = b.create(state);
  for (auto [from, to] : llvm::zip_equal(op.getResults(), clone->getResults()))
    map(from, LaneValue::vector(to));
  return true;
}

void LaneExpander::expandByLane(Operation &op) {
  SmallVector<Value> used = getUsedValues(op);
  SmallVector<Value> results;
  for (Type type : op.getResultTypes())
    results.push_back(
        arith::ConstantOp::create(b, b.getZeroAttr(getVectorType(type))));
  for (int64_t lane = 0; lane < lanes; ++lane) {
    IRMapping mapping;
    for (Value value : used)
      if (!mapping.contains(value) && values.contains(value))
        mapping.map(value, getLane(lookup(value), lane));
    Operation *clone = b.clone(op, mapping);
    for (auto [result, scalar] : llvm::zip_equal(results, clone->getResults()))
      result = vector::InsertOp::create(b, scalar, result, lane);
  }
  for (auto [from, to] : llvm::zip_equal(op.getResults(), results))
    map(from, LaneValue::vector(to));
}
