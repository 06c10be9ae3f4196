//===- WhorlDialect.cpp - registration of the dialect ---------------------===//

#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/IR/StepSyntax.h"
#include "Whorl/IR/TokenSyntax.h"
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
#include "Whorl/IR/WhorlRandomInterfaces.cpp.inc"
#include "Whorl/IR/WhorlRotaryInterfaces.cpp.inc"
#include "Whorl/IR/WhorlTokenInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "Whorl/IR/WhorlAttrs.cpp.inc"

// `: input`, and `-> result` where the result has another type than a tensor
// input, which the verifier refuses.
static ParseResult parseRowTypes(OpAsmParser &parser, Type &input,
                                 Type &result) {
  if (parser.parseType(input))
    return failure();
  if (succeeded(parser.parseOptionalArrow()))
    return parser.parseType(result);
  if (isa<TensorType>(input))
    result = input;
  return success();
}

static void printRowTypes(OpAsmPrinter &printer, Operation *, Type input,
                          Type result) {
  printer << input;
  if (result && result != input)
    printer << " -> " << result;
}

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

// MLIR's parser takes a colon after an attribute as the start of the
// attribute's type. Our attributes have none: in `mask #whorl.causal :
// (tensor<...>, ...)` the type is the op's. So a function type is handed back
// beside the attribute, as [attribute, type], and the op's parser takes it from
// there.
Attribute whorl::WhorlDialect::parseAttribute(DialectAsmParser &parser,
                                              Type type) const {
  SMLoc loc = parser.getCurrentLocation();
  StringRef mnemonic;
  Attribute attribute;
  OptionalParseResult result =
      generatedAttributeParser(parser, &mnemonic, /*type=*/{}, attribute);
  if (!result.has_value()) {
    parser.emitError(loc) << "unknown attribute `" << mnemonic
                          << "` in dialect `" << getNamespace() << "`";
    return {};
  }
  if (failed(*result))
    return {};
  if (!type)
    return attribute;
  if (isa<FunctionType>(type))
    return ArrayAttr::get(getContext(), {attribute, TypeAttr::get(type)});
  parser.emitError(loc) << "expected no type after an attribute of whorl, got "
                        << type;
  return {};
}

void whorl::WhorlDialect::printAttribute(Attribute attribute,
                                         DialectAsmPrinter &printer) const {
  (void)generatedAttributePrinter(attribute, printer);
}
