//===- AttentionKernel.h - the CPU attention kernel -------------*- C++ -*-===//
//
// Queries lie along the vector lanes. A tile of `BR` query rows is packed
// transposed, [D][BR]; scores are computed transposed, S^T = K Q^T, in register
// tiles of MR keys times NR vectors of queries, by broadcasting elements of K
// straight from its rows. The softmax then runs vertically: maximum and sum
// over keys are plain vector operations, without a horizontal reduction or a
// shuffle. O^T += V^T P^T has the same form. Neither K nor V is packed or
// transposed.
//
//   Qt [D][BR]   S [BC][BR]   Ot [Dv][BR]   stats: max, sum, alpha [BR]
//
// for each (batch, head, query tile) in parallel:
//   for each block of BC keys that the mask analysis leaves:
//     S = K Qt; modify and mask; new maximum; S = exp2(S - max); Ot = alpha Ot
//     + V S
//   store Ot / sum, transposed back
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_ATTENTIONKERNEL_H
#define WHORL_CONVERSION_WHORLTOCPU_ATTENTIONKERNEL_H

#include "RowPasses.h"
#include "Whorl/Analysis/MaskAnalysis.h"

namespace whorl {

class AttentionKernel {
public:
  AttentionKernel(AttentionOp op, CPUAttentionScheduleAttr schedule,
                  mlir::OpBuilder &builder);
  void emit();

private:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<mlir::Value>;

  /// What a query tile works on.
  struct Tile {
    Value batch, head;
    Value firstRow;                  ///< its first query row
    Value firstPosition;             ///< offset + firstRow
    Value endPosition;               ///< offset + number of query rows
    Value query, key, value, output; ///< matrices of this batch and head
    Value qt, scores, ot;            ///< scratch
    Value queryRow;                  ///< scratch [D], when rows need work
    Value maximum, sum, alpha;       ///< scratch, one entry a query row
    Value firstKey, numKeys;         ///< of the current block
  };

  // AttentionKernel.cpp: the tile and its key loop.
  /// Rows that need no work, or all of them in scratch.
  std::pair<Value, Layout> prepare(RowSource &source, Value tensor);
  void emitTile(Value batch, Value head, Value tileIndex);
  Value allocateRow(mlir::OpFoldResult size);
  void allocateScratch(Tile &tile);
  void releaseScratch(Tile &tile);
  void emitKeyBlock(Tile &tile, Value firstKey, Value upper);
  std::pair<Value, Value> emitKeyBounds(const Tile &tile);
  Value emitIsPartial(const Tile &tile);

  // QueryTile.cpp: into the transposed tile and back.
  void emitPackQuery(const Tile &tile);
  void emitInitialState(const Tile &tile);
  void emitStoreOutput(const Tile &tile);
  void emitStoreLse(const Tile &tile);

  // RegisterTile.cpp: the two contractions.
  Values emitContraction(Value steps, Value vectors, Value firstColumn,
                         int64_t rows, mlir::ValueRange start,
                         llvm::function_ref<Value(Value, int64_t)> scalar);
  void storeTile(mlir::ValueRange tile, Value matrix, mlir::ValueRange rows,
                 Value firstColumn);
  void emitScores(const Tile &tile);
  void emitAccumulate(const Tile &tile);
  void emitAccumulateRows(const Tile &tile, Value firstFeature, int64_t rows);

  // OnlineSoftmax.cpp.
  void emitSoftmax(const Tile &tile);
  void emitModifiedMaximum(const Tile &tile, bool isMasked);
  void emitPlainMaximum(const Tile &tile, Value firstColumn);
  void emitRescale(const Tile &tile, Value column);
  void emitExponentials(const Tile &tile, Value firstColumn);
  Value buildExp2(Value difference);

  Value column(Value firstColumn, int64_t vector) {
    return b.add(firstColumn, b.index(vector * lanes));
  }
  Value loadVector(Value memref, mlir::ValueRange indices);
  void storeVector(Value vector, Value memref, mlir::ValueRange indices);
  /// Calls `body` with the first column of each group of NR vectors.
  void forGroups(llvm::function_ref<void(Value)> body);

  AttentionOp op;
  LoopBuilder b;
  int64_t lanes, tileRows, tileColumns, groups, queryRows, keyBlock;
  mlir::FloatType type;    ///< in which scores are computed
  mlir::VectorType vector; ///< lanes of it
  bool hasModifiers;       ///< something changes scores after the product
  bool isBase2;            ///< log2(e) is folded into the scale
  bool hasTail;            ///< the last tile may have fewer rows
  RowSource query, key, value;
  Value keyRows, valueRows; ///< the tensors, or scratch with prepared rows
  Layout keyLayout, valueLayout;
  Value numQueries, numKeyRows, numGroups;
  std::optional<MaskPlan> mask;
};

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_ATTENTIONKERNEL_H
