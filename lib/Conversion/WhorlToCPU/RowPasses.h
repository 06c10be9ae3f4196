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

/// Loads `lanes` elements as a vector of `type`. Here and below i16 stands for
/// the bits of bf16: LLVM takes vectors of bf16 apart where the machine has no
/// such type.
mlir::Value loadLanes(LoopBuilder &b, mlir::Value memref,
                      mlir::ValueRange indices, int64_t lanes, mlir::Type type);

/// Rounds a vector to the memref's element type and stores it.
void storeLanes(LoopBuilder &b, mlir::Value vector, mlir::Value memref,
                mlir::ValueRange indices);

/// Transposes the matrix whose rows are `rows`, as many vectors as they have
/// lanes (a power of two): log2(lanes) stages of shuffles of two vectors.
llvm::SmallVector<mlir::Value>
transposeLanes(LoopBuilder &b, llvm::SmallVector<mlir::Value> rows);

/// A row encoding with its operands and positions, ready to be applied.
struct RowEncoder {
  PositionEncodingAttrInterface encoding;
  llvm::SmallVector<mlir::Value> operands;
  PositionSource positions;
  RowRole role = RowRole::embedding;
  int64_t dim = 0; ///< elements in a row
  mlir::ModuleOp module;
  mlir::Value length = {}; ///< as in RowFactorContext
  mlir::Value table = {};  ///< [batches or 1, rows, factors, units]

  /// Fills the table for `rows` rows of `batches` batches, in elements of
  /// `type`.
  void buildTable(LoopBuilder &b, mlir::Value batches, mlir::Value rows,
                  mlir::Type type, int64_t lanes);
  /// Encodes `row` [D] in place; computes in the table's type.
  void encode(LoopBuilder &b, mlir::Value row, mlir::Value batch,
              mlir::Value rowIndex, int64_t lanes);
  /// Whether factors differ from batch to batch.
  bool dependsOnBatch() const;
};

/// How prepared rows lie in memory.
struct RowFormat {
  mlir::Type element;   ///< i16 for bf16; null: that in which encodings compute
  int64_t multiple = 1; ///< of features: zeros fill a row up to it
};

/// The rows of a rank-4 tensor as the kernel wants them: in its format, and
/// rotated by the encodings of the attention that act on rows.
class RowSource {
public:
  RowSource() = default;
  /// Encodings compute in `type`.
  RowSource(AttentionOp op, mlir::Value tensor, RowRole role,
            const PositionSource &positions, mlir::Type type, int64_t lanes,
            const RowFormat &format = {});

  /// Whether rows differ from what the tensor holds.
  bool needsWork() const { return hasEncoders() || isReshaped; }
  void alwaysCopy() { isReshaped = true; }
  bool hasEncoders() const { return !encoders.empty(); }
  /// The elements of a prepared row.
  mlir::OpFoldResult getRowSize(LoopBuilder &b);
  /// Tabulates the factors of the encodings; `like` lends its tables when it
  /// has the same encodings at the same positions.
  void buildTables(LoopBuilder &b, const RowSource *like = nullptr);
  void freeTables(LoopBuilder &b);
  /// Writes one row of `matrix`, a head view of the tensor, to `target`.
  void emitRow(LoopBuilder &b, mlir::Value matrix, mlir::Value row,
               mlir::Value batch, mlir::Value target);
  /// Writes all rows to memory of their own, layout bhnd.
  mlir::Value materialize(LoopBuilder &b);

private:
  mlir::OpFoldResult getSize(LoopBuilder &b, AttentionOp::Dim role);
  mlir::Value getBound(LoopBuilder &b, AttentionOp::Dim role);
  bool hasTablesOf(const RowSource &other) const;

  AttentionOp op;
  mlir::Value tensor;
  PositionSource positions;
  mlir::Type type;
  int64_t lanes = 1;
  RowFormat format;
  bool isReshaped = false; ///< converted, or longer than the tensor's rows
  bool ownsTables = false;
  mlir::Value length; ///< of the sequence, where an encoding depends on it
  llvm::SmallVector<RowEncoder> encoders;
};

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_ROWPASSES_H
