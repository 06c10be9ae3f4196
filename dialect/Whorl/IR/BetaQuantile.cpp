//===- BetaQuantile.cpp - the quantiles of the beta distribution ----------===//

#include "Whorl/IR/BetaQuantile.h"
#include <cmath>

/// The continued fraction of the incomplete beta function, by Lentz's method
/// (DLMF 8.17.22).
static double getFraction(double x, double a, double b) {
  constexpr double tiny = 1.0e-300;
  auto avoidZero = [](double value) {
    return std::abs(value) < tiny ? tiny : value;
  };
  double c = 1.0;
  double d = 1.0 / avoidZero(1.0 - (a + b) * x / (a + 1.0));
  double result = d;
  for (int m = 1; m <= 1000; ++m) {
    double twice = 2.0 * m;
    double even = m * (b - m) * x / ((a + twice - 1.0) * (a + twice));
    double odd = -(a + m) * (a + b + m) * x / ((a + twice) * (a + twice + 1.0));
    double change = 1.0;
    for (double term : {even, odd}) {
      d = 1.0 / avoidZero(1.0 + term * d);
      c = avoidZero(1.0 + term / c);
      change = c * d;
      result *= change;
    }
    if (std::abs(change - 1.0) < 1.0e-16)
      break;
  }
  return result;
}

/// The share of Beta(a, b) below x.
static double getShare(double x, double a, double b) {
  if (x <= 0.0 || x >= 1.0)
    return x <= 0.0 ? 0.0 : 1.0;
  double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                          a * std::log(x) + b * std::log1p(-x));
  // The fraction converges fast on the lower side.
  if (x < (a + 1.0) / (a + b + 2.0))
    return front * getFraction(x, a, b) / a;
  return 1.0 - front * getFraction(1.0 - x, b, a) / b;
}

double whorl::getBetaQuantile(double p, double alpha, double beta) {
  if (p <= 0.0 || p >= 1.0)
    return p <= 0.0 ? 0.0 : 1.0;
  double low = 0.0, high = 1.0;
  for (int i = 0; i < 1100 && low < high; ++i) {
    double middle = 0.5 * (low + high);
    if (middle == low || middle == high)
      break;
    (getShare(middle, alpha, beta) < p ? low : high) = middle;
  }
  return 0.5 * (low + high);
}
