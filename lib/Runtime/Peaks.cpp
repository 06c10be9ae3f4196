//===- Peaks.cpp - what this core can do ----------------------------------===//

#include "Whorl/Runtime/Peaks.h"
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

using namespace whorl;

static double now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

namespace {
typedef float Vector4 __attribute__((vector_size(16)));
typedef float Vector8 __attribute__((vector_size(32)));
typedef float Vector16 __attribute__((vector_size(64)));
} // namespace

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

namespace {
struct Kernel {
  const char *name;
  int64_t (*run)(int64_t);
};
} // namespace

static Kernel getKernel() {
  if (__builtin_cpu_supports("avx512f"))
    return {"avx512f", fmaAVX512};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {"avx2+fma", fmaAVX2};
  return {"sse2", fmaSSE2};
}

const char *whorl::getPeakKernelName() { return getKernel().name; }

static double measureFMA() {
  Kernel kernel = getKernel();
  double best = 0;
  for (int run = 0; run < 5; ++run) {
    double start = now();
    int64_t operations = kernel.run(1 << 20);
    best = std::max(best, static_cast<double>(operations) / (now() - start));
  }
  return best * 1e-9;
}

Peaks whorl::measurePeaks() {
  Peaks peaks;
  peaks.gflops = measureFMA();
  // Beyond any last-level cache that one core gets to itself.
  std::vector<uint64_t> from(24 << 20, 1), to(24 << 20, 2);
  size_t bytes = from.size() * sizeof(uint64_t);
  for (int run = 0; run < 3; ++run) {
    double start = now();
    uint64_t sum[8] = {};
    for (size_t i = 0; i < from.size(); i += 8)
      for (size_t k = 0; k < 8; ++k)
        sum[k] += from[i + k];
    for (uint64_t &part : sum)
      __asm__ volatile("" : "+r"(part));
    peaks.readGBs = std::max(peaks.readGBs, static_cast<double>(bytes) /
                                                (now() - start) * 1e-9);
    start = now();
    std::memcpy(to.data(), from.data(), bytes);
    __asm__ volatile("" ::"r"(to.data()) : "memory");
    peaks.copyGBs = std::max(peaks.copyGBs, 2 * static_cast<double>(bytes) /
                                                (now() - start) * 1e-9);
  }
  return peaks;
}
