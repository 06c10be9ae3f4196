//===- Passes.td - lowerings to a target ----------------------------------===//
#ifndef WHORL_CONVERSION_PASSES_TD
#define WHORL_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def WhorlToCPU : Pass<"whorl-to-cpu", "::mlir::ModuleOp"> {
  let summary = "lowers our ops on memrefs to vectors and loops";
  let description = [{
    Turns each bufferised `whorl.attention` into the kernel that its `schedule`
    attribute describes, and each `whorl.encode_position` into a vectorised pass
    over rows. An attention without a schedule is an error: run `whorl-plan`.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect", "::mlir::affine::AffineDialect",
    "::mlir::LLVM::LLVMDialect"
  ];
}

def WhorlLowerElementwise : Pass<"whorl-lower-elementwise"> {
  let summary = "lowers elementwise linalg ops on memrefs to vector loops";
  let description = [{
    Each linalg op whose loops are all parallel becomes one vectorised pass over
    memory, of vectors of the target's width: loops that are contiguous in all
    operands merge first; operands that do not move along the vector loop are
    read once; a last, partial vector is masked. What has more elements than a
    chunk runs in parallel over chunks of fixed size, so that results do not
    depend on the number of threads.

    Ops whose outputs are not contiguous along any loop, or whose maps do
    arithmetic, are left to `convert-linalg-to-loops`.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect", "::mlir::affine::AffineDialect",
    "::mlir::linalg::LinalgDialect"
  ];
}

#endif
