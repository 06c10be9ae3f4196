//===- PlanSchedules.cpp - a schedule for each op -------------------------===//
#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Transforms/Passes.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLPLAN
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

using namespace whorl;

using Dim = AttentionOp::Dim;

namespace {
/// MR x NR accumulators, NR vectors of queries and one broadcast must fit the
/// registers. More columns use a broadcast more often, more rows a query
/// vector; these are the best that fit.
struct RegisterTile {
  int64_t rows, columns;
};
} // namespace

static RegisterTile getRegisterTile(int64_t registers) {
  if (registers >= 32)
    return {8, 3};
  if (registers >= 16)
    return {6, 2};
  return {2, 2};
}

/// How many register tiles lie side by side: each reads the key block again
/// from the first-level cache, so that a wider tile reads memory less often.
/// The packed queries and the accumulators may take that cache: each pass over
/// a block touches one column group of them.
static int64_t getGroups(CPUTargetAttr target, AttentionOp op,
                         int64_t groupRows, int64_t elementBytes) {
  int64_t features = op.getStaticDim(op.getQuery(), Dim::feature);
  int64_t valueFeatures = op.getStaticDim(op.getValue(), Dim::feature);
  if (ShapedType::isDynamic(features))
    features = 64;
  if (ShapedType::isDynamic(valueFeatures))
    valueFeatures = features;
  int64_t bytesOfGroup = groupRows * (features + valueFeatures) * elementBytes;
  int64_t groups = std::max<int64_t>(1, target.getL1Bytes() /
                                            std::max<int64_t>(bytesOfGroup, 1));
  int64_t rows = op.getStaticDim(op.getQuery(), Dim::row);
  if (!ShapedType::isDynamic(rows))
    groups = std::min(groups, (rows + groupRows - 1) / groupRows);
  return std::clamp<int64_t>(groups, 1, 2);
}

static CPUAttentionScheduleAttr planAttention(CPUTargetAttr target,
                                              AttentionOp op) {
  int64_t elementBytes = op.getScoreType().getWidth() / 8;
  int64_t lanes = std::max<int64_t>(1, target.getVectorBytes() / elementBytes);
  RegisterTile tile = getRegisterTile(target.getVectorRegisters());
  int64_t groups = getGroups(target, op, lanes * tile.columns, elementBytes);
  // The block of scores takes a quarter of the first-level cache and more; keys
  // beyond what there are would be wasted.
  int64_t queryRows = lanes * tile.columns * groups;
  int64_t keyBlock = target.getL1Bytes() / 2 / (queryRows * elementBytes);
  keyBlock = std::clamp<int64_t>(keyBlock, 48, 240);
  keyBlock = std::max(tile.rows, keyBlock - keyBlock % tile.rows);
  return CPUAttentionScheduleAttr::get(
      op.getContext(), lanes, {tile.rows, tile.columns}, groups, keyBlock);
}

namespace {
struct PlanPass : whorl::impl::WhorlPlanBase<PlanPass> {
  void runOnOperation() override {
    auto target = getOperation()->getAttrOfType<CPUTargetAttr>("whorl.target");
    if (!target) {
      getOperation()->emitError("expected a target; run whorl-set-target, or "
                                "set whorl.target = #whorl.cpu_target<...>");
      return signalPassFailure();
    }
    getOperation()->walk([&](AttentionOp op) {
      if (!op.getScheduleAttr())
        op.setScheduleAttr(planAttention(target, op));
    });
  }
};
} // namespace
