//===- LowerABI.cpp - the C ABI of public functions -----------------------===//
#include "ABIChecks.h"
#include "ABIProgress.h"
#include "SizeResolution.h"
#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Transforms/Passes.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include <dlpack/dlpack.h>

namespace whorl {
#define GEN_PASS_DEF_WHORLLOWERABI
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

using namespace mlir;
using namespace whorl;

/// Makes `function` return a message: that of the first requirement that does
/// not hold, checked before anything else happens, or NULL.
static LogicalResult lowerRequirements(func::FuncOp function,
                                       MessageTable &messages) {
  MLIRContext *context = function.getContext();
  auto pointer = LLVM::LLVMPointerType::get(context);
  SmallVector<RequireOp> requirements;
  function.walk([&](RequireOp op) { requirements.push_back(op); });
  function.walk([&](func::ReturnOp op) {
    OpBuilder builder(op);
    Value null = LLVM::ZeroOp::create(builder, op.getLoc(), pointer);
    op->setOperands(null);
  });
  function.setFunctionType(
      FunctionType::get(context, function.getArgumentTypes(), {pointer}));
  if (requirements.empty())
    return success();

  // Allocations may have moved in front of the requirements, so these go to
  // blocks of their own, before what was the entry.
  Block *body = function.front().splitBlock(function.front().begin());
  Block *entry = &function.front();
  ImplicitLocOpBuilder builder(function.getLoc(), context);
  builder.setInsertionPointToEnd(entry);
  IRMapping mapping;
  for (RequireOp op : requirements) {
    if (op->getParentOp() != function)
      return op.emitError("expected in the entry block of a function, found in "
                          "a nested region");
    FailureOr<Value> condition = recompute(op.getCondition(), builder, mapping);
    if (failed(condition))
      return op.emitError("depends on more than the sizes of the arguments");
    Block *next, *bad;
    {
      OpBuilder::InsertionGuard guard(builder);
      bad = builder.createBlock(body);
      func::ReturnOp::create(builder, messages.get(builder, op.getMessage()));
      next = builder.createBlock(body);
    }
    cf::CondBranchOp::create(builder, *condition, next, bad);
    builder.setInsertionPointToEnd(next);
    op.erase();
  }
  cf::BranchOp::create(builder, body);
  return success();
}

namespace {

/// Emits the C function in front of one body.
class WrapperBuilder {
public:
  WrapperBuilder(func::FuncOp body, StringRef name, const Signature &signature,
                 MessageTable &messages)
      : body(body), name(name), signature(signature), messages(messages),
        builder(body.getLoc(), body.getContext()),
        converter(body.getContext()) {}

  /// The function itself; with `progress`, its twin that reports.
  void build(bool progress = false);
  /// Its companion that computes the sizes of outputs.
  void buildShape();

private:
  LLVM::LLVMFuncOp createFunction(bool progress = false);
  void checkInputs(ABIChecker &checker);
  void checkOutputs(ABIChecker &checker);
  Value getArgument(const CheckedTensor &tensor, const Parameter &parameter,
                    Type type);
  Value buildMemRef(Value data, ValueRange sizes, MemRefType type);

  func::FuncOp body;
  StringRef name;
  const Signature &signature;
  MessageTable &messages;
  ImplicitLocOpBuilder builder;
  LLVMTypeConverter converter;
  Value inputArray, outputArray;
  SmallVector<CheckedTensor> inputs, outputs;
};

} // namespace

LLVM::LLVMFuncOp WrapperBuilder::createFunction(bool progress) {
  auto pointer = LLVM::LLVMPointerType::get(body.getContext());
  SmallVector<Type> types(progress ? 4 : 2, pointer);
  auto type = LLVM::LLVMFunctionType::get(pointer, types);
  builder.setInsertionPoint(body);
  auto function = LLVM::LLVMFuncOp::create(
      builder, progress ? getProgressFunctionName(name) : name.str(), type);
  Block *entry = function.addEntryBlock(builder);
  inputArray = entry->getArgument(0);
  outputArray = entry->getArgument(1);
  builder.setInsertionPointToEnd(entry);
  return function;
}

void WrapperBuilder::checkInputs(ABIChecker &checker) {
  if (signature.inputs.empty())
    return;
  Value null = checker.isNull(inputArray);
  Value present = LLVM::XOrOp::create(builder, null, checker.constant(1, 1));
  checker.require(present, "inputs is NULL, expected " +
                               std::to_string(signature.inputs.size()) +
                               " tensors");
  for (auto [index, parameter] : llvm::enumerate(signature.inputs))
    inputs.push_back(checker.checkTensor(inputArray, true, index, parameter));
}

void WrapperBuilder::checkOutputs(ABIChecker &checker) {
  if (signature.outputs.empty())
    return;
  Value null = checker.isNull(outputArray);
  Value present = LLVM::XOrOp::create(builder, null, checker.constant(1, 1));
  checker.require(present, "outputs is NULL, expected " +
                               std::to_string(signature.outputs.size()) +
                               " tensors");
  for (auto [index, parameter] : llvm::enumerate(signature.outputs))
    outputs.push_back(
        checker.checkTensor(outputArray, false, index, parameter));
  for (auto [index, output] : llvm::enumerate(outputs)) {
    std::string text =
        describeParameter(false, index, signature.outputs[index]) +
        " overlaps ";
    StringRef cure = "; give it memory of its own";
    for (auto [other, input] : llvm::enumerate(inputs))
      checker.checkDisjoint(
          output, input,
          text + describeParameter(true, other, signature.inputs[other]) +
              cure.str());
    for (unsigned other = 0; other < index; ++other)
      checker.checkDisjoint(
          output, outputs[other],
          text + describeParameter(false, other, signature.outputs[other]) +
              cure.str());
  }
}

/// A memref over `data` with the identity layout.
Value WrapperBuilder::buildMemRef(Value data, ValueRange sizes,
                                  MemRefType type) {
  Location loc = builder.getLoc();
  auto descriptor =
      MemRefDescriptor::poison(builder, loc, converter.convertType(type));
  descriptor.setAllocatedPtr(builder, loc, data);
  descriptor.setAlignedPtr(builder, loc, data);
  descriptor.setConstantOffset(builder, loc, 0);
  Value stride =
      LLVM::ConstantOp::create(builder, builder.getI64IntegerAttr(1));
  for (int64_t dim = type.getRank() - 1; dim >= 0; --dim) {
    descriptor.setSize(builder, loc, dim, sizes[dim]);
    descriptor.setStride(builder, loc, dim, stride);
    stride = LLVM::MulOp::create(builder, stride, sizes[dim]);
  }
  return UnrealizedConversionCastOp::create(builder, type, Value(descriptor))
      .getResult(0);
}

/// What the body takes for a tensor: a memref, or the scalar that it holds.
Value WrapperBuilder::getArgument(const CheckedTensor &tensor,
                                  const Parameter &parameter, Type type) {
  if (auto memref = dyn_cast<MemRefType>(type))
    return buildMemRef(tensor.data, tensor.sizes, memref);
  if (type.isInteger(1)) {
    Value byte =
        LLVM::LoadOp::create(builder, builder.getI8Type(), tensor.data);
    Value zero = LLVM::ConstantOp::create(builder, builder.getI8IntegerAttr(0));
    return LLVM::ICmpOp::create(builder, LLVM::ICmpPredicate::ne, byte, zero);
  }
  Type stored = converter.convertType(type);
  Value value = LLVM::LoadOp::create(builder, stored, tensor.data);
  if (stored == type)
    return value;
  return UnrealizedConversionCastOp::create(builder, type, value).getResult(0);
}

void WrapperBuilder::build(bool progress) {
  LLVM::LLVMFuncOp function = createFunction(progress);
  inputs.clear();
  outputs.clear();
  ABIChecker checker(builder, messages, function);
  checkInputs(checker);
  checkOutputs(checker);
  SmallVector<Value> arguments;
  size_t numTensors = inputs.size() + outputs.size();
  for (auto [position, type] :
       llvm::enumerate(body.getArgumentTypes().take_front(numTensors))) {
    bool isInput = position < inputs.size();
    unsigned index = isInput ? position : position - inputs.size();
    arguments.push_back(getArgument(
        (isInput ? inputs : outputs)[index],
        (isInput ? signature.inputs : signature.outputs)[index], type));
  }
  // What is left is the function to report to, and its data.
  for (unsigned i = numTensors; i < body.getNumArguments(); ++i) {
    if (progress)
      arguments.push_back(function.getArgument(i - numTensors + 2));
    else
      arguments.push_back(
          LLVM::ZeroOp::create(builder, body.getArgumentTypes()[i]));
  }
  auto call = func::CallOp::create(builder, body, arguments);
  LLVM::ReturnOp::create(builder, call.getResults());
}

void WrapperBuilder::buildShape() {
  LLVM::LLVMFuncOp function = createFunction();
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
  Value room = LLVM::AllocaOp::create(
      builder, pointer, builder.getI64Type(),
      LLVM::ConstantOp::create(
          builder, builder.getI64IntegerAttr(signature.getNumOutputDims())));
  ABIChecker checker(builder, messages, function);
  checkInputs(checker);
  SmallVector<Value> arguments;
  for (auto [index, input] : llvm::enumerate(inputs))
    arguments.push_back(getArgument(input, signature.inputs[index],
                                    body.getArgumentTypes()[index]));
  auto sizesType = cast<MemRefType>(body.getArgumentTypes().back());
  arguments.push_back(buildMemRef(
      room, checker.constant(signature.getNumOutputDims()), sizesType));
  Value message = func::CallOp::create(builder, body, arguments).getResult(0);

  Block *good =
      builder.createBlock(&function.getBody(), function.getBody().end());
  Block *bad =
      builder.createBlock(&function.getBody(), function.getBody().end());
  builder.setInsertionPointToEnd(message.getParentBlock());
  LLVM::CondBrOp::create(builder, checker.isNull(message), good, bad);
  builder.setInsertionPointToEnd(bad);
  LLVM::ReturnOp::create(builder, message);
  builder.setInsertionPointToEnd(good);
  unsigned position = 0;
  for (auto [index, output] : llvm::enumerate(signature.outputs)) {
    if (output.getShape().empty())
      continue;
    Value tensor = checker.loadPointer(outputArray, index);
    Value shape = checker.loadField(tensor, offsetof(DLTensor, shape), pointer);
    for (unsigned dim = 0; dim < output.getShape().size(); ++dim) {
      Value size = checker.loadSize(room, position++);
      Value slot = LLVM::GEPOp::create(builder, pointer, builder.getI64Type(),
                                       shape, LLVM::GEPArg(int32_t(dim)));
      LLVM::StoreOp::create(builder, size, slot);
    }
  }
  LLVM::ReturnOp::create(builder,
                         LLVM::ZeroOp::create(builder, pointer).getResult());
}

namespace {

struct LowerABI : public whorl::impl::WhorlLowerABIBase<LowerABI> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    MessageTable messages(module);
    SymbolTable symbols(module);
    for (auto function :
         llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
      auto shapeOf =
          function->getAttrOfType<FlatSymbolRefAttr>("whorl.shape_of");
      if (!shapeOf && !function->hasAttr("whorl.abi"))
        continue;
      if (failed(lowerFunction(function, shapeOf, symbols, messages)))
        return signalPassFailure();
    }
    module.walk([](func::FuncOp function) {
      function->removeAttr("whorl.abi");
      function->removeAttr("whorl.shape_of");
    });
  }

  LogicalResult lowerFunction(func::FuncOp function, FlatSymbolRefAttr shapeOf,
                              SymbolTable &symbols, MessageTable &messages) {
    std::string name = function.getName().str();
    // A shape function has the signature of the function that it serves, which
    // may carry its new name already.
    func::FuncOp owner = function;
    if (shapeOf) {
      owner = symbols.lookup<func::FuncOp>(shapeOf.getValue());
      if (!owner)
        owner =
            symbols.lookup<func::FuncOp>((shapeOf.getValue() + ".body").str());
      if (!owner || !owner->hasAttr("whorl.abi"))
        return function.emitError("names a function without `whorl.abi`");
    }
    Signature signature = signatureFromAttr(
        name, owner->getAttrOfType<DictionaryAttr>("whorl.abi"));
    bool reports = reportsProgress(function);
    if (failed(lowerRequirements(function, messages)) ||
        (reports && failed(lowerProgress(function, messages))))
      return failure();
    // Nobody calls a public function, so no use needs to be renamed: a search
    // of the module for each function would take most of the compile time.
    symbols.remove(function);
    function.setName(name + ".body");
    symbols.insert(function);
    function.setPrivate();
    // Messages have the names now; the translation to LLVM IR knows no such
    // attribute and would warn of it.
    for (unsigned index = 0; index < function.getNumArguments(); ++index)
      function.removeArgAttr(index, "whorl.name");
    // Private alone means hidden from MLIR; C shall not see it, either.
    function->setAttr(
        "llvm.linkage",
        LLVM::LinkageAttr::get(function.getContext(), LLVM::Linkage::Internal));
    WrapperBuilder wrapper(function, name, signature, messages);
    if (shapeOf)
      wrapper.buildShape();
    else
      wrapper.build();
    if (reports && !shapeOf)
      wrapper.build(/*progress=*/true);
    return success();
  }
};

} // namespace
