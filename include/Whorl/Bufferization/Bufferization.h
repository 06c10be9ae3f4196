//===- Bufferization.h - from tensors to memrefs ----------------*- C++ -*-===//
#ifndef WHORL_BUFFERIZATION_BUFFERIZATION_H
#define WHORL_BUFFERIZATION_BUFFERIZATION_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace whorl {

/// Lets one-shot bufferisation turn our ops into their memref form.
void registerBufferizationModels(mlir::DialectRegistry &registry);

#define GEN_PASS_DECL
#include "Whorl/Bufferization/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "Whorl/Bufferization/Passes.h.inc"

} // namespace whorl

#endif // WHORL_BUFFERIZATION_BUFFERIZATION_H
