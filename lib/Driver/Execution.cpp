//===- Execution.cpp - calling compiled code ------------------------------===//

#include "Whorl/Driver/Execution.h"
#include "Whorl/Runtime/Files.h"
#include <fmt/format.h>

using namespace mlir;
using namespace whorl;

static llvm::Error fail(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Expected<DType> whorl::getDType(const Parameter &parameter) {
  Type type = parameter.getElementType();
  std::string name;
  llvm::raw_string_ostream(name) << type;
  if (type.isUnsignedInteger(8))
    name = "u8";
  if (std::optional<DType> dtype = parseDType(name))
    return *dtype;
  return fail("elements of type " + name + " cannot be made here");
}

static llvm::Error checkInput(const Parameter &parameter,
                              const std::string &who, DType dtype,
                              const HostTensor &tensor) {
  ArrayRef<int64_t> expected = parameter.getShape();
  const std::vector<int64_t> &actual = tensor.getShape();
  std::string wanted;
  llvm::raw_string_ostream(wanted) << parameter.type;
  auto mismatch = [&](const char *what) {
    return fail(who + ": expected " + what + " of " + wanted + ", got " +
                tensor.describe());
  };
  if (tensor.getDType() != dtype)
    return mismatch("the element type");
  if (actual.size() != expected.size())
    return mismatch("the rank");
  for (size_t i = 0; i < actual.size(); ++i)
    if (!ShapedType::isDynamic(expected[i]) && expected[i] != actual[i])
      return mismatch("the sizes");
  return llvm::Error::success();
}

llvm::Expected<std::vector<HostTensor>>
whorl::readInputs(const Signature &signature, ArrayRef<std::string> texts) {
  if (texts.size() != signature.inputs.size())
    return fail("'" + signature.function + "' takes " +
                llvm::Twine(signature.inputs.size()) + " inputs, got " +
                llvm::Twine(texts.size()) +
                "; give one --input for each, in order");
  std::vector<HostTensor> inputs;
  for (auto [i, text] : llvm::enumerate(texts)) {
    const Parameter &parameter = signature.inputs[i];
    std::string who = describeParameter(true, i, parameter);
    llvm::Expected<DType> dtype = getDType(parameter);
    if (!dtype)
      return dtype.takeError();
    Result<HostTensor> tensor = readInput(text, *dtype);
    if (!tensor)
      return fail(who + ": " + tensor.error());
    if (llvm::Error error = checkInput(parameter, who, *dtype, *tensor))
      return std::move(error);
    inputs.push_back(std::move(*tensor));
  }
  return inputs;
}

llvm::Expected<Call> Call::prepare(const LoadedCode &code,
                                   const Signature &signature,
                                   std::vector<HostTensor> &inputs) {
  Call call;
  call.function = reinterpret_cast<Function>(code.lookup(signature.function));
  if (!call.function)
    return fail("the compiled code has no '" + signature.function + "'");
  if (signature.reportsProgress)
    call.reportingFunction = reinterpret_cast<ReportingFunction>(
        code.lookup(getProgressFunctionName(signature.function)));
  for (HostTensor &input : inputs)
    call.inputViews.push_back(input.getView());
  for (DLTensor &view : call.inputViews)
    call.inputPointers.push_back(&view);
  std::vector<std::vector<int64_t>> shapes;
  for (const Parameter &output : signature.outputs)
    shapes.emplace_back(output.getShape().begin(), output.getShape().end());
  if (signature.hasDynamicOutputs()) {
    auto shapeFunction = reinterpret_cast<Function>(
        code.lookup(getShapeFunctionName(signature.function)));
    if (!shapeFunction)
      return fail("the compiled code cannot tell the sizes of its outputs");
    std::vector<DLTensor> views(shapes.size());
    std::vector<DLTensor *> pointers;
    for (auto [view, shape] : llvm::zip_equal(views, shapes)) {
      view.ndim = static_cast<int32_t>(shape.size());
      view.shape = shape.data();
      pointers.push_back(&view);
    }
    if (const char *message =
            shapeFunction(call.inputPointers.data(), pointers.data()))
      return fail(message);
  }
  for (auto [output, shape] : llvm::zip_equal(signature.outputs, shapes)) {
    llvm::Expected<DType> dtype = getDType(output);
    if (!dtype)
      return dtype.takeError();
    Result<HostTensor> tensor = HostTensor::create(*dtype, shape);
    if (!tensor)
      return fail(tensor.error());
    call.outputs.push_back(std::move(*tensor));
  }
  for (HostTensor &output : call.outputs)
    call.outputViews.push_back(output.getView());
  for (DLTensor &view : call.outputViews)
    call.outputPointers.push_back(&view);
  return call;
}

llvm::Error Call::run(Progress progress, void *data) {
  const char *message =
      progress && reportingFunction
          ? reportingFunction(inputPointers.data(), outputPointers.data(),
                              progress, data)
          : function(inputPointers.data(), outputPointers.data());
  if (message)
    return fail(message);
  return llvm::Error::success();
}

double whorl::getDefaultTolerance(DType dtype) {
  switch (dtype) {
  case DType::f16:
    return 2e-3;
  case DType::bf16:
    return 1.6e-2;
  case DType::f32:
    return 2e-5;
  case DType::f64:
    return 1e-11;
  default:
    return 0;
  }
}
