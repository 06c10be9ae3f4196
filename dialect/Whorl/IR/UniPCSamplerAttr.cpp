//===- UniPCSamplerAttr.cpp - unified predictor-corrector -----------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/SamplerPlanner.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

LogicalResult
UniPCSamplerAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         int64_t order, UniPCForm form, bool lowerOrderFinal) {
  if (order < 1 || order > 3)
    return emitError() << "(U1) expected order from 1 to 3, got " << order;
  return success();
}

/// Solves the square system `rows` x = `right` of up to three unknowns by
/// elimination with pivots.
static SmallVector<double> solve(SmallVector<SmallVector<double>> rows,
                                 SmallVector<double> right) {
  size_t size = right.size();
  for (size_t k = 0; k < size; ++k) {
    size_t pivot = k;
    for (size_t i = k + 1; i < size; ++i)
      if (std::abs(rows[i][k]) > std::abs(rows[pivot][k]))
        pivot = i;
    std::swap(rows[k], rows[pivot]);
    std::swap(right[k], right[pivot]);
    for (size_t i = k + 1; i < size; ++i) {
      double factor = rows[i][k] / rows[k][k];
      for (size_t j = k; j < size; ++j)
        rows[i][j] -= factor * rows[k][j];
      right[i] -= factor * right[k];
    }
  }
  for (size_t k = size; k-- > 0;) {
    for (size_t j = k + 1; j < size; ++j)
      right[k] -= rows[k][j] * right[j];
    right[k] /= rows[k][k];
  }
  return right;
}

namespace {
/// A step of UniPC, which predictor and corrector share: the interval ends at
/// `to` and began with the prediction kept of call `first`.
class UniPCStep {
public:
  UniPCStep(const NoiseTrajectory &run, int64_t first, const NoiseLevel &to,
            int64_t order, UniPCForm form);

  /// The state at `to` from the `order` newest predictions up to `first`.
  Combination getPrediction() const;
  /// The same with the prediction made at `to`, kept of call first + 1.
  Combination getCorrection() const;

private:
  Combination getFirstOrder() const;
  /// R x = b cut to `count` equations.
  SmallVector<double> getWeights(int64_t count) const;

  int64_t first, order;
  double stateScale, signal, h1, scale;
  SmallVector<double> ratios; ///< r_1 .. r_(order-1), 1
  SmallVector<double> right;  ///< b
};
} // namespace

UniPCStep::UniPCStep(const NoiseTrajectory &run, int64_t first,
                     const NoiseLevel &to, int64_t order, UniPCForm form)
    : first(first), order(order) {
  const NoiseLevel &from = run.levels[first];
  stateScale = to.noise / from.noise;
  signal = to.signal;
  double h = to.getLambda() - from.getLambda();
  double hh = -h;
  h1 = std::expm1(hh);
  scale = form == UniPCForm::bh1 ? hh : h1;
  for (int64_t k = 1; k < order; ++k)
    ratios.push_back((run.levels[first - k].getLambda() - from.getLambda()) /
                     h);
  ratios.push_back(1.0);
  double phi = h1 / hh - 1.0, factorial = 1.0;
  for (int64_t k = 1; k <= order; ++k) {
    right.push_back(phi * factorial / scale);
    factorial *= static_cast<double>(k + 1);
    phi = phi / hh - 1.0 / factorial;
  }
}

Combination UniPCStep::getFirstOrder() const {
  Combination next;
  next.base = stateScale;
  next.add(first, -signal * h1);
  return next;
}

SmallVector<double> UniPCStep::getWeights(int64_t count) const {
  SmallVector<SmallVector<double>> rows(count);
  for (int64_t i = 0; i < count; ++i)
    for (int64_t k = 0; k < count; ++k)
      rows[i].push_back(std::pow(ratios[k], static_cast<double>(i)));
  return solve(rows,
               SmallVector<double>(ArrayRef<double>(right).take_front(count)));
}

Combination UniPCStep::getPrediction() const {
  Combination next = getFirstOrder();
  // The paper takes 1/2 for the one weight of order 2.
  SmallVector<double> weights =
      order == 2 ? SmallVector<double>{0.5} : getWeights(order - 1);
  for (int64_t k = 1; k < order; ++k) {
    double factor = -signal * scale * weights[k - 1] / ratios[k - 1];
    next.add(first - k, factor);
    next.add(first, -factor);
  }
  return next;
}

Combination UniPCStep::getCorrection() const {
  Combination next = getFirstOrder();
  SmallVector<double> weights =
      order == 1 ? SmallVector<double>{0.5} : getWeights(order);
  for (int64_t k = 1; k <= order; ++k) {
    double factor = -signal * scale * weights[k - 1] / ratios[k - 1];
    next.add(k == order ? first + 1 : first - k, factor);
    next.add(first, -factor);
  }
  return next;
}

SamplerPlan UniPCSamplerAttr::getPlan(ScheduleAttrInterface schedule) const {
  NoiseTrajectory run = schedule.getTrajectory();
  auto steps = static_cast<int64_t>(run.targets.size());
  auto getStepOrder = [&](int64_t i) -> int64_t {
    int64_t order = std::min(getOrder(), i + 1);
    if (getLowerOrderFinal())
      return std::min(order, steps - i);
    bool isToData = i == steps - 1 && run.targets.back().noise == 0.0;
    return isToData ? 1 : order;
  };
  SamplerPlanner planner;
  planner.beginStep();
  // X is the corrected state of the level before.
  Combination corrected = {1.0, {}};
  for (int64_t i = 0; i < steps; ++i) {
    if (i > 0)
      corrected =
          UniPCStep(run, i - 1, run.levels[i], getStepOrder(i - 1), getForm())
              .getCorrection();
    Combination predicted =
        UniPCStep(run, i, run.targets[i], getStepOrder(i), getForm())
            .getPrediction();
    Combination next = predicted;
    next.base = 0.0;
    next.add(corrected, predicted.base);
    planner.addCall(run.levels[i], keepData, next);
    planner.setState(predicted);
  }
  return planner.finish(run.levels.back());
}

Attribute UniPCSamplerAttr::parse(AsmParser &parser, Type) {
  auto loc = parser.getCurrentLocation();
  int64_t order = 2;
  UniPCForm form = UniPCForm::bh2;
  bool lowerOrderFinal = true;
  if (ParameterParser(parser)
          .add("order", order)
          .add<UniPCForm>("form", form, symbolizeUniPCForm, "bh1 or bh2")
          .add("lower_order_final", lowerOrderFinal)
          .parse())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    order, form, lowerOrderFinal);
}

void UniPCSamplerAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("order", getOrder(), 2)
      .add("form", stringifyUniPCForm(getForm()), "bh2")
      .add("lower_order_final", getLowerOrderFinal(), true);
}
