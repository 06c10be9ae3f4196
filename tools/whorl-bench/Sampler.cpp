//===- Sampler.cpp - times the calls of a case ----------------------------===//

#include "Sampler.h"
#include "Whorl/Driver/Timing.h"
#include <algorithm>
#include <cmath>

using namespace whorl;

/// A sample lasts this long, in seconds, so that reading the clock and entering
/// the loop are no part of it.
static constexpr double kShortestSample = 1e-3;

llvm::Error Sampler::warmUp() {
  double seconds = 0;
  // The first call meets cold caches and pages: it says whether the case is
  // short, the second how short.
  for (int i = 0; i < 2 && seconds < 10 * kShortestSample; ++i) {
    double start = getSeconds();
    if (llvm::Error error = call.run())
      return error;
    seconds = std::max(getSeconds() - start, 1e-8);
  }
  if (!evictor)
    repeats = static_cast<unsigned>(
        std::clamp(std::ceil(kShortestSample / seconds), 1.0, 1e5));
  return llvm::Error::success();
}

llvm::Error Sampler::sample() {
  if (evictor)
    evictor->evict();
  // The first of several calls finds the caches as another case left them.
  if (repeats > 1)
    if (llvm::Error error = call.run())
      return error;
  double start = getSeconds();
  for (unsigned i = 0; i < repeats; ++i)
    if (llvm::Error error = call.run())
      return error;
  times.push_back((getSeconds() - start) * 1e3 / repeats);
  return llvm::Error::success();
}
