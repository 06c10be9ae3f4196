//===- Reference.h - the executable meaning of the dialect ------*- C++ -*-===//
#ifndef WHORL_REFERENCE_REFERENCE_H
#define WHORL_REFERENCE_REFERENCE_H

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/Pass.h"

namespace whorl {

/// Patterns that turn bufferised attention and encode_position into loops.
void populateAttentionReferencePatterns(mlir::RewritePatternSet &patterns);
/// Patterns that turn bufferised diffusion steps into loops.
void populateStepReferencePatterns(mlir::RewritePatternSet &patterns);
/// Patterns that turn bufferised random tensors into loops.
void populateRandomReferencePatterns(mlir::RewritePatternSet &patterns);
/// Patterns that turn bufferised token ops into loops.
void populateTokenReferencePatterns(mlir::RewritePatternSet &patterns);
void populateUnmaskReferencePatterns(mlir::RewritePatternSet &patterns);
/// Adds the patterns of guidance, added noise and preconditioning.
void populateSampleReferencePatterns(mlir::RewritePatternSet &patterns);

#define GEN_PASS_DECL
#include "Whorl/Reference/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "Whorl/Reference/Passes.h.inc"

} // namespace whorl

#endif // WHORL_REFERENCE_REFERENCE_H
