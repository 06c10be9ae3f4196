//===- Bench.cpp - how fast an entry runs ---------------------------------===//

#include "Runner.h"
#include "Whorl/Driver/Timing.h"
#include "Whorl/Runtime/Peaks.h"
#include <algorithm>
#include <fmt/format.h>

using namespace whorl;

static void printTable(const Timing &t, const Peaks &peaks) {
  fmt::print("{:<20} {:>8} {:>6} {:>11} {:>11} {:>10} {:>7} {:>9} {:>7}\n",
             "entry", "threads", "runs", "median ms", "min ms", "GFLOP/s",
             "% peak", "GB/s", "% copy");
  std::string rate = "-", share = "-";
  if (std::optional<double> gflops = t.getGflops()) {
    rate = fmt::format("{:.1f}", *gflops);
    share = fmt::format("{:.1f}", 100 * *gflops / t.peakGflops);
  }
  fmt::print("{:<20} {:>8} {:>6} {:>11.3f} {:>11.3f} {:>10} {:>7} {:>9.2f} "
             "{:>7.1f}\n",
             t.entry, t.threads, t.runs, t.medianMs, t.minMs, rate, share,
             t.getGBs(), 100 * t.getGBs() / t.peakGBs);
  fmt::print(
      "one core, measured now: {:.1f} GFLOP/s (f32 FMA, {}), {:.1f} GB/s "
      "read, {:.1f} GB/s copy\n",
      peaks.gflops, getPeakKernelName(), peaks.readGBs, peaks.copyGBs);
}

llvm::Expected<unsigned> whorl::parseRuns(llvm::StringRef text) {
  unsigned runs = 10;
  if (!text.empty() && (text.getAsInteger(10, runs) || runs == 0))
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(),
        "expected --bench=RUNS with RUNS of at least 1, got '%s'",
        text.str().c_str());
  return runs;
}

llvm::Error whorl::runBench(Program &program, const Signature &signature,
                            std::vector<HostTensor> &inputs, Call &call,
                            unsigned runs, bool json) {
  Peaks peaks = measurePeaks();
  Timing timing;
  timing.entry = signature.function;
  timing.threads = countThreads(program.getSettings().threads);
  timing.runs = runs;
  timing.peakGflops = peaks.gflops;
  timing.peakGBs = peaks.copyGBs;
  std::vector<double> times;
  for (unsigned run = 0; run < runs; ++run) {
    double start = getSeconds();
    if (llvm::Error error = call.run())
      return error;
    times.push_back((getSeconds() - start) * 1e3);
  }
  std::sort(times.begin(), times.end());
  timing.medianMs = times[times.size() / 2];
  timing.minMs = times.front();
  auto flops = countFlops(program.getCompilation(), signature, inputs);
  if (!flops)
    return flops.takeError();
  timing.flops = *flops;
  timing.bytes = countBytes(inputs) + countBytes(call.getOutputs());
  if (json)
    fmt::print("{{{}}}\n", formatJsonFields(timing));
  else
    printTable(timing, peaks);
  return llvm::Error::success();
}
