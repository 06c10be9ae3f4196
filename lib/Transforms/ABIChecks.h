//===- ABIChecks.h - what callers are checked for ---------------*- C++ -*-===//
#ifndef WHORL_LIB_TRANSFORMS_ABICHECKS_H
#define WHORL_LIB_TRANSFORMS_ABICHECKS_H

#include "Whorl/Transforms/Signature.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/StringMap.h"

namespace whorl {

/// Constant strings of a module, each once.
class MessageTable {
public:
  explicit MessageTable(mlir::ModuleOp module) : module(module) {}
  /// The address of `text`, a value at the builder's insertion point.
  mlir::Value get(mlir::ImplicitLocOpBuilder &builder, llvm::StringRef text);

private:
  mlir::ModuleOp module;
  llvm::StringMap<mlir::LLVM::GlobalOp> globals;
};

/// A tensor of the caller, checked.
struct CheckedTensor {
  mlir::Value data;                     ///< first element
  llvm::SmallVector<mlir::Value> sizes; ///< i64
  mlir::Value bytes;                    ///< i64, all elements
};

/// Emits checks in the LLVM dialect, each of which leaves the function with its
/// message. Every check starts a new block; the builder follows.
class ABIChecker {
public:
  /// `builder` stands at the end of the entry block of `function`.
  ABIChecker(mlir::ImplicitLocOpBuilder &builder, MessageTable &messages,
             mlir::LLVM::LLVMFuncOp function);

  void require(mlir::Value condition, llvm::StringRef message);

  /// Checks parameter `index` of `tensors`, an array of DLTensor pointers.
  CheckedTensor checkTensor(mlir::Value tensors, bool isInput, unsigned index,
                            const Parameter &parameter);

  /// No byte of an output may belong to another parameter.
  void checkDisjoint(const CheckedTensor &a, const CheckedTensor &b,
                     llvm::StringRef message);

  /// The `index`-th pointer of the array `tensors`.
  mlir::Value loadPointer(mlir::Value tensors, unsigned index);
  /// A field of a DLTensor.
  mlir::Value loadField(mlir::Value tensor, size_t offset, mlir::Type type);
  /// Element `index` of an array of i64.
  mlir::Value loadSize(mlir::Value array, unsigned index);
  mlir::Value constant(int64_t value, unsigned bits = 64);
  mlir::Value compare(mlir::LLVM::ICmpPredicate predicate, mlir::Value lhs,
                      mlir::Value rhs);
  mlir::Value isNull(mlir::Value pointer);

private:
  void checkRank(mlir::Value tensor, const std::string &name, size_t rank);
  void checkType(mlir::Value tensor, const std::string &name, mlir::Type type);
  void checkStrides(mlir::Value tensor, const std::string &name,
                    const CheckedTensor &checked, mlir::Value isEmpty);
  mlir::Value checkData(mlir::Value tensor, const std::string &name,
                        int64_t elementBytes, mlir::Value isEmpty);
  /// As `require`; the message is chosen when the check fails.
  void requireOrDescribe(mlir::Value condition,
                         llvm::function_ref<mlir::Value()> describe);
  mlir::Value gep(mlir::Value pointer, int64_t bytes);

  mlir::ImplicitLocOpBuilder &builder;
  MessageTable &messages;
  mlir::Block *failure;
  mlir::Type pointerType;
};

/// What DLPack calls an element type: code and bits.
struct DLPackType {
  int code, bits;
  const char *name; ///< "float32"
};
DLPackType getDLPackType(mlir::Type type);

} // namespace whorl

#endif // WHORL_LIB_TRANSFORMS_ABICHECKS_H
