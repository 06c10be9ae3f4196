//===- CPUDescription.h - what a CPU can do ---------------------*- C++ -*-===//
#ifndef WHORL_TARGET_CPUDESCRIPTION_H
#define WHORL_TARGET_CPUDESCRIPTION_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>

namespace mlir {
class MLIRContext;
class ModuleOp;
} // namespace mlir

namespace whorl {

class CPUTargetAttr;
enum class DotForm : uint32_t;

/// The facts about a CPU that planning, lowering and code generation need.
/// Derived from features: virtual machines report odd models.
struct CPUDescription {
  int64_t vectorBytes = 16;     ///< bytes of a vector register
  int64_t vectorRegisters = 16; ///< how many of them
  bool hasFMA = false;          ///< fused multiply-add
  int64_t l1Bytes = 32 << 10;   ///< data cache of a core, first level
  int64_t l2Bytes = 256 << 10;  ///< and second level
  DotForm dot = DotForm();      ///< what multiplies bf16 fastest
  std::string cpu;              ///< LLVM's name
  std::string features; ///< what differs from that CPU: "+avx512bf16,-sse4a"

  /// Whether LLVM's feature `name` ("avx2") is there, by name and features.
  bool hasFeature(llvm::StringRef name) const;
  /// The first of the features that `dot` on vectors of `bits` bits needs and
  /// that is not there; empty when none is missing.
  llvm::StringRef findMissingFeature(DotForm dot, int64_t bits) const;

  /// As the attribute that a module carries as `whorl.target`.
  CPUTargetAttr toAttr(mlir::MLIRContext *context) const;
  static CPUDescription fromAttr(CPUTargetAttr attr);
};

/// The machine that runs this program.
CPUDescription describeHost();

/// The CPU called `name`: `host`, or a name that LLVM knows ("x86-64-v3",
/// "znver5"). Caches of CPUs other than the host are conservative guesses. The
/// error of an unknown name offers the nearest one.
llvm::Expected<CPUDescription> describeCPU(llvm::StringRef name);

/// The description that `module` carries as `whorl.target`, or the host's.
CPUDescription getTargetDescription(mlir::ModuleOp module);

} // namespace whorl

#endif // WHORL_TARGET_CPUDESCRIPTION_H
