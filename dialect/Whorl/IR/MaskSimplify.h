//===- MaskSimplify.h - smaller masks with the same meaning -----*- C++ -*-===//
#ifndef WHORL_IR_MASKSIMPLIFY_H
#define WHORL_IR_MASKSIMPLIFY_H

#include "Whorl/IR/WhorlDialect.h"

namespace whorl {

/// The pairs (i, j) that an attention can ask a mask about. Sizes and the
/// offset may be dynamic (ShapedType::kDynamic): then they bound nothing.
struct MaskDomain {
  int64_t offset = 0; ///< the first query position
  int64_t queryRows = 0;
  int64_t keyRows = 0;
};

/// A mask and which of the original's operands it takes, in order.
struct SimplifiedMask {
  mlir::Attribute mask; ///< null: every pair of the domain is visible
  llvm::SmallVector<unsigned> operands;
};

/// Flattens nested `and` and `or`, unwraps those of one part, removes double
/// `not` and parts that hide nothing (or, in an `or`, takes one that hides
/// nothing for the whole).
SimplifiedMask simplifyMask(MaskAttrInterface mask, const MaskDomain &domain);

} // namespace whorl

#endif // WHORL_IR_MASKSIMPLIFY_H
