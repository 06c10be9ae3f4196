//===- TargetVectors.cpp - the vectors of the target ----------------------===//

#include "TargetVectors.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;

int64_t whorl::getVectorBytes(Operation *op) {
  auto module = dyn_cast<ModuleOp>(op);
  if (!module)
    module = op->getParentOfType<ModuleOp>();
  if (module)
    if (auto target = module->getAttrOfType<CPUTargetAttr>("whorl.target"))
      return target.getVectorBytes();
  return 16;
}
