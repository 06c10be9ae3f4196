//===- ScalingAttrs.cpp - preconditionings of networks --------------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

//===----------------------------------------------------------------------===//
// Scalar arithmetic
//===----------------------------------------------------------------------===//

Value ScalarMath::number(double value) const {
  return arith::ConstantOp::create(b, b.getF64FloatAttr(value));
}
Value ScalarMath::add(Value x, Value y) const {
  return arith::AddFOp::create(b, x, y);
}
Value ScalarMath::sub(Value x, Value y) const {
  return arith::SubFOp::create(b, x, y);
}
Value ScalarMath::mul(Value x, Value y) const {
  return arith::MulFOp::create(b, x, y);
}
Value ScalarMath::div(Value x, Value y) const {
  return arith::DivFOp::create(b, x, y);
}
Value ScalarMath::neg(Value x) const { return arith::NegFOp::create(b, x); }
Value ScalarMath::sqrt(Value x) const { return math::SqrtOp::create(b, x); }
Value ScalarMath::log(Value x) const { return math::LogOp::create(b, x); }
Value ScalarMath::min(Value x, Value y) const { return ifLess(x, y, x, y); }
Value ScalarMath::ifLess(Value x, Value y, Value then, Value otherwise) const {
  Value isLess = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, x, y);
  return arith::SelectOp::create(b, isLess, then, otherwise);
}

//===----------------------------------------------------------------------===//
// EDM
//===----------------------------------------------------------------------===//

LogicalResult
EDMScalingAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       Number sigmaData) {
  if (!(sigmaData > 0.0) || !std::isfinite(sigmaData))
    return emitError() << "(X1) expected a positive sigma_data, got "
                       << formatNumber(sigmaData);
  return success();
}

ScalingFactors EDMScalingAttr::buildFactors(ImplicitLocOpBuilder &builder,
                                            Value sigma) const {
  ScalarMath math(builder);
  Value d = math.number(getSigmaData());
  Value dd = math.mul(d, d), sum = math.add(math.mul(sigma, sigma), dd);
  Value root = math.sqrt(sum);
  return {math.div(dd, sum), math.div(math.mul(sigma, d), root),
          math.div(math.number(1.0), root)};
}

Value EDMScalingAttr::buildNoiseInput(ImplicitLocOpBuilder &builder,
                                      Value sigma) const {
  ScalarMath math(builder);
  return math.mul(math.number(0.25), math.log(sigma));
}

Attribute EDMScalingAttr::parse(AsmParser &parser, Type) {
  return parseSingle<EDMScalingAttr>(parser, "sigma_data", 0.5);
}

void EDMScalingAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("sigma_data", formatNumber(getSigmaData()),
                                formatNumber(0.5));
}

//===----------------------------------------------------------------------===//
// VP, VE, iDDPM
//===----------------------------------------------------------------------===//

/// D = x - s F(x/sqrt(s^2 + 1)): F predicts the noise.
static ScalingFactors buildNoiseScaling(ImplicitLocOpBuilder &builder,
                                        Value sigma) {
  ScalarMath math(builder);
  Value one = math.number(1.0);
  Value root = math.sqrt(math.add(math.mul(sigma, sigma), one));
  return {one, math.neg(sigma), math.div(one, root)};
}

ScalingFactors VPScalingAttr::buildFactors(ImplicitLocOpBuilder &builder,
                                           Value sigma) const {
  return buildNoiseScaling(builder, sigma);
}

Value VPScalingAttr::buildNoiseInput(ImplicitLocOpBuilder &builder,
                                     Value sigma) const {
  constexpr double betaD = 19.9, betaMin = 0.1, last = 999.0;
  ScalarMath math(builder);
  Value square = math.add(math.mul(sigma, sigma), math.number(1.0));
  Value root =
      math.sqrt(math.add(math.number(betaMin * betaMin),
                         math.mul(math.number(2.0 * betaD), math.log(square))));
  Value time =
      math.div(math.sub(root, math.number(betaMin)), math.number(betaD));
  return math.mul(math.number(last), time);
}

ScalingFactors VEScalingAttr::buildFactors(ImplicitLocOpBuilder &builder,
                                           Value sigma) const {
  Value one = ScalarMath(builder).number(1.0);
  return {one, sigma, one};
}

Value VEScalingAttr::buildNoiseInput(ImplicitLocOpBuilder &builder,
                                     Value sigma) const {
  ScalarMath math(builder);
  return math.log(math.mul(math.number(0.5), sigma));
}

ScalingFactors IDDPMScalingAttr::buildFactors(ImplicitLocOpBuilder &builder,
                                              Value sigma) const {
  return buildNoiseScaling(builder, sigma);
}

/// The noise levels that iDDPM was trained at, from the highest to 0.
static SmallVector<double> getIDDPMLevels() {
  constexpr int64_t count = 1000;
  constexpr double least = 0.001, offset = 0.008;
  auto getSignal = [&](int64_t j) {
    double root = std::sin(0.5 * M_PI * static_cast<double>(j) /
                           static_cast<double>(count) / (offset + 1.0));
    return root * root;
  };
  SmallVector<double> levels(count + 1, 0.0);
  for (int64_t j = count; j > 0; --j) {
    double ratio = std::max(getSignal(j - 1) / getSignal(j), least);
    levels[j - 1] = std::sqrt((levels[j] * levels[j] + 1.0) / ratio - 1.0);
  }
  return levels;
}

/// 999 minus the index of the nearest level: one less than the number of
/// midpoints between levels below sigma.
Value IDDPMScalingAttr::buildNoiseInput(ImplicitLocOpBuilder &builder,
                                        Value sigma) const {
  SmallVector<double> levels = getIDDPMLevels(), midpoints;
  for (size_t j = 1; j < levels.size(); ++j)
    midpoints.push_back(0.5 * (levels[j - 1] + levels[j]));
  auto count = static_cast<int64_t>(midpoints.size());
  ImplicitLocOpBuilder &b = builder;
  Value table = arith::ConstantOp::create(
      b, DenseElementsAttr::get(RankedTensorType::get(count, b.getF64Type()),
                                ArrayRef<double>(midpoints)));
  Value first = arith::ConstantIndexOp::create(b, 0);
  Value last = arith::ConstantIndexOp::create(b, count);
  Value step = arith::ConstantIndexOp::create(b, 1);
  ScalarMath math(b);
  Value none = math.number(0.0), one = math.number(1.0);
  auto loop = scf::ForOp::create(
      b, first, last, step, none,
      [&](OpBuilder &inner, Location loc, Value i, ValueRange carried) {
        ImplicitLocOpBuilder body(loc, inner);
        ScalarMath math(body);
        Value midpoint = tensor::ExtractOp::create(body, table, i);
        Value isBelow = math.ifLess(midpoint, sigma, one, none);
        scf::YieldOp::create(body, math.add(carried.front(), isBelow));
      });
  return math.sub(loop.getResult(0), one);
}
