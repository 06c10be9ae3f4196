//===- AttentionOpVerify.h - the verifier's two halves ----------*- C++ -*-===//
#ifndef WHORL_IR_ATTENTIONOPVERIFY_H
#define WHORL_IR_ATTENTIONOPVERIFY_H

#include "Whorl/IR/WhorlDialect.h"

namespace whorl {

/// C9 to C11 of whorl.attention: positions, encodings and mask. The operands
/// have rank 4.
llvm::LogicalResult verifyAttentionClauses(AttentionOp op);

} // namespace whorl

#endif // WHORL_IR_ATTENTIONOPVERIFY_H
