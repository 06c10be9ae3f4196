//===- Bench.cpp - how fast an entry runs ---------------------------------===//

#include "Runner.h"
#include "Whorl/Runtime/Peaks.h"
#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <llvm/Support/DynamicLibrary.h>

using namespace whorl;

namespace {
/// The fields of a line of --json, in its order.
struct Measurement {
  std::string entry;
  unsigned threads, runs;
  double medianMs, minMs;
  std::optional<double> flops;
  double bytes;
  Peaks peaks;
};
} // namespace

static double now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

/// How many threads ran: code with no parallel loop loads no OpenMP.
static unsigned countThreads(unsigned asked) {
  void *count = llvm::sys::DynamicLibrary::SearchForAddressOfSymbol(
      "omp_get_max_threads");
  if (asked || !count)
    return asked ? asked : 1;
  return static_cast<unsigned>(reinterpret_cast<int (*)()>(count)());
}

static std::string toJson(std::optional<double> value) {
  return value ? fmt::format("{:.6g}", *value) : "null";
}

static void printJson(const Measurement &m) {
  std::optional<double> gflops;
  if (m.flops)
    gflops = *m.flops / m.medianMs * 1e-6;
  fmt::print("{{\"entry\": \"{}\", \"threads\": {}, \"runs\": {}, "
             "\"median_ms\": {:.6g}, \"min_ms\": {:.6g}, \"flops\": {}, "
             "\"gflops\": {}, \"bytes\": {:.0f}, \"gbs\": {:.6g}, "
             "\"peak_gflops\": {:.6g}, \"peak_gbs\": {:.6g}}}\n",
             m.entry, m.threads, m.runs, m.medianMs, m.minMs, toJson(m.flops),
             toJson(gflops), m.bytes, m.bytes / m.medianMs * 1e-6,
             m.peaks.gflops, m.peaks.copyGBs);
}

static void printTable(const Measurement &m) {
  fmt::print("{:<20} {:>8} {:>6} {:>11} {:>11} {:>10} {:>7} {:>9} {:>7}\n",
             "entry", "threads", "runs", "median ms", "min ms", "GFLOP/s",
             "% peak", "GB/s", "% copy");
  std::string rate = "-", share = "-";
  if (m.flops) {
    double gflops = *m.flops / m.medianMs * 1e-6;
    rate = fmt::format("{:.1f}", gflops);
    share = fmt::format("{:.1f}", 100 * gflops / m.peaks.gflops);
  }
  double bandwidth = m.bytes / m.medianMs * 1e-6;
  fmt::print("{:<20} {:>8} {:>6} {:>11.3f} {:>11.3f} {:>10} {:>7} {:>9.2f} "
             "{:>7.1f}\n",
             m.entry, m.threads, m.runs, m.medianMs, m.minMs, rate, share,
             bandwidth, 100 * bandwidth / m.peaks.copyGBs);
  fmt::print(
      "one core, measured now: {:.1f} GFLOP/s (f32 FMA, {}), {:.1f} GB/s "
      "read, {:.1f} GB/s copy\n",
      m.peaks.gflops, getPeakKernelName(), m.peaks.readGBs, m.peaks.copyGBs);
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
  Measurement m;
  m.entry = signature.function;
  m.threads = countThreads(program.getSettings().threads);
  m.runs = runs;
  m.peaks = measurePeaks();
  std::vector<double> times;
  for (unsigned run = 0; run < runs; ++run) {
    double start = now();
    if (llvm::Error error = call.run())
      return error;
    times.push_back((now() - start) * 1e3);
  }
  std::sort(times.begin(), times.end());
  m.medianMs = times[times.size() / 2];
  m.minMs = times.front();
  CompileSettings inlined; // calls would hide an attention
  inlined.last = Stage::simplify;
  auto module = program.getCompilation().run(inlined);
  if (!module)
    return module.takeError();
  m.flops = countFlops(**module, signature, inputs);
  m.bytes = 0;
  for (const HostTensor &input : inputs)
    m.bytes += static_cast<double>(input.getNumBytes());
  for (const HostTensor &output : call.getOutputs())
    m.bytes += static_cast<double>(output.getNumBytes());
  if (json)
    printJson(m);
  else
    printTable(m);
  return llvm::Error::success();
}
