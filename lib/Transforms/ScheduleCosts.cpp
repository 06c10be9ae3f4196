//===- ScheduleCosts.cpp - what a schedule costs --------------------------===//

#include "ScheduleCosts.h"
#include "Whorl/Transforms/Schedules.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace whorl;

using Dim = AttentionOp::Dim;

/// What a size that is not known is taken for.
static constexpr int64_t kLikelyRows = 1024, kLikelyFeatures = 64;
/// Sizes are cut here: products of some of them must not overflow.
static constexpr int64_t kLargest = int64_t(1) << 24;

static int64_t cut(int64_t size, int64_t likely) {
  if (ShapedType::isDynamic(size))
    return likely;
  return std::clamp<int64_t>(size, 1, kLargest);
}

AttentionSizes::AttentionSizes(AttentionOp op) {
  int64_t rows = op.getStaticDim(op.getQuery(), Dim::row);
  int64_t queryHeads = op.getStaticDim(op.getQuery(), Dim::head);
  int64_t keyHeads = op.getStaticDim(op.getKey(), Dim::head);
  features = cut(op.getStaticDim(op.getQuery(), Dim::feature), kLikelyFeatures);
  valueFeatures = cut(op.getStaticDim(op.getValue(), Dim::feature), features);
  queries = cut(rows, kLikelyRows);
  keys = cut(op.getStaticDim(op.getKey(), Dim::row), kLikelyRows);
  heads = cut(queryHeads, 1);
  bool areHeadsKnown = !ShapedType::isDynamic(queryHeads) &&
                       !ShapedType::isDynamic(keyHeads) && queryHeads > 0 &&
                       keyHeads > 0;
  if (areHeadsKnown)
    sharing = std::clamp<int64_t>(queryHeads / keyHeads, 1, 64);
  areRowsKnown = areHeadsKnown && !ShapedType::isDynamic(rows) && rows > 0;
  sharedRows = sharing * queries;
  Type element = cast<ShapedType>(op.getKey().getType()).getElementType();
  elementBytes = element.getIntOrFloatBitWidth() / 8;
  scoreBytes = op.getScoreType().getWidth() / 8;
}

int64_t AttentionSizes::getLanes(CPUTargetAttr target) const {
  return std::clamp<int64_t>(target.getVectorBytes() / scoreBytes, 1, 64);
}

int64_t AttentionSizes::getFeatureLanes(CPUTargetAttr target) const {
  int64_t lanes = getLanes(target);
  while (lanes > 1 && (features % lanes != 0 || valueFeatures % lanes != 0))
    lanes /= 2;
  return lanes;
}

/// The value of a map's results on constants, or nothing where it depends on
/// operands.
static SmallVector<int64_t> evaluate(AffineMap map, int64_t q, int64_t end) {
  MLIRContext *context = map.getContext();
  SmallVector<AffineExpr> dims;
  for (int64_t value : {q, end})
    dims.push_back(getAffineConstantExpr(value, context));
  SmallVector<int64_t> results;
  for (AffineExpr expr : map.getResults())
    if (auto constant = dyn_cast<AffineConstantExpr>(expr.replaceDims(dims)))
      results.push_back(constant.getValue());
  return results;
}

double CostModel::measureVisibleKeys(int64_t queryRows) {
  auto allKeys = static_cast<double>(sizes.keys);
  MaskAttrInterface mask = op.getMaskInterface();
  if (!mask)
    return allKeys;
  MaskPlan plan = analyzeMask(mask, queryRows, /*keyRows=*/queryRows);
  // A few tiles tell what all of them see.
  constexpr int64_t most = 8;
  int64_t tiles = llvm::divideCeil(sizes.queries, queryRows);
  int64_t count = std::min(tiles, most);
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    int64_t tile = (2 * i + 1) * tiles / (2 * count);
    double seen = 0;
    for (const KeyInterval &interval : plan.intervals) {
      int64_t lower = 0, upper = sizes.keys, q = tile * queryRows;
      for (int64_t bound : evaluate(interval.lower, q, sizes.queries))
        lower = std::max(lower, bound);
      for (int64_t bound : evaluate(interval.upper, q, sizes.queries))
        upper = std::min(upper, bound);
      seen += static_cast<double>(std::max<int64_t>(upper - lower, 0));
    }
    sum += std::min(seen, allKeys);
  }
  return std::max(sum / static_cast<double>(count), 1.0);
}

double CostModel::countVisibleKeys(int64_t queryRows) {
  auto [found, isNew] = visibleKeys.try_emplace(queryRows, 0);
  if (isNew)
    found->second = measureVisibleKeys(queryRows);
  return found->second;
}

/// Cycles of one step of MR x NR multiply-adds with `loads` loads.
static double getStepCycles(int64_t multiplyAdds, int64_t loads) {
  constexpr double perCycle = 2, latency = 4;
  return std::max({static_cast<double>(multiplyAdds) / perCycle,
                   static_cast<double>(loads) / perCycle, latency});
}

double CostModel::estimateQueryTiles(CPUAttentionScheduleAttr schedule) {
  // Cycles: to start and end a register tile; of the exponentials of a vector
  // of scores; of a block; of a row of a tile that is packed and stored.
  constexpr double tileCycles = 14, softmaxCycles = 9, blockCycles = 100;
  bool isPacked = schedule.getRole() == LaneRole::heads;
  int64_t rows = isPacked ? sizes.sharedRows : sizes.queries;
  int64_t lanes = schedule.getLanes(), mr = schedule.getRows(),
          nr = schedule.getColumns();
  int64_t columns = lanes * nr;
  double groups = static_cast<double>(llvm::divideCeil(rows, columns));
  double tiles =
      static_cast<double>(llvm::divideCeil(rows, schedule.getQueryRows()));
  double keys =
      countVisibleKeys(isPacked ? sizes.queries : schedule.getQueryRows());
  double block = std::min(static_cast<double>(schedule.getKeyBlock()), keys);
  double blocks = std::ceil(keys / block);
  double step = getStepCycles(mr * nr, mr + nr);

  // Scores and their sum with values, of a block, for a group of columns.
  double scoreTiles = std::ceil(block / static_cast<double>(mr));
  int64_t wholeTiles = sizes.valueFeatures / mr;
  auto valueTiles = static_cast<double>(wholeTiles);
  double d = static_cast<double>(sizes.features);
  double perGroup = scoreTiles * (d * step + tileCycles) +
                    valueTiles * (block * step + tileCycles);
  if (int64_t rest = sizes.valueFeatures % mr)
    perGroup += block * getStepCycles(rest * nr, rest + nr) + tileCycles;
  perGroup += block * static_cast<double>(nr) * softmaxCycles + blockCycles;

  // What leaves the first-level cache.
  constexpr double bytesPerCycle = 24;
  double l1 = static_cast<double>(target.getL1Bytes());
  double tileRows = static_cast<double>(schedule.getQueryRows());
  auto scoreBytes = static_cast<double>(sizes.scoreBytes);
  double scores = block * tileRows * scoreBytes;
  double queries = d * tileRows * scoreBytes;
  double perTile = 0;
  if (scores > l1 / 2)
    perTile += valueTiles * scores / bytesPerCycle;
  if (queries > l1 / 2)
    perTile += scoreTiles * queries / bytesPerCycle;
  double keyBytes = block * (d + static_cast<double>(sizes.valueFeatures)) *
                    static_cast<double>(sizes.elementBytes);
  perTile += keyBytes / bytesPerCycle;
  double sequences = static_cast<double>(sizes.heads) /
                     static_cast<double>(isPacked ? sizes.sharing : 1);
  return sequences * blocks * (groups * perGroup + tiles * perTile);
}

double CostModel::estimateFeatureTiles(CPUAttentionScheduleAttr schedule) {
  constexpr double sumCycles = 6, softmaxCycles = 9, blockCycles = 100;
  auto lanes = static_cast<double>(schedule.getLanes());
  int64_t mr = schedule.getRows(), nr = schedule.getColumns();
  double rowTiles = static_cast<double>(llvm::divideCeil(sizes.sharedRows, nr));
  double keys = countVisibleKeys(sizes.queries);
  double block = std::min(static_cast<double>(schedule.getKeyBlock()), keys);
  double blocks = std::ceil(keys / block);
  double vectors = static_cast<double>(sizes.features) / lanes;
  double valueVectors = static_cast<double>(sizes.valueFeatures) / lanes;
  double sums = static_cast<double>(mr * nr);
  double scores =
      std::ceil(block / static_cast<double>(mr)) *
      (vectors * getStepCycles(mr * nr, mr + nr) + sums * sumCycles);
  double values = valueVectors / 2 * block * getStepCycles(nr * 2, nr + 2);
  double softmax =
      block / lanes * static_cast<double>(nr) * softmaxCycles + blockCycles;
  double keyBytes =
      block * static_cast<double>((sizes.features + sizes.valueFeatures) *
                                  sizes.elementBytes);
  constexpr double bytesPerCycle = 8;
  double sequences =
      static_cast<double>(sizes.heads) / static_cast<double>(sizes.sharing);
  return sequences * blocks *
         std::max(rowTiles * (scores + values + softmax),
                  keyBytes / bytesPerCycle);
}

double CostModel::estimateCycles(CPUAttentionScheduleAttr schedule) {
  return schedule.getRole() == LaneRole::features
             ? estimateFeatureTiles(schedule)
             : estimateQueryTiles(schedule);
}
