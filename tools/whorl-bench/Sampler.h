//===- Sampler.h - times the calls of a case --------------------*- C++ -*-===//
#ifndef WHORL_BENCH_SAMPLER_H
#define WHORL_BENCH_SAMPLER_H

#include "Whorl/Driver/Execution.h"
#include "Whorl/Runtime/Peaks.h"
#include <optional>

namespace whorl {

/// Calls compiled code, and keeps how long it took.
class Sampler {
public:
  /// `evictor` empties the caches before each call; null where it should not.
  Sampler(Call call, CacheEvictor *evictor)
      : call(std::move(call)), evictor(evictor) {}

  /// Runs the first calls, and decides how many make a sample.
  llvm::Error warmUp();
  /// Takes a sample.
  llvm::Error sample();

  /// Of one call, in ms, a number for each sample.
  const std::vector<double> &getTimes() const { return times; }
  std::vector<HostTensor> &getOutputs() { return call.getOutputs(); }

private:
  Call call;
  CacheEvictor *evictor;
  unsigned repeats = 1; ///< calls in a row, timed as one
  std::vector<double> times;
};

} // namespace whorl

#endif // WHORL_BENCH_SAMPLER_H
