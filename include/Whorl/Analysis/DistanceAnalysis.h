//===- DistanceAnalysis.h - what depends on i - j alone ---------*- C++ -*-===//
//
// Relative encodings (ALiBi, T5, KERPLE, ...) and many score regions add to a
// score a term that depends on row i and key j only through i - j: its matrix
// is Toeplitz. A kernel tabulates such a term once per head over the N + M - 1
// distances, so that a score costs one load whatever the formula costs. This
// analysis finds the terms in the scalar IR of a score.
//
// Integers are followed as steps * i + steps * j + rest through additions,
// subtractions and casts (also to f32 and f64, which hold rows exactly); a
// value whose steps are opposite depends on the distance, and so does every op
// without side effects on such values. Reads of memory count as such ops:
// operands of an attention do not change while it runs.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_ANALYSIS_DISTANCEANALYSIS_H
#define WHORL_ANALYSIS_DISTANCEANALYSIS_H

#include "Whorl/Utils/AttentionScalars.h"
#include "llvm/ADT/DenseMap.h"

namespace whorl {

class DistanceAnalysis {
public:
  /// Analyses the ops of `block`. `indices` and everything else that differs
  /// from score to score are arguments of it.
  DistanceAnalysis(mlir::Block &block, const ScoreIndices &indices);

  /// Whether a value is the same wherever i - j, batch and head are.
  bool isDistance(mlir::Value value) const;
  /// Whether it differs with i - j at all.
  bool varies(mlir::Value value) const;
  bool dependsOnBatch(mlir::Value value) const;
  bool dependsOnHead(mlir::Value value) const;

  /// The terms t of result = score + t + ..., and those subtracted, when
  /// `result` is such a sum and a term varies with the distance.
  struct Sum {
    llvm::SmallVector<mlir::Value> added, subtracted;
  };
  std::optional<Sum> matchSum(mlir::Value result, mlir::Value score) const;

  /// The floats that vary with the distance and that other ops, or `result`,
  /// need: what is worth a table each.
  llvm::SmallVector<mlir::Value> getTerms(mlir::Value result) const;

private:
  struct Dependence {
    enum class Kind { uniform, affine, distance, other } kind = Kind::uniform;
    int64_t queryStep = 0, keyStep = 0; ///< of an affine value
    bool onBatch = false, onHead = false;
  };
  Dependence get(mlir::Value value) const;
  static bool isDistance(const Dependence &dependence);
  void analyze(mlir::Operation &op);
  static std::optional<Dependence>
  analyzeAffine(mlir::Operation &op, llvm::ArrayRef<Dependence> operands);

  mlir::Block &block;
  llvm::DenseMap<mlir::Value, Dependence> values;
};

} // namespace whorl

#endif // WHORL_ANALYSIS_DISTANCEANALYSIS_H
