//===- Cases.h - what to measure --------------------------------*- C++ -*-===//
#ifndef WHORL_BENCH_CASES_H
#define WHORL_BENCH_CASES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace whorl {

/// A case as its file gives it; docs/tools/whorl-bench.md explains the keys.
struct Case {
  std::string name, where; ///< where: file and place in it, for messages
  std::string module;      ///< path, from here
  std::string entry;
  std::vector<std::string> inputs;    ///< as --input of whorl-run, from here
  std::optional<double> flops, bytes; ///< counted where not given
  std::vector<std::string> tags;
  std::string baseline; ///< another case, empty for none
  bool cold = false;    ///< the caches are emptied before each run
};

/// Reads files of cases, and all files `*.json` of directories. The error names
/// file, case and key. Names are unique, baselines exist.
llvm::Expected<std::vector<Case>> readCases(llvm::ArrayRef<std::string> paths);

/// The cases that match each filter, by a tag or by a regular expression on the
/// name, and if asked the baselines of those; in order.
llvm::Expected<std::vector<Case>>
selectCases(llvm::ArrayRef<Case> cases, llvm::ArrayRef<std::string> filters,
            bool withBaselines = true);

/// Prints a line for each.
void listCases(llvm::ArrayRef<Case> cases);

} // namespace whorl

#endif // WHORL_BENCH_CASES_H
