//===- LowerAllocaScopes.cpp - scopes of stack memory become save, restore ===//

#include "Whorl/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLLOWERALLOCASCOPES
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

static void lowerScope(memref::AllocaScopeOp scope, IRRewriter &rewriter) {
  Block *body = &scope.getBodyRegion().front();
  Operation *terminator = body->getTerminator();
  bool allocates = false;
  scope.walk([&](memref::AllocaOp) { allocates = true; });
  if (allocates) {
    Type pointer = LLVM::LLVMPointerType::get(rewriter.getContext());
    rewriter.setInsertionPoint(scope);
    Value saved = LLVM::StackSaveOp::create(rewriter, scope.getLoc(), pointer);
    rewriter.setInsertionPoint(terminator);
    LLVM::StackRestoreOp::create(rewriter, scope.getLoc(), saved);
  }
  SmallVector<Value> results(terminator->getOperands());
  rewriter.eraseOp(terminator);
  rewriter.inlineBlockBefore(body, scope);
  rewriter.replaceOp(scope, results);
}

namespace {
struct LowerAllocaScopesPass
    : whorl::impl::WhorlLowerAllocaScopesBase<LowerAllocaScopesPass> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<memref::AllocaScopeOp> scopes;
    getOperation()->walk(
        [&](memref::AllocaScopeOp scope) { scopes.push_back(scope); });
    for (memref::AllocaScopeOp scope : scopes)
      lowerScope(scope, rewriter);
  }
};
} // namespace
