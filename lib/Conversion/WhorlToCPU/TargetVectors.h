//===- TargetVectors.h - the vectors of the target --------------*- C++ -*-===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_TARGETVECTORS_H
#define WHORL_CONVERSION_WHORLTOCPU_TARGETVECTORS_H

#include "mlir/IR/Operation.h"

namespace whorl {

/// The bytes of a vector of the target for which the module of `op` is
/// compiled; 16, which every 64-bit machine has, where it names none.
int64_t getVectorBytes(mlir::Operation *op);

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_TARGETVECTORS_H
