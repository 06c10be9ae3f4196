//===- Progress.cpp - how far a run is, on a terminal ---------------------===//

#include "Progress.h"
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

using namespace whorl;

static volatile std::sig_atomic_t isInterrupted = 0;

static void interrupt(int) {
  isInterrupted = 1;
  std::signal(SIGINT, SIG_DFL);
}

ProgressLine::ProgressLine(bool always)
    : isAlways(always), isTerminal(isatty(STDERR_FILENO) != 0),
      start(std::chrono::steady_clock::now()) {
  isInterrupted = 0;
}

ProgressLine::~ProgressLine() {
  if (hasReported)
    std::signal(SIGINT, SIG_DFL);
  if (isShown && isTerminal)
    fmt::print(stderr, "\r\033[K");
}

/// "[######--------------]  12 of 40 calls of the model, 3 s left".
void ProgressLine::show(int64_t done, int64_t total) {
  constexpr int64_t width = 20;
  int64_t full = total > 0 ? width * done / total : width;
  std::string bar(full, '#');
  bar.append(width - full, '-');
  std::chrono::duration<double> elapsed = last - start;
  double left = elapsed.count() * static_cast<double>(total - done) /
                static_cast<double>(std::max<int64_t>(done, 1));
  std::string text =
      fmt::format("[{}] {} of {} calls of the model, {:.0f} s left", bar, done,
                  total, left);
  // Without a terminal each report is a line of its own.
  fmt::print(stderr, "{}{}{}", isTerminal ? "\r" : "", text,
             isTerminal ? "\033[K" : "\n");
  std::fflush(stderr);
  isShown = true;
}

int ProgressLine::report(void *line, int64_t done, int64_t total) {
  using std::chrono::milliseconds;
  auto &self = *static_cast<ProgressLine *>(line);
  // What does not report is ended by the first interrupt, as ever.
  if (!self.hasReported)
    std::signal(SIGINT, interrupt);
  self.hasReported = true;
  auto now = std::chrono::steady_clock::now();
  // Long runs, and no more often than an eye can follow.
  bool isDue = self.isTerminal && now - self.start > milliseconds(500) &&
               now - self.last > milliseconds(100);
  if (self.isAlways || isDue) {
    self.last = now;
    self.show(done, total);
  }
  return isInterrupted;
}
