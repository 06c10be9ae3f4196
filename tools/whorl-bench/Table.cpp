//===- Table.cpp - results for people -------------------------------------===//

#include "Results.h"
#include "llvm/ADT/StringMap.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

using namespace whorl;

size_t whorl::getNameWidth(llvm::ArrayRef<CaseResult> results) {
  size_t width = 4;
  for (const CaseResult &result : results)
    width = std::max(width, result.name.size());
  return width;
}

/// Four digits or so, for calls of nanoseconds as for those of seconds.
static std::string formatTime(double ms) {
  int digits = ms >= 1000 ? 0 : ms >= 100 ? 1 : ms >= 1 ? 3 : 6;
  return fmt::format("{:.{}f}", ms, digits);
}

static std::string format(std::optional<double> value, int digits,
                          double factor = 1) {
  return value ? fmt::format("{:.{}f}", *value * factor, digits) : "-";
}

void whorl::printTable(llvm::ArrayRef<CaseResult> results) {
  size_t width = getNameWidth(results);
  fmt::print("{:<{}} {:>7} {:>11} {:>6} {:>8} {:>6} {:>7} {:>6} {:>7} {:>7}"
             "  baseline\n",
             "case", width, "threads", "median ms", "+-%", "GFLOP/s", "% peak",
             "GB/s", "% mem", "x time", "x rate");
  llvm::StringMap<const CaseResult *> byName;
  for (const CaseResult &r : results)
    byName[r.name] = &r;
  for (const CaseResult &r : results) {
    const CaseResult *baseline = byName.lookup(r.baseline);
    std::optional<double> rate, gflops = r.timing.getGflops();
    if (baseline && gflops && baseline->timing.getGflops())
      rate = *gflops / *baseline->timing.getGflops();
    std::string line = fmt::format(
        "{:<{}} {:>7} {:>11} {:>6} {:>8} {:>6} {:>7.2f} {:>6.1f} {:>7} {:>7}"
        "  {}",
        r.name, width, r.timing.threads, formatTime(r.timing.medianMs),
        format(r.spread, 1, 100), format(gflops, 1),
        format(r.getComputeShare(), 1, 100), r.timing.getGBs(),
        100 * r.getMemoryShare(), format(r.ratio, 3), format(rate, 3),
        r.ratio ? r.baseline : "");
    fmt::print("{}\n", llvm::StringRef(line).rtrim().str());
  }
}

static void printPeaks(const char *when, const Peaks &p) {
  std::string line =
      fmt::format("one core {}: {:.1f} GFLOP/s f32", when, p.gflops);
  if (p.dotGflops > 0)
    line += fmt::format(", {:.1f} bf16 (vdpbf16ps)", p.dotGflops);
  if (p.tileGflops > 0)
    line += fmt::format(", {:.0f} bf16 (AMX)", p.tileGflops);
  fmt::print("{}; {:.1f} GB/s read, {:.1f} copy\n", line, p.readGBs, p.copyGBs);
}

void whorl::printPeaks(const Peaks &before, const Peaks &after) {
  bool differ = false;
  for (double Peaks::*peak :
       {&Peaks::gflops, &Peaks::dotGflops, &Peaks::tileGflops, &Peaks::readGBs,
        &Peaks::copyGBs}) {
    double a = before.*peak, b = after.*peak;
    differ |= std::abs(a - b) > 0.03 * std::max(a, b);
  }
  fmt::print("{}\n", describeMachine());
  if (!differ)
    return ::printPeaks("before and after", takeLarger(before, after));
  ::printPeaks("before", before);
  ::printPeaks("after", after);
}
