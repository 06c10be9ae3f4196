//===- Peaks.h - what this core can do --------------------------*- C++ -*-===//
//
// The limits that measurements are held against. Each is what one core does
// with the best of several loops, in the best of several short runs: what
// disturbs a run only lowers it. Which loops there are is decided by the
// features of the CPU at run time.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_RUNTIME_PEAKS_H
#define WHORL_RUNTIME_PEAKS_H

#include <cstddef>
#include <memory>
#include <string>

namespace whorl {

/// Measured on one core, in this process.
struct Peaks {
  double gflops = 0;     ///< f32 fused multiply-adds, two operations each
  double dotGflops = 0;  ///< bf16 dot products (vdpbf16ps); 0 without them
  double tileGflops = 0; ///< bf16 tile products (AMX); 0 without them
  double readGBs = 0;    ///< reading memory beyond the caches
  double copyGBs = 0;    ///< copying it: bytes read plus bytes written

  /// The fastest way to multiply bf16 and add up in f32.
  double getBF16Gflops() const;
  /// GB/s at best where `read` bytes are read and `written` bytes written: a
  /// byte that is written is copied from one that is read, the rest is read.
  double getGBs(double read, double written) const;
};

Peaks measurePeaks();

/// The rates of arithmetic alone, and those of memory alone.
Peaks measureArithmetic();
Peaks measureMemory();

/// The larger of each: of two measurements of one thing the less disturbed.
Peaks takeLarger(const Peaks &a, const Peaks &b);

/// What measurePeaks used for f32: "avx512f", "avx2+fma" or "sse2".
const char *getPeakKernelName();

/// This machine, for a line of results: "avx2+fma (AMD EPYC)", with "+bf16" and
/// "+amx" where the CPU has dot products and tiles. The model is the system's
/// word and may be missing or odd; the features are what counts.
std::string describeMachine();

/// Takes out of the caches what they hold.
class CacheEvictor {
public:
  CacheEvictor();
  ~CacheEvictor();
  void evict();

private:
  struct Buffer;
  std::unique_ptr<Buffer> buffer;
};

} // namespace whorl

#endif // WHORL_RUNTIME_PEAKS_H
