//===- Runner.h - one run of one entry --------------------------*- C++ -*-===//
#ifndef WHORL_RUN_RUNNER_H
#define WHORL_RUN_RUNNER_H

#include "Whorl/Driver/Compilation.h"
#include "Whorl/Driver/Execution.h"

namespace whorl {

/// What the command line asks for.
struct RunOptions {
  std::string entry, target = "host", threads = "0", printAfterStage, batch;
  std::string schedules;
  std::vector<std::string> inputs, outputs, expected;
  std::optional<std::string> check, bench;
  bool useReference = false, emulate = false, json = false, quiet = false;
  bool progress = false;
};

/// A file's code, optimised and as the reference, each compiled when first
/// used.
class Program {
public:
  Program(Compilation &compilation, CompileSettings settings)
      : compilation(compilation), settings(std::move(settings)) {}

  llvm::Expected<LoadedCode *> getCode(bool reference);
  Compilation &getCompilation() { return compilation; }
  const CompileSettings &getSettings() const { return settings; }

private:
  Compilation &compilation;
  CompileSettings settings;
  std::optional<LoadedCode> optimized, reference;
};

/// Runs the reference on `inputs` and compares; no tolerance means that of each
/// type. Returns the largest scaled difference.
llvm::Expected<double> checkAgainstReference(Program &program,
                                             const Signature &signature,
                                             std::vector<HostTensor> &inputs,
                                             llvm::ArrayRef<HostTensor> outputs,
                                             std::optional<double> tolerance);

/// What an output must be; no tolerance means that of its type.
struct ExpectedOutput {
  size_t output;
  HostTensor tensor;
  std::optional<double> tolerance;
};

/// Reads the files of --expected=FILE.npy[:TOLERANCE], one an output, `-` for
/// none.
llvm::Expected<std::vector<ExpectedOutput>>
readExpected(const Signature &signature, llvm::ArrayRef<std::string> texts);

llvm::Error checkExpected(const Signature &signature,
                          llvm::ArrayRef<HostTensor> outputs,
                          llvm::ArrayRef<ExpectedOutput> expected);

/// The tolerance in `--check=TOL`; nothing for an empty text.
llvm::Expected<std::optional<double>> parseTolerance(llvm::StringRef text);

/// Runs every line of a batch file; returns the exit code.
int runBatch(Program &program, const RunOptions &options,
             const CommandLine &line);

/// The number in `--bench=RUNS`; 10 for an empty text.
llvm::Expected<unsigned> parseRuns(llvm::StringRef text);

/// Times the call, and prints a table or JSON.
llvm::Error runBench(Program &program, const Signature &signature,
                     std::vector<HostTensor> &inputs, Call &call, unsigned runs,
                     bool json);

} // namespace whorl

#endif // WHORL_RUN_RUNNER_H
