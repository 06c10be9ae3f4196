//===- TrainingAttrs.cpp - times and loss weights for training ------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

//===----------------------------------------------------------------------===//
// Times
//===----------------------------------------------------------------------===//

static LogicalResult verifyNormal(function_ref<InFlightDiagnostic()> emitError,
                                  Number mean, Number stddev) {
  if (std::isfinite(mean) && std::isfinite(stddev) && stddev >= 0.0)
    return success();
  return emitError() << "(T1) expected a finite mean and a finite stddev that "
                        "is not negative, got "
                     << formatNumber(mean) << " and " << formatNumber(stddev);
}

/// `<mean = m, stddev = s>` of either normal rule.
template <typename Attr>
static Attribute parseNormal(AsmParser &parser, double mean, double stddev) {
  auto loc = parser.getCurrentLocation();
  if (ParameterParser(parser).add("mean", mean).add("stddev", stddev).parse())
    return {};
  return Attr::getChecked([&] { return parser.emitError(loc); },
                          parser.getContext(), Number(mean), Number(stddev));
}

static void printNormal(AsmPrinter &printer, Number mean, Number stddev,
                        double defaultMean, double defaultStddev) {
  ParameterPrinter(printer)
      .add("mean", formatNumber(mean), formatNumber(defaultMean))
      .add("stddev", formatNumber(stddev), formatNumber(defaultStddev));
}

/// exp(sign (mean + stddev n)).
static Value buildExp(ImplicitLocOpBuilder &builder, Value n, double mean,
                      double stddev, double sign) {
  ScalarMath math(builder);
  Value exponent = math.add(math.number(sign * mean),
                            math.mul(math.number(sign * stddev), n));
  return math::ExpOp::create(builder, exponent);
}

LogicalResult
LogNormalTimeAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                          Number mean, Number stddev) {
  return verifyNormal(emitError, mean, stddev);
}

Value LogNormalTimeAttr::buildNumber(ImplicitLocOpBuilder &builder,
                                     Value n) const {
  return buildExp(builder, n, getMean(), getStddev(), 1.0);
}

Attribute LogNormalTimeAttr::parse(AsmParser &parser, Type) {
  return parseNormal<LogNormalTimeAttr>(parser, -1.2, 1.2);
}

void LogNormalTimeAttr::print(AsmPrinter &printer) const {
  printNormal(printer, getMean(), getStddev(), -1.2, 1.2);
}

LogicalResult
LogitNormalTimeAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                            Number mean, Number stddev) {
  return verifyNormal(emitError, mean, stddev);
}

Value LogitNormalTimeAttr::buildNumber(ImplicitLocOpBuilder &builder,
                                       Value n) const {
  ScalarMath math(builder);
  Value one = math.number(1.0);
  Value odds = buildExp(builder, n, getMean(), getStddev(), -1.0);
  return math.div(one, math.add(one, odds));
}

Attribute LogitNormalTimeAttr::parse(AsmParser &parser, Type) {
  return parseNormal<LogitNormalTimeAttr>(parser, 0.0, 1.0);
}

void LogitNormalTimeAttr::print(AsmPrinter &printer) const {
  printNormal(printer, getMean(), getStddev(), 0.0, 1.0);
}

LogicalResult ModeTimeAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   Number scale) {
  constexpr double most = 2.0 / (M_PI - 2.0);
  if (scale >= -1.0 && scale <= most)
    return success();
  return emitError()
         << "(T2) expected scale from -1 to 2/(pi - 2), where times "
            "are monotonic, got "
         << formatNumber(scale);
}

Value ModeTimeAttr::buildNumber(ImplicitLocOpBuilder &builder, Value u) const {
  ScalarMath math(builder);
  Value one = math.number(1.0);
  Value cosine =
      math::CosOp::create(builder, math.mul(math.number(0.5 * M_PI), u));
  Value bump = math.add(math.sub(math.mul(cosine, cosine), one), u);
  return math.sub(math.sub(one, u), math.mul(math.number(getScale()), bump));
}

Attribute ModeTimeAttr::parse(AsmParser &parser, Type) {
  return parseSingle<ModeTimeAttr>(parser, "scale", 1.29);
}

void ModeTimeAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("scale", formatNumber(getScale()),
                                formatNumber(1.29));
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

LogicalResult
EDMWeightAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      Number sigmaData) {
  if (sigmaData > 0.0 && std::isfinite(sigmaData))
    return success();
  return emitError() << "(X1) expected a positive sigma_data, got "
                     << formatNumber(sigmaData);
}

bool EDMWeightAttr::isWeight() const { return true; }

Value EDMWeightAttr::buildNumber(ImplicitLocOpBuilder &builder,
                                 Value sigma) const {
  ScalarMath math(builder);
  Value d = math.number(getSigmaData());
  Value sum = math.add(math.mul(sigma, sigma), math.mul(d, d));
  Value product = math.mul(sigma, d);
  return math.div(sum, math.mul(product, product));
}

Attribute EDMWeightAttr::parse(AsmParser &parser, Type) {
  return parseSingle<EDMWeightAttr>(parser, "sigma_data", 0.5);
}

void EDMWeightAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("sigma_data", formatNumber(getSigmaData()),
                                formatNumber(0.5));
}

LogicalResult
MinSNRWeightAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         Number gamma, Prediction prediction) {
  if (!(gamma > 0.0) || !std::isfinite(gamma))
    return emitError() << "(T3) expected a positive gamma, got "
                       << formatNumber(gamma);
  if (prediction == Prediction::velocity || prediction == Prediction::score)
    return emitError() << "(T4) expected prediction epsilon, x0 or v, got "
                       << stringifyPrediction(prediction);
  return success();
}

bool MinSNRWeightAttr::isWeight() const { return true; }

Value MinSNRWeightAttr::buildNumber(ImplicitLocOpBuilder &builder,
                                    Value sigma) const {
  ScalarMath math(builder);
  Value one = math.number(1.0), variance = math.mul(sigma, sigma);
  Value ratio = math.div(one, variance);
  Value least = math.min(ratio, math.number(getGamma()));
  if (getPrediction() == Prediction::x0)
    return least;
  if (getPrediction() == Prediction::epsilon)
    return math.mul(least, variance);
  return math.div(least, math.add(ratio, one));
}

Attribute MinSNRWeightAttr::parse(AsmParser &parser, Type) {
  auto loc = parser.getCurrentLocation();
  double gamma = 5.0;
  Prediction prediction = Prediction::epsilon;
  if (ParameterParser(parser)
          .add("gamma", gamma)
          .add<Prediction>("prediction", prediction, symbolizePrediction,
                           "epsilon, x0 or v")
          .parse())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    Number(gamma), prediction);
}

void MinSNRWeightAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("gamma", formatNumber(getGamma()), formatNumber(5.0))
      .add("prediction", stringifyPrediction(getPrediction()), "epsilon");
}

bool InverseSquareWeightAttr::isWeight() const { return true; }

Value InverseSquareWeightAttr::buildNumber(ImplicitLocOpBuilder &builder,
                                           Value t) const {
  ScalarMath math(builder);
  return math.div(math.number(1.0), math.mul(t, t));
}

bool CosMapWeightAttr::isWeight() const { return true; }

Value CosMapWeightAttr::buildNumber(ImplicitLocOpBuilder &builder,
                                    Value t) const {
  ScalarMath math(builder);
  Value two = math.number(2.0);
  Value sum = math.add(math.sub(math.number(1.0), math.mul(two, t)),
                       math.mul(two, math.mul(t, t)));
  return math.div(two, math.mul(math.number(M_PI), sum));
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

LogicalResult TrainingTimeOp::verify() {
  auto rule = dyn_cast<TrainingRuleAttrInterface>(getRule());
  if (rule && !rule.isWeight())
    return success();
  return emitOpError() << "(C1) expected a rule that makes times, such as "
                          "#whorl.log_normal_time, got "
                       << getRule();
}

LogicalResult LossWeightOp::verify() {
  auto rule = dyn_cast<TrainingRuleAttrInterface>(getRule());
  if (rule && rule.isWeight())
    return success();
  return emitOpError() << "(C1) expected a rule that makes weights, such as "
                          "#whorl.edm_weight, got "
                       << getRule();
}
