//===- UnmaskRows.h - rows of positions that take candidates ----*- C++ -*-===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_UNMASKROWS_H
#define WHORL_CONVERSION_WHORLTOCPU_UNMASKROWS_H

#include "Whorl/Utils/LoopBuilder.h"

namespace whorl {

/// Emits `op`, which stands on memrefs. The scores of a row become integers of
/// their order; the smallest that the policy takes is found bit by bit, in one
/// pass each, and one more pass takes what is better, and in order of position
/// what ties with it. No sorting, and nothing depends on the length of ties.
void lowerUnmaskToLoops(UnmaskOp op, mlir::OpBuilder &builder);

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_UNMASKROWS_H
