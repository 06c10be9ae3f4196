//===- EncodingReference.h - row encodings, plainly -------------*- C++ -*-===//
#ifndef WHORL_REFERENCE_ENCODINGREFERENCE_H
#define WHORL_REFERENCE_ENCODINGREFERENCE_H

#include "Whorl/Utils/AttentionScalars.h"

namespace whorl {

/// Which row of which op is encoded.
struct RowPlace {
  const PositionSource &positions;
  mlir::Value length; ///< as in RowFactorContext
  RowRole role;
  int64_t dim; ///< elements in a row
  mlir::ModuleOp module;
  mlir::Value batch = {}, row = {};
};

/// Encodes the elements [D] of a row in place; f64.
void encodeRow(LoopBuilder &b, mlir::Value elements,
               PositionEncodingAttrInterface encoding,
               mlir::ValueRange operands, const RowPlace &place);

} // namespace whorl

#endif // WHORL_REFERENCE_ENCODINGREFERENCE_H
