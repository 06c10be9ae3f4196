//===- ReuseLoopState.cpp - loops update their state in place -------------===//

#include "Whorl/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLREUSELOOPSTATE
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

/// Whether `op` reads `state` element by element where it writes `output`.
static bool readsInStep(linalg::GenericOp op, Value state, OpOperand *output) {
  return llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *input) {
    return input->get() == state &&
           state.getType() == output->get().getType() &&
           op.getMatchingIndexingMap(input) ==
               op.getMatchingIndexingMap(output);
  });
}

/// Whether `op` stands in the loop of which `state` is an argument, not deeper
/// than in branches.
static bool runsOncePerTrip(Operation *op, Value state) {
  Operation *parent = op;
  while (parent && parent->getParentRegion() != state.getParentRegion()) {
    parent = parent->getParentOp();
    if (!isa_and_nonnull<scf::IfOp>(parent))
      return false;
  }
  return parent;
}

/// Makes `state` the destination of the op that computes its next value, in
/// each branch that does.
static void reuseState(Value state, Value next) {
  if (auto branch = next.getDefiningOp<scf::IfOp>()) {
    unsigned index = cast<OpResult>(next).getResultNumber();
    reuseState(state, branch.thenYield().getOperand(index));
    reuseState(state, branch.elseYield().getOperand(index));
    return;
  }
  auto op = next.getDefiningOp<linalg::GenericOp>();
  if (!op || op.getNumParallelLoops() != op.getNumLoops() ||
      !runsOncePerTrip(op, state))
    return;
  OpOperand *output =
      op.getDpsInitOperand(cast<OpResult>(next).getResultNumber());
  bool isNew = output->get().getDefiningOp<tensor::EmptyOp>() != nullptr;
  if (isNew && !op.payloadUsesValueFromOperand(output) &&
      readsInStep(op, state, output))
    output->set(state);
}

namespace {
struct ReuseLoopStatePass
    : whorl::impl::WhorlReuseLoopStateBase<ReuseLoopStatePass> {
  void runOnOperation() override {
    getOperation()->walk([](scf::ForOp loop) {
      for (auto [state, next] :
           llvm::zip_equal(loop.getRegionIterArgs(), loop.getYieldedValues()))
        reuseState(state, next);
    });
  }
};
} // namespace
