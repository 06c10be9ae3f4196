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
    "::mlir::vector::VectorDialect", "::mlir::affine::AffineDialect"
  ];
}

#endif
