//===- Peaks.cpp - how much this core computes ----------------------------===//

#include "Whorl/Runtime/Peaks.h"
#include "PeakKernels.h"
#include <algorithm>
#include <cstdint>
#include <fstream>

using namespace whorl;

double Peaks::getBF16Gflops() const {
  return std::max({gflops, dotGflops, tileGflops});
}

double Peaks::getGBs(double read, double written) const {
  double copied = 2 * std::min(read, written);
  double rest = std::max(read, written) - copied / 2;
  // Writing alone is not measured; it is no faster than copying.
  double seconds =
      copied / copyGBs + rest / (read > written ? readGBs : copyGBs);
  return seconds > 0 ? (read + written) / seconds : copyGBs;
}

// Twelve independent chains hide the latency of an FMA on two ports. The empty
// asm keeps the compiler from seeing that the chains go nowhere.
// NOLINTBEGIN(bugprone-macro-parentheses): the argument is a type
#define WHORL_FMA_CHAINS(Vector)                                               \
  Vector a[12], c = {}, d = {};                                                \
  for (auto &x : a)                                                            \
    x = Vector{} + 1.0F;                                                       \
  c = c + 0.999F;                                                              \
  d = d + 0.001F;                                                              \
  for (int64_t i = 0; i < steps; ++i) {                                        \
    _Pragma("clang loop unroll(full)") for (auto &x : a) {                     \
      x = x * c + d;                                                           \
      __asm__ volatile("" : "+x"(x));                                          \
    }                                                                          \
  }
// NOLINTEND(bugprone-macro-parentheses)

namespace {
typedef float Vector4 __attribute__((vector_size(16)));
typedef float Vector8 __attribute__((vector_size(32)));
typedef float Vector16 __attribute__((vector_size(64)));
} // namespace

__attribute__((target("avx512f"))) static int64_t fmaAVX512(int64_t steps) {
#pragma clang fp contract(fast)
  WHORL_FMA_CHAINS(Vector16)
  return steps * 12 * 32;
}

__attribute__((target("avx2,fma"))) static int64_t fmaAVX2(int64_t steps) {
#pragma clang fp contract(fast)
  WHORL_FMA_CHAINS(Vector8)
  return steps * 12 * 16;
}

static int64_t fmaSSE2(int64_t steps) {
  WHORL_FMA_CHAINS(Vector4)
  return steps * 12 * 8;
}

static ComputeKernel getFMAKernel() {
  if (__builtin_cpu_supports("avx512f"))
    return {"avx512f", fmaAVX512};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {"avx2+fma", fmaAVX2};
  return {"sse2", fmaSSE2};
}

const char *whorl::getPeakKernelName() { return getFMAKernel().name; }

/// GFLOP/s of a kernel, 0 for none.
static double measure(const ComputeKernel &kernel) {
  double best = 0;
  for (int run = 0; kernel.run && run < 5; ++run) {
    double start = getPeakSeconds();
    double operations = static_cast<double>(kernel.run(1 << 19));
    best = std::max(best, operations / (getPeakSeconds() - start));
  }
  return best * 1e-9;
}

Peaks whorl::measureArithmetic() {
  Peaks peaks;
  peaks.gflops = measure(getFMAKernel());
  peaks.dotGflops = measure(getDotKernel());
  peaks.tileGflops = measure(getTileKernel());
  return peaks;
}

Peaks whorl::measurePeaks() {
  return takeLarger(measureArithmetic(), measureMemory());
}

Peaks whorl::takeLarger(const Peaks &a, const Peaks &b) {
  Peaks larger;
  for (double Peaks::*peak :
       {&Peaks::gflops, &Peaks::dotGflops, &Peaks::tileGflops, &Peaks::readGBs,
        &Peaks::copyGBs})
    larger.*peak = std::max(a.*peak, b.*peak);
  return larger;
}

std::string whorl::describeMachine() {
  std::string machine = getPeakKernelName();
  if (getDotKernel().run)
    machine += "+bf16";
  if (getTileKernel().run)
    machine += "+amx";
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    size_t colon = line.find(": ");
    if (line.compare(0, 10, "model name") == 0 && colon != std::string::npos)
      return machine + " (" + line.substr(colon + 2) + ")";
  }
  return machine;
}
