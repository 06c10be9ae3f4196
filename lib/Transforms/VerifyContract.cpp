//===- VerifyContract.cpp - what must hold after a stage ------------------===//
#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSwitch.h"

namespace whorl {
#define GEN_PASS_DEF_WHORLVERIFYCONTRACT
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

using namespace mlir;
using namespace whorl;

static LogicalResult checkGraph(Operation *op) {
  if (isa<CallOpInterface>(op))
    return op->emitOpError("is left after simplify: expected every call to be "
                           "inlined; remove recursion and calls to functions "
                           "without a body");
  if (auto function = dyn_cast<func::FuncOp>(op))
    if (function.isExternal())
      return op->emitOpError("has no body: expected a graph that needs no "
                             "external functions; define it in this file");
  return success();
}

static bool hasTensorArguments(Operation *op) {
  for (Region &region : op->getRegions())
    for (Block &block : region)
      if (llvm::any_of(block.getArgumentTypes(), llvm::IsaPred<TensorType>))
        return true;
  return false;
}

static LogicalResult checkBuffers(Operation *op) {
  auto isTensor = [](Type type) { return isa<TensorType>(type); };
  if (hasTensorArguments(op))
    return op->emitOpError("still takes tensors after bufferise");
  if (llvm::any_of(op->getOperandTypes(), isTensor) ||
      llvm::any_of(op->getResultTypes(), isTensor))
    return op->emitOpError("still works on tensors after bufferise");
  if (isa<DestinationOpInterface>(op) && op->getNumResults() != 0)
    return op->emitOpError(
        "has results after bufferise: expected `outs` alone");
  return success();
}

static LogicalResult checkPlan(Operation *op) {
  if (auto module = dyn_cast<ModuleOp>(op))
    if (!module->getParentOp() && !module->hasAttr("whorl.target"))
      return op->emitOpError("has no target after plan: expected the attribute "
                             "whorl.target; run whorl-set-target");
  if (auto attention = dyn_cast<AttentionOp>(op))
    if (!attention.getScheduleAttr())
      return op->emitOpError("has no schedule after plan; run whorl-plan");
  return checkGraph(op);
}

static LogicalResult checkLoops(Operation *op) {
  StringRef dialect = op->getName().getDialectNamespace();
  if (isa<RequireOp, ProgressOp>(op))
    return success();
  if (dialect == "whorl" || dialect == "linalg")
    return op->emitOpError("is left after lower");
  return checkBuffers(op);
}

static LogicalResult checkLLVM(Operation *op) {
  StringRef dialect = op->getName().getDialectNamespace();
  if (dialect == "llvm" || dialect == "omp" || isa<ModuleOp>(op))
    return success();
  return op->emitOpError("is left after finish: expected the LLVM and OpenMP "
                         "dialects alone");
}

namespace {

struct VerifyContract
    : public whorl::impl::WhorlVerifyContractBase<VerifyContract> {
  using Base::Base;

  void runOnOperation() override {
    LogicalResult (*check)(Operation *) =
        llvm::StringSwitch<LogicalResult (*)(Operation *)>(stage)
            .Cases({"simplify", "fuse"}, checkGraph)
            .Case("plan", checkPlan)
            .Case("bufferise", checkBuffers)
            .Case("lower", checkLoops)
            .Case("finish", checkLLVM)
            .Default(nullptr);
    if (!check) {
      getOperation().emitError()
          << "no stage is named '" << stage
          << "': expected simplify, fuse, plan, bufferise, lower or finish";
      return signalPassFailure();
    }
    // The first offender only: the rest tend to follow from it. Outer ops come
    // first; what lies in their regions often has no location of its own.
    WalkResult result =
        getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
          return failed(check(op)) ? WalkResult::interrupt()
                                   : WalkResult::advance();
        });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace
