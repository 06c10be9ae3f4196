//===- Runner.h - one run of one entry --------------------------*- C++ -*-===//
#ifndef WHORL_RUN_RUNNER_H
#define WHORL_RUN_RUNNER_H

#include "Whorl/Driver/Compilation.h"
#include "Whorl/Driver/Execution.h"

namespace whorl {

/// What the command line asks for.
struct RunOptions {
  std::string entry, target = "host", threads = "0", printAfterStage, batch;
  std::vector<std::string> inputs, outputs, expected;
  std::optional<std::string> check, bench;
  bool useReference = false, json = false, quiet = false;
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

/// Fails unless every output of `actual` is within the tolerance of `expected`;
/// no tolerance means that of the type. Returns the largest scaled difference.
llvm::Expected<double> checkOutputs(const Signature &signature,
                                    llvm::ArrayRef<HostTensor> actual,
                                    llvm::ArrayRef<HostTensor> expected,
                                    std::optional<double> tolerance);

/// Runs the reference on `inputs` and compares.
llvm::Expected<double> checkAgainstReference(Program &program,
                                             const Signature &signature,
                                             std::vector<HostTensor> &inputs,
                                             llvm::ArrayRef<HostTensor> outputs,
                                             std::optional<double> tolerance);

/// Compares with the files of --expected=FILE.npy[:TOLERANCE], one an output,
/// `-` for none.
llvm::Error checkExpected(const Signature &signature,
                          llvm::ArrayRef<HostTensor> outputs,
                          llvm::ArrayRef<std::string> expected);

/// The tolerance in `--check=TOL`; nothing for an empty text.
llvm::Expected<std::optional<double>> parseTolerance(llvm::StringRef text);

/// Runs every line of a batch file; returns the exit code.
int runBatch(Program &program, const RunOptions &options,
             const CommandLine &line);

/// Times the call, and prints a table or JSON.
llvm::Error runBench(Program &program, const Signature &signature,
                     std::vector<HostTensor> &inputs, Call &call,
                     const RunOptions &options);

} // namespace whorl

#endif // WHORL_RUN_RUNNER_H
