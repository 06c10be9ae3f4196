//===- Tuner.h - measures schedules against each other ----------*- C++ -*-===//
#ifndef WHORL_BENCH_TUNER_H
#define WHORL_BENCH_TUNER_H

#include "Cases.h"
#include "Sampler.h"
#include "Whorl/Driver/Compilation.h"
#include "Whorl/Transforms/ScheduleFile.h"
#include <map>

namespace whorl {

struct TuneSettings {
  CompileSettings compile;
  unsigned rounds = 11;
  unsigned candidates = 24; ///< the most to be measured of an attention
  std::string path;         ///< the file of schedules
};

/// Finds the fastest schedule of each attention of a function, on all cases
/// that call the function, and writes it to the file.
///
/// The candidates are those of getScheduleCandidates, the planner's choice
/// first. All of them run by turns. One whose results differ from the planner's
/// is reported and out; one that is much slower after the first rounds is
/// measured no further.
class Tuner {
public:
  explicit Tuner(TuneSettings settings) : settings(std::move(settings)) {}

  /// `cases` share module and entry. Writes the file after each attention.
  llvm::Error tune(llvm::ArrayRef<const Case *> cases);
  /// Attentions that were tuned, and cases that have none.
  unsigned getNumTuned() const { return numTuned; }
  unsigned getNumWithout() const { return numWithout; }

private:
  /// An attention, or several that are alike.
  struct Subject {
    mlir::DictionaryAttr attention;
    llvm::SmallVector<unsigned> places; ///< in the order of the module
    llvm::SmallVector<CPUAttentionScheduleAttr> candidates;
    unsigned numLeftOut = 0; ///< candidates beyond those
    bool isByHand = false;
  };
  /// A schedule, and how long each case takes with it.
  struct Candidate {
    CPUAttentionScheduleAttr schedule;
    std::string failure; ///< why it is out
    std::optional<LoadedCode> code;
    std::vector<Sampler> samplers; ///< one for each case
    bool isSlow = false;           ///< measured no further
    double ratio = 1;              ///< its time / the planner's
    double noise = 0;              ///< what the ratio may be off by
    double ms = 0, leastMs = 0;    ///< of the first case
    bool isOut() const { return !failure.empty(); }
  };

  llvm::Error readCases();
  llvm::Error collectSubjects();
  llvm::Error tuneSubject(const Subject &subject);
  llvm::Error compile(const Subject &subject, Candidate &candidate);
  llvm::Error check(Candidate &candidate, Candidate &planned);
  llvm::Error warmUp(const Subject &subject,
                     std::vector<Candidate> &candidates);
  llvm::Error measure(std::vector<Candidate> &candidates);
  static void summarizeAll(std::vector<Candidate> &candidates, bool byLeast);
  static const Candidate &choose(const std::vector<Candidate> &candidates,
                                 double noise);
  void print(const Subject &subject, const std::vector<Candidate> &candidates,
             const Candidate &winner) const;
  llvm::Error write(const Subject &subject, const Candidate &winner,
                    const Candidate &planned);

  TuneSettings settings;
  unsigned numTuned = 0, numWithout = 0;

  // Of the function that is being tuned.
  llvm::ArrayRef<const Case *> cases;
  std::unique_ptr<Compilation> compilation;
  const Signature *signature = nullptr;
  std::vector<std::vector<HostTensor>> inputs; ///< of each case
  CPUTargetAttr target;
  std::vector<Subject> subjects;
  /// The schedules of the attentions that are done, by their place.
  std::map<unsigned, CPUAttentionScheduleAttr> done;
  std::optional<CacheEvictor> evictor;
};

/// Checks a file before anything is measured: it need not exist, but must hold
/// schedules where it does.
llvm::Error checkScheduleFile(const std::string &path);

} // namespace whorl

#endif // WHORL_BENCH_TUNER_H
