//===- FormulaRules.cpp - the formulas of noise schedules -----------------===//
//
// One row a formula. The attributes' descriptions name the sources.
//
//===----------------------------------------------------------------------===//

#include "Whorl/IR/BetaQuantile.h"
#include "Whorl/IR/Formula.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace whorl;
using Arguments = FormulaRule::Arguments;

/// Entry i of `count` numbers evenly from a to b, exact at both ends.
static double interpolate(double a, double b, int64_t i, int64_t count) {
  if (count < 2)
    return a;
  double step = (b - a) / static_cast<double>(count - 1);
  // From the nearer end, so that the table is as exact at its end as at its
  // beginning.
  return i < count / 2 ? a + step * static_cast<double>(i)
                       : b - step * static_cast<double>(count - 1 - i);
}

static double getSigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

llvm::ArrayRef<BetaRule> BetaRule::getAll() {
  static const BetaRule rules[] = {
      {{"linear", 2, 2, {}},
       [](int64_t t, int64_t levels, const Arguments &b) {
         return interpolate(b[0], b[1], t, levels);
       }},
      {{"scaled_linear", 2, 2, {}},
       [](int64_t t, int64_t levels, const Arguments &b) {
         double root = interpolate(std::sqrt(b[0]), std::sqrt(b[1]), t, levels);
         return root * root;
       }},
      {{"cosine", 0, 2, {0.008, 0.999}},
       [](int64_t t, int64_t levels, const Arguments &b) {
         auto getSignal = [&](int64_t i) {
           double r = static_cast<double>(i) / static_cast<double>(levels);
           double c = std::cos((r + b[0]) / (1.0 + b[0]) * (M_PI / 2.0));
           return c * c;
         };
         return std::min(1.0 - getSignal(t + 1) / getSignal(t), b[1]);
       }},
      {{"sigmoid", 2, 2, {}},
       [](int64_t t, int64_t levels, const Arguments &b) {
         return b[0] +
                (b[1] - b[0]) * getSigmoid(interpolate(-6.0, 6.0, t, levels));
       }},
  };
  return rules;
}

/// Evenly from the last training level to the first.
static double getEvenLevel(int64_t i, int64_t steps, int64_t levels) {
  double last = static_cast<double>(levels - 1);
  return steps == 1 ? last : interpolate(0.0, last, steps - 1 - i, steps);
}

llvm::ArrayRef<SpacingRule> SpacingRule::getAll() {
  // nearbyint rounds ties to even, as the oracles do.
  static const SpacingRule rules[] = {
      {{"leading", 0, 1, {}},
       [](int64_t i, int64_t steps, int64_t levels, const Arguments &offset) {
         int64_t stride = levels / steps;
         return static_cast<double>((steps - 1 - i) * stride) + offset[0];
       },
       true},
      {{"linspace", 0, 0, {}},
       [](int64_t i, int64_t steps, int64_t levels, const Arguments &) {
         return std::nearbyint(getEvenLevel(i, steps, levels));
       },
       true},
      {{"continuous", 0, 0, {}},
       [](int64_t i, int64_t steps, int64_t levels, const Arguments &) {
         return getEvenLevel(i, steps, levels);
       },
       false},
      {{"trailing", 0, 0, {}},
       [](int64_t i, int64_t steps, int64_t levels, const Arguments &) {
         double t = static_cast<double>(levels);
         double step = t / static_cast<double>(steps);
         return std::nearbyint(t - static_cast<double>(i) * step) - 1.0;
       },
       true},
      // As for one step more, of which the last level is not visited.
      {{"leading_open", 0, 1, {}},
       [](int64_t i, int64_t steps, int64_t levels, const Arguments &offset) {
         int64_t stride = levels / (steps + 1);
         return static_cast<double>((steps - i) * stride) + offset[0];
       },
       true},
      {{"linspace_open", 0, 0, {}},
       [](int64_t i, int64_t steps, int64_t levels, const Arguments &) {
         return std::nearbyint(getEvenLevel(i, steps + 1, levels));
       },
       true},
      // From the levels at which a distilled model was trained.
      {{"distilled", 0, 1, {50.0}},
       [](int64_t i, int64_t steps, int64_t levels, const Arguments &origin) {
         if (!(origin[0] >= 1.0 && origin[0] <= static_cast<double>(levels)))
           return -1.0; // not a level, as the verifier finds
         auto count = static_cast<int64_t>(origin[0]);
         int64_t stride = levels / count;
         int64_t level = stride * (count - i * count / steps) - 1;
         return static_cast<double>(level);
       },
       true},
  };
  return rules;
}

static double getBeta(double w, double min, double max, double alpha,
                      double beta) {
  return min + getBetaQuantile(1.0 - w, alpha, beta) * (max - min);
}

/// sigma of the VP SDE with beta(t) = beta_min + t beta_d, at time t.
static double getVPSigma(double t, double betaD, double betaMin) {
  return std::sqrt(std::expm1(0.5 * betaD * t * t + betaMin * t));
}

static double getKarras(double w, double min, double max, double rho) {
  double first = std::pow(max, 1.0 / rho), last = std::pow(min, 1.0 / rho);
  return std::pow(first + w * (last - first), rho);
}

static double getExponential(double w, double min, double max) {
  return std::exp(std::log(max) + w * (std::log(min) - std::log(max)));
}

llvm::ArrayRef<SigmaRule> SigmaRule::getAll() {
  static const SigmaRule rules[] = {
      {{"karras", 2, 3, {0.0, 0.0, 7.0}},
       [](double w, const Arguments &a) {
         return getKarras(w, a[0], a[1], a[2]);
       }},
      {{"exponential", 2, 2, {}},
       [](double w, const Arguments &a) {
         return getExponential(w, a[0], a[1]);
       }},
      {{"linear", 2, 2, {}},
       [](double w, const Arguments &a) { return a[1] + w * (a[0] - a[1]); }},
      {{"beta", 2, 4, {0.0, 0.0, 0.6, 0.6}},
       [](double w, const Arguments &a) {
         return getBeta(w, a[0], a[1], a[2], a[3]);
       }},
      {{"vp", 0, 3, {19.9, 0.1, 0.001}},
       [](double w, const Arguments &a) {
         return getVPSigma(1.0 + w * (a[2] - 1.0), a[0], a[1]);
       }},
  };
  return rules;
}

llvm::ArrayRef<RespacingRule> RespacingRule::getAll() {
  static const RespacingRule rules[] = {
      {{"spaced", 0, 0, {}}, nullptr},
      {{"karras", 0, 1, {7.0}},
       [](double w, double min, double max, const Arguments &a) {
         return getKarras(w, min, max, a[0]);
       }},
      {{"exponential", 0, 0, {}},
       [](double w, double min, double max, const Arguments &) {
         return getExponential(w, min, max);
       }},
      {{"beta", 0, 2, {0.6, 0.6}},
       [](double w, double min, double max, const Arguments &a) {
         return getBeta(w, min, max, a[0], a[1]);
       }},
  };
  return rules;
}

/// 1 + gamma of Karras et al. 2022, algorithm 2.
static double getChurnGrowth(double sigma, int64_t steps, const Arguments &a) {
  if (sigma < a[1] || sigma > a[2])
    return 1.0;
  return 1.0 + std::min(a[0] / static_cast<double>(steps), M_SQRT2 - 1.0);
}

llvm::ArrayRef<ChurnRule> ChurnRule::getAll() {
  static const ChurnRule rules[] = {
      {{"none", 0, 0, {}}, nullptr, false},
      {{"edm", 1, 4, {0.0, 0.0, 1.0e300, 1.0}}, getChurnGrowth, false},
      {{"edm_late", 1, 4, {0.0, 0.0, 1.0e300, 1.0}}, getChurnGrowth, true},
  };
  return rules;
}

llvm::ArrayRef<FlowTimeRule> FlowTimeRule::getAll() {
  static const FlowTimeRule rules[] = {
      {{"linear", 0, 0, {}},
       [](double w, const FlowRange &range, const Arguments &) {
         return range.getShifted(range.getEven(w));
       }},
      {{"cosine", 0, 0, {}},
       [](double w, const FlowRange &range, const Arguments &) {
         double t = std::tan(M_PI / 2.0 * range.getEven(w));
         return range.getShifted(1.0 - 1.0 / (t + 1.0));
       }},
      {{"karras", 0, 1, {7.0}},
       [](double w, const FlowRange &range, const Arguments &a) {
         return getKarras(w, range.getShifted(range.last),
                          range.getShifted(range.first), a[0]);
       }},
      {{"exponential", 0, 0, {}},
       [](double w, const FlowRange &range, const Arguments &) {
         return getExponential(w, range.getShifted(range.last),
                               range.getShifted(range.first));
       }},
  };
  return rules;
}
