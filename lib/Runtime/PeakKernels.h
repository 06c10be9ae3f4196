//===- PeakKernels.h - the loops behind Peaks.h -----------------*- C++ -*-===//
#ifndef WHORL_LIB_RUNTIME_PEAKKERNELS_H
#define WHORL_LIB_RUNTIME_PEAKKERNELS_H

#include <chrono>
#include <cstdint>

namespace whorl {

/// A loop of arithmetic: runs `steps` times round and returns how many
/// operations that were. Null where this CPU cannot run it.
struct ComputeKernel {
  const char *name;
  int64_t (*run)(int64_t steps);
};

/// bf16 dot products in vectors, AVX512_BF16.
ComputeKernel getDotKernel();
/// bf16 products in tiles, AMX. Asks the system once for leave to use them.
ComputeKernel getTileKernel();

inline double getPeakSeconds() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

} // namespace whorl

#endif // WHORL_LIB_RUNTIME_PEAKKERNELS_H
