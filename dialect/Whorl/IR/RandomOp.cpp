//===- RandomOp.cpp - whorl.random and whorl.random_bits ------------------===//

#include "Whorl/IR/DestinationOps.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace whorl;

//===----------------------------------------------------------------------===//
// RandomOp
//===----------------------------------------------------------------------===//

RandomDistributionAttrInterface RandomOp::getDistributionInterface() {
  return cast<RandomDistributionAttrInterface>(getDistribution());
}

RandomGeneratorAttrInterface RandomOp::getGeneratorInterface() {
  return cast<RandomGeneratorAttrInterface>(getGenerator());
}

SmallVector<OpFoldResult> RandomOp::getMixedSizes() {
  SmallVector<OpFoldResult> sizes;
  unsigned next = 0;
  for (int64_t size : getShapedType().getShape()) {
    if (ShapedType::isDynamic(size))
      sizes.push_back(getSizes()[next++]);
    else
      sizes.push_back(IntegerAttr::get(IndexType::get(getContext()), size));
  }
  return sizes;
}

static LogicalResult verifyForm(RandomOp op) {
  Value outs = op.getOuts(), result = op.getResult();
  if (!outs && !result)
    return op.emitOpError("(C5) expected a result on tensors or outs on "
                          "memrefs, got neither");
  if (!result && !isa<MemRefType>(outs.getType()))
    return op.emitOpError("(C5) expected a result beside outs on tensors, got "
                          "none");
  if (outs && result && outs.getType() != result.getType())
    return op.emitOpError() << "(C5) expected outs to have the result's type, "
                            << result.getType() << ", got " << outs.getType();
  return success();
}

static LogicalResult verifyKey(RandomOp op) {
  TypeRange types = op.getKey().getTypes();
  if (isRandomKey(types))
    return success();
  return op.emitOpError() << "(C3) expected the key to be one i64 or two i32, "
                             "got "
                          << types;
}

LogicalResult RandomOp::verify() {
  if (failed(verifyForm(*this)))
    return failure();
  auto distribution =
      dyn_cast<RandomDistributionAttrInterface>(getDistribution());
  if (!distribution)
    return emitOpError() << "(C2) expected a distribution, such as "
                            "#whorl.normal, got "
                         << getDistribution();
  if (!isa<RandomGeneratorAttrInterface>(getGenerator()))
    return emitOpError() << "(C2) expected a random generator, such as "
                            "#whorl.philox, got "
                         << getGenerator();
  ShapedType type = getShapedType();
  if (failed(distribution.verifyElement(
          [&] { return emitOpError() << "(C1) "; }, type.getElementType())))
    return failure();
  if (failed(verifyKey(*this)))
    return failure();
  if (static_cast<size_t>(type.getNumDynamicDims()) != getSizes().size())
    return emitOpError() << "(C4) expected one size for each of the "
                         << type.getNumDynamicDims()
                         << " dynamic dimensions of " << type << ", got "
                         << getSizes().size();
  return success();
}

LogicalResult
RandomOp::reifyResultShapes(OpBuilder &,
                            ReifiedRankedShapedTypeDims &reifiedShapes) {
  if (isBufferized())
    return failure();
  reifiedShapes.push_back(getMixedSizes());
  return success();
}

MutableOperandRange RandomOp::getDestinationsMutable() {
  return getOutsMutable();
}

SmallVector<SizeRequirement> RandomOp::getSizeRequirements(OpBuilder &builder) {
  SmallVector<SizeRequirement> requirements;
  if (!getOuts())
    return requirements;
  for (auto [i, size] : llvm::enumerate(getMixedSizes())) {
    if (!getShapedType().isDynamicDim(i))
      continue;
    OpFoldResult dim =
        isBufferized() ? memref::getMixedSize(builder, getLoc(), getOuts(), i)
                       : tensor::getMixedSize(builder, getLoc(), getOuts(), i);
    requirements.push_back(
        {size, dim, "sizes and outs of whorl.random must agree"});
  }
  return requirements;
}

void RandomOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  getDestinationEffects(cast<DestinationOpInterface>(getOperation()), effects);
}

Speculation::Speculatability RandomOp::getSpeculatability() {
  // A negative size must not be computed where the op does not stand.
  return !isBufferized() && getSizes().empty() ? Speculation::Speculatable
                                               : Speculation::NotSpeculatable;
}

//===----------------------------------------------------------------------===//
// RandomBitsOp
//===----------------------------------------------------------------------===//

RandomGeneratorAttrInterface RandomBitsOp::getGeneratorInterface() {
  return cast<RandomGeneratorAttrInterface>(getGenerator());
}

unsigned RandomBitsOp::getWordsPerElement() {
  return getDraw() == RandomDraw::two_words ? 2 : 1;
}

LogicalResult RandomBitsOp::verify() {
  if (!isa<RandomGeneratorAttrInterface>(getGenerator()))
    return emitOpError() << "(C1) expected a random generator, such as "
                            "#whorl.philox, got "
                         << getGenerator();
  if (getCoordinates().size() != getSizes().size())
    return emitOpError() << "(C2) expected as many sizes as coordinates, "
                         << getCoordinates().size() << ", got "
                         << getSizes().size();
  unsigned expected = getDraw() == RandomDraw::word        ? 1
                      : getDraw() == RandomDraw::two_words ? 2
                                                           : 3;
  if (getBits().size() != expected)
    return emitOpError() << "(C3) expected " << expected << " results for draw "
                         << stringifyRandomDraw(getDraw()) << ", got "
                         << getBits().size();
  return success();
}
