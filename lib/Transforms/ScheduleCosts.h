//===- ScheduleCosts.h - what a schedule costs ------------------*- C++ -*-===//
//
// A small model of the two CPU kernels, by which the planner compares schedules
// of one attention. It counts cycles of one core from what the target's
// description says, and looks at nothing that is measured.
//
// Queries (or heads) along the lanes: a register tile of MR x NR vectors makes
// a step in max(MR NR / 2, (MR + NR) / 2, 4) cycles - two multiply-adds and two
// loads a cycle; a sum waits four cycles for itself - and costs some more to
// start and to store. For each NR vectors of queries, a block of BC keys takes
//
//   BC / MR register tiles of D steps, and Dv / MR of BC steps, a smaller one
//   for what is left of each;
//   BC NR vectors of exponentials; compares where the mask cuts tiles;
//   a constant, which small blocks feel.
//
// A tile of queries reads keys and values once: one that is `groups` times as
// wide reads them that much less often, which counts where they come from
// memory. Rows that must be converted or encoded are prepared before, all of
// them at once, which takes much longer than reading them; but where one tile
// has all rows that share the keys, it prepares them block by block.
//
// What is read again for each MR features or keys should stay in the
// first-level cache: the block's scores in half of it, packed queries, and the
// block's values, which are read by columns. Where they do not, a part comes
// from the second level. A mask leaves a tile the keys that some row of it
// sees: a wide tile computes more that is masked away.
//
// Features along the lanes: the same steps, and the lanes of each score to be
// added; but no faster than memory gives keys and values.
//
// Rejected: a table of rules (the planner's first form), since each new
// parameter of the schedule multiplies the rules; and a model of the caches by
// reuse distances, since what separates the best twenty schedules is less than
// either can tell. docs/tuning.md holds the model against measurements.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_TRANSFORMS_SCHEDULECOSTS_H
#define WHORL_TRANSFORMS_SCHEDULECOSTS_H

#include "Whorl/Analysis/MaskAnalysis.h"
#include "Whorl/IR/WhorlDialect.h"
#include <map>

namespace whorl {

/// The sizes of an attention as far as its types tell them, and likely ones for
/// the others.
struct AttentionSizes {
  explicit AttentionSizes(AttentionOp op);

  /// Lanes of the score type that fill a vector.
  int64_t getLanes(CPUTargetAttr target) const;
  /// The most lanes, of those, that divide both kinds of features.
  int64_t getFeatureLanes(CPUTargetAttr target) const;

  int64_t queries, keys, features, valueFeatures;
  int64_t heads = 1;
  /// Heads that share keys, at most 64 of them (a product of more may
  /// overflow).
  int64_t sharing = 1;
  /// Query rows of all of these.
  int64_t sharedRows = 1;
  /// Whether the two above follow from the types.
  bool areRowsKnown = false;
  int64_t elementBytes; ///< of keys and values in memory
  int64_t scoreBytes;   ///< of a score
  /// Whether rows are converted or encoded before they are used.
  bool preparesKeys = false, preparesValues = false;
};

class CostModel {
public:
  CostModel(AttentionOp op, const AttentionSizes &sizes, CPUTargetAttr target)
      : op(op), sizes(sizes), target(target) {}

  /// Cycles of one core for one batch.
  double estimateCycles(CPUAttentionScheduleAttr schedule);

private:
  /// What a tile of query positions sees, on average.
  struct Visible {
    double keys = 0;
    double edges = 0; ///< bounds that move with the tile, where it is partial
    bool isAlwaysPartial = false;
  };
  const Visible &getVisible(int64_t queryRows);
  Visible measureVisible(int64_t queryRows);
  double estimateMisses(CPUAttentionScheduleAttr schedule, double block) const;
  double estimateReading(double tiles, double keys, bool preparesBlocks) const;
  double estimateQueryTiles(CPUAttentionScheduleAttr schedule);
  double estimateFeatureTiles(CPUAttentionScheduleAttr schedule);

  AttentionOp op;
  const AttentionSizes &sizes;
  CPUTargetAttr target;
  std::map<int64_t, Visible> visible; ///< by query rows
};

} // namespace whorl

#endif // WHORL_TRANSFORMS_SCHEDULECOSTS_H
