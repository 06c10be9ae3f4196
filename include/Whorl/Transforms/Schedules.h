//===- Schedules.h - how an attention may run -------------------*- C++ -*-===//
//
// The one place that says which schedules an attention has on a target. The
// planner takes the first of them, `whorl-bench --tune` measures them all.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_TRANSFORMS_SCHEDULES_H
#define WHORL_TRANSFORMS_SCHEDULES_H

#include "Whorl/IR/WhorlDialect.h"
#include <optional>
#include <string>

namespace whorl {

/// The schedules of `op` on `target` that are worth measuring, without
/// duplicates: the planner's choice first, then the others, the most promising
/// of them first. Never empty, whatever the sizes.
llvm::SmallVector<CPUAttentionScheduleAttr>
getScheduleCandidates(AttentionOp op, CPUTargetAttr target);

/// The first of them.
CPUAttentionScheduleAttr chooseSchedule(AttentionOp op, CPUTargetAttr target);

/// What multiplies fastest: what the target says of bf16, where `op` is of it.
DotForm chooseDot(AttentionOp op, CPUTargetAttr target);
/// `many`, and where the number of queries is dynamic another one beside it for
/// few of them.
mlir::Attribute addFewQueries(AttentionOp op, CPUTargetAttr target,
                              CPUAttentionScheduleAttr many);

/// Why `op` cannot run by `schedule`, with the cure, to follow "has a schedule
/// with"; nothing where it can. `areQueriesBounded` says that the schedule is
/// for few queries only.
std::optional<std::string> explainMisfit(AttentionOp op,
                                         CPUAttentionScheduleAttr schedule,
                                         bool areQueriesBounded = false);

} // namespace whorl

#endif // WHORL_TRANSFORMS_SCHEDULES_H
