//===- Passes.td - the reference ------------------------------------------===//
#ifndef WHORL_REFERENCE_PASSES_TD
#define WHORL_REFERENCE_PASSES_TD

include "mlir/Pass/PassBase.td"

def WhorlToReference : Pass<"whorl-to-reference", "::mlir::ModuleOp"> {
  let summary = "lowers our ops on memrefs to plain loops in f64";
  let description = [{
    The executable meaning of the dialect: one plain loop nest per op, in the
    order of the op's description, accumulating in f64. Written to be read;
    every other lowering is compared with it.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::affine::AffineDialect"
  ];
}

#endif
