//===- ScheduleFile.h - schedules that were measured ------------*- C++ -*-===//
//
// `whorl-bench --tune` keeps what it finds in a text file, and the planner
// reads it. An entry is a line, a dictionary attribute:
//
//   {attention = {...}, target = #whorl.cpu_target<...>, threads = 1,
//    schedule = #whorl.cpu_schedule<...>, ms = 53.1, planned_ms = 55.0,
//    case = "f32-causal", machine = "...", date = "2026-11-24"}
//
// (without the line breaks). `attention` is what describeAttention gives. An
// entry holds for the attention, the target and the number of threads that it
// names; one of one thread also for numbers of threads that have none. What
// follows the schedule is for people. Empty lines and lines that start with //
// are kept where they are, so that files can be commented and merged line by
// line.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_TRANSFORMS_SCHEDULEFILE_H
#define WHORL_TRANSFORMS_SCHEDULEFILE_H

#include "Whorl/IR/WhorlDialect.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace whorl {

/// What the choice of a schedule depends on: the types of query, key and value,
/// layout, mask, kinds of encodings, soft cap, bias, and how many ops the score
/// region has.
mlir::DictionaryAttr describeAttention(AttentionOp op);

struct ScheduleEntry {
  mlir::DictionaryAttr attention;
  CPUTargetAttr target;
  int64_t threads = 1; ///< as CompileSettings has it: 0 where OpenMP decides
  CPUAttentionScheduleAttr schedule;
  // For people.
  double ms = 0, plannedMs = 0; ///< of this schedule, and of the planner's own
  std::string caseName, machine, date;

  /// The line, without a newline.
  std::string format() const;
};

class ScheduleFile {
public:
  /// An empty file called `path`.
  explicit ScheduleFile(std::string path = "") : path(std::move(path)) {}
  /// Reads a file. The error is `path:line: expected ..., got ...`.
  static llvm::Expected<ScheduleFile> read(const std::string &path,
                                           mlir::MLIRContext *context);

  /// The entry that holds for an attention, or null.
  const ScheduleEntry *find(mlir::DictionaryAttr attention,
                            CPUTargetAttr target, int64_t threads) const;
  /// The first entry for the attention on any target, or null.
  const ScheduleEntry *findAnyTarget(mlir::DictionaryAttr attention) const;
  /// Adds an entry, or replaces the one for the same attention, target and
  /// threads.
  void set(const ScheduleEntry &entry);

  /// Where an entry of this file stands.
  mlir::Location getLoc(const ScheduleEntry &entry) const;
  const std::string &getPath() const { return path; }
  /// All lines, each with its newline.
  std::string getText() const;

private:
  struct Line {
    std::string text; ///< of a line without an entry
    ScheduleEntry entry;
    bool isEntry() const { return entry.schedule != nullptr; }
  };
  llvm::Error addLine(llvm::StringRef text, mlir::MLIRContext *context);
  Line *findExactly(const ScheduleEntry &entry);

  std::string path;
  std::vector<Line> lines;
};

} // namespace whorl

#endif // WHORL_TRANSFORMS_SCHEDULEFILE_H
