//===- Session.h - cases that run by turns ----------------------*- C++ -*-===//
#ifndef WHORL_BENCH_SESSION_H
#define WHORL_BENCH_SESSION_H

#include "Cases.h"
#include "Results.h"
#include "Sampler.h"
#include "Whorl/Runtime/Peaks.h"
#include <map>

namespace whorl {

/// Compiles cases, runs them by turns, and holds them against the peaks of this
/// machine.
///
/// What disturbs a machine for seconds - another program, a warm processor -
/// meets all cases alike when each runs once a round; the median over the
/// rounds then drops it.
class Session {
public:
  explicit Session(CompileSettings settings) : settings(std::move(settings)) {}

  /// Reads the inputs of a case and compiles it. Modules are parsed once,
  /// functions compiled once.
  llvm::Error add(const Case &c);

  /// Runs everything once, then `rounds` times, between two measurements of the
  /// peaks.
  llvm::Expected<std::vector<CaseResult>> measure(unsigned rounds);

  /// How long compiling took, for a line.
  std::string describeCompilation() const;
  /// The peaks before and after, once measured.
  const Peaks &getBefore() const { return before; }
  const Peaks &getAfter() const { return after; }

private:
  struct Prepared {
    const Case *source;
    const Signature *signature;
    std::vector<HostTensor> inputs;
    std::optional<Sampler> sampler;
    std::optional<double> flops;
  };

  llvm::Expected<Compilation *> getCompilation(const std::string &path);
  llvm::Expected<LoadedCode *> getCode(Compilation &compilation,
                                       const std::string &entry);
  llvm::Error prepare(Prepared &prepared);
  CaseResult summarizeCase(Prepared &prepared) const;

  CompileSettings settings;
  std::map<std::string, std::unique_ptr<Compilation>> compilations;
  std::map<std::pair<std::string, std::string>, LoadedCode> code;
  double compileSeconds = 0, longestSeconds = 0;
  std::string longest; ///< the function that took longest
  std::vector<std::unique_ptr<Prepared>> cases;
  std::optional<CacheEvictor> evictor;
  Peaks before, after;
};

/// "compiling 3/60 name" on a terminal, in place of what it said before.
void showProgress(const std::string &text);
/// Takes it away again.
void endProgress();

} // namespace whorl

#endif // WHORL_BENCH_SESSION_H
