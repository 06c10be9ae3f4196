//===- SampleTokensOp.cpp - whorl.sample_tokens ---------------------------===//

#include "Whorl/IR/DestinationOps.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace whorl;

FloatType SampleTokensOp::getComputeType() {
  Type element = getLogitsType().getElementType();
  return element.isF64() ? cast<FloatType>(element)
                         : Float32Type::get(getContext());
}

SmallVector<TokenMeasure> SampleTokensOp::getMeasureList() {
  SmallVector<TokenMeasure> measures;
  for (int64_t measure : getMeasures())
    measures.push_back(static_cast<TokenMeasure>(measure));
  return measures;
}

SmallVector<TokenFilterAttrInterface> SampleTokensOp::getFilterList() {
  SmallVector<TokenFilterAttrInterface> filters;
  if (ArrayAttr attributes = getFiltersAttr())
    for (Attribute attribute : attributes)
      filters.push_back(cast<TokenFilterAttrInterface>(attribute));
  return filters;
}

SmallVector<int64_t> SampleTokensOp::getDroppedTokens() {
  SmallVector<int64_t> tokens = llvm::to_vector(getSuppress());
  if (getMaskToken() && !getLiveMask())
    tokens.push_back(*getMaskToken());
  llvm::sort(tokens);
  tokens.erase(llvm::unique(tokens), tokens.end());
  return tokens;
}

RandomGeneratorAttrInterface SampleTokensOp::getGeneratorInterface() {
  return cast<RandomGeneratorAttrInterface>(*getGenerator());
}

//===----------------------------------------------------------------------===//
// Interfaces
//===----------------------------------------------------------------------===//

LogicalResult
SampleTokensOp::reifyResultShapes(OpBuilder &builder,
                                  ReifiedRankedShapedTypeDims &reifiedShapes) {
  if (isBufferized())
    return failure();
  SmallVector<OpFoldResult> sizes =
      tensor::getMixedSizes(builder, getLoc(), getLogits());
  sizes.pop_back();
  reifiedShapes.assign(getNumResults(), sizes);
  return success();
}

MutableOperandRange SampleTokensOp::getDestinationsMutable() {
  return getOutsMutable();
}

SmallVector<SizeRequirement>
SampleTokensOp::getSizeRequirements(OpBuilder &builder) {
  SizeRequirementBuilder sizes(builder, getLoc());
  auto requireLike = [&](StringRef name, Value value) {
    if (value)
      sizes.requireSizesOf(getLogits(), value, [&](int64_t dim) {
        return ("logits and " + name +
                " of whorl.sample_tokens must agree in size " + Twine(dim))
            .str();
      });
  };
  requireLike("unconditional", getUnconditional());
  requireLike("known", getKnown());
  requireLike("noise", getNoise());
  for (Value value : getOuts())
    requireLike("outs", value);
  if (getLogitsType().isDynamicDim(getVocabularyDim()))
    sizes.requireNonEmpty(getLogits(), getVocabularyDim(), "logits");
  return sizes.requirements;
}

void SampleTokensOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  getDestinationEffects(cast<DestinationOpInterface>(getOperation()), effects);
}

Speculation::Speculatability SampleTokensOp::getSpeculatability() {
  return getStaticSpeculatability(*this);
}

//===----------------------------------------------------------------------===//
// Canonicalization
//===----------------------------------------------------------------------===//

namespace {
/// A temperature and a guidance that are constants become part of the op, so
/// that what they make superfluous is not computed.
struct FoldConstantNumbers : OpRewritePattern<SampleTokensOp> {
  using OpRewritePattern::OpRewritePattern;

  static bool isFoldable(Value value, bool mayBeNegative, double &number) {
    APFloat constant(0.0);
    if (!value || !matchPattern(value, m_ConstantFloat(&constant)) ||
        !constant.isFinite() || (constant.isNegative() && !mayBeNegative))
      return false;
    number = constant.convertToDouble();
    return true;
  }

  LogicalResult matchAndRewrite(SampleTokensOp op,
                                PatternRewriter &rewriter) const override {
    double temperature = 0.0, guidance = 0.0;
    // At a temperature of 0 the draw would have to go, too.
    bool hasTemperature = isFoldable(op.getTemperature(), false, temperature) &&
                          temperature != 0.0;
    bool hasGuidance = isFoldable(op.getGuidance(), true, guidance);
    if (!hasTemperature && !hasGuidance)
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      if (hasTemperature) {
        op.getTemperatureMutable().clear();
        op.setStaticTemperatureAttr(rewriter.getF64FloatAttr(temperature));
      }
      if (hasGuidance) {
        op.getGuidanceMutable().clear();
        op.setStaticGuidanceAttr(rewriter.getF64FloatAttr(guidance));
      }
    });
    return success();
  }
};
} // namespace

void SampleTokensOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                 MLIRContext *context) {
  patterns.add<FoldConstantNumbers>(context);
}
