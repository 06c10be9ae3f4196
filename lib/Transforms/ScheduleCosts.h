//===- ScheduleCosts.h - what a schedule costs ------------------*- C++ -*-===//
//
// A small model of the two CPU kernels, by which the planner compares schedules
// of one attention. It counts cycles of one core from what the target's
// description says, and knows nothing that is measured at run time:
//
// * A register tile of MR x NR vectors makes one step in
//   max(MR NR / 2, (MR + NR) / 2, 4) cycles: two multiply-adds and two loads a
//   cycle, and a sum waits four cycles for itself. It starts and ends in
//   some more, which short sums feel.
// * A block of keys has (BC / MR) register tiles of D steps, (Dv / MR) of BC
//   steps, and BC vectors of exponentials, for each NR vectors of queries.
// * What is read again and again (packed queries; scores) should stay in the
//   first-level cache: what does not is read from the second level.
// * Keys and values are read once for each tile of queries.
// * A mask cuts the keys of a tile to those that some row of it sees: a tall
//   tile computes more that is masked away.
//
// The absolute figures are rough. The order of schedules is held against
// measurements: docs/tuning.md.
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
};

class CostModel {
public:
  CostModel(AttentionOp op, const AttentionSizes &sizes, CPUTargetAttr target)
      : op(op), sizes(sizes), target(target) {}

  /// Cycles of one core for one batch.
  double estimateCycles(CPUAttentionScheduleAttr schedule);

private:
  /// How many keys a tile of `queryRows` query positions sees on average.
  double countVisibleKeys(int64_t queryRows);
  double measureVisibleKeys(int64_t queryRows);
  double estimateQueryTiles(CPUAttentionScheduleAttr schedule);
  double estimateFeatureTiles(CPUAttentionScheduleAttr schedule);

  AttentionOp op;
  const AttentionSizes &sizes;
  CPUTargetAttr target;
  std::map<int64_t, double> visibleKeys; ///< by query rows
};

} // namespace whorl

#endif // WHORL_TRANSFORMS_SCHEDULECOSTS_H
