//===- LengthScalingAttrs.cpp - LongRoPE and xPos -------------------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

//===----------------------------------------------------------------------===//
// #whorl.longrope
//===----------------------------------------------------------------------===//

LogicalResult
LongRopeAttr::verifyScaling(const RopeScalingVerifyContext &context) const {
  size_t pairs = context.shape.pairs.size();
  for (ArrayRef<Number> factors : {getShortFactors(), getLongFactors()}) {
    StringRef name = factors.data() == getShortFactors().data()
                         ? "short_factors"
                         : "long_factors";
    if (factors.size() != pairs)
      return context.emitError()
             << "(O1) longrope expects one of " << name << " for each of "
             << pairs << " pairs, got " << factors.size();
    for (double factor : factors)
      if (!(factor > 0.0) || !std::isfinite(factor))
        return context.emitError() << "(O1) longrope expects positive, finite "
                                   << name << ", got " << formatNumber(factor);
  }
  if (!(getFactor() >= 1.0) || !std::isfinite(getFactor()))
    return context.emitError()
           << "(O2) longrope expects a finite factor >= 1.0, got "
           << formatNumber(getFactor());
  if (getOriginalContext() < 2)
    return context.emitError()
           << "(O3) longrope expects original_context >= 2, got "
           << getOriginalContext();
  if (getAttentionFactor() && !std::isfinite(*getAttentionFactor()))
    return context.emitError()
           << "(O4) longrope expects a finite attention_factor, got "
           << formatNumber(*getAttentionFactor());
  return success();
}

bool LongRopeAttr::dependsOnLength() const { return true; }

/// That of short sequences.
DoubleDouble LongRopeAttr::getFrequency(const RotaryShape &shape,
                                        int64_t unit) const {
  const RotaryPair &pair = shape.pairs[unit];
  return divide(whorl::getFrequency(shape.theta, 2 * pair.index, pair.dim),
                {getShortFactors()[unit], 0});
}

RotaryFrequency LongRopeAttr::buildFrequency(ImplicitLocOpBuilder &b,
                                             const RopeScalingContext &context,
                                             RotaryFrequency constant) const {
  // What a long frequency is of a short one, as a sum of two doubles: the
  // constant part may have been multiplied by something.
  FrequencyTable ratios;
  for (auto [brief, stretched] :
       llvm::zip_equal(getShortFactors(), getLongFactors()))
    ratios.add(divide({brief, 0}, {stretched, 0}));
  Value high = context.operands.readConstantTable(b, ratios.high, context.unit);
  Value low = context.operands.readConstantTable(b, ratios.low, context.unit);
  RotaryFrequency extended = multiply(b, constant, {high, low});
  double trained = static_cast<double>(getOriginalContext());
  Value isLong =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, context.length,
                            ScalarMath(b).number(trained));
  return {arith::SelectOp::create(b, isLong, extended.high, constant.high),
          arith::SelectOp::create(b, isLong, extended.low, constant.low)};
}

RotaryMagnitudes
LongRopeAttr::buildMagnitudes(ImplicitLocOpBuilder &b,
                              const RopeScalingContext &) const {
  double trained = static_cast<double>(getOriginalContext());
  double factor = std::sqrt(1.0 + std::log(getFactor()) / std::log(trained));
  if (getAttentionFactor())
    factor = *getAttentionFactor();
  if (factor == 1.0)
    return {};
  Value magnitude = ScalarMath(b).number(factor);
  return {magnitude, magnitude};
}

Attribute LongRopeAttr::parse(AsmParser &parser, Type) {
  SmallVector<Number> shortFactors, longFactors;
  int64_t context = 4096;
  double factor = 1.0;
  std::optional<Number> attentionFactor;
  if (ParameterParser(parser)
          .add("short_factors", shortFactors)
          .add("long_factors", longFactors)
          .add("original_context", context)
          .add("factor", factor)
          .add("attention_factor", attentionFactor)
          .parse())
    return {};
  return get(parser.getContext(), ArrayRef<Number>(shortFactors),
             ArrayRef<Number>(longFactors), context, Number(factor),
             attentionFactor);
}

void LongRopeAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("short_factors", getShortFactors())
      .add("long_factors", getLongFactors())
      .add("original_context", getOriginalContext(), int64_t(4096))
      .add("factor", double(getFactor()), 1.0)
      .add("attention_factor", getAttentionFactor());
}

//===----------------------------------------------------------------------===//
// #whorl.xpos
//===----------------------------------------------------------------------===//

LogicalResult
XposAttr::verifyScaling(const RopeScalingVerifyContext &context) const {
  bool isBaseValid = getScaleBase() > 0.0 && std::isfinite(getScaleBase());
  bool isGammaValid = getGamma() > 0.0 && std::isfinite(getGamma());
  if (!isBaseValid || !isGammaValid)
    return context.emitError()
           << "(X1) xpos expects finite scale_base > 0 and gamma > 0, got "
           << formatNumber(getScaleBase()) << " and "
           << formatNumber(getGamma());
  if (getCenter() && !std::isfinite(*getCenter()))
    return context.emitError() << "(X2) xpos expects a finite center, got "
                               << formatNumber(*getCenter());
  return success();
}

bool XposAttr::dependsOnLength() const { return !getCenter(); }

RotaryMagnitudes
XposAttr::buildMagnitudes(ImplicitLocOpBuilder &b,
                          const RopeScalingContext &context) const {
  SmallVector<double> rates;
  for (const RotaryPair &pair : context.shape.pairs) {
    double dim = static_cast<double>(pair.dim);
    double zeta = (2.0 * static_cast<double>(pair.index) + getGamma() * dim) /
                  ((1.0 + getGamma()) * dim);
    rates.push_back(std::log(zeta) / getScaleBase());
  }
  Value rate = context.operands.readConstantTable(b, rates, context.unit);
  Value center;
  if (getCenter())
    center = ScalarMath(b).number(*getCenter());
  else
    center = math::CeilOp::create(
        b, arith::MulFOp::create(b, context.length, ScalarMath(b).number(0.5)));
  Value distance = arith::SubFOp::create(b, context.position, center);
  Value exponent = arith::MulFOp::create(b, distance, rate);
  return {math::ExpOp::create(b, exponent),
          math::ExpOp::create(b, arith::NegFOp::create(b, exponent))};
}

Attribute XposAttr::parse(AsmParser &parser, Type) {
  double scaleBase = 512.0, gamma = 0.4;
  std::optional<Number> center;
  if (ParameterParser(parser)
          .add("scale_base", scaleBase)
          .add("gamma", gamma)
          .add("center", center)
          .parse())
    return {};
  return get(parser.getContext(), Number(scaleBase), Number(gamma), center);
}

void XposAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("scale_base", double(getScaleBase()), 512.0)
      .add("gamma", double(getGamma()), 0.4)
      .add("center", getCenter());
}
