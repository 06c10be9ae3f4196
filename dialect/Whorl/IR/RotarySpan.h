//===- RotarySpan.h - the part of a row that is turned ----------*- C++ -*-===//
//
// What rotary encodings share, whatever their angles come from.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_IR_ROTARYSPAN_H
#define WHORL_IR_ROTARYSPAN_H

#include "Whorl/IR/WhorlDialect.h"

namespace whorl {

/// The elements of a row that are turned, by `rotary_dim` (0 for all) and
/// `rotary_start`.
struct RotarySpan {
  Pairing pairing;
  int64_t turned, start;

  RowLayout getLayout(int64_t dim) const;
  /// R2 and R3 of #whorl.rope, in the name of `name`.
  llvm::LogicalResult verify(const EncodingVerifyContext &context,
                             llvm::StringRef name) const;
};

/// The pair (a, b) turned: (a cos - b sin, a sin + b cos).
llvm::SmallVector<mlir::Value>
buildRotation(mlir::ImplicitLocOpBuilder &builder, mlir::ValueRange elements,
              mlir::Value cosine, mlir::Value sine);

} // namespace whorl

#endif // WHORL_IR_ROTARYSPAN_H
