//===- WhorlToCPU.cpp - lowering to vectors and loops ---------------------===//

#include "Whorl/Conversion/WhorlToCPU.h"
#include "AttentionKernel.h"
#include "FewRowsKernel.h"
#include "RowPasses.h"
#include "Whorl/Target/CPUDescription.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLTOCPU
#include "Whorl/Conversion/Passes.h.inc"
} // namespace whorl

using namespace whorl;

/// A schedule written by hand may ask for what the target lacks.
static LogicalResult verifyTarget(AttentionOp op,
                                  CPUAttentionScheduleAttr schedule) {
  if (schedule.getDot() == DotForm::fma)
    return success();
  CPUDescription target = getTargetDescription(op->getParentOfType<ModuleOp>());
  StringRef missing =
      target.findMissingFeature(schedule.getDot(), 32 * schedule.getLanes());
  if (missing.empty())
    return success();
  return op.emitOpError() << "has a schedule with dot = "
                          << stringifyDotForm(schedule.getDot())
                          << ", which needs " << missing << "; the target '"
                          << target.cpu
                          << "' lacks it: use dot = fma, or another --target";
}

static LogicalResult lowerAttention(AttentionOp op) {
  if (!op.isBufferized())
    return op.emitOpError("is still on tensors; run whorl-bufferise first");
  auto schedule =
      llvm::dyn_cast_or_null<CPUAttentionScheduleAttr>(op.getScheduleAttr());
  if (!schedule)
    return op.emitOpError(
        "expected a #whorl.cpu_schedule; run whorl-plan first");
  if (failed(verifyTarget(op, schedule)))
    return failure();
  if (schedule.getDot() == DotForm::amx)
    return op.emitOpError("has a schedule with dot = amx, which has no kernel "
                          "yet; use dot = bf16 or fma");
  OpBuilder builder(op);
  if (schedule.getRole() == LaneRole::features) {
    FewRowsKernel kernel(op, schedule, builder);
    if (failed(kernel.verify(schedule)))
      return failure();
    kernel.emit();
  } else {
    AttentionKernel(op, schedule, builder).emit();
  }
  op.erase();
  return success();
}

/// Rows one by one: into a row of the compute type, encoded, and out again.
static LogicalResult lowerEncodePosition(EncodePositionOp op) {
  if (!op.isBufferized())
    return op.emitOpError("is still on tensors; run whorl-bufferise first");
  OpBuilder builder(op);
  LoopBuilder b(op.getLoc(), builder);
  auto type = cast<MemRefType>(op.getInput().getType());
  Type compute = type.getElementType().isF64() ? Type(b.getF64Type())
                                               : Type(b.getF32Type());
  constexpr int64_t lanes = 8;
  unsigned last = type.getRank() - 1, rowDim = op.getRowDim();
  int64_t staticOffset = op.getStaticOffset().value_or(0);
  RowEncoder encoder{cast<PositionEncodingAttrInterface>(op.getEncoding()),
                     llvm::to_vector(op.getEncodingOperands()),
                     {op.getPositions(), op.getOffset(), staticOffset},
                     op.getRole(),
                     type.getDimSize(last),
                     op->getParentOfType<ModuleOp>()};
  Value batches = type.getRank() > 2 ? b.dim(op.getInput(), 0) : b.index(1);
  Value rows = b.dim(op.getInput(), rowDim);
  if (encoder.encoding.dependsOnLength())
    encoder.length = encoder.positions.buildLength(b, batches, rows);
  encoder.buildTable(b, batches, rows, compute, lanes);
  SmallVector<Value> bounds;
  for (unsigned i = 0; i < last; ++i)
    bounds.push_back(b.dim(op.getInput(), i));
  OpFoldResult dim = memref::getMixedSize(b, b.getLoc(), op.getInput(), last);
  b.parallel(bounds, [&](ValueRange ivs) {
    // Encodings ask for rows of static length, or of a static rotated part.
    bool isStatic = !type.isDynamicDim(last);
    Value row = isStatic
                    ? memref::AllocaOp::create(
                          b, MemRefType::get({type.getDimSize(last)}, compute),
                          b.getI64IntegerAttr(64))
                          .getResult()
                    : b.allocate(compute, {dim});
    auto at = [&](Value d) {
      SmallVector<Value> indices(ivs);
      indices.push_back(d);
      return indices;
    };
    forLanes(b, dim, lanes, [&](Value d, int64_t width) {
      storeLanes(b, loadLanes(b, op.getInput(), at(d), width, compute), row, d);
    });
    Value batch = type.getRank() > 2 ? ivs[0] : b.index(0);
    encoder.encode(b, row, batch, ivs[rowDim], lanes);
    forLanes(b, dim, lanes, [&](Value d, int64_t width) {
      storeLanes(b, loadLanes(b, row, d, width, compute), op.getOuts(), at(d));
    });
    if (!isStatic)
      b.free(row);
  });
  b.free(encoder.table);
  op.erase();
  return success();
}

namespace {
struct WhorlToCPUPass : whorl::impl::WhorlToCPUBase<WhorlToCPUPass> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (isa<AttentionOp, EncodePositionOp>(op))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      LogicalResult result =
          isa<AttentionOp>(op)
              ? lowerAttention(cast<AttentionOp>(op))
              : lowerEncodePosition(cast<EncodePositionOp>(op));
      if (failed(result))
        return signalPassFailure();
    }
  }
};
} // namespace
