//===- Results.h - what was measured ----------------------------*- C++ -*-===//
#ifndef WHORL_BENCH_RESULTS_H
#define WHORL_BENCH_RESULTS_H

#include "Whorl/Driver/Timing.h"
#include "Whorl/Runtime/Peaks.h"

namespace whorl {

/// A line of --json.
struct CaseResult {
  Timing timing;
  std::string name;
  std::vector<std::string> tags;
  double spread = 0;    ///< half the distance of the quartiles / the median
  std::string baseline; ///< empty for none
  /// The baseline's time / this time; nothing where it was not measured.
  std::optional<double> ratio;
  std::string machine, date;

  /// Shares of the peaks, 1 for all of it.
  std::optional<double> getComputeShare() const;
  double getMemoryShare() const { return timing.getGBs() / timing.peakGBs; }
};

/// Fills median, least and spread from the times of one call, in ms.
void summarize(std::vector<double> times, CaseResult &result);
/// Now, in UTC: "2026-11-24T14:30:00Z".
std::string getDate();
/// Fills the ratios of all results.
void fillRatios(std::vector<CaseResult> &results);

/// One JSON object without a newline.
std::string formatJson(const CaseResult &result);
/// Reads a file of such lines.
llvm::Expected<std::vector<CaseResult>> readResults(const std::string &path);

/// The longest name, for the first column of a table.
size_t getNameWidth(llvm::ArrayRef<CaseResult> results);

void printTable(llvm::ArrayRef<CaseResult> results);
/// The machine and its peaks: one line, or two where before and after differ by
/// more than 3%.
void printPeaks(const Peaks &before, const Peaks &after);

/// Prints how each result changed, as the ratio of its shares of a peak.
/// Returns whether a case got slower by more than both spreads and another 5%.
bool compareResults(llvm::ArrayRef<CaseResult> before,
                    llvm::ArrayRef<CaseResult> after);

} // namespace whorl

#endif // WHORL_BENCH_RESULTS_H
