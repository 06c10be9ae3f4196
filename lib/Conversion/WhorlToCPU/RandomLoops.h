//===- RandomLoops.h - loops that only number random elements ---*- C++ -*-===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_RANDOMLOOPS_H
#define WHORL_CONVERSION_WHORLTOCPU_RANDOMLOOPS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace whorl {

/// Whether all that `op` asks of its loop indices is the number of an element
/// in the iteration space, for random bits: its loops may then become one.
bool onlyNumbersElements(mlir::linalg::GenericOp op);

/// Replaces the coordinates of `op`'s random bits by `number`, a value that
/// stands for the element's number while loops merge; loop indices go.
void hideElementNumbers(mlir::linalg::GenericOp op, mlir::Value number);

/// Replaces `number` in the body of `op` by the index of its only loop.
void showElementNumbers(mlir::linalg::GenericOp op, mlir::Value number);

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_RANDOMLOOPS_H
