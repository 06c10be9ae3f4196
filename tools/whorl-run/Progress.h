//===- Progress.h - how far a run is, on a terminal -------------*- C++ -*-===//
#ifndef WHORL_RUN_PROGRESS_H
#define WHORL_RUN_PROGRESS_H

#include "Whorl/Driver/Execution.h"
#include <chrono>

namespace whorl {

/// A line on standard error that is written over and over while a run reports,
/// and goes when it ends. From the first report on, an interrupt (Ctrl-C)
/// cancels the run; a second one ends the program.
class ProgressLine {
public:
  /// Shows what is reported from the first on where `always` is set, else only
  /// of long runs, and only on a terminal.
  explicit ProgressLine(bool always);
  ~ProgressLine();
  ProgressLine(const ProgressLine &) = delete;
  ProgressLine &operator=(const ProgressLine &) = delete;

  /// What compiled code calls, with the line as its data.
  static int report(void *line, int64_t done, int64_t total);

private:
  void show(int64_t done, int64_t total);

  bool isAlways, isTerminal;
  bool isShown = false, hasReported = false;
  std::chrono::steady_clock::time_point start, last;
};

} // namespace whorl

#endif // WHORL_RUN_PROGRESS_H
