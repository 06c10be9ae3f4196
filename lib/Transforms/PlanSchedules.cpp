//===- PlanSchedules.cpp - a schedule for each op -------------------------===//
#include "Whorl/Analysis/MaskAnalysis.h"
#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Transforms/Passes.h"
#include "Whorl/Transforms/ScheduleFile.h"
#include "Whorl/Transforms/Schedules.h"
#include "Whorl/Utils/AttentionScalars.h"
#include "mlir/IR/BuiltinOps.h"
#include <limits>
#include <numeric>

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

/// The query rows of all heads that share keys, of at most 64 heads (a product
/// of more may overflow). None where a size is unknown or 0.
static std::optional<int64_t> countSharedRows(AttentionOp op) {
  int64_t heads = op.getStaticDim(op.getQuery(), Dim::head);
  int64_t keyHeads = op.getStaticDim(op.getKey(), Dim::head);
  int64_t queries = op.getStaticDim(op.getQuery(), Dim::row);
  for (int64_t size : {heads, keyHeads, queries})
    if (ShapedType::isDynamic(size) || size == 0)
      return std::nullopt;
  constexpr int64_t most = std::numeric_limits<int64_t>::max();
  int64_t sharing = std::min<int64_t>(heads / keyHeads, 64);
  return sharing > 0 && queries > most / sharing ? most : sharing * queries;
}

/// So many rows that share keys have features along the lanes.
static constexpr int64_t kMostFewRows = 8;

/// For `rows` rows that share keys: features along the lanes. None where the
/// shapes do not allow it.
static CPUAttentionScheduleAttr
planFewRows(CPUTargetAttr target, AttentionOp op, std::optional<int64_t> rows) {
  int64_t features = op.getStaticDim(op.getQuery(), Dim::feature);
  int64_t valueFeatures = op.getStaticDim(op.getValue(), Dim::feature);
  if (!rows || *rows > kMostFewRows || ShapedType::isDynamic(features) ||
      ShapedType::isDynamic(valueFeatures) || features == 0 ||
      valueFeatures == 0)
    return {};
  int64_t elementBytes = op.getScoreType().getWidth() / 8;
  int64_t lanes = std::max<int64_t>(1, target.getVectorBytes() / elementBytes);
  while (lanes > 1 && (features % lanes != 0 || valueFeatures % lanes != 0))
    lanes /= 2;
  if (lanes == 1)
    return {};
  // As many sums as the tree that adds their lanes takes, and at least as many
  // as keep the multipliers busy. bf16 are converted once for several rows.
  Type element = cast<ShapedType>(op.getKey().getType()).getElementType();
  bool isConverted = element != op.getScoreType();
  int64_t sums = std::max<int64_t>(lanes, 8);
  int64_t tileRows = isConverted ? (*rows >= 4 ? 4 : *rows >= 2 ? 2 : 1) : 1;
  // Four streams of two keys keep the reading and the multiplying even; more
  // keys where modifiers and masks want vectors of neighbours.
  constexpr int64_t streams = 4;
  bool needsNeighbours = op.getMaskInterface() || hasScoreModifiers(op);
  int64_t keyBlock = needsNeighbours ? streams * lanes : sums;
  return CPUAttentionScheduleAttr::get(
      op.getContext(), lanes, {sums / tileRows, tileRows}, streams,
      std::max(keyBlock, streams), LaneRole::features);
}

/// Whether a tile of `queryRows` sees a band of at most `most` keys, as under a
/// sliding window.
static bool seesBand(AttentionOp op, int64_t queryRows, int64_t most) {
  MaskAttrInterface mask = op.getMaskInterface();
  if (!mask)
    return false;
  MaskPlan plan = analyzeMask(mask, queryRows, /*keyRows=*/queryRows);
  auto isNarrow = [&](const KeyInterval &interval) {
    for (AffineExpr upper : interval.upper.getResults())
      for (AffineExpr lower : interval.lower.getResults())
        if (auto width = dyn_cast<AffineConstantExpr>(
                simplifyAffineExpr(upper - lower, interval.upper.getNumDims(),
                                   interval.upper.getNumSymbols())))
          if (width.getValue() <= most)
            return true;
    return false;
  };
  return !plan.intervals.empty() && llvm::all_of(plan.intervals, isNarrow);
}

DotForm whorl::chooseDot(AttentionOp op, CPUTargetAttr target) {
  if (!getElementTypeOrSelf(op.getQuery()).isBF16())
    return DotForm::fma;
  return target.getDot() == DotForm::bf16 ? DotForm::bf16 : DotForm::fma;
}

CPUAttentionScheduleAttr whorl::chooseSchedule(AttentionOp op,
                                               CPUTargetAttr target) {
  if (CPUAttentionScheduleAttr few =
          planFewRows(target, op, countSharedRows(op)))
    return few;
  int64_t elementBytes = op.getScoreType().getWidth() / 8;
  int64_t lanes = std::max<int64_t>(1, target.getVectorBytes() / elementBytes);
  RegisterTile tile = getRegisterTile(target.getVectorRegisters());
  int64_t groups = getGroups(target, op, lanes * tile.columns, elementBytes);
  // Heads that share keys stand together where the queries of one do not fill
  // the columns of a register tile.
  int64_t columns = lanes * tile.columns;
  int64_t queries = op.getStaticDim(op.getQuery(), Dim::row);
  std::optional<int64_t> shared = countSharedRows(op);
  bool isPacked = shared && *shared > queries && queries <= columns;
  LaneRole role = isPacked ? LaneRole::heads : LaneRole::queries;
  if (isPacked)
    groups = std::clamp<int64_t>((*shared + columns - 1) / columns, 1, 4);
  // The edges of a band are computed and masked away: small tiles and blocks
  // have short ones.
  constexpr int64_t narrow = 1024, blockOfBand = 60;
  bool isBand = !isPacked && seesBand(op, columns, narrow);
  if (isBand)
    groups = 1;
  // The block of scores takes a quarter of the first-level cache and more; keys
  // beyond what there are would be wasted.
  int64_t queryRows = columns * groups;
  int64_t keyBlock = target.getL1Bytes() / 2 / (queryRows * elementBytes);
  keyBlock = std::clamp<int64_t>(keyBlock, 48, isBand ? blockOfBand : 240);
  keyBlock = std::max(tile.rows, keyBlock - keyBlock % tile.rows);
  return CPUAttentionScheduleAttr::get(op.getContext(), lanes,
                                       {tile.rows, tile.columns}, groups,
                                       keyBlock, role, chooseDot(op, target));
}

/// Where the number of queries is dynamic: how many of a head are few.
static std::optional<int64_t> countFewQueries(AttentionOp op) {
  int64_t heads = op.getStaticDim(op.getQuery(), Dim::head);
  int64_t keyHeads = op.getStaticDim(op.getKey(), Dim::head);
  bool isDynamic =
      ShapedType::isDynamic(op.getStaticDim(op.getQuery(), Dim::row));
  if (!isDynamic || ShapedType::isDynamic(heads) ||
      ShapedType::isDynamic(keyHeads) || heads <= 0 || keyHeads <= 0)
    return std::nullopt;
  int64_t sharing = heads / keyHeads;
  if (sharing < 1 || sharing > kMostFewRows)
    return std::nullopt;
  return kMostFewRows / sharing;
}

Attribute whorl::planSchedule(AttentionOp op, CPUTargetAttr target) {
  CPUAttentionScheduleAttr many = chooseSchedule(op, target);
  std::optional<int64_t> most = countFewQueries(op);
  if (!most)
    return many;
  CPUAttentionScheduleAttr few = planFewRows(target, op, kMostFewRows / *most);
  if (!few)
    return many;
  return CPUScheduleByQueriesAttr::get(op.getContext(), *most, few, many);
}

namespace {
struct PlanPass : whorl::impl::WhorlPlanBase<PlanPass> {
  using Base::Base;

  void runOnOperation() override {
    target = getOperation()->getAttrOfType<CPUTargetAttr>("whorl.target");
    if (!target) {
      getOperation()->emitError("expected a target; run whorl-set-target, or "
                                "set whorl.target = #whorl.cpu_target<...>");
      return signalPassFailure();
    }
    file = ScheduleFile();
    elsewhere = nullptr;
    if (!schedules.empty()) {
      llvm::Expected<ScheduleFile> read =
          ScheduleFile::read(schedules, &getContext());
      if (!read) {
        emitError(UnknownLoc::get(&getContext()))
            << llvm::toString(read.takeError());
        return signalPassFailure();
      }
      file = std::move(*read);
    }
    WalkResult result = getOperation()->walk(
        [&](AttentionOp op) { return WalkResult(plan(op)); });
    if (result.wasInterrupted())
      return signalPassFailure();
    if (elsewhere)
      emitRemark(file.getLoc(*elsewhere))
          << "not applied: measured for " << elsewhere->target
          << ", but the code is for " << target
          << "; measure here with whorl-bench --tune";
  }

private:
  /// What a person wrote stays; what was measured goes before what is guessed.
  LogicalResult plan(AttentionOp op) {
    if (op.getScheduleAttr())
      return success();
    DictionaryAttr attention = describeAttention(op);
    const ScheduleEntry *entry = file.find(attention, target, threads);
    if (!entry) {
      if (!elsewhere)
        elsewhere = file.findAnyTarget(attention);
      op.setScheduleAttr(planSchedule(op, target));
      return success();
    }
    if (auto reason = explainMisfit(op, entry->schedule)) {
      InFlightDiagnostic error = emitError(file.getLoc(*entry));
      error << "has a schedule with " << *reason
            << "; remove the line, or measure again with whorl-bench --tune";
      error.attachNote(op.getLoc()) << "for this attention";
      return failure();
    }
    op.setScheduleAttr(entry->schedule);
    return success();
  }

  CPUTargetAttr target;
  ScheduleFile file;
  const ScheduleEntry *elsewhere = nullptr; ///< measured on another target
};
} // namespace
