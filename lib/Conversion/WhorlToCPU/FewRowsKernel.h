//===- FewRowsKernel.h - attention of few queries on many keys --*- C++ -*-===//
//
// Decoding has one or a few queries a head, and is bound by the reading of keys
// and values. Here features lie along the vector lanes: a score is a vector of
// products whose lanes are added at the end, keys and values are read in the
// order in which they lie in memory, once for the rows of all heads that share
// them. Rows r = (head of the group) * Nq + query.
//
//   q [R][D]   S [R][BC]   O [R][Dv]   reference, sum [R]
//
// for each (batch, key/value head) in parallel:
//   for each block of BC keys that the mask analysis leaves:
//     S = q K^T, MR keys times NR rows at a time, while the values of the block
//     are fetched
//     modify, mask, new reference, S = exp(S - r) along the keys
//     O += S V, NR rows times two vectors of features at a time
//   store O / sum
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_FEWROWSKERNEL_H
#define WHORL_CONVERSION_WHORLTOCPU_FEWROWSKERNEL_H

#include "KeyRange.h"
#include "RowPasses.h"
#include "SoftmaxState.h"

namespace whorl {

class FewRowsKernel {
public:
  FewRowsKernel(AttentionOp op, CPUAttentionScheduleAttr schedule,
                mlir::OpBuilder &builder);
  /// Whether the shapes are those that the kernel is for: static heads, query
  /// rows and features, features in whole vectors. An error at the op says
  /// which is not.
  mlir::LogicalResult verify(CPUAttentionScheduleAttr schedule);
  void emit();

private:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<mlir::Value>;

  /// What the rows of one key/value head work on.
  struct Group {
    Value batch, firstHead;
    KeyRange range;
    Value key, value;         ///< matrices of this batch and head
    Value keyBlock;           ///< scratch [BC][D], when keys are encoded
    Value query, scores, out; ///< scratch [R][D], [R][BC], [R][Dv]
    Value reference, sum;     ///< scratch [R]
    Value firstKey, numKeys;  ///< of the current block
  };

  // FewRowsKernel.cpp
  Value allocate(llvm::ArrayRef<int64_t> shape);
  void emitGroup(Value batch, Value keyHead);
  void emitStart(Group &group);
  void emitBlock(Group &group, Value firstKey, Value upper);
  void emitStore(const Group &group);
  void
  forRows(llvm::function_ref<void(Value row, Value head, Value query)> body,
          const Group &group);

  // FewRowsProducts.cpp
  void emitEncodeKeys(const Group &group);
  void emitScores(const Group &group);
  void emitScoreTile(const Group &group, Value firstRow, Value c,
                     bool isRagged);
  void emitFetch(Value matrix, Value first, int64_t size, int64_t locality);
  void emitAccumulate(const Group &group);
  void emitAccumulateTile(const Group &group, Value firstRow, Value d,
                          int64_t columns);

  // FewRowsSoftmax.cpp
  void emitSoftmax(const Group &group);
  Value emitModified(const Group &group, Value row, Value head, Value query);
  Value buildModified(const Group &group, Value scores, Value c, Value head,
                      Value query);
  void emitMove(const Group &group, Value row, Value best);
  void emitWeights(const Group &group, Value row);

  AttentionOp op;
  LoopBuilder b;
  int64_t lanes, tileKeys, tileRows, keyBlock;
  int64_t queries = 0, groupHeads = 0, rows = 0, paddedRows = 0;
  int64_t features = 0, valueFeatures = 0;
  mlir::FloatType type;
  mlir::VectorType vector;
  bool hasModifiers;
  SoftmaxState softmax;
  std::optional<MaskPlan> mask;
  RowSource query, key;
  Value numKeyRows;
};

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_FEWROWSKERNEL_H
