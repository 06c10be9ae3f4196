//===- ElementwiseAnalysis.cpp - which linalg ops are one pass ------------===//

#include "ElementwiseAnalysis.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace whorl;

/// The result of `map` that is loop `loop`, if any.
static std::optional<unsigned> findLoop(AffineMap map, unsigned loop) {
  for (auto [i, result] : llvm::enumerate(map.getResults()))
    if (auto dim = dyn_cast<AffineDimExpr>(result))
      if (dim.getPosition() == loop)
        return i;
  return std::nullopt;
}

static bool selectsLoops(AffineMap map) {
  llvm::SmallDenseSet<unsigned> seen;
  return llvm::all_of(map.getResults(), [&](AffineExpr result) {
    if (auto dim = dyn_cast<AffineDimExpr>(result))
      return seen.insert(dim.getPosition()).second;
    return isa<AffineConstantExpr>(result);
  });
}

/// Whether a vector load reads what single loads would: i1 lies in bytes.
static bool isLoadableAsVector(Type element) {
  return element.isIndex() ||
         (element.isIntOrFloat() && element.getIntOrFloatBitWidth() % 8 == 0);
}

static LaneAccess getAccess(Type type, AffineMap map, unsigned vectorLoop) {
  std::optional<unsigned> position = findLoop(map, vectorLoop);
  if (!position)
    return LaneAccess::uniform;
  auto memref = cast<MemRefType>(type);
  SmallVector<int64_t> strides;
  int64_t offset;
  bool isInnermost = *position + 1 == map.getNumResults();
  if (isInnermost && isLoadableAsVector(memref.getElementType()) &&
      succeeded(memref.getStridesAndOffset(strides, offset)) &&
      strides.back() == 1)
    return LaneAccess::contiguous;
  return LaneAccess::strided;
}

/// Vectors as wide as the machine's for the widest type of the body; several of
/// them at once where the body is short, to hide latencies.
static int64_t getLanes(linalg::GenericOp op, int64_t vectorBytes) {
  unsigned bits = 8, size = 0;
  bool hasMath = false, isRandom = false;
  auto note = [&](Type type) {
    if (type.isIntOrFloat())
      bits = std::max(bits, type.getIntOrFloatBitWidth());
  };
  for (BlockArgument argument : op.getBody()->getArguments())
    note(argument.getType());
  for (Operation &inner : op.getBody()->without_terminator()) {
    ++size;
    hasMath |= isa<math::MathDialect>(inner.getDialect());
    isRandom |= isa<RandomBitsOp>(inner);
    llvm::for_each(inner.getResultTypes(), note);
  }
  int64_t lanes = std::max<int64_t>(vectorBytes * 8 / bits, 1);
  // A block of a generator serves four elements, and two vectors of blocks hide
  // the latency of its rounds.
  return isRandom || (!hasMath && size <= 16) ? 4 * lanes : lanes;
}

FailureOr<ElementwisePlan> whorl::planElementwise(linalg::GenericOp op,
                                                  int64_t vectorBytes) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  if (op.getNumLoops() == 0 || !llvm::all_of(maps, selectsLoops))
    return failure();
  ElementwisePlan plan;
  plan.vectorLoop = op.getNumLoops() - 1;
  AffineMap outputMap = maps.back();
  if (outputMap.getNumResults() == 0)
    return failure();
  if (auto dim = dyn_cast<AffineDimExpr>(outputMap.getResults().back()))
    plan.vectorLoop = dim.getPosition();
  for (auto [operand, map] : llvm::zip_equal(op->getOpOperands(), maps)) {
    Type type = operand.get().getType();
    LaneAccess access = isa<MemRefType>(type)
                            ? getAccess(type, map, plan.vectorLoop)
                            : LaneAccess::uniform;
    if (!op.isDpsInput(&operand) && access != LaneAccess::contiguous)
      return failure();
    plan.accesses.push_back(access);
  }
  plan.lanes = getLanes(op, vectorBytes);
  return plan;
}

/// Whether loops `loop` and `loop + 1` walk through an operand as one.
static bool areOneLoop(Type type, AffineMap map, unsigned loop) {
  std::optional<unsigned> outer = findLoop(map, loop);
  std::optional<unsigned> inner = findLoop(map, loop + 1);
  if (!outer && !inner)
    return true;
  if (!outer || !inner || *inner != *outer + 1)
    return false;
  auto memref = cast<MemRefType>(type);
  SmallVector<ReassociationIndices> groups;
  for (int64_t i = 0; i < memref.getRank(); ++i) {
    if (i == static_cast<int64_t>(*inner))
      groups.back().push_back(i);
    else
      groups.push_back({i});
  }
  return memref::CollapseShapeOp::isGuaranteedCollapsible(memref, groups);
}

SmallVector<ReassociationIndices>
whorl::getMergeableLoops(linalg::GenericOp op) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<ReassociationIndices> groups;
  for (unsigned loop = 0; loop < op.getNumLoops(); ++loop) {
    auto joinsPrevious = [&](auto pair) {
      auto [operand, map] = pair;
      return areOneLoop(operand.getType(), map, loop - 1);
    };
    if (loop > 0 &&
        llvm::all_of(llvm::zip_equal(op->getOperands(), maps), joinsPrevious))
      groups.back().push_back(loop);
    else
      groups.push_back({loop});
  }
  return groups;
}
