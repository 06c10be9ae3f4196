//===- ExpandRecurrences.h - scans become loops -----------------*- C++ -*-===//
#ifndef WHORL_TRANSFORMS_EXPANDRECURRENCES_H
#define WHORL_TRANSFORMS_EXPANDRECURRENCES_H

#include "mlir/IR/PatternMatch.h"

namespace whorl {

/// The pattern that turns whorl.recur_positions into a loop over rows.
void populateExpandRecurrencePatterns(mlir::RewritePatternSet &patterns);

} // namespace whorl

#endif // WHORL_TRANSFORMS_EXPANDRECURRENCES_H
