//===- DestinationFunctions.cpp - results become arguments ----------------===//
#include "SizeResolution.h"
#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Transforms/Passes.h"
#include "Whorl/Transforms/Signature.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace whorl {
#define GEN_PASS_DEF_WHORLDESTINATIONFUNCTIONS
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

using namespace mlir;
using namespace whorl;

namespace {

/// Rewrites one public function.
class FunctionRewriter {
public:
  FunctionRewriter(func::FuncOp function, Signature signature)
      : function(function), signature(std::move(signature)),
        terminator(cast<func::ReturnOp>(function.front().getTerminator())),
        builder(function.getContext()) {}

  LogicalResult run();

private:
  LogicalResult computeSizes();
  void createShapeFunction();
  void addDestinations();
  void requireSizes(unsigned output, Value destination);
  void markInputs(func::FuncOp target);

  func::FuncOp function;
  Signature signature;
  func::ReturnOp terminator;
  OpBuilder builder;
  /// The dynamic sizes of outputs, by (output, dim), in terms of arguments.
  DenseMap<std::pair<unsigned, int64_t>, Value> sizes;
};

} // namespace

/// Fills `sizes` at the head of the function, or says which output's size the
/// arguments do not imply.
LogicalResult FunctionRewriter::computeSizes() {
  // The sizes are operands of the return meanwhile, so that rewriting keeps
  // them; nothing verifies in between.
  unsigned numResults = terminator.getNumOperands();
  SmallVector<std::pair<unsigned, int64_t>> dims;
  builder.setInsertionPoint(terminator);
  for (unsigned output = 0; output < numResults; ++output) {
    ArrayRef<int64_t> shape = signature.outputs[output].getShape();
    for (auto [dim, size] : llvm::enumerate(shape)) {
      if (!ShapedType::isDynamic(size))
        continue;
      dims.push_back({output, dim});
      Value value = tensor::DimOp::create(builder, terminator.getLoc(),
                                          terminator.getOperand(output), dim);
      terminator->insertOperands(terminator.getNumOperands(), value);
    }
  }
  if (dims.empty())
    return success();
  if (failed(resolveSizes(function)))
    return failure();
  SmallVector<Value> values =
      llvm::to_vector(terminator.getOperands().drop_front(numResults));
  terminator->eraseOperands(numResults, values.size());
  builder.setInsertionPointToStart(&function.front());
  IRMapping mapping;
  for (auto [position, value] : llvm::zip_equal(dims, values)) {
    FailureOr<Value> size = recompute(value, builder, mapping);
    if (failed(size))
      return terminator.emitError()
             << "dimension " << position.second << " of result "
             << position.first << " of '" << function.getName()
             << "' depends on more than the sizes of the arguments; callers "
                "cannot allocate it: make the dimension static";
    sizes[position] = *size;
  }
  return success();
}

/// Inputs belong to the caller: bufferisation must not write to them, and no
/// output overlaps them.
void FunctionRewriter::markInputs(func::FuncOp target) {
  for (auto [index, type] : llvm::enumerate(target.getArgumentTypes())) {
    if (isa<TensorType>(type))
      target.setArgAttr(index,
                        bufferization::BufferizationDialect::kWritableAttrName,
                        builder.getBoolAttr(false));
    if (isa<TensorType, MemRefType>(type))
      target.setArgAttr(index, LLVM::LLVMDialect::getNoAliasAttrName(),
                        builder.getUnitAttr());
  }
}

/// A function of the inputs that stores all sizes of all outputs to its last
/// argument. Size conditions go with it.
void FunctionRewriter::createShapeFunction() {
  if (!signature.hasDynamicOutputs())
    return;
  Location loc = function.getLoc();
  SmallVector<Type> types = llvm::to_vector(function.getArgumentTypes());
  types.push_back(
      MemRefType::get({signature.getNumOutputDims()}, builder.getIndexType()));
  builder.setInsertionPointAfter(function);
  auto shape = func::FuncOp::create(builder, loc,
                                    getShapeFunctionName(function.getName()),
                                    builder.getFunctionType(types, {}));
  shape->setAttr("whorl.shape_of",
                 FlatSymbolRefAttr::get(function.getNameAttr()));
  Block *entry = shape.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  IRMapping mapping;
  mapping.map(function.getArguments(),
              entry->getArguments().drop_back().take_front(types.size() - 1));
  // What stands before the last condition or size, as far as it is needed.
  auto copy = [&](Value value) -> Value {
    FailureOr<Value> result = recompute(value, builder, mapping);
    assert(succeeded(result) && "was recomputed before");
    return *result;
  };
  for (auto requirement : function.front().getOps<RequireOp>())
    RequireOp::create(builder, requirement.getLoc(),
                      copy(requirement.getCondition()),
                      requirement.getMessageAttr());
  int64_t position = 0;
  for (auto [output, parameter] : llvm::enumerate(signature.outputs))
    for (auto [dim, size] : llvm::enumerate(parameter.getShape())) {
      Value value =
          ShapedType::isDynamic(size)
              ? copy(sizes[{unsigned(output), int64_t(dim)}])
              : arith::ConstantIndexOp::create(builder, loc, size).getResult();
      Value index =
          arith::ConstantIndexOp::create(builder, loc, position++).getResult();
      memref::StoreOp::create(builder, loc, value, entry->getArguments().back(),
                              index);
    }
  func::ReturnOp::create(builder, loc);
  markInputs(shape);
}

/// The sizes of `destination` must be those of the result that it receives.
void FunctionRewriter::requireSizes(unsigned output, Value destination) {
  const Parameter &parameter = signature.outputs[output];
  Location loc = function.getLoc();
  for (auto [dim, size] : llvm::enumerate(parameter.getShape())) {
    if (!ShapedType::isDynamic(size))
      continue;
    Value expected = sizes[{output, int64_t(dim)}];
    Value actual = memref::DimOp::create(builder, loc, destination, dim);
    Value equal = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                        actual, expected);
    std::string message = describeParameter(false, output, parameter) +
                          ": dimension " + std::to_string(dim) + " must be ";
    auto source = expected.getDefiningOp<tensor::DimOp>();
    auto argument =
        source ? dyn_cast<BlockArgument>(source.getSource()) : BlockArgument();
    if (argument && source.getConstantIndex()) {
      unsigned index = argument.getArgNumber();
      message += "dimension " + std::to_string(*source.getConstantIndex()) +
                 " of " +
                 describeParameter(true, index, signature.inputs[index]);
    } else {
      message += "the one that " + getShapeFunctionName(signature.function) +
                 " computes";
    }
    RequireOp::create(builder, loc, equal, builder.getStringAttr(message));
  }
}

void FunctionRewriter::addDestinations() {
  // The conditions on outputs follow what computes the sizes.
  Operation *anchor = &function.front().front();
  for (auto [position, size] : sizes)
    if (Operation *op = size.getDefiningOp())
      if (anchor->isBeforeInBlock(op))
        anchor = op;
  bool anchored = llvm::any_of(sizes, [&](auto &entry) {
    return entry.second.getDefiningOp() == anchor;
  });

  Location loc = function.getLoc();
  for (auto [output, parameter] : llvm::enumerate(signature.outputs)) {
    auto type =
        MemRefType::get(parameter.getShape(), parameter.getElementType());
    (void)function.insertArgument(function.getNumArguments(), type, {}, loc);
    Value destination = function.getArguments().back();
    if (anchored)
      builder.setInsertionPointAfter(anchor);
    else
      builder.setInsertionPoint(anchor);
    requireSizes(output, destination);
    builder.setInsertionPoint(terminator);
    Value value = terminator.getOperand(output);
    if (parameter.isScalar())
      memref::StoreOp::create(builder, loc, value, destination);
    else
      bufferization::MaterializeInDestinationOp::create(
          builder, loc, /*result=*/Type(), value, destination,
          /*restrict=*/true, /*writable=*/true);
  }
  terminator->eraseOperands(0, terminator.getNumOperands());
  BitVector results(function.getNumResults(), true);
  (void)function.eraseResults(results);
}

LogicalResult FunctionRewriter::run() {
  if (failed(computeSizes()))
    return failure();
  function->setAttr("whorl.abi", toAttr(signature, builder.getContext()));
  createShapeFunction();
  addDestinations();
  markInputs(function);
  return success();
}

namespace {

struct DestinationFunctions
    : public whorl::impl::WhorlDestinationFunctionsBase<DestinationFunctions> {
  using Base::Base;

  void runOnOperation() override {
    for (auto function :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      if (!function.isPublic() || function->hasAttr("whorl.abi") ||
          function->hasAttr("whorl.shape_of"))
        continue;
      if (!llvm::hasSingleElement(function.getBody())) {
        function.emitError("has several blocks or none: expected a graph with "
                           "structured control flow (scf) only");
        return signalPassFailure();
      }
      FailureOr<Signature> signature = getSignature(function);
      if (failed(signature) ||
          failed(FunctionRewriter(function, *signature).run()))
        return signalPassFailure();
    }
  }
};

} // namespace
