//===- FusePatterns.h - the parts of whorl-fuse-attention -------*- C++ -*-===//
#ifndef WHORL_TRANSFORMS_FUSEPATTERNS_H
#define WHORL_TRANSFORMS_FUSEPATTERNS_H

#include "mlir/IR/PatternMatch.h"

namespace whorl {

/// Scale, masks and bias producers move into an attention.
void populateFuseScorePatterns(mlir::RewritePatternSet &patterns);

} // namespace whorl

#endif // WHORL_TRANSFORMS_FUSEPATTERNS_H
