//===- CPUCode.h - machine code for CPUs ------------------------*- C++ -*-===//
#ifndef WHORL_TARGET_CPUCODE_H
#define WHORL_TARGET_CPUCODE_H

#include "Whorl/Target/CPUDescription.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>

namespace mlir {
class DialectRegistry;
class ModuleOp;
} // namespace mlir

namespace llvm::orc {
class LLJIT;
} // namespace llvm::orc

namespace whorl {

enum class CodeFormat { llvmIR, assembly, object };

struct CodeOptions {
  /// LLVM's optimisation level, 0 to 3.
  unsigned optimization = 3;
};

/// What a context needs before a module of the LLVM dialect is translated.
void registerCodeTranslations(mlir::DialectRegistry &registry);

/// Compiles a module after the finish stage, for the CPU that it names as
/// `whorl.target`. No fast-math: results are those of the IR as written.
/// Returns the text, or the bytes of an ELF object.
llvm::Expected<std::string> emitCode(mlir::ModuleOp module, CodeFormat format,
                                     const CodeOptions &options = {});

/// Links an object to a shared library at `path`, with the linker and the run
/// time libraries that this machine has. The file appears complete or not at
/// all.
llvm::Error linkSharedLibrary(llvm::StringRef object, llvm::StringRef path);

/// Whether code for `target` runs on this machine; the error names the feature
/// that is missing.
llvm::Error checkRunsHere(const CPUDescription &target);

/// An object in memory, ready to call.
class LoadedCode {
public:
  static llvm::Expected<LoadedCode> load(llvm::StringRef object);
  LoadedCode(LoadedCode &&);
  ~LoadedCode();

  /// The function `name` of the C ABI, or null.
  void *lookup(llvm::StringRef name) const;

private:
  explicit LoadedCode(std::unique_ptr<llvm::orc::LLJIT> jit);
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

} // namespace whorl

#endif // WHORL_TARGET_CPUCODE_H
