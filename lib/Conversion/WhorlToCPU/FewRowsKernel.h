//===- FewRowsKernel.h - attention of few queries on many keys --*- C++ -*-===//
//
// Decoding has one or a few queries a head, and is bound by the reading of keys
// and values. Here features lie along the vector lanes: a score is a vector of
// products whose lanes are added at the end, keys and values are read once for
// the rows of all heads that share them. Rows r = (head of the group) * Nq +
// query.
//
//   q [R][D]   S [R][BC]   O [R][Dv]   reference, sum [R]
//
// for each (batch, key/value head) in parallel:
//   for each block of BC keys that the mask analysis leaves:
//     S = q K^T, MR keys times NR rows at a time; asks for the block's values
//     modify, mask, new reference, S = exp(S - r) along the keys
//     O += S V, PR rows times some vectors at a time; asks for the next keys
//   store O / sum
//
// What a core reads per second depends on the order in which it asks. One
// stream of lines is too few for the misses that a core can have under way, and
// reading a block of values by columns, as the second product does, is no
// stream at all: it takes twice as long. So the keys that a head sees are cut
// into G ranges of one length, and a block has BC / G neighbouring keys of
// each: G streams, none of them a multiple of 4096 bytes from the next. Each
// product works on lines that the other one has asked for: lines of the streams
// by turns, each in the order in which they lie in memory, as many a step as
// keep the two even. What is left at the end of the ranges are blocks of
// neighbouring keys.
//
//   block t:  key(c) = first + t J + (c / J) * length + c mod J,  J = BC / G
//
// Measured on a Zen 3 (4 rows, D 128, f32): 40% of what the core reads without
// streams, 90% with four of two keys; longer blocks and more streams are
// slower, as is asking further ahead.
//
// bf16 keys are split into even and odd elements, a shift and a mask for two
// vectors; the scratch of queries and outputs has the same order.
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
  /// `mostQueries`, where it is given, bounds a number of queries that is
  /// dynamic.
  FewRowsKernel(AttentionOp op, CPUAttentionScheduleAttr schedule,
                mlir::OpBuilder &builder,
                std::optional<int64_t> mostQueries = std::nullopt);
  /// Whether the shapes are those that the kernel is for: static heads and
  /// features, features in whole vectors, and a bound of the queries. An error
  /// at the op says which is not.
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
    // The current block.
    Value firstKey, stride; ///< of its first stream, and from stream to stream
    Value numKeys;          ///< that exist; fewer than BC in the last block
    Value lastKey;          ///< what keys behind the last are read as
  };

  /// Lines of a matrix that are asked for by the units of a loop nest: each
  /// takes `perUnit` of them, in the order of the streams.
  struct Fetch {
    Value matrix, firstRow;
    int64_t linesPerRow = 0, lineElements = 0, perUnit = 0;
  };

  // FewRowsKernel.cpp
  Value allocate(llvm::ArrayRef<int64_t> shape);
  void planRows();
  /// Of `size` rows, how many there are; a constant unless queries are dynamic.
  Value countTiles(int64_t size) { return b.ceilDiv(numRows, b.index(size)); }
  void emitGroup(Value batch, Value keyHead);
  void emitStart(Group &group);
  void emitStartRow(const Group &group, Value matrix, Value query, Value row);
  Value buildStreamBlocks(const Group &group, Value blocks);
  void emitBlocks(Group &group);
  void emitStore(const Group &group);
  void emitStoreRow(const Group &group, Value row, Value matrix, Value query);
  void
  forRows(llvm::function_ref<void(Value row, Value head, Value query)> body,
          const Group &group);

  // FewRowsProducts.cpp
  Value getKeyRow(const Group &group, Value c);
  Fetch planFetch(Value matrix, Value firstRow, int64_t units);
  void emitFetch(const Group &group, const Fetch &fetch, Value unit);
  bool isSplit(Value matrix);
  Values loadVectors(Value matrix, Value row, Value d, int64_t count);
  void emitEncodeKeys(const Group &group);
  void emitScores(const Group &group);
  void emitScoreTile(const Group &group, const Fetch &fetch, Value unit,
                     Value firstRow, Value c);
  void storeScores(const Group &group, Values sums, Value firstRow, Value c);
  /// Keys that a step of the second product takes.
  int64_t getKeysOfStep() const { return keyBlock % 2 == 0 ? 2 : 1; }
  void emitAccumulate(const Group &group);
  void emitAccumulateTile(const Group &group, const Fetch &fetch, Value unit,
                          Value firstRow, Value d, int64_t columns);

  // FewRowsSoftmax.cpp
  void emitSoftmax(const Group &group);
  Value emitModified(const Group &group, Value row, Value head, Value query);
  Value buildModified(const Group &group, Value scores, Value c, Value head,
                      Value query);
  void emitMove(const Group &group, Value row, Value best);
  void emitWeights(const Group &group, Value row);

  AttentionOp op;
  LoopBuilder b;
  int64_t lanes, tileKeys, tileRows, keyBlock, streams, streamKeys;
  int64_t queries = 0; ///< of a head, at most
  int64_t groupHeads = 0, paddedRows = 0;
  int64_t leastRows = 0; ///< that there are if there is a query
  int64_t outRows = 1;   ///< PR
  bool isDynamic = false;
  int64_t features = 0, valueFeatures = 0;
  mlir::FloatType type;
  mlir::VectorType vector;
  bool hasModifiers;
  SoftmaxState softmax;
  std::optional<MaskPlan> mask;
  RowSource query, key;
  Value numKeyRows, numQueries, numRows;
};

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_FEWROWSKERNEL_H
