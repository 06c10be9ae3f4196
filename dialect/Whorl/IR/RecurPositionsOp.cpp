//===- RecurPositionsOp.cpp - whorl.recur_positions -----------------------===//

#include "Whorl/IR/WhorlDialect.h"

using namespace mlir;
using namespace whorl;

LogicalResult RecurPositionsOp::verify() {
  auto first = cast<RankedTensorType>(getFirst().getType());
  auto result = cast<RankedTensorType>(getResult().getType());
  Type element = first.getElementType();
  if (first.getRank() != 1 || first.isDynamicDim(0) ||
      (!element.isF32() && !element.isF64()))
    return emitOpError()
           << "(C1) expected as first a tensor [D] of f32 or f64 with a static "
              "D, got "
           << first;
  if (result.getRank() != 2 || result.getElementType() != element ||
      result.getDimSize(1) != first.getDimSize(0))
    return emitOpError() << "(C2) expected a result [N, " << first.getDimSize(0)
                         << "] of " << element << ", got " << result;
  if (result.isDynamicDim(0) != static_cast<bool>(getRows()))
    return emitOpError() << "(C2) expected rows(...) "
                         << (getRows() ? "only " : "")
                         << "where the number of rows is dynamic, got result "
                         << result;
  if (!getStep().isFinite() || !(getStep().convertToDouble() > 0.0) ||
      static_cast<int64_t>(getSubsteps()) < 1)
    return emitOpError()
           << "(C4) expected a finite step > 0 and substeps >= 1, "
              "got "
           << getStep().convertToDouble() << " and "
           << static_cast<int64_t>(getSubsteps());
  if (getIntegrator() == Integrator::none &&
      (getStep().convertToDouble() != 1.0 || getSubsteps() != 1))
    return emitOpError() << "(C4) expected neither step nor substeps without "
                            "an integrator; add e.g. integrator rk4";
  return success();
}

LogicalResult RecurPositionsOp::verifyRegions() {
  Type first = getFirst().getType();
  SmallVector<Type> expected = {cast<ShapedType>(first).getElementType(),
                                first};
  if (!getBody().hasOneBlock())
    return emitOpError() << "(C3) expected a region of one block, got "
                         << getBody().getBlocks().size();
  Block &block = getBody().front();
  if (block.getArgumentTypes() != TypeRange(expected))
    return emitOpError() << "(C3) expected a region on (" << expected
                         << "), got (" << block.getArgumentTypes() << ")";
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield || yield.getResults().getTypes() != TypeRange(first))
    return emitOpError() << "(C3) expected the region to yield one " << first;
  for (Operation &nested : block.without_terminator())
    if (!isMemoryEffectFree(&nested))
      return emitOpError() << "(C3) expected a region without side effects, '"
                           << nested.getName() << "' has some";
  return success();
}
