//===- DestinationOps.h - what our compute ops share ------------*- C++ -*-===//
#ifndef WHORL_IR_DESTINATIONOPS_H
#define WHORL_IR_DESTINATIONOPS_H

#include "Whorl/IR/WhorlDialect.h"

namespace whorl {

/// The effects of an op with destinations: reads of its inputs and writes of
/// its destinations on memrefs, none on tensors.
void getDestinationEffects(
    DestinationOpInterface op,
    llvm::SmallVectorImpl<
        mlir::SideEffects::EffectInstance<mlir::MemoryEffects::Effect>>
        &effects);

/// On tensors of static sizes an op may be computed anywhere: sizes that must
/// agree at run time are checked where the op stands.
mlir::Speculation::Speculatability
getStaticSpeculatability(mlir::Operation *op);

/// Collects size requirements against named sizes.
struct SizeRequirementBuilder {
  SizeRequirementBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  void require(mlir::OpFoldResult lhs, mlir::OpFoldResult rhs,
               const llvm::Twine &message);
  /// Each dimension of `operand` that has a role must have that size, unless it
  /// is a static 1.
  void requireOperand(mlir::Value operand, llvm::ArrayRef<SizeRole> roles,
                      llvm::StringRef name);
  /// The ids of a `positions` clause: `axes` axes, batches, and rows of `role`.
  void requirePositions(mlir::Value ids, unsigned axes, SizeRole role,
                        llvm::StringRef name);
  /// Dimension `dim` of `operand` must be 1 or more.
  void requireNonEmpty(mlir::Value operand, int64_t dim, llvm::StringRef name);
  /// The dimensions of `operand`, or the first ones of it that there are of
  /// `model`, must have the sizes of `model`; `message` of a dimension says so.
  void requireSizesOf(mlir::Value model, mlir::Value operand,
                      llvm::function_ref<std::string(int64_t)> message);
  /// The size of dimension `dim` of a tensor or memref.
  mlir::OpFoldResult getSize(mlir::Value operand, int64_t dim);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  std::map<SizeRole, mlir::OpFoldResult> sizes;
  llvm::SmallVector<SizeRequirement> requirements;
};

/// Verifies the ids of a `positions` clause against `batch` and `rows`;
/// `number` tags the diagnostic. `axes` counts those that encodings ask for.
llvm::LogicalResult verifyPositionIds(mlir::Operation *op, mlir::Value ids,
                                      int64_t batch, int64_t rows,
                                      unsigned axes, llvm::StringRef number,
                                      llvm::StringRef name);

/// Verifies that all shaped operands of `op` are dense tensors, or all memrefs.
llvm::LogicalResult verifyStorage(mlir::Operation *op, bool isMemRef,
                                  llvm::StringRef number);

/// Verifies an `offset` operand: an index or `batch` integers.
llvm::LogicalResult verifyOffset(mlir::Operation *op, mlir::Value offset,
                                 int64_t batch, llvm::StringRef number);

} // namespace whorl

#endif // WHORL_IR_DESTINATIONOPS_H
