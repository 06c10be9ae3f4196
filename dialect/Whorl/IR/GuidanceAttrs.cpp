//===- GuidanceAttrs.cpp - rules of guidance ------------------------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/WhorlDialect.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

//===----------------------------------------------------------------------===//
// Classifier-free guidance
//===----------------------------------------------------------------------===//

LogicalResult CFGAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                              Number rescale, int64_t steps, Number start,
                              Number stop) {
  if (!(rescale >= 0.0 && rescale <= 1.0))
    return emitError() << "(R1) expected rescale from 0 to 1, got "
                       << formatNumber(rescale);
  if (steps < 0 || !(start >= 0.0 && start <= stop && stop <= 1.0))
    return emitError() << "(R2) expected steps from 0 on and "
                          "0 <= start <= stop <= 1, got "
                       << steps << ", " << formatNumber(start) << " and "
                       << formatNumber(stop);
  if (steps == 0 && !(start == Number(0.0) && stop == Number(1.0)))
    return emitError() << "(R2) expected steps with start and stop, got none";
  return success();
}

bool CFGAttr::usesIndex() const { return getSteps() > 0; }

unsigned CFGAttr::getNumMoments() const {
  return getRescale() == Number(0.0) ? 0 : 5;
}

SmallVector<Value> CFGAttr::buildMoments(ImplicitLocOpBuilder &builder, Value u,
                                         Value c, Value) const {
  ScalarMath math(builder);
  return {u, c, math.mul(u, u), math.mul(u, c), math.mul(c, c)};
}

GuidanceFactors CFGAttr::buildFactors(ImplicitLocOpBuilder &builder,
                                      const GuidanceContext &context) const {
  ScalarMath math(builder);
  Value one = math.number(1.0), w = context.scale;
  if (usesIndex()) {
    auto bound = [&](double share) {
      return math.number(std::floor(share * static_cast<double>(getSteps())));
    };
    Value early = math.ifLess(context.index, bound(getStart()), one, w);
    w = math.ifLess(context.index, bound(getStop()), early, one);
  }
  GuidanceFactors factors = {math.sub(one, w), w, {}};
  if (getNumMoments() == 0)
    return factors;
  // var(g) follows from the moments: g = p u + w c.
  Value p = factors.unconditional;
  Value u = context.sums[0], c = context.sums[1];
  auto getCovariance = [&](unsigned sum, Value x, Value y) {
    return math.sub(context.sums[sum], math.div(math.mul(x, y), context.count));
  };
  Value uu = getCovariance(2, u, u), uc = getCovariance(3, u, c),
        cc = getCovariance(4, c, c);
  Value variance = math.add(
      math.add(math.mul(math.mul(p, p), uu), math.mul(math.mul(w, w), cc)),
      math.mul(math.mul(math.number(2.0), math.mul(p, w)), uc));
  // A sample without variance stays as it is.
  Value ratio = math.sqrt(math.div(cc, variance));
  ratio = math.ifLess(math.number(0.0), variance, ratio, one);
  Value phi = math.number(getRescale());
  Value factor = math.add(math.mul(phi, ratio), math.sub(one, phi));
  return {math.mul(factor, p), math.mul(factor, w), {}};
}

Attribute CFGAttr::parse(AsmParser &parser, Type) {
  auto loc = parser.getCurrentLocation();
  double rescale = 0.0, start = 0.0, stop = 1.0;
  int64_t steps = 0;
  if (ParameterParser(parser)
          .add("rescale", rescale)
          .add("steps", steps)
          .add("start", start)
          .add("stop", stop)
          .parse())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    Number(rescale), steps, Number(start), Number(stop));
}

void CFGAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("rescale", formatNumber(getRescale()), formatNumber(0.0))
      .add("steps", getSteps(), 0)
      .add("start", formatNumber(getStart()), formatNumber(0.0))
      .add("stop", formatNumber(getStop()), formatNumber(1.0));
}

//===----------------------------------------------------------------------===//
// Adaptive projected guidance
//===----------------------------------------------------------------------===//

LogicalResult APGAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                              Number eta, Number cap, Number momentum,
                              GuidanceBase base) {
  if (std::isfinite(eta) && std::isfinite(momentum) && std::isfinite(cap) &&
      cap >= 0.0)
    return success();
  return emitError() << "(R3) expected finite eta and momentum and cap from 0 "
                        "on, got "
                     << formatNumber(eta) << ", " << formatNumber(momentum)
                     << " and " << formatNumber(cap);
}

unsigned APGAttr::getNumMoments() const { return 3; }
double APGAttr::getKeptMomentum() const { return getMomentum(); }

/// d = c - u + momentum r.
static Value buildDifference(const ScalarMath &math, Value u, Value c, Value r,
                             double momentum) {
  Value difference = math.sub(c, u);
  if (r)
    difference = math.add(difference, math.mul(math.number(momentum), r));
  return difference;
}

SmallVector<Value> APGAttr::buildMoments(ImplicitLocOpBuilder &builder, Value u,
                                         Value c, Value r) const {
  ScalarMath math(builder);
  Value d = buildDifference(math, u, c, r, getMomentum());
  return {math.mul(d, d), math.mul(d, c), math.mul(c, c)};
}

GuidanceFactors APGAttr::buildFactors(ImplicitLocOpBuilder &builder,
                                      const GuidanceContext &context) const {
  ScalarMath math(builder);
  Value zero = math.number(0.0), one = math.number(1.0);
  Value dd = context.sums[0], dc = context.sums[1], cc = context.sums[2];
  // Scaled to at most `cap`; along c it is <d, c>/|c|^2 c.
  Value scale = one;
  if (getCap() != Number(0.0))
    scale = math.min(one, math.div(math.number(getCap()), math.sqrt(dd)));
  Value along = math.ifLess(zero, cc, math.div(dc, cc), zero);
  bool isFromConditional = getBase() == GuidanceBase::conditional;
  Value w = isFromConditional ? math.sub(context.scale, one) : context.scale;
  // w scale (d - along c + eta along c), with d = c - u + momentum r.
  Value weight = math.mul(w, scale);
  Value projected = math.mul(math.number(getEta() - 1.0), along);
  Value u = math.neg(weight);
  Value c = math.mul(weight, math.add(one, projected));
  (isFromConditional ? c : u) = math.add(isFromConditional ? c : u, one);
  Value r;
  if (getMomentum() != 0.0)
    r = math.mul(weight, math.number(getMomentum()));
  return {u, c, r};
}

Attribute APGAttr::parse(AsmParser &parser, Type) {
  auto loc = parser.getCurrentLocation();
  double eta = 1.0, cap = 0.0, momentum = 0.0;
  GuidanceBase base = GuidanceBase::unconditional;
  if (ParameterParser(parser)
          .add("eta", eta)
          .add("cap", cap)
          .add("momentum", momentum)
          .add<GuidanceBase>("base", base, symbolizeGuidanceBase,
                             "unconditional or conditional")
          .parse())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    Number(eta), Number(cap), Number(momentum), base);
}

void APGAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("eta", formatNumber(getEta()), formatNumber(1.0))
      .add("cap", formatNumber(getCap()), formatNumber(0.0))
      .add("momentum", formatNumber(getMomentum()), formatNumber(0.0))
      .add("base", stringifyGuidanceBase(getBase()), "unconditional");
}

//===----------------------------------------------------------------------===//
// CFG-Zero*
//===----------------------------------------------------------------------===//

LogicalResult CFGZeroAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t zeroSteps) {
  if (zeroSteps < 0)
    return emitError() << "(R4) expected zero_steps from 0 on, got "
                       << zeroSteps;
  return success();
}

unsigned CFGZeroAttr::getNumMoments() const { return 2; }
bool CFGZeroAttr::usesIndex() const { return getZeroSteps() > 0; }

SmallVector<Value> CFGZeroAttr::buildMoments(ImplicitLocOpBuilder &builder,
                                             Value u, Value c, Value) const {
  ScalarMath math(builder);
  return {math.mul(c, u), math.mul(u, u)};
}

GuidanceFactors
CFGZeroAttr::buildFactors(ImplicitLocOpBuilder &builder,
                          const GuidanceContext &context) const {
  ScalarMath math(builder);
  Value ratio =
      math.div(context.sums[0], math.add(context.sums[1], math.number(1.0e-8)));
  Value w = context.scale;
  Value u = math.mul(math.sub(math.number(1.0), w), ratio);
  if (usesIndex()) {
    Value zero = math.number(0.0);
    Value first = math.number(static_cast<double>(getZeroSteps()));
    u = math.ifLess(context.index, first, zero, u);
    w = math.ifLess(context.index, first, zero, w);
  }
  return {u, w, {}};
}

Attribute CFGZeroAttr::parse(AsmParser &parser, Type) {
  return parseSingle<CFGZeroAttr>(parser, "zero_steps", int64_t(0));
}

void CFGZeroAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("zero_steps", getZeroSteps(), 0);
}
