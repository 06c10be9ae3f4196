//===- ExponentialSamplerAttrs.cpp - multistep exponential integrators ----===//
//
// Solvers that integrate the linear part of the ODE exactly, in
// lambda = ln(a/s), and what the model predicts by divided differences.
//
//===----------------------------------------------------------------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/SamplerPlanner.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

static LogicalResult verifyOrder(function_ref<InFlightDiagnostic()> emitError,
                                 int64_t order) {
  if (order < 1 || order > 3)
    return emitError() << "(S1) expected order from 1 to 3, got " << order;
  return success();
}

static LogicalResult verifyEta(function_ref<InFlightDiagnostic()> emitError,
                               double eta) {
  if (!(eta >= 0.0 && eta <= 1.0))
    return emitError() << "(S2) expected eta from 0 (ODE) to 1 (SDE), got "
                       << formatNumber(eta);
  return success();
}

/// The order of step i of a multistep method. Fewer steps than this end with
/// lower orders.
static constexpr int64_t fewSteps = 15;
static int64_t getMultistepOrder(int64_t order, int64_t i, int64_t steps,
                                 bool endsAtData, bool lowerOrderFinal) {
  bool isFew = lowerOrderFinal && steps < fewSteps;
  if (i == steps - 1 && (isFew || endsAtData))
    return 1;
  if (i == steps - 2 && isFew)
    order = std::min<int64_t>(order, 2);
  return std::min(order, i + 1);
}

//===----------------------------------------------------------------------===//
// DPM-Solver++
//===----------------------------------------------------------------------===//

namespace {
/// The weights of x0 and of its divided differences in a step of length h,
/// without the factor a_u.
struct PhiFunctions {
  explicit PhiFunctions(double h)
      : one(-std::expm1(-h)), two(std::expm1(-h) / h + 1.0),
        three(two / h - 0.5) {}
  double one, two, three;
};
} // namespace

/// Adds factor times the first divided difference of kept predictions p_newer
/// and p_older, which lie `ratio` steps apart.
static void addDifference(Combination &next, double factor, int64_t newer,
                          int64_t older, double ratio) {
  next.add(newer, factor / ratio);
  next.add(older, -factor / ratio);
}

/// Adds the terms of order 2 and 3 that belong to call i. D2 is half the second
/// derivative, so that the weight of order 3 is 2 phi_3; the authors' code
/// takes phi_3.
static void addThirdOrder(Combination &next, const PhiFunctions &phi,
                          double scale, int64_t i, double r0, double r1,
                          bool isExact) {
  // D1 = D10 + r0/(r0 + r1) (D10 - D11), D2 = (D10 - D11)/(r0 + r1).
  double mix = r0 / (r0 + r1), spread = 1.0 / (r0 + r1);
  double second = isExact ? 2.0 * phi.three : phi.three;
  double newer = phi.two * (1.0 + mix) - second * spread;
  double older = -phi.two * mix + second * spread;
  addDifference(next, scale * newer, i, i - 1, r0);
  addDifference(next, scale * older, i - 1, i - 2, r1);
}

LogicalResult
DPMSolverSamplerAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                             int64_t order, Number eta, MultistepRule rule,
                             bool lowerOrderFinal) {
  if (failed(verifyOrder(emitError, order)))
    return failure();
  return verifyEta(emitError, eta);
}

SamplerPlan
DPMSolverSamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  NoiseTrajectory run = schedule.getTrajectory();
  auto steps = static_cast<int64_t>(run.targets.size());
  double eta = getEta();
  SamplerPlanner planner;
  for (int64_t i = 0; i < steps; ++i) {
    const NoiseLevel &from = run.levels[i], &to = run.targets[i];
    double h = to.getLambda() - from.getLambda();
    auto getRatio = [&](int64_t newer) {
      return (run.levels[newer].getLambda() -
              run.levels[newer - 1].getLambda()) /
             h;
    };
    int64_t order = getMultistepOrder(getOrder(), i, steps, to.noise == 0.0,
                                      getLowerOrderFinal());
    PhiFunctions phi((1.0 + eta) * h);
    Combination next;
    // e^(-0 h) is 1 even where h is infinite.
    double decay = eta == 0.0 ? 1.0 : std::exp(-eta * h);
    next.base = to.noise / from.noise * decay;
    next.add(i, to.signal * phi.one);
    if (order == 2) {
      bool isHeun = getRule() == MultistepRule::heun;
      double weight = isHeun ? phi.two : 0.5 * phi.one;
      addDifference(next, to.signal * weight, i, i - 1, getRatio(i));
    } else if (order == 3) {
      addThirdOrder(next, phi, to.signal, i, getRatio(i), getRatio(i - 1),
                    getRule() == MultistepRule::heun);
    }
    double noise = 0.0;
    if (eta != 0.0 && to.noise != 0.0)
      noise = to.noise * std::sqrt(-std::expm1(-2.0 * eta * h));
    planner.beginStep();
    planner.addCall(from, keepData, next, noise);
  }
  return planner.finish(run.levels.back());
}

Attribute DPMSolverSamplerAttr::parse(AsmParser &parser, Type) {
  auto loc = parser.getCurrentLocation();
  int64_t order = 2;
  double eta = 0.0;
  MultistepRule rule = MultistepRule::midpoint;
  bool lowerOrderFinal = true;
  if (ParameterParser(parser)
          .add("order", order)
          .add("eta", eta)
          .add<MultistepRule>("rule", rule, symbolizeMultistepRule,
                              "midpoint or heun")
          .add("lower_order_final", lowerOrderFinal)
          .parse())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    order, Number(eta), rule, lowerOrderFinal);
}

void DPMSolverSamplerAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("order", getOrder(), 2)
      .add("eta", formatNumber(getEta()), formatNumber(0.0))
      .add("rule", stringifyMultistepRule(getRule()), "midpoint")
      .add("lower_order_final", getLowerOrderFinal(), true);
}

//===----------------------------------------------------------------------===//
// DEIS
//===----------------------------------------------------------------------===//

LogicalResult
DEISSamplerAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        int64_t order) {
  return verifyOrder(emitError, order);
}

SamplerPlan DEISSamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  NoiseTrajectory run = schedule.getTrajectory();
  auto steps = static_cast<int64_t>(run.targets.size());
  SamplerPlanner planner;
  for (int64_t i = 0; i < steps; ++i) {
    const NoiseLevel &from = run.levels[i], &to = run.targets[i];
    int64_t order =
        getMultistepOrder(getOrder(), i, steps, to.noise == 0.0, true);
    Combination next;
    next.base = to.signal / from.signal;
    if (order == 1) {
      next.add(i, to.signal * (to.getSigma() - from.getSigma()));
    } else {
      SmallVector<double> nodes;
      for (int64_t j = 0; j < order; ++j)
        nodes.push_back(-run.levels[i - j].getLambda());
      for (int64_t j = 0; j < order; ++j)
        next.add(i - j, to.signal * integrate(
                                        [&](double logSigma) {
                                          return std::exp(logSigma) *
                                                 getLagrangeBasis(nodes, j,
                                                                  logSigma);
                                        },
                                        -from.getLambda(), -to.getLambda()));
    }
    planner.beginStep();
    planner.addCall(from, keepEpsilon, next);
  }
  return planner.finish(run.levels.back());
}

Attribute DEISSamplerAttr::parse(AsmParser &parser, Type) {
  return parseSingle<DEISSamplerAttr>(parser, "order", int64_t(2));
}

void DEISSamplerAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("order", getOrder(), 2);
}

//===----------------------------------------------------------------------===//
// DPM-Solver++ singlestep
//===----------------------------------------------------------------------===//

LogicalResult
SinglestepSamplerAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                              int64_t order) {
  return verifyOrder(emitError, order);
}

/// The orders of a run: 1, 2, 1, 2, ... and what is left.
static SmallVector<int64_t> getSinglestepOrders(int64_t order, int64_t steps,
                                                bool endsAtData) {
  SmallVector<int64_t> orders;
  for (int64_t i = 0; i < steps; ++i)
    orders.push_back(i % order + 1);
  // Groups of three end as 1, 2, 1 rather than 1, 2, 3.
  if (order == 3 && steps % 3 == 0)
    orders.back() = 1;
  if (endsAtData)
    orders.back() = 1;
  return orders;
}

SamplerPlan
SinglestepSamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  NoiseTrajectory run = schedule.getTrajectory();
  SmallVector<int64_t> orders = getSinglestepOrders(
      getOrder(), run.targets.size(), run.targets.back().noise == 0.0);
  SamplerPlanner planner;
  for (auto [step, order] : llvm::enumerate(orders)) {
    auto i = static_cast<int64_t>(step);
    int64_t first = i - (order - 1); // where the group begins
    const NoiseLevel &from = run.levels[first], &to = run.targets[i];
    double h = to.getLambda() - from.getLambda();
    auto getRatio = [&](int64_t call) {
      return (run.levels[call].getLambda() - from.getLambda()) / h;
    };
    PhiFunctions phi(h);
    Combination next;
    next.base = to.noise / from.noise;
    next.add(first, to.signal * phi.one);
    if (order == 2) {
      addDifference(next, to.signal * 0.5 * phi.one, i, first, getRatio(i));
    } else if (order == 3) {
      // Slopes from the beginning to both later calls.
      double near = getRatio(i - 1), far = getRatio(i), gap = far - near;
      double second = phi.three * 2.0;
      addDifference(next, to.signal * (-phi.two * near - second) / gap, i,
                    first, far);
      addDifference(next, to.signal * (phi.two * far + second) / gap, i - 1,
                    first, near);
    }
    if (order == 1)
      planner.beginStep();
    planner.addCall(run.levels[i], keepData, next);
  }
  return planner.finish(run.levels.back());
}

Attribute SinglestepSamplerAttr::parse(AsmParser &parser, Type) {
  return parseSingle<SinglestepSamplerAttr>(parser, "order", int64_t(2));
}

void SinglestepSamplerAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("order", getOrder(), 2);
}

//===----------------------------------------------------------------------===//
// DPM-Solver++ 2S and SDE, which call the model between levels
//===----------------------------------------------------------------------===//

LogicalResult
DPM2SSamplerAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         Number eta) {
  return verifyEta(emitError, eta);
}

LogicalResult
DPMSDESamplerAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                          Number eta) {
  return verifyEta(emitError, eta);
}

namespace {
/// A step of k-diffusion's ancestral kind: down in sigma, and up by noise.
struct AncestralStep {
  AncestralStep(const NoiseLevel &from, const NoiseLevel &to, double eta);
  /// The step with the data predicted by `call`, scaled to level `to`.
  Combination get(int64_t call) const;

  double base; ///< of the state
  double data; ///< of x0
  double noise;
};
} // namespace

AncestralStep::AncestralStep(const NoiseLevel &from, const NoiseLevel &to,
                             double eta) {
  double s = from.getSigma(), u = to.getSigma();
  double up = std::min(
      u, eta * std::sqrt(std::max(u * u * (1.0 - u * u / (s * s)), 0.0)));
  double down = std::sqrt(std::max(u * u - up * up, 0.0));
  base = to.signal * down / from.noise;
  data = to.signal * (1.0 - down / s);
  noise = to.signal * up;
}

Combination AncestralStep::get(int64_t call) const {
  Combination next;
  next.base = base;
  next.add(call, data);
  return next;
}

/// The two plans differ in the noise of the half step.
static SamplerPlan getHalfwayPlan(ScheduleAttrInterface schedule, double eta,
                                  double halfEta) {
  NoiseTrajectory run = schedule.getTrajectory();
  SamplerPlanner planner;
  for (auto [i, to] : llvm::enumerate(run.targets)) {
    const NoiseLevel &from = run.levels[i];
    AncestralStep whole(from, to, eta);
    int64_t call = planner.getNextCall();
    planner.beginStep();
    if (to.noise == 0.0) {
      planner.addCall(from, keepData, whole.get(call));
      continue;
    }
    // Half-way in lambda to where the deterministic part of the step ends.
    double end =
        halfEta == 0.0 ? from.noise * whole.base / to.signal : to.getSigma();
    if (end == 0.0) { // all of the next level is fresh noise
      planner.addCall(from, keepData, whole.get(call), whole.noise);
      continue;
    }
    NoiseLevel middle =
        schedule.getLevelAtSigma(std::sqrt(from.getSigma() * end));
    AncestralStep half(from, middle, halfEta);
    planner.addCall(from, keepData, half.get(call), half.noise);
    planner.addCall(middle, keepData, whole.get(call + 1), whole.noise);
  }
  return planner.finish(run.levels.back());
}

SamplerPlan DPM2SSamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  return getHalfwayPlan(schedule, getEta(), /*halfEta=*/0.0);
}

SamplerPlan DPMSDESamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  return getHalfwayPlan(schedule, getEta(), getEta());
}

Attribute DPM2SSamplerAttr::parse(AsmParser &parser, Type) {
  return parseSingle<DPM2SSamplerAttr>(parser, "eta", 0.0);
}

void DPM2SSamplerAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("eta", formatNumber(getEta()),
                                formatNumber(0.0));
}

Attribute DPMSDESamplerAttr::parse(AsmParser &parser, Type) {
  return parseSingle<DPMSDESamplerAttr>(parser, "eta", 1.0);
}

void DPMSDESamplerAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("eta", formatNumber(getEta()),
                                formatNumber(1.0));
}
