//===- Passes.h - passes on the way from a graph to the C ABI ---*- C++ -*-===//
#ifndef WHORL_TRANSFORMS_PASSES_H
#define WHORL_TRANSFORMS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Pass/Pass.h"

namespace whorl {

#define GEN_PASS_DECL
#include "Whorl/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "Whorl/Transforms/Passes.h.inc"

} // namespace whorl

#endif // WHORL_TRANSFORMS_PASSES_H
