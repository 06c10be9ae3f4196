//===- DestinationOps.cpp - what our compute ops share --------------------===//

#include "Whorl/IR/DestinationOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace whorl;

/// Reads of the inputs and writes of the destinations, on memrefs only.
void whorl::getDestinationEffects(
    DestinationOpInterface op,
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    if (op.isDestination(operand))
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
    else
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
  }
}

Speculation::Speculatability whorl::getStaticSpeculatability(Operation *op) {
  for (Value value : op->getOperands())
    if (auto type = dyn_cast<ShapedType>(value.getType()))
      if (isa<MemRefType>(type) || !type.hasStaticShape())
        return Speculation::NotSpeculatable;
  return Speculation::Speculatable;
}

//===----------------------------------------------------------------------===//
// Sizes that are known at run time only
//===----------------------------------------------------------------------===//

void SizeRequirementBuilder::require(OpFoldResult lhs, OpFoldResult rhs,
                                     const Twine &message) {
  requirements.push_back({lhs, rhs, message.str()});
}

OpFoldResult SizeRequirementBuilder::getSize(Value operand, int64_t dim) {
  if (isa<MemRefType>(operand.getType()))
    return memref::getMixedSize(builder, loc, operand, dim);
  return tensor::getMixedSize(builder, loc, operand, dim);
}

/// min(size, 1) = 1, as an equality.
void SizeRequirementBuilder::requireNonEmpty(Value operand, int64_t dim,
                                             StringRef name) {
  OpFoldResult size = getSize(operand, dim);
  if (getConstantIntValue(size))
    return; // the verifier has settled it
  Value one = arith::ConstantIndexOp::create(builder, loc, 1);
  Value bounded = arith::MinSIOp::create(builder, loc, cast<Value>(size), one);
  require(bounded, builder.getIndexAttr(1),
          name + ": dimension " + Twine(dim) + " must not be empty");
}

void SizeRequirementBuilder::requireOperand(Value operand,
                                            ArrayRef<SizeRole> roles,
                                            StringRef name) {
  auto type = dyn_cast<ShapedType>(operand.getType());
  if (!type || !type.hasRank() ||
      static_cast<size_t>(type.getRank()) != roles.size())
    return;
  for (auto [dim, role] : llvm::enumerate(roles)) {
    if (role == SizeRole::nonEmpty) {
      requireNonEmpty(operand, dim, name);
      continue;
    }
    auto target = sizes.find(role);
    if (role == SizeRole::any || target == sizes.end() ||
        type.getDimSize(dim) == 1)
      continue;
    require(getSize(operand, dim), target->second,
            name + ": dimension " + Twine(dim) + " must match the attention");
  }
}

void SizeRequirementBuilder::requirePositions(Value ids, unsigned axes,
                                              SizeRole role, StringRef name) {
  const SizeRole roles[] = {SizeRole::any, SizeRole::batch, role};
  auto type = cast<ShapedType>(ids.getType());
  requireOperand(ids, ArrayRef(roles).take_back(type.getRank()), name);
  if (type.getRank() == 3 && type.isDynamicDim(0))
    require(getSize(ids, 0), builder.getIndexAttr(axes),
            name + ": dimension 0 must be the number of axes, " + Twine(axes));
}

void SizeRequirementBuilder::requireSizesOf(
    Value model, Value operand, function_ref<std::string(int64_t)> message) {
  auto modelType = cast<ShapedType>(model.getType());
  auto type = cast<ShapedType>(operand.getType());
  int64_t rank = std::min(modelType.getRank(), type.getRank());
  for (int64_t i = 0; i < rank; ++i)
    if (modelType.isDynamicDim(i) || type.isDynamicDim(i))
      require(getSize(model, i), getSize(operand, i), message(i));
}
