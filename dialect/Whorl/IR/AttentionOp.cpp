//===- AttentionOp.cpp - whorl.attention: shapes, types, effects ----------===//

#include "Whorl/IR/DestinationOps.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace whorl;

static unsigned getDimIndex(Layout layout, AttentionOp::Dim role) {
  switch (role) {
  case AttentionOp::Dim::batch:
    return 0;
  case AttentionOp::Dim::head:
    return layout == Layout::bhnd ? 1 : 2;
  case AttentionOp::Dim::row:
    return layout == Layout::bhnd ? 2 : 1;
  case AttentionOp::Dim::feature:
    return 3;
  }
  llvm_unreachable("unknown role");
}

unsigned AttentionOp::getDimIndex(Dim role) {
  return ::getDimIndex(getLayout(), role);
}

int64_t AttentionOp::getStaticDim(Value tensor, Dim role) {
  return cast<ShapedType>(tensor.getType()).getDimSize(getDimIndex(role));
}

OpFoldResult AttentionOp::getMixedDim(OpBuilder &builder, Value tensor,
                                      Dim role) {
  if (isBufferized())
    return memref::getMixedSize(builder, getLoc(), tensor, getDimIndex(role));
  return tensor::getMixedSize(builder, getLoc(), tensor, getDimIndex(role));
}

FloatType AttentionOp::getScoreType() {
  Type element = cast<ShapedType>(getQuery().getType()).getElementType();
  if (element.isF64())
    return Float64Type::get(getContext());
  return Float32Type::get(getContext());
}

OperandRange AttentionOp::getEncodingOperands(unsigned index) {
  unsigned first = 0;
  auto encodings =
      getPositionAttr().getAsRange<PositionEncodingAttrInterface>();
  for (auto [i, encoding] : llvm::enumerate(encodings)) {
    unsigned count = encoding.getNumEncodingOperands();
    if (i == index)
      return getPositionOperands().slice(first, count);
    first += count;
  }
  llvm_unreachable("no such encoding");
}

MaskAttrInterface AttentionOp::getMaskInterface() {
  return llvm::dyn_cast_or_null<MaskAttrInterface>(getMaskAttr());
}

unsigned AttentionOp::getNumPositionAxes() {
  unsigned axes = 1;
  if (auto encodings = getPositionAttr())
    for (auto encoding : encodings.getAsRange<PositionEncodingAttrInterface>())
      axes = std::max(axes, encoding.getNumPositionAxes());
  return axes;
}

//===----------------------------------------------------------------------===//
// Result types and shapes
//===----------------------------------------------------------------------===//

LogicalResult
AttentionOp::inferReturnTypes(MLIRContext *context, std::optional<Location>,
                              ValueRange operands, DictionaryAttr attributes,
                              OpaqueProperties properties, RegionRange regions,
                              SmallVectorImpl<Type> &types) {
  Adaptor adaptor(operands, attributes, properties, regions);
  auto query = dyn_cast<RankedTensorType>(adaptor.getQuery().getType());
  auto value = dyn_cast<RankedTensorType>(adaptor.getValue().getType());
  if (!query || !value)
    return success(); // on memrefs there are no results
  if (query.getRank() != 4 || value.getRank() != 4) {
    types.push_back(query); // the verifier says what is wrong
    return success();
  }
  SmallVector<int64_t> shape(query.getShape());
  shape[3] = value.getDimSize(3);
  types.push_back(RankedTensorType::get(shape, query.getElementType()));
  if (adaptor.getReturnLse()) {
    auto dim = [&](Dim role) {
      return query.getDimSize(::getDimIndex(adaptor.getLayout(), role));
    };
    Type element = query.getElementType().isF64()
                       ? Type(Float64Type::get(context))
                       : Type(Float32Type::get(context));
    types.push_back(RankedTensorType::get(
        {dim(Dim::batch), dim(Dim::head), dim(Dim::row)}, element));
  }
  return success();
}

bool AttentionOp::isCompatibleReturnTypes(TypeRange, TypeRange) {
  return true; // the verifier compares them, and says which number is violated
}

LogicalResult
AttentionOp::reifyResultShapes(OpBuilder &builder,
                               ReifiedRankedShapedTypeDims &shapes) {
  if (isBufferized())
    return failure();
  auto dim = [&](Value tensor, Dim role) {
    return getMixedDim(builder, tensor, role);
  };
  SmallVector<OpFoldResult> output(4);
  for (Dim role : {Dim::batch, Dim::head, Dim::row})
    output[getDimIndex(role)] = dim(getQuery(), role);
  output[getDimIndex(Dim::feature)] = dim(getValue(), Dim::feature);
  shapes.push_back(output);
  if (getReturnLse())
    shapes.push_back({dim(getQuery(), Dim::batch), dim(getQuery(), Dim::head),
                      dim(getQuery(), Dim::row)});
  return success();
}

//===----------------------------------------------------------------------===//
// Destinations and effects
//===----------------------------------------------------------------------===//

MutableOperandRange AttentionOp::getDestinationsMutable() {
  return getOutsMutable();
}

void AttentionOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  getDestinationEffects(cast<DestinationOpInterface>(getOperation()), effects);
  // A bufferised score region loads from the memrefs that it captures.
  if (isBufferized() && hasScoreRegion())
    effects.emplace_back(MemoryEffects::Read::get());
}

//===----------------------------------------------------------------------===//
// Sizes that are known at run time only
//===----------------------------------------------------------------------===//

/// heads mod keyHeads = 0, as an equality.
static void requireGroups(OpBuilder &builder, Location loc, OpFoldResult heads,
                          OpFoldResult keyHeads,
                          SizeRequirementBuilder &sizes) {
  if (getConstantIntValue(heads) && getConstantIntValue(keyHeads))
    return; // the verifier has settled it
  Value h = getValueOrCreateConstantIndexOp(builder, loc, heads);
  Value k = getValueOrCreateConstantIndexOp(builder, loc, keyHeads);
  Value one = arith::ConstantIndexOp::create(builder, loc, 1);
  Value divisor = arith::MaxSIOp::create(builder, loc, k, one);
  Value remainder = arith::RemSIOp::create(builder, loc, h, divisor);
  sizes.require(remainder, builder.getIndexAttr(0),
                "attention: the number of query heads must be a multiple of "
                "the number of key heads");
}

SmallVector<SizeRequirement>
AttentionOp::getSizeRequirements(OpBuilder &builder) {
  auto dim = [&](Value tensor, Dim role) {
    return getMixedDim(builder, tensor, role);
  };
  SizeRequirementBuilder sizes(builder, getLoc());
  sizes.sizes = {{SizeRole::batch, dim(getQuery(), Dim::batch)},
                 {SizeRole::head, dim(getQuery(), Dim::head)},
                 {SizeRole::queryRow, dim(getQuery(), Dim::row)},
                 {SizeRole::keyRow, dim(getKey(), Dim::row)},
                 {SizeRole::feature, dim(getQuery(), Dim::feature)}};
  sizes.require(dim(getKey(), Dim::batch), dim(getQuery(), Dim::batch),
                "attention: query and key must have the same batch size");
  sizes.require(dim(getValue(), Dim::batch), dim(getQuery(), Dim::batch),
                "attention: query and value must have the same batch size");
  sizes.require(dim(getValue(), Dim::row), dim(getKey(), Dim::row),
                "attention: key and value must have the same number of rows");
  sizes.require(dim(getValue(), Dim::head), dim(getKey(), Dim::head),
                "attention: key and value must have the same number of heads");
  sizes.require(dim(getKey(), Dim::feature), dim(getQuery(), Dim::feature),
                "attention: query and key must have the same head size");
  requireGroups(builder, getLoc(), dim(getQuery(), Dim::head),
                dim(getKey(), Dim::head), sizes);
  auto lastRoles = [](Value operand, ArrayRef<SizeRole> roles) {
    return roles.take_back(cast<ShapedType>(operand.getType()).getRank());
  };
  const SizeRole scores[] = {SizeRole::batch, SizeRole::head,
                             SizeRole::queryRow, SizeRole::keyRow};
  if (Value bias = getBias())
    sizes.requireOperand(bias, lastRoles(bias, scores), "attention: bias");
  if (Value sinks = getSinks())
    sizes.requireOperand(sinks, {SizeRole::head}, "attention: sinks");
  if (Value ids = getQueryPositions())
    sizes.requirePositions(ids, getNumPositionAxes(), SizeRole::queryRow,
                           "attention: query positions");
  if (Value ids = getKeyPositions())
    sizes.requirePositions(ids, getNumPositionAxes(), SizeRole::keyRow,
                           "attention: key positions");
  if (Value offset = getOffset())
    sizes.requireOperand(offset, {SizeRole::batch}, "attention: offset");
  if (MaskAttrInterface mask = getMaskInterface())
    for (auto [i, operand] : llvm::enumerate(getMaskOperands()))
      if (auto type = dyn_cast<ShapedType>(operand.getType()))
        sizes.requireOperand(operand,
                             mask.getOperandSizeRoles(i, type.getRank()),
                             "attention: mask operand");
  if (getPosition())
    for (auto [i, attribute] : llvm::enumerate(*getPosition()))
      for (auto [k, operand] : llvm::enumerate(getEncodingOperands(i)))
        if (auto type = dyn_cast<ShapedType>(operand.getType()))
          sizes.requireOperand(operand,
                               cast<PositionEncodingAttrInterface>(attribute)
                                   .getOperandSizeRoles(k, type.getRank()),
                               "attention: encoding operand");
  return std::move(sizes.requirements);
}
