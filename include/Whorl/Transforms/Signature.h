//===- Signature.h - the signature of a public function ---------*- C++ -*-===//
//
// What callers of compiled code see: inputs and outputs with their names and
// types. A type is a ranked tensor or a scalar; scalars cross the C ABI as
// tensors of rank 0.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_TRANSFORMS_SIGNATURE_H
#define WHORL_TRANSFORMS_SIGNATURE_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include <string>

namespace whorl {

/// One input or output.
struct Parameter {
  std::string name; ///< may be empty
  mlir::Type type;  ///< ranked tensor or scalar

  mlir::Type getElementType() const;
  /// Sizes, ShapedType::kDynamic where not known; empty for a scalar.
  llvm::ArrayRef<int64_t> getShape() const;
  bool isScalar() const { return !mlir::isa<mlir::RankedTensorType>(type); }
  bool hasDynamicShape() const;
};

struct Signature {
  std::string function;
  llvm::SmallVector<Parameter> inputs, outputs;
  /// Calls say how far they are, to callers that ask.
  bool reportsProgress = false;

  bool hasDynamicOutputs() const;
  /// Dims of all outputs together.
  int64_t getNumOutputDims() const;
};

/// How messages call parameter `index`: "input 1 (key)" or "output 0".
std::string describeParameter(bool isInput, unsigned index,
                              const Parameter &parameter);

/// The signature of a public function on tensors. Emits an error where a type
/// cannot cross the C ABI.
mlir::FailureOr<Signature> getSignature(mlir::FunctionOpInterface function);

/// A signature as the attribute `whorl.abi` that a function keeps when its
/// types change, and back.
mlir::DictionaryAttr toAttr(const Signature &signature,
                            mlir::MLIRContext *context);
Signature signatureFromAttr(llvm::StringRef function,
                            mlir::DictionaryAttr attr);

/// The name of the twin of `function` that reports progress, where it has one.
std::string getProgressFunctionName(llvm::StringRef function);

/// The name of the function that computes output sizes for `function`.
std::string getShapeFunctionName(llvm::StringRef function);

} // namespace whorl

#endif // WHORL_TRANSFORMS_SIGNATURE_H
