//===- Signature.cpp - the signature of a public function -----------------===//
#include "Whorl/Transforms/Signature.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Interfaces/CallInterfaces.h"

using namespace mlir;
using namespace whorl;

Type Parameter::getElementType() const { return getElementTypeOrSelf(type); }

ArrayRef<int64_t> Parameter::getShape() const {
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    return tensor.getShape();
  return {};
}

bool Parameter::hasDynamicShape() const {
  return ShapedType::isDynamicShape(getShape());
}

bool Signature::hasDynamicOutputs() const {
  return llvm::any_of(outputs, [](const Parameter &output) {
    return output.hasDynamicShape();
  });
}

int64_t Signature::getNumOutputDims() const {
  int64_t dims = 0;
  for (const Parameter &output : outputs)
    dims += output.getShape().size();
  return dims;
}

std::string whorl::describeParameter(bool isInput, unsigned index,
                                     const Parameter &parameter) {
  std::string text = (isInput ? "input " : "output ") + std::to_string(index);
  if (!parameter.name.empty())
    text += " (" + parameter.name + ")";
  return text;
}

/// Element types that DLPack and the compiled code agree on.
static bool isABIElement(Type type) {
  if (isa<IndexType, Float16Type, BFloat16Type, Float32Type, Float64Type>(type))
    return true;
  auto integer = dyn_cast<IntegerType>(type);
  return integer && integer.isSignless() &&
         llvm::is_contained({1u, 8u, 16u, 32u, 64u}, integer.getWidth());
}

static bool isABIType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? isABIElement(tensor.getElementType()) && !tensor.getEncoding()
                : isABIElement(type);
}

/// The argument's name: the attribute `whorl.name`, else its location's.
static std::string getName(DictionaryAttr attributes, Location loc) {
  if (attributes)
    if (auto name = attributes.getAs<StringAttr>("whorl.name"))
      return name.str();
  if (auto name = dyn_cast<NameLoc>(loc))
    return name.getName().str();
  return "";
}

/// Whether `op`, or a private function that it calls, reports progress.
static bool reports(Operation *op, SmallPtrSetImpl<Operation *> &seen) {
  if (!seen.insert(op).second)
    return false;
  auto result = op->walk([&](Operation *inner) {
    auto run = dyn_cast<SamplingOp>(inner);
    if (isa<ProgressOp>(inner) || (run && !run.getUnroll()))
      return WalkResult::interrupt();
    if (auto call = dyn_cast<CallOpInterface>(inner))
      if (Operation *callee = call.resolveCallable())
        if (reports(callee, seen))
          return WalkResult::interrupt();
    return WalkResult::advance();
  });
  return result.wasInterrupted();
}

FailureOr<Signature> whorl::getSignature(FunctionOpInterface function) {
  Signature signature;
  signature.function = function.getName().str();
  SmallPtrSet<Operation *, 4> seen;
  signature.reportsProgress = reports(function, seen);
  auto check = [&](StringRef what, unsigned index, Type type) -> LogicalResult {
    if (isABIType(type))
      return success();
    return function.emitError()
           << what << " " << index << " of '" << function.getName()
           << "' has type " << type
           << ", which cannot cross the C ABI: expected a ranked tensor or a "
              "scalar of f16, bf16, f32, f64, i1, i8, i16, i32, i64 or index";
  };
  for (auto [index, type] : llvm::enumerate(function.getArgumentTypes())) {
    if (failed(check("argument", index, type)))
      return failure();
    Location loc = function.isExternal() ? function.getLoc()
                                         : function.getArgument(index).getLoc();
    signature.inputs.push_back(
        {getName(function.getArgAttrDict(index), loc), type});
  }
  for (auto [index, type] : llvm::enumerate(function.getResultTypes())) {
    if (failed(check("result", index, type)))
      return failure();
    signature.outputs.push_back(
        {getName(function.getResultAttrDict(index),
                 UnknownLoc::get(function->getContext())),
         type});
  }
  return signature;
}

DictionaryAttr whorl::toAttr(const Signature &signature, MLIRContext *context) {
  Builder builder(context);
  SmallVector<NamedAttribute> fields;
  auto add = [&](StringRef side, ArrayRef<Parameter> parameters) {
    SmallVector<StringRef> names;
    SmallVector<Type> types;
    for (const Parameter &parameter : parameters) {
      names.push_back(parameter.name);
      types.push_back(parameter.type);
    }
    fields.push_back(
        builder.getNamedAttr(side, builder.getTypeArrayAttr(types)));
    fields.push_back(builder.getNamedAttr((side + "_names").str(),
                                          builder.getStrArrayAttr(names)));
  };
  add("inputs", signature.inputs);
  add("outputs", signature.outputs);
  return builder.getDictionaryAttr(fields);
}

Signature whorl::signatureFromAttr(StringRef function, DictionaryAttr attr) {
  Signature signature;
  signature.function = function.str();
  auto read = [&](StringRef side, SmallVectorImpl<Parameter> &parameters) {
    auto types = attr.getAs<ArrayAttr>(side);
    auto names = attr.getAs<ArrayAttr>((side + "_names").str());
    for (auto [type, name] : llvm::zip_equal(types, names))
      parameters.push_back(
          {cast<StringAttr>(name).str(), cast<TypeAttr>(type).getValue()});
  };
  read("inputs", signature.inputs);
  read("outputs", signature.outputs);
  return signature;
}

std::string whorl::getProgressFunctionName(StringRef function) {
  return (function + "_with_progress").str();
}

std::string whorl::getShapeFunctionName(StringRef function) {
  return (function + "__shape").str();
}
