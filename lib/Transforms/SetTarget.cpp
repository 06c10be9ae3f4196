//===- SetTarget.cpp - attaches the description of the CPU ----------------===//
#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Target/CPUDescription.h"
#include "Whorl/Transforms/Passes.h"

namespace whorl {
#define GEN_PASS_DEF_WHORLSETTARGET
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

using namespace mlir;

namespace {

struct SetTarget : public whorl::impl::WhorlSetTargetBase<SetTarget> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (module->hasAttrOfType<whorl::CPUTargetAttr>("whorl.target"))
      return;
    llvm::Expected<whorl::CPUDescription> description =
        whorl::describeCPU(target);
    if (!description) {
      module.emitError() << llvm::toString(description.takeError());
      return signalPassFailure();
    }
    module->setAttr("whorl.target", description->toAttr(&getContext()));
  }
};

} // namespace
