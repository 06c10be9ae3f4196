//===- BetaQuantile.h - the quantiles of the beta distribution --*- C++ -*-===//
#ifndef WHORL_IR_BETAQUANTILE_H
#define WHORL_IR_BETAQUANTILE_H

namespace whorl {

/// The x in [0, 1] below which a share `p` of Beta(alpha, beta) lies.
double getBetaQuantile(double p, double alpha, double beta);

} // namespace whorl

#endif // WHORL_IR_BETAQUANTILE_H
