//===- WhorlToCPU.cpp - lowering to vectors and loops ---------------------===//

#include "Whorl/Conversion/WhorlToCPU.h"
#include "AttentionKernel.h"
#include "FewRowsKernel.h"
#include "RowPasses.h"
#include "TargetVectors.h"
#include "TileRegisters.h"
#include "TokenSampler.h"
#include "UnmaskRows.h"
#include "Whorl/Target/CPUDescription.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/TypeSwitch.h"

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

static LogicalResult
emitBySchedule(AttentionOp op, CPUAttentionScheduleAttr schedule,
               OpBuilder &builder,
               std::optional<int64_t> mostQueries = std::nullopt) {
  if (failed(verifyTarget(op, schedule)))
    return failure();
  if (schedule.getDot() == DotForm::amx)
    TileRegisters::requestPermission(op);
  if (schedule.getRole() != LaneRole::features) {
    AttentionKernel(op, schedule, builder).emit();
    return success();
  }
  FewRowsKernel kernel(op, schedule, builder, mostQueries);
  if (failed(kernel.verify(schedule)))
    return failure();
  kernel.emit();
  return success();
}

/// Both forms, and a branch on the number of queries.
static LogicalResult emitByQueries(AttentionOp op,
                                   CPUScheduleByQueriesAttr schedule,
                                   OpBuilder &builder) {
  LoopBuilder b(op.getLoc(), builder);
  Value queries = getValueOrCreateConstantIndexOp(
      b, b.getLoc(), op.getMixedDim(b, op.getQuery(), AttentionOp::Dim::row));
  Value isFew = arith::CmpIOp::create(b, arith::CmpIPredicate::sle, queries,
                                      b.index(schedule.getMost()));
  auto branch = scf::IfOp::create(b, isFew, /*withElseRegion=*/true);
  OpBuilder few = branch.getThenBodyBuilder();
  OpBuilder many = branch.getElseBodyBuilder();
  if (failed(emitBySchedule(op, schedule.getFew(), few, schedule.getMost())))
    return failure();
  return emitBySchedule(op, schedule.getMany(), many);
}

static LogicalResult lowerAttention(AttentionOp op) {
  OpBuilder builder(op);
  if (auto schedule = llvm::dyn_cast_or_null<CPUAttentionScheduleAttr>(
          op.getScheduleAttr())) {
    if (failed(emitBySchedule(op, schedule, builder)))
      return failure();
  } else if (auto both = llvm::dyn_cast_or_null<CPUScheduleByQueriesAttr>(
                 op.getScheduleAttr())) {
    if (failed(emitByQueries(op, both, builder)))
      return failure();
  } else {
    return op.emitOpError(
        "expected a #whorl.cpu_schedule; run whorl-plan first");
  }
  op.erase();
  return success();
}

/// Rows one by one: into a row of the compute type, encoded, and out again.
static LogicalResult lowerEncodePosition(EncodePositionOp op) {
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

static LogicalResult lowerUnmask(UnmaskOp op) {
  OpBuilder builder(op);
  lowerUnmaskToLoops(op, builder);
  op.erase();
  return success();
}

static LogicalResult lowerSampleTokens(SampleTokensOp op) {
  OpBuilder builder(op);
  int64_t lanes = 8 * getVectorBytes(op) / op.getComputeType().getWidth();
  TokenSampler(op, builder, lanes).emit();
  op.erase();
  return success();
}

namespace {
struct WhorlToCPUPass : whorl::impl::WhorlToCPUBase<WhorlToCPUPass> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (isa<AttentionOp, EncodePositionOp, SampleTokensOp, UnmaskOp>(op))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      if (op->getNumResults() != 0) {
        op->emitOpError("is still on tensors; run whorl-bufferise first");
        return signalPassFailure();
      }
      LogicalResult result =
          llvm::TypeSwitch<Operation *, LogicalResult>(op)
              .Case([](AttentionOp op) { return lowerAttention(op); })
              .Case([](EncodePositionOp op) { return lowerEncodePosition(op); })
              .Case([](SampleTokensOp op) { return lowerSampleTokens(op); })
              .Case([](UnmaskOp op) { return lowerUnmask(op); });
      if (failed(result))
        return signalPassFailure();
    }
  }
};
} // namespace
