//===- TokenSupport.h - what token filters see ------------------*- C++ -*-===//
#ifndef WHORL_IR_TOKENSUPPORT_H
#define WHORL_IR_TOKENSUPPORT_H

#include "Whorl/IR/ElementBuilder.h"

namespace whorl {

/// Where a token stands among those of its row that the filters before have
/// kept; floats of one type.
struct TokenRank {
  mlir::Value larger; ///< how many tokens have larger logits
  mlir::Value mass;   ///< the probability of these together
  mlir::Value ratio;  ///< its probability by that of the most likely token
};

/// Where a position stands among those of its row that may be taken; floats of
/// one type.
struct UnmaskRank {
  mlir::Value score;
  mlir::Value before; ///< how many stand before it
  mlir::Value sum;    ///< the sum of their scores
  mlir::Value count;  ///< how many are to be taken, or null where none said
};

} // namespace whorl

#endif // WHORL_IR_TOKENSUPPORT_H
