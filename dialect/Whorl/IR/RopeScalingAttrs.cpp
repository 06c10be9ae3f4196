//===- RopeScalingAttrs.cpp - scalings by one factor ----------------------===//
//
// Position interpolation, NTK-aware scaling (constant or by the length), YaRN
// and Llama 3's.
//
//===----------------------------------------------------------------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

/// 2 pi.
static constexpr DoubleDouble kTwoPi = {0x1.921fb54442d18p+2,
                                        0x1.1a62633145c07p-52};

static DoubleDouble getUnscaled(const RotaryPair &pair, double theta) {
  return getFrequency(theta, 2 * pair.index, pair.dim);
}

/// f ((1 - ratio) + ratio / factor).
static DoubleDouble mix(DoubleDouble frequency, DoubleDouble ratio,
                        double factor) {
  DoubleDouble rest = add({1, 0}, {-ratio.high, -ratio.low});
  DoubleDouble share = divide(ratio, {factor, 0});
  return multiply(frequency, add(rest, share));
}

static LogicalResult verifyFactor(const RopeScalingVerifyContext &context,
                                  StringRef number, StringRef name,
                                  double factor, double least) {
  bool isEnough = least > 0.0 ? factor >= least : factor > 0.0;
  if (isEnough && std::isfinite(factor))
    return success();
  return context.emitError()
         << "(" << number << ") " << name << " expects a finite factor "
         << (least > 0.0 ? ">= " : "> ") << formatNumber(least) << ", got "
         << formatNumber(factor);
}

static LogicalResult verifyContext(const RopeScalingVerifyContext &context,
                                   StringRef number, StringRef name,
                                   int64_t positions) {
  if (positions >= 1)
    return success();
  return context.emitError()
         << "(" << number << ") " << name
         << " expects original_context >= 1, got " << positions;
}

/// `<factor = s>`. The factor is verified against what is scaled.
template <typename Attr> static Attribute parseFactor(AsmParser &parser) {
  double factor = 1.0;
  if (ParameterParser(parser).add("factor", factor).parse())
    return {};
  return Attr::get(parser.getContext(), Number(factor));
}

/// NTK-aware scalings divide by d - 2.
static LogicalResult verifyPairs(const RopeScalingVerifyContext &context,
                                 StringRef number, StringRef name) {
  for (const RotaryPair &pair : context.shape.pairs)
    if (pair.dim < 4)
      return context.emitError()
             << "(" << number << ") " << name
             << " expects two pairs or more of an axis, got " << pair.dim / 2;
  return success();
}

//===----------------------------------------------------------------------===//
// #whorl.position_interpolation
//===----------------------------------------------------------------------===//

LogicalResult PositionInterpolationAttr::verifyScaling(
    const RopeScalingVerifyContext &context) const {
  return verifyFactor(context, "I1", "position_interpolation", getFactor(),
                      0.0);
}

DoubleDouble PositionInterpolationAttr::getFrequency(const RotaryShape &shape,
                                                     int64_t unit) const {
  return divide(getUnscaled(shape.pairs[unit], shape.theta), {getFactor(), 0});
}

Attribute PositionInterpolationAttr::parse(AsmParser &parser, Type) {
  return parseFactor<PositionInterpolationAttr>(parser);
}

void PositionInterpolationAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("factor", double(getFactor()), 1.0);
}

//===----------------------------------------------------------------------===//
// #whorl.ntk
//===----------------------------------------------------------------------===//

LogicalResult
NTKAttr::verifyScaling(const RopeScalingVerifyContext &context) const {
  if (failed(verifyFactor(context, "N1", "ntk", getFactor(), 0.0)))
    return failure();
  return verifyPairs(context, "N2", "ntk");
}

/// (theta factor^(d/(d-2)))^(-2k/d) = theta^(-2k/d) factor^(-2k/(d-2)).
DoubleDouble NTKAttr::getFrequency(const RotaryShape &shape,
                                   int64_t unit) const {
  const RotaryPair &pair = shape.pairs[unit];
  return multiply(
      getUnscaled(pair, shape.theta),
      whorl::getFrequency(getFactor(), 2 * pair.index, pair.dim - 2));
}

Attribute NTKAttr::parse(AsmParser &parser, Type) {
  return parseFactor<NTKAttr>(parser);
}

void NTKAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("factor", double(getFactor()), 1.0);
}

//===----------------------------------------------------------------------===//
// #whorl.dynamic_ntk
//===----------------------------------------------------------------------===//

LogicalResult
DynamicNTKAttr::verifyScaling(const RopeScalingVerifyContext &context) const {
  if (failed(verifyFactor(context, "D1", "dynamic_ntk", getFactor(), 1.0)) ||
      failed(verifyPairs(context, "D2", "dynamic_ntk")))
    return failure();
  return verifyContext(context, "D3", "dynamic_ntk", getOriginalContext());
}

bool DynamicNTKAttr::dependsOnLength() const { return true; }

RotaryFrequency
DynamicNTKAttr::buildFrequency(ImplicitLocOpBuilder &b,
                               const RopeScalingContext &context,
                               RotaryFrequency constant) const {
  auto number = [&](double value) { return ScalarMath(b).number(value); };
  SmallVector<double> exponents;
  for (const RotaryPair &pair : context.shape.pairs)
    exponents.push_back(-2.0 * static_cast<double>(pair.index) /
                        static_cast<double>(pair.dim - 2));
  Value exponent =
      context.operands.readConstantTable(b, exponents, context.unit);
  double trained = static_cast<double>(getOriginalContext());
  // s L/L0 - (s - 1), and 1 up to L0: the logarithm of 1 is 0, exactly.
  Value length = arith::MaximumFOp::create(b, context.length, number(trained));
  Value excess = arith::SubFOp::create(b, length, number(trained));
  Value slope = number(getFactor() / trained);
  Value ratio = arith::AddFOp::create(b, number(1.0),
                                      arith::MulFOp::create(b, excess, slope));
  Value logarithm = math::LogOp::create(b, ratio);
  Value change =
      math::ExpOp::create(b, arith::MulFOp::create(b, exponent, logarithm));
  return multiply(b, constant, {change, {}});
}

Attribute DynamicNTKAttr::parse(AsmParser &parser, Type) {
  double factor = 1.0;
  int64_t context = 2048;
  if (ParameterParser(parser)
          .add("factor", factor)
          .add("original_context", context)
          .parse())
    return {};
  return get(parser.getContext(), Number(factor), context);
}

void DynamicNTKAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("factor", double(getFactor()), 1.0)
      .add("original_context", getOriginalContext(), int64_t(2048));
}

//===----------------------------------------------------------------------===//
// #whorl.yarn
//===----------------------------------------------------------------------===//

LogicalResult
YarnAttr::verifyScaling(const RopeScalingVerifyContext &context) const {
  if (failed(verifyFactor(context, "Y1", "yarn", getFactor(), 1.0)) ||
      failed(verifyContext(context, "Y2", "yarn", getOriginalContext())))
    return failure();
  if (!(getBetaSlow() > 0.0) || !(getBetaFast() >= getBetaSlow()) ||
      !std::isfinite(getBetaFast()))
    return context.emitError()
           << "(Y3) yarn expects finite beta_fast >= beta_slow > 0, got "
           << formatNumber(getBetaFast()) << " and "
           << formatNumber(getBetaSlow());
  if (getAttentionFactor() && !std::isfinite(*getAttentionFactor()))
    return context.emitError()
           << "(Y4) yarn expects a finite attention_factor, got "
           << formatNumber(*getAttentionFactor());
  return success();
}

DoubleDouble YarnAttr::getFrequency(const RotaryShape &shape,
                                    int64_t unit) const {
  const RotaryPair &pair = shape.pairs[unit];
  double dim = static_cast<double>(pair.dim);
  // The number of the pair that turns `beta` times in the trained context.
  auto findPair = [&](double beta) {
    double turns =
        static_cast<double>(getOriginalContext()) / (beta * kTwoPi.high);
    return dim * std::log(turns) / (2.0 * std::log(shape.theta));
  };
  double low = findPair(getBetaFast()), high = findPair(getBetaSlow());
  if (getTruncate()) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, dim - 1.0);
  if (low == high)
    high += 0.001; // as its authors' code: no ramp, and no division by zero
  DoubleDouble ratio =
      divide({static_cast<double>(pair.index) - low, 0}, {high - low, 0});
  if (ratio.high <= 0.0)
    ratio = {0, 0};
  else if (ratio.high >= 1.0)
    ratio = {1, 0};
  return mix(getUnscaled(pair, shape.theta), ratio, getFactor());
}

RotaryMagnitudes YarnAttr::buildMagnitudes(ImplicitLocOpBuilder &b,
                                           const RopeScalingContext &) const {
  double factor = 0.1 * std::log(getFactor()) + 1.0;
  if (getAttentionFactor())
    factor = *getAttentionFactor();
  if (factor == 1.0)
    return {};
  Value magnitude = arith::ConstantOp::create(b, b.getF64FloatAttr(factor));
  return {magnitude, magnitude};
}

Attribute YarnAttr::parse(AsmParser &parser, Type) {
  double factor = 1.0, fast = 32.0, slow = 1.0;
  int64_t context = 2048;
  bool truncate = true;
  std::optional<Number> attentionFactor;
  if (ParameterParser(parser)
          .add("factor", factor)
          .add("original_context", context)
          .add("beta_fast", fast)
          .add("beta_slow", slow)
          .add("truncate", truncate)
          .add("attention_factor", attentionFactor)
          .parse())
    return {};
  return get(parser.getContext(), Number(factor), context, Number(fast),
             Number(slow), truncate, attentionFactor);
}

void YarnAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("factor", double(getFactor()), 1.0)
      .add("original_context", getOriginalContext(), int64_t(2048))
      .add("beta_fast", double(getBetaFast()), 32.0)
      .add("beta_slow", double(getBetaSlow()), 1.0)
      .add("truncate", getTruncate(), true)
      .add("attention_factor", getAttentionFactor());
}

//===----------------------------------------------------------------------===//
// #whorl.llama3
//===----------------------------------------------------------------------===//

LogicalResult
Llama3Attr::verifyScaling(const RopeScalingVerifyContext &context) const {
  if (failed(verifyFactor(context, "M1", "llama3", getFactor(), 1.0)) ||
      failed(verifyContext(context, "M2", "llama3", getOriginalContext())))
    return failure();
  double low = getLowFrequencyFactor(), high = getHighFrequencyFactor();
  if (!(low > 0.0) || !(high > low) || !std::isfinite(high))
    return context.emitError()
           << "(M3) llama3 expects a finite high_frequency_factor > "
              "low_frequency_factor > 0, got "
           << formatNumber(high) << " and " << formatNumber(low);
  return success();
}

DoubleDouble Llama3Attr::getFrequency(const RotaryShape &shape,
                                      int64_t unit) const {
  DoubleDouble frequency = getUnscaled(shape.pairs[unit], shape.theta);
  double low = getLowFrequencyFactor(), high = getHighFrequencyFactor();
  double trained = static_cast<double>(getOriginalContext());
  // How many turns it makes in the trained context.
  DoubleDouble turns = divide(multiply(frequency, {trained, 0}), kTwoPi);
  DoubleDouble span = add({high, 0}, {-low, 0});
  DoubleDouble kept = divide(add(turns, {-low, 0}), span);
  if (kept.high <= 0.0)
    kept = {0, 0};
  else if (kept.high >= 1.0)
    kept = {1, 0};
  return mix(frequency, add({1, 0}, {-kept.high, -kept.low}), getFactor());
}

Attribute Llama3Attr::parse(AsmParser &parser, Type) {
  double factor = 8.0, low = 1.0, high = 4.0;
  int64_t context = 8192;
  if (ParameterParser(parser)
          .add("factor", factor)
          .add("low_frequency_factor", low)
          .add("high_frequency_factor", high)
          .add("original_context", context)
          .parse())
    return {};
  return get(parser.getContext(), Number(factor), Number(low), Number(high),
             context);
}

void Llama3Attr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("factor", double(getFactor()), 8.0)
      .add("low_frequency_factor", double(getLowFrequencyFactor()), 1.0)
      .add("high_frequency_factor", double(getHighFrequencyFactor()), 4.0)
      .add("original_context", getOriginalContext(), int64_t(8192));
}
