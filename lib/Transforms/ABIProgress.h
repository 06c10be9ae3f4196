//===- ABIProgress.h - loops that report to the caller ----------*- C++ -*-===//
#ifndef WHORL_LIB_TRANSFORMS_ABIPROGRESS_H
#define WHORL_LIB_TRANSFORMS_ABIPROGRESS_H

#include "ABIChecks.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace whorl {

/// Whether the body of a public function reports progress.
bool reportsProgress(mlir::func::FuncOp body);

/// Gives a body that returns a message two more arguments, the function to
/// report to, or null, and its data; makes loops with `whorl.progress` call it
/// and end when it says so, and the body return a message then.
llvm::LogicalResult lowerProgress(mlir::func::FuncOp body,
                                  MessageTable &messages);

} // namespace whorl

#endif // WHORL_LIB_TRANSFORMS_ABIPROGRESS_H
