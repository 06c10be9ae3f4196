//===- RowPasses.h - passes over rows: conversion and encodings -*- C++ -*-===//
//
// Query and key rows are converted and rotated once, before the attention reads
// them many times. Factors (cosines and sines) are tabulated once per position
// in f64 and rounded, whatever the number of heads.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_ROWPASSES_H
#define WHORL_CONVERSION_WHORLTOCPU_ROWPASSES_H

#include "LaneExpander.h"
#include "Whorl/Utils/AttentionScalars.h"

namespace whorl {

/// Calls `body(first, lanes)` for [0, count) in steps of `lanes`, then for the
/// rest one by one with `lanes` = 1.
void forLanes(LoopBuilder &b, mlir::OpFoldResult count, int64_t lanes,
              llvm::function_ref<void(mlir::Value, int64_t)> body);

/// Loads `lanes` elements as a vector of `type`.
mlir::Value loadLanes(LoopBuilder &b, mlir::Value memref,
                      mlir::ValueRange indices, int64_t lanes, mlir::Type type);

/// Rounds a vector to the memref's element type and stores it.
void storeLanes(LoopBuilder &b, mlir::Value vector, mlir::Value memref,
                mlir::ValueRange indices);

/// A row encoding with its operands and positions, ready to be applied.
struct RowEncoder {
  PositionEncodingAttrInterface encoding;
  llvm::SmallVector<mlir::Value> operands;
  PositionSource positions;
  RowRole role = RowRole::embedding;
  int64_t dim = 0; ///< elements in a row
  mlir::ModuleOp module;
  mlir::Value table = {}; ///< [batches or 1, rows, factors, units]

  /// Fills the table for `rows` rows of `batches` batches, in elements of
  /// `type`.
  void buildTable(LoopBuilder &b, mlir::Value batches, mlir::Value rows,
                  mlir::Type type, int64_t lanes);
  /// Encodes `row` [D], elements of the table's type, in place.
  void encode(LoopBuilder &b, mlir::Value row, mlir::Value batch,
              mlir::Value rowIndex, int64_t lanes);
};

/// A rank-4 tensor as the kernel reads it.
struct PreparedRows {
  mlir::Value memref;
  Layout layout;
  bool isScratch = false; ///< to be freed
};

/// `tensor` in elements of `type`, rotated by the encodings of `op` that act on
/// rows; the tensor itself when there is nothing to do.
PreparedRows prepareRows(LoopBuilder &b, AttentionOp op, mlir::Value tensor,
                         RowRole role, const PositionSource &positions,
                         mlir::Type type, int64_t lanes);

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_ROWPASSES_H
