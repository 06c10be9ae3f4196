//===- Passes.h - passes that print analyses --------------------*- C++ -*-===//
#ifndef WHORL_ANALYSIS_PASSES_H
#define WHORL_ANALYSIS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace whorl {

#define GEN_PASS_DECL
#include "Whorl/Analysis/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "Whorl/Analysis/Passes.h.inc"

} // namespace whorl

#endif // WHORL_ANALYSIS_PASSES_H
