//===- ScheduleCandidates.cpp - how an attention may run ------------------===//

#include "ScheduleCosts.h"
#include "Whorl/Transforms/Schedules.h"
#include "Whorl/Utils/AttentionScalars.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
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

/// MR x NR sums, NR vectors of queries and one broadcast must fit the
/// registers; fewer than eight sums leave the multipliers waiting for
/// themselves. The widest that fits for two and three columns, and the next
/// narrower one, which may divide the features; those with most sums first.
/// Measured on Zen 3, a single column with more than eight rows takes a third
/// longer, for each row is read in a place of its own, and four columns gain
/// nothing.
static SmallVector<std::pair<int64_t, int64_t>>
getRegisterTiles(int64_t registers) {
  constexpr int64_t mostRows = 8;
  SmallVector<std::pair<int64_t, int64_t>> tiles;
  for (int64_t columns : {2, 3}) {
    int64_t widest = std::min((registers - 1 - columns) / columns, mostRows);
    for (int64_t rows : {widest, widest - 1})
      if (rows >= 2 && rows * columns >= 8)
        tiles.emplace_back(rows, columns);
  }
  if (tiles.empty())
    tiles.emplace_back(2, 2);
  llvm::sort(tiles, [](auto a, auto b) {
    return std::pair(a.first * a.second, a.first) >
           std::pair(b.first * b.second, b.first);
  });
  return tiles;
}

/// Queries along the lanes, of one head or of all heads that share keys.
static void addQueryTiles(Collector &collector, const AttentionSizes &sizes,
                          CPUTargetAttr target) {
  // Of those that cost nearly the same, the planner takes the first: in this
  // order they did best over all cases.
  constexpr int64_t blocks[] = {96, 128, 60, 192, 240, 32};
  constexpr int64_t mostPacked = 64;
  bool mayPack =
      sizes.areRowsKnown && sizes.sharing > 1 && sizes.queries <= mostPacked;
  int64_t lanes = sizes.getLanes(target);
  SmallVector<std::pair<int64_t, int64_t>> tiles =
      getRegisterTiles(target.getVectorRegisters());
  if (collector.dot == DotForm::amx)
    tiles = {{32, 2}}; // 2 x 2 tiles
  for (auto [rows, columns] : tiles) {
    int64_t columnRows = lanes * columns;
    int64_t mostRows = mayPack ? sizes.sharedRows : sizes.queries;
    for (int64_t groups : {2, 1, 4}) {
      // Groups that no row fills are never computed.
      if (groups > 1 && groups / 2 * columnRows >= mostRows)
        continue;
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
  int64_t lanes = sizes.getFeatureLanes(target);
  if (!sizes.areRowsKnown || sizes.sharedRows > mostRows || lanes == 1)
    return;
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

DotForm whorl::chooseDot(AttentionOp op, CPUTargetAttr target) {
  if (!getElementTypeOrSelf(op.getQuery()).isBF16())
    return DotForm::fma;
  return target.getDot();
}

/// So many rows that share keys have features along the lanes.
static constexpr int64_t kMostFewRows = 8;

/// For `rows` rows that share keys: features along the lanes. None where the
/// shapes do not allow it. `areQueriesBounded` says that there are no more,
/// however many the op has.
static CPUAttentionScheduleAttr planFewRows(AttentionOp op,
                                            const AttentionSizes &sizes,
                                            CPUTargetAttr target, int64_t rows,
                                            bool areQueriesBounded) {
  int64_t lanes = sizes.getFeatureLanes(target);
  if (rows > kMostFewRows || lanes == 1)
    return {};
  // As many sums as the tree that adds their lanes takes, and at least as many
  // as keep the multipliers busy. bf16 are converted once for several rows.
  Type element = cast<ShapedType>(op.getKey().getType()).getElementType();
  bool isConverted = element != op.getScoreType();
  int64_t sums = std::max<int64_t>(lanes, 8);
  int64_t tileRows = isConverted ? (rows >= 4 ? 4 : rows >= 2 ? 2 : 1) : 1;
  // Four streams of two keys keep the reading and the multiplying even; more
  // keys where modifiers and masks want vectors of neighbours.
  constexpr int64_t streams = 4;
  bool needsNeighbours = op.getMaskInterface() || hasScoreModifiers(op);
  int64_t keyBlock = needsNeighbours ? streams * lanes : sums;
  auto schedule = CPUAttentionScheduleAttr::get(
      op.getContext(), lanes, {sums / tileRows, tileRows}, streams,
      std::max(keyBlock, streams), LaneRole::features);
  return explainMisfit(op, schedule, areQueriesBounded)
             ? CPUAttentionScheduleAttr()
             : schedule;
}

SmallVector<CPUAttentionScheduleAttr>
whorl::getScheduleCandidates(AttentionOp op, CPUTargetAttr target) {
  AttentionSizes sizes(op);
  Collector collector{op, chooseDot(op, target), {}};
  addQueryTiles(collector, sizes, target);
  addFeatureTiles(collector, sizes, target);
  CPUAttentionScheduleAttr few;
  if (sizes.areRowsKnown)
    few = planFewRows(op, sizes, target, sizes.sharedRows,
                      /*areQueriesBounded=*/false);
  if (few)
    collector.candidates.insert(few);
  CostModel model(op, sizes, target);
  SmallVector<std::pair<double, size_t>> ranked; // cycles and place in the list
  for (auto [i, schedule] : llvm::enumerate(collector.candidates))
    ranked.emplace_back(model.estimateCycles(schedule), i);
  llvm::sort(ranked);
  // A rule still decides for features along the lanes. The model cannot tell
  // what differs by a percent.
  auto choice = ranked.end();
  for (auto it = ranked.begin(); it != ranked.end(); ++it) {
    CPUAttentionScheduleAttr schedule = collector.candidates[it->second];
    if (few ? schedule != few : schedule.getRole() == LaneRole::features)
      continue;
    if (choice == ranked.end())
      choice = it;
    if (it->first <= 1.01 * choice->first && it->second < choice->second)
      choice = it;
  }
  std::rotate(ranked.begin(), choice, std::next(choice));
  SmallVector<CPUAttentionScheduleAttr> schedules;
  for (auto [cycles, i] : ranked)
    schedules.push_back(collector.candidates[i]);
  return schedules;
}

CPUAttentionScheduleAttr whorl::chooseSchedule(AttentionOp op,
                                               CPUTargetAttr target) {
  return getScheduleCandidates(op, target).front();
}

/// Where the number of queries is dynamic: how many of a head are few.
static std::optional<int64_t> countFewQueries(AttentionOp op) {
  using Dim = AttentionOp::Dim;
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

Attribute whorl::addFewQueries(AttentionOp op, CPUTargetAttr target,
                               CPUAttentionScheduleAttr many) {
  std::optional<int64_t> most = countFewQueries(op);
  if (!most)
    return many;
  CPUAttentionScheduleAttr few =
      planFewRows(op, AttentionSizes(op), target, kMostFewRows / *most,
                  /*areQueriesBounded=*/true);
  if (!few)
    return many;
  return CPUScheduleByQueriesAttr::get(op.getContext(), *most, few, many);
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
