//===- AddDestinations.cpp - gives each op on tensors its outs ------------===//

#include "Whorl/Bufferization/Bufferization.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_ADDDESTINATIONS
#include "Whorl/Bufferization/Passes.h.inc"
} // namespace whorl

using namespace whorl;

static LogicalResult addDestinations(DestinationOpInterface op) {
  if (op->getNumResults() == 0 || !op.getDestinationsMutable().empty())
    return success();
  OpBuilder builder(op);
  ReifiedRankedShapedTypeDims shapes;
  if (failed(reifyResultShapes(builder, op, shapes)))
    return op->emitOpError("cannot tell the shape of its results");
  SmallVector<Value> destinations;
  for (auto [result, shape] : llvm::zip_equal(op->getResults(), shapes)) {
    auto type = cast<RankedTensorType>(result.getType());
    Value empty = tensor::EmptyOp::create(builder, op->getLoc(), shape,
                                          type.getElementType());
    // The shape may be known better, or worse, than the result's type says.
    if (empty.getType() != type)
      empty = tensor::CastOp::create(builder, op->getLoc(), type, empty);
    destinations.push_back(empty);
  }
  op.getDestinationsMutable().assign(destinations);
  return success();
}

namespace {
struct AddDestinationsPass
    : whorl::impl::AddDestinationsBase<AddDestinationsPass> {
  void runOnOperation() override {
    WalkResult result =
        getOperation()->walk([](DestinationOpInterface op) -> WalkResult {
          return addDestinations(op);
        });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
