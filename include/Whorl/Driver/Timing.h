//===- Timing.h - how fast an entry runs ------------------------*- C++ -*-===//
#ifndef WHORL_DRIVER_TIMING_H
#define WHORL_DRIVER_TIMING_H

#include "Whorl/Driver/Compilation.h"
#include "Whorl/Driver/Execution.h"

namespace whorl {

/// What timing an entry gives; the fields of a line of --json, in its order.
struct Timing {
  std::string entry;
  unsigned threads = 1;
  unsigned runs = 0;
  double medianMs = 0, minMs = 0;
  std::optional<double> flops; ///< of one call, see countFlops
  double bytes = 0;            ///< of inputs and outputs
  double peakGflops = 0, peakGBs = 0;

  std::optional<double> getGflops() const {
    if (!flops)
      return std::nullopt;
    return *flops / medianMs * 1e-6;
  }
  double getGBs() const { return bytes / medianMs * 1e-6; }
};

/// The fields of a JSON object: `"entry": "f", ..., "peak_gbs": 23.1`.
std::string formatJsonFields(const Timing &timing);
/// A number or null.
std::string toJson(std::optional<double> value);

/// Seconds on a clock that only moves forward.
double getSeconds();

/// How many threads run where `asked` is the setting: as many as OpenMP decides
/// for 0, or one where no code in this process has loaded OpenMP.
unsigned countThreads(unsigned asked);

/// countFlops of the entry's calls and all that they call.
llvm::Expected<std::optional<double>>
countFlops(Compilation &compilation, const Signature &signature,
           llvm::ArrayRef<HostTensor> inputs);

/// The bytes of all the tensors.
double countBytes(llvm::ArrayRef<HostTensor> tensors);

} // namespace whorl

#endif // WHORL_DRIVER_TIMING_H
