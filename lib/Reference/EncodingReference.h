//===- EncodingReference.h - row encodings, plainly -------------*- C++ -*-===//
#ifndef WHORL_REFERENCE_ENCODINGREFERENCE_H
#define WHORL_REFERENCE_ENCODINGREFERENCE_H

#include "Whorl/Utils/AttentionScalars.h"

namespace whorl {

/// Encodes the row [D] at `position source, (batch, row)` in place; f64.
void encodeRow(LoopBuilder &b, mlir::Value row,
               PositionEncodingAttrInterface encoding,
               mlir::ValueRange operands, const PositionSource &positions,
               mlir::Value batch, mlir::Value rowIndex, RowRole role,
               int64_t dim, mlir::ModuleOp module);

} // namespace whorl

#endif // WHORL_REFERENCE_ENCODINGREFERENCE_H
