//===- Compilation.h - from a file to machine code --------------*- C++ -*-===//
#ifndef WHORL_DRIVER_COMPILATION_H
#define WHORL_DRIVER_COMPILATION_H

#include "Whorl/Driver/CommandLine.h"
#include "Whorl/Pipelines/Pipelines.h"
#include "Whorl/Target/CPUCode.h"
#include "Whorl/Transforms/Signature.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/SourceMgr.h"

namespace whorl {

/// How to compile.
struct CompileSettings {
  std::string target = "host";
  unsigned threads = 0;   ///< 1: no OpenMP; 0: OpenMP decides
  bool reference = false; ///< plain loops instead of kernels
  bool emulate = false;   ///< instructions that this machine lacks
  /// The one public function that is wanted; all of them when empty.
  std::string entry;
  /// Prints the module to stdout after this stage.
  std::optional<Stage> printAfter;
  /// A file of measured schedules (Whorl/Transforms/ScheduleFile.h), or empty.
  std::string schedules;
  /// Called on the module before the plan stage, where it is set.
  std::function<void(mlir::ModuleOp)> beforePlan;
  /// The last stage to run.
  Stage last = Stage::finish;
};

/// A source file, and what it offers to callers.
class Compilation {
public:
  /// Parses `path` ("-" is standard input). Diagnostics go to stderr; the error
  /// is a summary for the tool.
  static llvm::Expected<std::unique_ptr<Compilation>>
  parse(const std::string &path);

  /// The public functions, in order.
  llvm::ArrayRef<Signature> getSignatures() const { return signatures; }
  /// The one called `entry`, or the only one when `entry` is empty. The error
  /// offers the nearest name.
  llvm::Expected<const Signature *> findEntry(llvm::StringRef entry) const;
  mlir::ModuleOp getModule() { return *module; }
  const std::string &getPath() const { return path; }

  /// A copy of the module, through the stages.
  llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
  run(const CompileSettings &settings);
  /// The same, loaded into this process.
  llvm::Expected<LoadedCode> load(const CompileSettings &settings);

private:
  Compilation();
  llvm::Error collectSignatures();

  std::unique_ptr<mlir::MLIRContext> context;
  llvm::SourceMgr sources;
  std::unique_ptr<mlir::SourceMgrDiagnosticHandler> handler;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<Signature> signatures;
  std::string path;
};

/// The settings that --target, --threads and --print-after-stage ask for; an
/// empty stage is none. The error says what is expected.
llvm::Expected<CompileSettings> parseSettings(const std::string &target,
                                              llvm::StringRef threads,
                                              llvm::StringRef stage);

} // namespace whorl

#endif // WHORL_DRIVER_COMPILATION_H
