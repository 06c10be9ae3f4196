//===- SizeResolution.h - sizes in terms of arguments -----------*- C++ -*-===//
#ifndef WHORL_LIB_TRANSFORMS_SIZERESOLUTION_H
#define WHORL_LIB_TRANSFORMS_SIZERESOLUTION_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace whorl {

/// Patterns that make the dim of what a loop carries the dim of what it starts
/// with, where each trip yields a tensor of the same size.
void populateLoopSizePatterns(mlir::RewritePatternSet &patterns);

/// Rewrites the dims of op results in `function` in terms of the dims of what
/// the ops take, as far as the ops' interfaces tell, and folds.
llvm::LogicalResult resolveSizes(mlir::FunctionOpInterface function);

/// Recomputes the scalar `value` at the builder's insertion point from the
/// arguments of its function: their dims, and scalar arguments. Fails, having
/// built nothing that is used, where it depends on more than those. `mapping`
/// holds what was recomputed so far.
mlir::FailureOr<mlir::Value> recompute(mlir::Value value,
                                       mlir::OpBuilder &builder,
                                       mlir::IRMapping &mapping);

} // namespace whorl

#endif // WHORL_LIB_TRANSFORMS_SIZERESOLUTION_H
