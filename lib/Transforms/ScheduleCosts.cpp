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
  preparesValues = elementBytes != scoreBytes;
  preparesKeys = preparesValues;
  if (ArrayAttr encodings = op.getPositionAttr())
    for (auto encoding : encodings.getAsRange<PositionEncodingAttrInterface>())
      preparesKeys |= contains(encoding.getSites(), EncodingSite::queryKey);
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

/// The value of a map's results on constants, without those that depend on
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

/// Whether a bound moves with the queries: tiles at it are partial.
static bool isEdge(AffineMap map) {
  return llvm::any_of(map.getResults(),
                      [](AffineExpr expr) { return expr.isFunctionOfDim(0); });
}

CostModel::Visible CostModel::measureVisible(int64_t queryRows) {
  Visible visible;
  visible.keys = static_cast<double>(sizes.keys);
  MaskAttrInterface mask = op.getMaskInterface();
  if (!mask)
    return visible;
  MaskPlan plan = analyzeMask(mask, queryRows, /*keyRows=*/queryRows);
  visible.isAlwaysPartial = plan.isAlwaysPartial;
  for (const KeyInterval &interval : plan.intervals)
    visible.edges += isEdge(interval.lower) + isEdge(interval.upper);
  // A few tiles tell what all of them see.
  constexpr int64_t most = 8;
  int64_t tiles = llvm::divideCeil(sizes.queries, queryRows);
  int64_t count = std::min(tiles, most);
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    int64_t q = (2 * i + 1) * tiles / (2 * count) * queryRows;
    double seen = 0;
    for (const KeyInterval &interval : plan.intervals) {
      int64_t lower = 0, upper = sizes.keys;
      for (int64_t bound : evaluate(interval.lower, q, sizes.queries))
        lower = std::max(lower, bound);
      for (int64_t bound : evaluate(interval.upper, q, sizes.queries))
        upper = std::min(upper, bound);
      seen += static_cast<double>(std::max<int64_t>(upper - lower, 0));
    }
    sum += std::min(seen, visible.keys);
  }
  visible.keys = std::max(sum / static_cast<double>(count), 1.0);
  return visible;
}

const CostModel::Visible &CostModel::getVisible(int64_t queryRows) {
  auto [found, isNew] = visible.try_emplace(queryRows);
  if (isNew)
    found->second = measureVisible(queryRows);
  return found->second;
}

/// Cycles of one step of so many multiply-adds and loads.
static double getStepCycles(double multiplyAdds, double loads) {
  constexpr double perCycle = 2, latency = 4;
  return std::max({multiplyAdds / perCycle, loads / perCycle, latency});
}

/// Register tiles of `rows` rows that make `steps` steps, as many rows each as
/// the schedule says; what is left over is a tile of its own.
static double getTileCycles(double rows, CPUAttentionScheduleAttr schedule,
                            double steps) {
  constexpr double ends = 20; // to start a tile and to store it
  auto mr = static_cast<double>(schedule.getRows());
  auto nr = static_cast<double>(schedule.getColumns());
  if (schedule.getDot() == DotForm::bf16)
    steps /= 2; // two products a lane
  double whole = std::floor(rows / mr), rest = rows - whole * mr;
  double cycles = whole * (steps * getStepCycles(mr * nr, mr + nr) + ends);
  if (rest > 0)
    cycles += steps * getStepCycles(rest * nr, rest + nr) + ends;
  return cycles;
}

/// The same in AMX tiles: four products of 16 cycles each for 32 steps, four
/// tiles of sums that go to memory and may come from there; no smaller ones.
static double getAMXCycles(double rows, CPUAttentionScheduleAttr schedule,
                           double steps) {
  constexpr double product = 4 * 16, ends = 4 * 24, stepsOfProduct = 32;
  return std::ceil(rows / static_cast<double>(schedule.getRows())) *
         (std::ceil(steps / stepsOfProduct) * product + ends);
}

/// The part of `bytes` that a cache does not keep from one pass to the next.
static double getMissing(double bytes, double cache) {
  return std::max(0.0, (bytes - cache) / bytes);
}

// Cycles of Zen 3, which others resemble; only ratios count.
static constexpr double kSoftmaxCycles = 9; // a vector's exponentials
static constexpr double kMaskCycles = 12;   // a vector's compares
static constexpr double kBlockCycles = 300; // a block, for a group of columns
// Bytes in a cycle where the core computes meanwhile: scores and queries in
// order; columns of values; keys and values from the nearer caches, and from
// memory.
static constexpr double kInOrderBytes = 96, kColumnBytes = 192,
                        kNearBytes = 128, kFarBytes = 3;
// Where it only reads: rows one after the other.
static constexpr double kMemoryBytes = 8;
// Where it prepares all rows at once, into memory that is new to it.
static constexpr double kPreparedBytes = 0.5;

/// What a tile of `queryRows` rows reads again and again, and its cache loses,
/// while it computes a block of `block` keys.
double CostModel::estimateMisses(CPUAttentionScheduleAttr schedule,
                                 double block) const {
  double rowBytes = static_cast<double>(schedule.getQueryRows()) *
                    static_cast<double>(sizes.scoreBytes);
  auto d = static_cast<double>(sizes.features);
  auto dv = static_cast<double>(sizes.valueFeatures);
  double scores = block * rowBytes, queries = d * rowBytes;
  double values = block * dv * static_cast<double>(sizes.scoreBytes);
  auto l1 = static_cast<double>(target.getL1Bytes());
  auto mr = static_cast<double>(schedule.getRows());
  constexpr double lineBytes = 64 + 16; // a row of values may cross a line
  double inOrder = dv / mr * std::max(0.0, scores - l1 / 2) +
                   block / mr * std::max(0.0, queries - l1);
  double columns =
      dv / mr * block * lineBytes * getMissing(values + scores, l1);
  return inOrder / kInOrderBytes + columns / kColumnBytes;
}

/// What keys and values cost before they are in the nearest cache, for all
/// `tiles` tiles that read the same ones. One tile that has all rows prepares
/// them block by block; else they are prepared once for all tiles.
double CostModel::estimateReading(double tiles, double keys,
                                  bool preparesBlocks) const {
  auto d = static_cast<double>(sizes.features);
  auto dv = static_cast<double>(sizes.valueFeatures);
  auto all = static_cast<double>(sizes.keys);
  auto bytes = static_cast<double>(sizes.scoreBytes);
  if (preparesBlocks)
    return keys * (d + dv) * static_cast<double>(sizes.elementBytes) /
           kMemoryBytes / 2; // the other half while it computes
  // There is a third level, of which the target does not tell.
  double caches = 8 * static_cast<double>(target.getL2Bytes());
  bool isFar = all * (d + dv) * bytes > caches;
  double cycles =
      tiles * keys * (d + dv) * bytes / (isFar ? kFarBytes : kNearBytes);
  double prepared =
      (sizes.preparesKeys ? d : 0) + (sizes.preparesValues ? dv : 0);
  return cycles + all * prepared * bytes / kPreparedBytes;
}

double CostModel::estimateQueryTiles(CPUAttentionScheduleAttr schedule) {
  bool isPacked = schedule.getRole() == LaneRole::heads;
  int64_t rows = isPacked ? sizes.sharedRows : sizes.queries;
  auto columns = static_cast<double>(schedule.getColumns());
  auto queryRows = static_cast<double>(schedule.getQueryRows());
  auto groups = static_cast<double>(
      llvm::divideCeil(rows, schedule.getLanes() * schedule.getColumns()));
  auto tiles =
      static_cast<double>(llvm::divideCeil(rows, schedule.getQueryRows()));
  const Visible &visible =
      getVisible(isPacked ? sizes.queries : schedule.getQueryRows());
  double blocks =
      std::ceil(visible.keys / static_cast<double>(schedule.getKeyBlock()));
  double block = visible.keys / blocks; // on average

  // Scores, exponentials and the sum with the values, for a group of columns.
  auto getCycles =
      schedule.getDot() == DotForm::amx ? getAMXCycles : getTileCycles;
  double perGroup =
      getCycles(block, schedule, static_cast<double>(sizes.features)) +
      getCycles(static_cast<double>(sizes.valueFeatures), schedule, block) +
      block * columns * kSoftmaxCycles + kBlockCycles;
  double partial = visible.isAlwaysPartial
                       ? visible.keys
                       : visible.edges * (queryRows / 2 + block);
  partial = std::min(partial, visible.keys) / blocks;
  perGroup += partial * columns * kMaskCycles;
  double compute =
      blocks * (groups * perGroup + tiles * estimateMisses(schedule, block));

  // Heads that share keys share what is prepared, too.
  auto sharing = static_cast<double>(sizes.sharing);
  double readers = isPacked ? 1 : sharing;
  double reading =
      estimateReading(readers * tiles, visible.keys, isPacked && tiles == 1);
  return static_cast<double>(sizes.heads) / sharing *
         (readers * compute + reading);
}

double CostModel::estimateFeatureTiles(CPUAttentionScheduleAttr schedule) {
  constexpr double sumCycles = 4; // to add the lanes of a vector
  auto lanes = static_cast<double>(schedule.getLanes());
  auto mr = static_cast<double>(schedule.getRows());
  auto nr = static_cast<double>(schedule.getColumns());
  auto rowTiles = static_cast<double>(
      llvm::divideCeil(sizes.sharedRows, schedule.getColumns()));
  double keys = getVisible(sizes.queries).keys;
  auto d = static_cast<double>(sizes.features);
  auto dv = static_cast<double>(sizes.valueFeatures);
  double perKey =
      d / lanes * getStepCycles(mr * nr, mr + nr) / mr + nr * sumCycles;
  perKey += dv / lanes / 2 * getStepCycles(nr * 2, nr + 2);
  perKey += nr / lanes * kSoftmaxCycles;
  // A block's values are read while its scores are computed.
  auto bytes = static_cast<double>(sizes.elementBytes);
  double block = static_cast<double>(schedule.getKeyBlock());
  double l1 = static_cast<double>(target.getL1Bytes());
  perKey += dv * bytes * getMissing(block * dv * bytes, l1) / kColumnBytes;
  double compute = keys * rowTiles * perKey;
  double memory = keys * (d + dv) * bytes / kMemoryBytes;
  double sequences =
      static_cast<double>(sizes.heads) / static_cast<double>(sizes.sharing);
  // The two overlap in part.
  return sequences *
         (std::max(compute, memory) + std::min(compute, memory) / 4);
}

double CostModel::estimateCycles(CPUAttentionScheduleAttr schedule) {
  return schedule.getRole() == LaneRole::features
             ? estimateFeatureTiles(schedule)
             : estimateQueryTiles(schedule);
}
