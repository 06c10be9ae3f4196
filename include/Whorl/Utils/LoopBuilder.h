//===- LoopBuilder.h - index arithmetic and loops, briefly ------*- C++ -*-===//
#ifndef WHORL_UTILS_LOOPBUILDER_H
#define WHORL_UTILS_LOOPBUILDER_H

#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"

namespace whorl {

/// Index arithmetic, loops and scratch memory with short names.
struct LoopBuilder : mlir::ImplicitLocOpBuilder {
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  mlir::Value index(int64_t value);
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  mlir::Value min(mlir::Value x, mlir::Value y);
  mlir::Value max(mlir::Value x, mlir::Value y);
  mlir::Value floorDiv(mlir::Value x, mlir::Value y);
  mlir::Value ceilDiv(mlir::Value x, mlir::Value y);
  mlir::Value dim(mlir::Value memref, unsigned i);
  /// A float constant of `type`, splat over a vector type.
  mlir::Value constant(mlir::Type type, double value);
  mlir::Value load(mlir::Value memref, mlir::ValueRange indices);
  void store(mlir::Value value, mlir::Value memref, mlir::ValueRange indices);

  /// for (iv = lower; iv < upper; iv += step): `body(iv, carried)` returns the
  /// values carried on; the loop returns the last of them.
  llvm::SmallVector<mlir::Value>
  loop(mlir::Value lower, mlir::Value upper, mlir::Value step,
       mlir::ValueRange carried,
       llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value,
                                                         mlir::ValueRange)>
           body);
  /// The same with nothing carried.
  void loop(mlir::Value lower, mlir::Value upper, mlir::Value step,
            llvm::function_ref<void(mlir::Value)> body);
  /// for (iv = 0; iv < upper; ++iv).
  void loop(mlir::Value upper, llvm::function_ref<void(mlir::Value)> body);
  /// A nest of independent iterations over [0, bound).
  void parallel(mlir::ValueRange bounds,
                llvm::function_ref<void(mlir::ValueRange)> body);
  /// if (condition) then ... else ..., with results.
  llvm::SmallVector<mlir::Value>
  branch(mlir::Value condition,
         llvm::function_ref<llvm::SmallVector<mlir::Value>()> thenBody,
         llvm::function_ref<llvm::SmallVector<mlir::Value>()> elseBody);
  /// Memory aligned to 64 bytes. Sizes are index values or constants.
  mlir::Value allocate(mlir::Type element,
                       llvm::ArrayRef<mlir::OpFoldResult> sizes);
  void free(mlir::Value memref);
  /// Memory of one iteration of a parallel loop: on the stack when its size is
  /// known and a thread's stack has room for it, so that it belongs into a
  /// memref.alloca_scope; else from `allocate`.
  mlir::Value allocateScratch(mlir::Type element,
                              llvm::ArrayRef<mlir::OpFoldResult> sizes);
  /// Frees what of it does not lie on the stack; null values are none.
  void freeScratch(llvm::ArrayRef<mlir::Value> memrefs);
};

/// What an op uses, values captured by its regions included.
llvm::SmallVector<mlir::Value> getUsedValues(mlir::Operation &op);

/// A matrix [rows, features]: the view of one batch and head of a rank-4
/// memref.
mlir::Value getHeadView(LoopBuilder &b, mlir::Value memref, Layout layout,
                        mlir::Value batch, mlir::Value head);

/// A vector [features]: the view of one row of a matrix.
mlir::Value getRowView(LoopBuilder &b, mlir::Value matrix, mlir::Value row);

/// Reads operands that are memrefs or scalars, for encodings and masks.
class MemRefReader : public OperandReader {
public:
  MemRefReader(mlir::ModuleOp module, mlir::ValueRange operands)
      : module(module), operands(llvm::to_vector(operands)) {}

  mlir::Value read(mlir::ImplicitLocOpBuilder &builder, unsigned operand,
                   mlir::ValueRange indices) const override;
  mlir::Value getDim(mlir::ImplicitLocOpBuilder &builder, unsigned operand,
                     unsigned dim) const override;
  mlir::Type getType(unsigned operand) const override;
  /// Constants become globals of the module.
  mlir::Value readConstantTable(mlir::ImplicitLocOpBuilder &builder,
                                llvm::ArrayRef<double> table,
                                mlir::Value index) const override;
  std::unique_ptr<OperandReader> dropFront(unsigned first) const override;

private:
  mlir::ModuleOp module;
  llvm::SmallVector<mlir::Value> operands;
};

} // namespace whorl

#endif // WHORL_UTILS_LOOPBUILDER_H
