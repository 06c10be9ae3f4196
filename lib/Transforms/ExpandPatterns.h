//===- ExpandPatterns.h - what whorl-expand-steps expands -------*- C++ -*-===//
#ifndef WHORL_TRANSFORMS_EXPANDPATTERNS_H
#define WHORL_TRANSFORMS_EXPANDPATTERNS_H

#include "Whorl/IR/WhorlDialect.h"

namespace whorl {

/// Guidance, added noise, preconditioning: every SampleOpInterface on tensors.
void populateExpandSampleOps(mlir::RewritePatternSet &patterns);
/// Scalars of a sample: whorl.noise_input, whorl.training_time,
/// whorl.loss_weight.
void populateExpandNoiseInputs(mlir::RewritePatternSet &patterns);

} // namespace whorl

#endif // WHORL_TRANSFORMS_EXPANDPATTERNS_H
