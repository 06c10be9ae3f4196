//===- OperandShapes.h - shapes in verifiers and builders -------*- C++ -*-===//
//
// Small helpers that verifiers and scalar builders share: sizes that may be
// dynamic, broadcasting from the right, and shapes as text for diagnostics.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_IR_OPERANDSHAPES_H
#define WHORL_IR_OPERANDSHAPES_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeRange.h"

namespace whorl {

/// True unless both sizes are static and differ.
inline bool areSizesCompatible(int64_t a, int64_t b) {
  return mlir::ShapedType::isDynamic(a) || mlir::ShapedType::isDynamic(b) ||
         a == b;
}

/// The float types that inputs, biases, tables and results may have.
inline bool isSupportedFloat(mlir::Type type) {
  return type.isF16() || type.isBF16() || type.isF32() || type.isF64();
}

/// The integer types that ids, lengths and offsets may have: arith computes on
/// signless integers and indices.
inline bool isSupportedInteger(mlir::Type type) {
  return type.isIndex() || type.isSignlessInteger(8) ||
         type.isSignlessInteger(16) || type.isSignlessInteger(32) ||
         type.isSignlessInteger(64);
}

/// The integer types of tokens.
inline bool isTokenType(mlir::Type type) {
  return type.isSignlessInteger(32) || type.isSignlessInteger(64);
}

/// Whether these are the types of a random generator's key: a seed of 64 bits,
/// or two words.
bool isRandomKey(mlir::TypeRange types);

/// Whether one of some tables [rows, units] stands for each batch by itself, as
/// [batches, rows, units].
bool hasBatchedTables(mlir::TypeRange types);

/// The type when it is a ranked tensor or memref, else null. A vector is a
/// shaped type, too, but no operand of ours.
inline mlir::ShapedType getTensorOrMemRef(mlir::Type type) {
  if (mlir::isa<mlir::RankedTensorType, mlir::MemRefType>(type))
    return mlir::cast<mlir::ShapedType>(type);
  return {};
}

/// A size in a diagnostic: `?` when dynamic.
struct SizeText {
  int64_t size;
};
mlir::Diagnostic &operator<<(mlir::Diagnostic &diagnostic, SizeText text);

/// A shape in a diagnostic: `[2, ?, 8]`.
struct ShapeText {
  llvm::ArrayRef<int64_t> shape;
};
mlir::Diagnostic &operator<<(mlir::Diagnostic &diagnostic, ShapeText text);

/// True when `shape`, aligned at the right, has rank 1 to that of `target` and
/// dimensions of 1 or the target's.
bool broadcastsTo(llvm::ArrayRef<int64_t> shape,
                  llvm::ArrayRef<int64_t> target);

/// Indices into a tensor of `shape` that broadcasts to one indexed by
/// `indices`: aligned at the right, 0 where the dimension is 1.
llvm::SmallVector<mlir::Value>
getBroadcastIndices(mlir::ImplicitLocOpBuilder &builder,
                    llvm::ArrayRef<int64_t> shape, mlir::ValueRange indices);

/// An integer or index value as index.
mlir::Value castToIndex(mlir::ImplicitLocOpBuilder &builder, mlir::Value value);

/// The row of a table with `rows` rows that a position, an f64, names: the
/// nearest one where it lies outside. A look-up must not read elsewhere.
mlir::Value clampToRows(mlir::ImplicitLocOpBuilder &builder,
                        mlir::Value position, mlir::Value rows);

/// A float, integer or index value as a float of `type`.
mlir::Value castToFloat(mlir::ImplicitLocOpBuilder &builder, mlir::Value value,
                        mlir::Type type);

} // namespace whorl

#endif // WHORL_IR_OPERANDSHAPES_H
