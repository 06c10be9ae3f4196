//===- Compare.cpp - results against earlier ones -------------------------===//

#include "Results.h"
#include <fmt/format.h>

using namespace whorl;

namespace {
struct Change {
  const char *limit;    ///< whose share is compared
  double before, after; ///< shares
  double noise;         ///< both spreads

  double getRatio() const { return after / before; }
  bool isSlower() const { return getRatio() < 1 - noise; }
  bool isFaster() const { return getRatio() > 1 + noise; }
  bool fails() const { return getRatio() < 1 - noise - 0.05; }
};
} // namespace

/// By the limit that the case was nearer to before.
static Change getChange(const CaseResult &before, const CaseResult &after) {
  std::optional<double> old = before.getComputeShare();
  std::optional<double> now = after.getComputeShare();
  double noise = before.spread + after.spread;
  if (old && now && *old >= before.getMemoryShare())
    return {"peak", *old, *now, noise};
  return {"mem", before.getMemoryShare(), after.getMemoryShare(), noise};
}

/// The earlier result of a case: with as many threads where there is one.
static const CaseResult *findEarlier(llvm::ArrayRef<CaseResult> before,
                                     const CaseResult &result) {
  const CaseResult *found = nullptr;
  for (const CaseResult &candidate : before)
    if (candidate.name == result.name &&
        (!found || candidate.timing.threads == result.timing.threads ||
         found->timing.threads != result.timing.threads))
      found = &candidate;
  return found;
}

static void printChange(const CaseResult &r, size_t width, const Change &c) {
  const char *verdict = c.fails()      ? "SLOWER"
                        : c.isSlower() ? "slower"
                        : c.isFaster() ? "faster"
                                       : "";
  std::string line =
      fmt::format("{:<{}} {:>7} {:>5} {:>8.1f} {:>8.1f} {:>8.3f} {:>6.1f}  {}",
                  r.name, width, r.timing.threads, c.limit, 100 * c.before,
                  100 * c.after, c.getRatio(), 100 * c.noise, verdict);
  fmt::print("{}\n", llvm::StringRef(line).rtrim().str());
}

bool whorl::compareResults(llvm::ArrayRef<CaseResult> before,
                           llvm::ArrayRef<CaseResult> after) {
  size_t width = getNameWidth(after);
  unsigned numCompared = 0, numFaster = 0, numSlower = 0, numFailed = 0;
  for (const CaseResult &r : after) {
    const CaseResult *earlier = findEarlier(before, r);
    if (!earlier)
      continue;
    if (numCompared++ == 0)
      fmt::print("{:<{}} {:>7} {:>5} {:>8} {:>8} {:>8} {:>6}\n", "case", width,
                 "threads", "of", "% before", "% now", "x", "+-%");
    Change change = getChange(*earlier, r);
    numFaster += change.isFaster();
    numSlower += change.isSlower();
    numFailed += change.fails();
    printChange(r, width, change);
  }
  fmt::print("{} compared: {} faster, {} slower, {} of them beyond 5%; {} not "
             "measured before\n",
             numCompared, numFaster, numSlower, numFailed,
             after.size() - numCompared);
  return numFailed > 0;
}
