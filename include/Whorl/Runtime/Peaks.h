//===- Peaks.h - what this core can do --------------------------*- C++ -*-===//
#ifndef WHORL_RUNTIME_PEAKS_H
#define WHORL_RUNTIME_PEAKS_H

namespace whorl {

/// Measured on one core, in this process. The best of several short runs.
struct Peaks {
  double gflops = 0;  ///< f32 fused multiply-adds, two operations each
  double readGBs = 0; ///< reading memory beyond the caches
  double copyGBs = 0; ///< copying it: bytes read plus bytes written
};

Peaks measurePeaks();

/// What measurePeaks used: "avx512f", "avx2+fma" or "sse2".
const char *getPeakKernelName();

} // namespace whorl

#endif // WHORL_RUNTIME_PEAKS_H
