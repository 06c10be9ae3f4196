//===- SequentialLoops.cpp - parallel loops that no team runs -------------===//
#include "Whorl/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Transforms.h"
#include "mlir/IR/PatternMatch.h"

namespace whorl {
#define GEN_PASS_DEF_WHORLSEQUENTIALLOOPS
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

using namespace mlir;

/// The body of a parallel loop frees what it allocates on the stack after each
/// iteration; that of a plain loop does not. One allocation serves them all.
static void hoistAllocas(scf::ParallelOp loop) {
  for (Operation &op : llvm::make_early_inc_range(*loop.getBody()))
    if (auto alloca = dyn_cast<memref::AllocaOp>(op))
      if (alloca.getDynamicSizes().empty())
        alloca->moveBefore(loop);
}

namespace {

struct SequentialLoops
    : public whorl::impl::WhorlSequentialLoopsBase<SequentialLoops> {
  using Base::Base;

  void runOnOperation() override {
    // Innermost first, so that the loops around stay valid.
    SmallVector<scf::ParallelOp> loops;
    getOperation()->walk([&](scf::ParallelOp loop) {
      if (all || loop->getParentOfType<scf::ParallelOp>())
        loops.push_back(loop);
    });
    IRRewriter rewriter(&getContext());
    for (scf::ParallelOp loop : loops) {
      hoistAllocas(loop);
      rewriter.setInsertionPoint(loop);
      if (failed(scf::parallelForToNestedFors(rewriter, loop))) {
        loop.emitError("cannot become a sequential loop");
        return signalPassFailure();
      }
    }
  }
};

} // namespace
