//===- LLVMHints.h - what LLVM had better not do ----------------*- C++ -*-===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_LLVMHINTS_H
#define WHORL_CONVERSION_WHORLTOCPU_LLVMHINTS_H

#include "Whorl/Utils/LoopBuilder.h"

namespace whorl {

/// Tells LLVM to leave the loop that returned `results` as it is. Unrolled, it
/// would need more registers than there are, for constants and chains or for
/// what the loop around it does not change, and spill.
void keepRolled(mlir::ValueRange results);

/// `index`, which LLVM takes for any number: it would keep what is loaded at
/// known places in registers from one turn of a loop to the next, and spill for
/// it.
mlir::Value hideFromLLVM(LoopBuilder &b, mlir::Value index);

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_LLVMHINTS_H
