//===- ScheduleCandidates.cpp - how an attention may run ------------------===//

#include "ScheduleCosts.h"
#include "Whorl/Transforms/Schedules.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/FormatVariadic.h"
#include <numeric>

using namespace mlir;
using namespace whorl;

using Candidates = llvm::SetVector<CPUAttentionScheduleAttr>;

namespace {
/// Collects what has distinct parameters and suits the op.
struct Collector {
  AttentionOp op;
  DotForm dot;
  Candidates candidates;

  void add(int64_t lanes, int64_t rows, int64_t columns, int64_t groups,
           int64_t keyBlock, LaneRole role) {
    auto schedule = CPUAttentionScheduleAttr::get(
        op.getContext(), lanes, {rows, columns}, groups, keyBlock, role,
        role == LaneRole::features ? DotForm::fma : dot);
    if (!explainMisfit(op, schedule))
      candidates.insert(schedule);
  }
};
} // namespace

/// A multiple of `step` near `size`, at least one and 4096 at most.
static int64_t roundBlock(int64_t size, int64_t step) {
  size = std::min<int64_t>(size, 4096);
  return std::max(step, size - size % step);
}

/// MR x NR accumulators, NR vectors of queries and one broadcast must fit the
/// registers; fewer than eight accumulators leave the multipliers waiting for
/// their own sums. The widest that fits for each number of columns.
static SmallVector<std::pair<int64_t, int64_t>>
getRegisterTiles(int64_t registers) {
  SmallVector<std::pair<int64_t, int64_t>> tiles;
  for (int64_t columns = 1; columns <= 4; ++columns) {
    int64_t rows =
        std::min<int64_t>((registers - 1 - columns) / columns, 64 / columns);
    for (int64_t fewer = 0; fewer < 2; ++fewer)
      if (rows - fewer >= 2 && (rows - fewer) * columns >= 8)
        tiles.emplace_back(rows - fewer, columns);
  }
  if (tiles.empty())
    tiles.emplace_back(2, 2);
  return tiles;
}

/// Queries along the lanes, of one head or of all heads that share keys.
static void addQueryTiles(Collector &collector, const AttentionSizes &sizes,
                          CPUTargetAttr target) {
  constexpr int64_t blocks[] = {32, 60, 96, 128, 192, 256}, mostPacked = 64;
  bool mayPack =
      sizes.areRowsKnown && sizes.sharing > 1 && sizes.queries <= mostPacked;
  int64_t lanes = sizes.getLanes(target);
  for (auto [rows, columns] : getRegisterTiles(target.getVectorRegisters())) {
    for (int64_t groups : {1, 2, 4}) {
      for (int64_t block : blocks) {
        int64_t step = rows;
        if (collector.dot != DotForm::fma)
          step = std::lcm(step, 2); // keys go in pairs
        int64_t keyBlock = roundBlock(block, step);
        collector.add(lanes, rows, columns, groups, keyBlock,
                      LaneRole::queries);
        if (mayPack)
          collector.add(lanes, rows, columns, groups, keyBlock,
                        LaneRole::heads);
      }
    }
  }
}

/// Features along the lanes: MR keys times NR rows, whose sums with NR vectors
/// of queries and one of a key must fit the registers.
static void addFeatureTiles(Collector &collector, const AttentionSizes &sizes,
                            CPUTargetAttr target) {
  constexpr int64_t mostRows = 32, mostColumns = 4;
  if (!sizes.areRowsKnown || sizes.sharedRows > mostRows)
    return;
  int64_t lanes = sizes.getFeatureLanes(target);
  int64_t registers = target.getVectorRegisters();
  for (int64_t columns = 1; columns <= mostColumns; ++columns) {
    if (columns > std::max<int64_t>(sizes.sharedRows, 1))
      continue;
    for (int64_t keys : {2, 4, 8, 16}) {
      if (keys * columns + columns + 1 > registers || keys * columns < 8)
        continue;
      int64_t step = std::lcm(std::lcm(keys, lanes), int64_t(8));
      for (int64_t streams : {1, 2, 4, 8})
        for (int64_t block : {8, 16, 32, 64})
          collector.add(lanes, keys, columns, streams, roundBlock(block, step),
                        LaneRole::features);
    }
  }
}

SmallVector<CPUAttentionScheduleAttr>
whorl::getScheduleCandidates(AttentionOp op, CPUTargetAttr target) {
  AttentionSizes sizes(op);
  Collector collector{op, chooseDot(op, target), {}};
  addQueryTiles(collector, sizes, target);
  addFeatureTiles(collector, sizes, target);
  CPUAttentionScheduleAttr choice = chooseSchedule(op, target);
  CostModel model(op, sizes, target);
  SmallVector<std::pair<double, size_t>> ranked; // cycles and place in the list
  for (auto [i, schedule] : llvm::enumerate(collector.candidates))
    if (schedule != choice)
      ranked.emplace_back(model.estimateCycles(schedule), i);
  llvm::sort(ranked);
  SmallVector<CPUAttentionScheduleAttr> schedules{choice};
  for (auto [cycles, i] : ranked)
    schedules.push_back(collector.candidates[i]);
  return schedules;
}

std::optional<std::string>
whorl::explainMisfit(AttentionOp op, CPUAttentionScheduleAttr schedule,
                     bool areQueriesBounded) {
  using Dim = AttentionOp::Dim;
  Type type = getElementTypeOrSelf(op.getQuery());
  if (schedule.getDot() != DotForm::fma && !type.isBF16())
    return llvm::formatv("dot = {0}, which multiplies bf16 and not {1}; use "
                         "dot = fma",
                         stringifyDotForm(schedule.getDot()), type)
        .str();
  if (schedule.getRole() != LaneRole::features)
    return std::nullopt;
  int64_t features = op.getStaticDim(op.getQuery(), Dim::feature);
  int64_t valueFeatures = op.getStaticDim(op.getValue(), Dim::feature);
  int64_t queries =
      areQueriesBounded ? 1 : op.getStaticDim(op.getQuery(), Dim::row);
  for (int64_t size : {op.getStaticDim(op.getQuery(), Dim::head),
                       op.getStaticDim(op.getKey(), Dim::head), queries,
                       features, valueFeatures})
    if (ShapedType::isDynamic(size))
      return "role = features, which wants static heads, query rows and "
             "features; leave the schedule to whorl-plan, or write role = "
             "queries";
  int64_t lanes = schedule.getLanes();
  if (features % lanes == 0 && valueFeatures % lanes == 0)
    return std::nullopt;
  return llvm::formatv("role = features and {0} lanes, which do not divide its "
                       "{1} and {2} features; choose lanes that do",
                       lanes, features, valueFeatures)
      .str();
}
