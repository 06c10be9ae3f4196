//===- BufferizationModels.cpp - one-shot bufferisation of our ops --------===//
//
// One model serves every op with destinations: inputs are read, destinations
// are written and become the results' buffers, regions move along.
//
//===----------------------------------------------------------------------===//

#include "Whorl/Bufferization/Bufferization.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace whorl;

static bool isDestination(Operation *op, OpOperand &operand) {
  return cast<DestinationOpInterface>(op).isDestination(operand);
}

namespace {
template <typename Op>
struct DestinationModel
    : BufferizableOpInterface::ExternalModel<DestinationModel<Op>, Op> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &) const {
    return !isDestination(op, operand);
  }

  bool bufferizesToMemoryWrite(Operation *op, OpOperand &operand,
                               const AnalysisState &) const {
    return isDestination(op, operand);
  }

  AliasingValueList getAliasingValues(Operation *op, OpOperand &operand,
                                      const AnalysisState &) const {
    MutableOperandRange range =
        cast<DestinationOpInterface>(op).getDestinationsMutable();
    for (auto [i, destination] : llvm::enumerate(range))
      if (&destination == &operand)
        return {{op->getResult(i), BufferRelation::Equivalent}};
    return {};
  }

  // An element of a step depends on no other: it may be made in place.
  bool bufferizesToElementwiseAccess(Operation *, const AnalysisState &,
                                     ArrayRef<OpOperand *>) const {
    return std::is_same_v<Op, StepOp>;
  }

  // A region runs once per score: what it captures must not change meanwhile.
  bool isRepetitiveRegion(Operation *, unsigned) const { return true; }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    if (op->getNumResults() != 0 &&
        cast<DestinationOpInterface>(op).getDestinationsMutable().empty())
      return op->emitOpError("has no outs; run whorl-add-destinations first");
    SmallVector<Value> buffers, results;
    for (OpOperand &operand : op->getOpOperands()) {
      if (!isa<TensorType>(operand.get().getType())) {
        buffers.push_back(operand.get());
        continue;
      }
      FailureOr<Value> buffer =
          getBuffer(rewriter, operand.get(), options, state);
      if (failed(buffer))
        return failure();
      buffers.push_back(*buffer);
      if (isDestination(op, operand))
        results.push_back(*buffer);
    }
    OperationState newState(op->getLoc(), op->getName(), buffers, TypeRange{},
                            llvm::to_vector(op->getDiscardableAttrs()));
    newState.propertiesAttr = op->getPropertiesAsAttribute();
    for (unsigned i = 0; i < op->getNumRegions(); ++i)
      newState.addRegion();
    Operation *newOp = rewriter.create(newState);
    for (auto [from, to] :
         llvm::zip_equal(op->getRegions(), newOp->getRegions()))
      rewriter.inlineRegionBefore(from, to, to.end());
    replaceOpWithBufferizedValues(rewriter, op, results);
    return success();
  }
};
} // namespace

void whorl::registerBufferizationModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, WhorlDialect *) {
    AttentionOp::attachInterface<DestinationModel<AttentionOp>>(*context);
    EncodePositionOp::attachInterface<DestinationModel<EncodePositionOp>>(
        *context);
    SampleTokensOp::attachInterface<DestinationModel<SampleTokensOp>>(*context);
    StepOp::attachInterface<DestinationModel<StepOp>>(*context);
    UnmaskOp::attachInterface<DestinationModel<UnmaskOp>>(*context);
    RandomOp::attachInterface<DestinationModel<RandomOp>>(*context);
    GuidanceOp::attachInterface<DestinationModel<GuidanceOp>>(*context);
    AddNoiseOp::attachInterface<DestinationModel<AddNoiseOp>>(*context);
    PreconditionOp::attachInterface<DestinationModel<PreconditionOp>>(*context);
  });
}
