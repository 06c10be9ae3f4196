//===- ElementwiseAnalysis.h - which linalg ops are one pass ----*- C++ -*-===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_ELEMENTWISEANALYSIS_H
#define WHORL_CONVERSION_WHORLTOCPU_ELEMENTWISEANALYSIS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace whorl {

/// How an operand of an elementwise op moves along the vector loop.
enum class LaneAccess {
  uniform,    ///< it does not: one scalar for all lanes
  contiguous, ///< neighbouring lanes are neighbours in memory
  strided,    ///< anything else: lane by lane
};

/// A linalg op as a loop nest whose innermost loop is a vector loop.
struct ElementwisePlan {
  unsigned vectorLoop = 0;
  llvm::SmallVector<LaneAccess> accesses; ///< by operand
  int64_t lanes = 1;                      ///< elements at once
};

/// How `op`, all of whose loops are parallel, becomes a vector loop on a
/// machine with vectors of `vectorBytes`; fails where its outputs are not
/// contiguous along any one loop, or an indexing map does more than select
/// loops.
mlir::FailureOr<ElementwisePlan> planElementwise(mlir::linalg::GenericOp op,
                                                 int64_t vectorBytes);

/// Neighbouring loops that walk through every operand as one loop would.
llvm::SmallVector<mlir::ReassociationIndices>
getMergeableLoops(mlir::linalg::GenericOp op);

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_ELEMENTWISEANALYSIS_H
