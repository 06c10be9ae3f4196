//===- EncodePositionOp.cpp - whorl.encode_position -----------------------===//

#include "Whorl/IR/DestinationOps.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace whorl;

static ShapedType getInputType(EncodePositionOp op) {
  return cast<ShapedType>(op.getInput().getType());
}

unsigned EncodePositionOp::getRowDim() {
  int64_t rank = getInputType(*this).getRank();
  return rank == 4 && getLayout() == Layout::bnhd ? 1 : rank - 2;
}

LogicalResult EncodePositionOp::inferReturnTypes(
    MLIRContext *, std::optional<Location>, ValueRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<Type> &types) {
  Adaptor adaptor(operands, attributes, properties, regions);
  if (auto type = dyn_cast<RankedTensorType>(adaptor.getInput().getType()))
    types.push_back(type);
  return success();
}

bool EncodePositionOp::isCompatibleReturnTypes(TypeRange, TypeRange) {
  return true; // the verifier compares them, and says which number is violated
}

LogicalResult
EncodePositionOp::reifyResultShapes(OpBuilder &builder,
                                    ReifiedRankedShapedTypeDims &shapes) {
  if (isBufferized())
    return failure();
  shapes.push_back(tensor::getMixedSizes(builder, getLoc(), getInput()));
  return success();
}

MutableOperandRange EncodePositionOp::getDestinationsMutable() {
  return getOutsMutable();
}

void EncodePositionOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  getDestinationEffects(cast<DestinationOpInterface>(getOperation()), effects);
}

SmallVector<SizeRequirement>
EncodePositionOp::getSizeRequirements(OpBuilder &builder) {
  SizeRequirementBuilder sizes(builder, getLoc());
  auto dim = [&](unsigned i) -> OpFoldResult {
    if (isBufferized())
      return memref::getMixedSize(builder, getLoc(), getInput(), i);
    return tensor::getMixedSize(builder, getLoc(), getInput(), i);
  };
  int64_t rank = getInputType(*this).getRank();
  sizes.sizes[SizeRole::queryRow] = dim(getRowDim());
  sizes.sizes[SizeRole::feature] = dim(rank - 1);
  sizes.sizes[SizeRole::batch] =
      rank > 2 ? dim(0) : OpFoldResult(builder.getIndexAttr(1));
  auto encoding = cast<PositionEncodingAttrInterface>(getEncoding());
  if (Value positions = getPositions())
    sizes.requirePositions(positions, encoding.getNumPositionAxes(),
                           SizeRole::queryRow, "encode_position: positions");
  if (Value offset = getOffset())
    sizes.requireOperand(offset, {SizeRole::batch}, "encode_position: offset");
  for (auto [i, operand] : llvm::enumerate(getEncodingOperands()))
    if (auto type = dyn_cast<ShapedType>(operand.getType()))
      sizes.requireOperand(operand,
                           encoding.getOperandSizeRoles(i, type.getRank()),
                           "encode_position: operand");
  return std::move(sizes.requirements);
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

static LogicalResult verifyInput(EncodePositionOp op) {
  // The generic form can say anything about its segments.
  if (op.getProperties().operandSegmentSizes[0] != 1)
    return op.emitOpError() << "(C1) expected one input, got "
                            << op.getProperties().operandSegmentSizes[0];
  ShapedType type = getInputType(op);
  Type element = type.getElementType();
  if (type.getRank() < 2 || type.getRank() > 4)
    return op.emitOpError() << "(C1) expected an input of rank 2, 3 or 4, got "
                            << type.getRank();
  if (op.getLayout() == Layout::bnhd && type.getRank() != 4)
    return op.emitOpError()
           << "(C1) expected an input of rank 4 with layout bnhd, got "
           << type.getRank() << "; remove the layout";
  if (!isSupportedFloat(element))
    return op.emitOpError()
           << "(C1) expected elements of type f16, bf16, f32 or f64, got "
           << element;
  return success();
}

static LogicalResult verifyEncoding(EncodePositionOp op) {
  auto encoding = dyn_cast<PositionEncodingAttrInterface>(op.getEncoding());
  EncodingSite site = op.getRole() == RowRole::embedding
                          ? EncodingSite::embedding
                          : EncodingSite::queryKey;
  if (!encoding || !contains(encoding.getSites(), site))
    return op.emitOpError()
           << "(C2) expected an encoding that acts on "
           << (site == EncodingSite::embedding ? "embeddings"
                                               : "queries and keys")
           << ", got " << op.getEncoding()
           << (encoding && contains(encoding.getSites(), EncodingSite::queryKey)
                   ? "; add: role query, or: role key"
                   : "");
  ShapedType type = getInputType(op);
  EncodingVerifyContext context;
  auto emitError = [&]() -> InFlightDiagnostic {
    return op.emitOpError() << "(C3) ";
  };
  context.emitError = emitError;
  context.site = site;
  SmallVector<Type> types(op.getEncodingOperands().getTypes());
  context.operandTypes = types;
  context.dim = type.getShape().back();
  context.queryHeads = ShapedType::kDynamic;
  int64_t batch = type.getRank() > 2 ? type.getDimSize(0) : 1;
  context.batch = batch;
  if (failed(encoding.verifyEncoding(context)))
    return failure();
  if (encoding.getNumPositionAxes() > 1 && !op.getPositions())
    return op.emitOpError()
           << "(C4) expected positions with " << encoding.getNumPositionAxes()
           << " axes for this encoding, got none";
  if (op.getOffset() && op.getStaticOffset())
    return op.emitOpError() << "(C4) expected the offset as a constant or a "
                               "value, got both";
  if (failed(verifyOffset(op, op.getOffset(), batch, "C4")))
    return failure();
  return verifyPositionIds(op, op.getPositions(), batch,
                           type.getDimSize(op.getRowDim()),
                           encoding.getNumPositionAxes(), "C4", "positions");
}

LogicalResult EncodePositionOp::verify() {
  bool isMemRef = isBufferized();
  if (failed(verifyInput(*this)) ||
      failed(verifyStorage(*this, isMemRef, "C6")) ||
      failed(verifyEncoding(*this)))
    return failure();
  if (isMemRef ? (getResult() || !getOuts()) : !getResult())
    return emitOpError("(C5) expected one result on tensors, and none but an "
                       "`outs` on memrefs");
  for (Value output : {Value(getResult()), getOuts()}) {
    if (!output)
      continue;
    auto type = cast<ShapedType>(output.getType());
    // Buffers may differ in layout, and in how much of the shape is known.
    bool isSame =
        isMemRef
            ? type.getElementType() == getInputType(*this).getElementType() &&
                  succeeded(verifyCompatibleShape(type, getInputType(*this)))
            : type == getInputType(*this);
    if (!isSame)
      return emitOpError() << "(C5) expected "
                           << (output == getOuts() ? "outs" : "a result")
                           << " of type " << getInput().getType() << ", got "
                           << type;
  }
  return success();
}
