//===- WhorlDialect.cpp - registration of the dialect ---------------------===//

#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/IR/StepSyntax.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "Whorl/IR/WhorlEnums.cpp.inc"

#include "Whorl/IR/WhorlDialect.cpp.inc"

#include "Whorl/IR/WhorlAttrInterfaces.cpp.inc"
#include "Whorl/IR/WhorlDiffusionInterfaces.cpp.inc"
#include "Whorl/IR/WhorlOpInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "Whorl/IR/WhorlAttrs.cpp.inc"

#define GET_OP_CLASSES
#include "Whorl/IR/WhorlOps.cpp.inc"

namespace {
/// Every op may be inlined: calls to private graph functions disappear before
/// anything else happens.
struct WhorlInlinerInterface : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final {
    return true;
  }
  bool isLegalToInline(Region *, Region *, bool, IRMapping &) const final {
    return true;
  }
};
} // namespace

void whorl::WhorlDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "Whorl/IR/WhorlOps.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "Whorl/IR/WhorlAttrs.cpp.inc"
      >();
  addInterfaces<WhorlInlinerInterface>();
}
