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
//   Qt [D][BR]   S [BC][BR]   Ot [Dv][BR]   reference r, sum [BR]
//
// for each (batch, head, query tile) in parallel:
//   for each block of BC keys that the mask analysis leaves:
//     S = K Qt; modify and mask; move r where a score lies far above it;
//     S = exp2(S - r); Ot += V S
//   store Ot / sum, transposed back
//
// With packed heads (role = heads) a tile has the rows r = (head of the group)
// * Nq + query of all heads that share keys: fewer lanes are idle, and keys are
// read once.
//
// With dot = bf16 what is multiplied stays bf16, in words of two: features 2 w
// and 2 w + 1 of queries and keys, keys 2 p and 2 p + 1 of weights and values.
//
//   Qt [D/2][BR]   keys as they lie in memory   V [BC/2][Dv]   P [BC/2][BR]
//
// Words of keys are broadcast straight from memory; values are packed once for
// all query tiles; P takes the place of the scores. Queries are packed without
// their scale, which would cost a rounding: the softmax multiplies by it. With
// dot = amx the same words are multiplied in tiles, see TileProducts.cpp.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_ATTENTIONKERNEL_H
#define WHORL_CONVERSION_WHORLTOCPU_ATTENTIONKERNEL_H

#include "DistanceTables.h"
#include "KeyRange.h"
#include "RowPasses.h"
#include <functional>

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
    Value batch;
    Value head;                      ///< with packed heads, the first of them
    Value firstRow;                  ///< its first query row
    Value usedRows;                  ///< rows in the groups of columns it uses
    KeyRange range;                  ///< the keys that its rows may see
    Value query, key, value, output; ///< matrices of this batch and head
    Value qt, scores, ot;            ///< scratch
    Value queryRows;                 ///< scratch [lanes][D], if rows need work
    Value reference, sum, best;      ///< scratch, one entry a query row
    Value tileMaxima;                ///< scratch, a row for each MR keys
    Value firstKey, numKeys;         ///< of the current block
    Value keyBlock, valueBlock;      ///< scratch: its rows, prepared
    Value lastKeys, lastValues;      ///< scratch: those of a partial AMX tile
  };

  // AttentionKernel.cpp: the tile and its key loop.
  /// Rows that need no work, or all of them in scratch.
  std::pair<Value, Layout> prepare(RowSource &source, Value tensor);
  void emitTile(Value batch, Value head, Value tileIndex);
  void emitPrepareBlock(Tile &tile);
  /// Head and query of a row of the tile (scalars or vectors of index); rows
  /// behind the last are the last one.
  std::pair<Value, Value> locateRow(const Tile &tile, Value row);
  Value getHeadMatrix(const Tile &tile, Value tensor, Value ofTile, Value head);
  Value allocateValueBlock(mlir::OpFoldResult features);
  void allocateScratch(Tile &tile);
  void releaseScratch(Tile &tile);
  void emitKeyBlocks(Tile &tile);
  void emitKeyBlock(Tile &tile, Value firstKey, Value upper);

  // QueryTile.cpp: into the transposed tile and back.
  void emitPackQuery(const Tile &tile);
  void emitPackRows(const Tile &tile, Value first, Value scale);
  /// The matrices and row numbers of as many query rows as there are lanes.
  std::pair<Values, Values> locateQueryRows(const Tile &tile, Value first);
  void emitStoreRows(const Tile &tile, Value first);
  void emitInitialState(const Tile &tile);
  void emitStoreOutput(const Tile &tile);
  void emitStoreLse(const Tile &tile);

  // RegisterTile.cpp: the two contractions.
  /// What a register tile multiplies and where its rows go.
  struct Contraction {
    int64_t rows = 0;
    std::function<Value(Value step, int64_t row)> scalar;
    std::function<Value(Value step, int64_t column)> vector;
    std::function<void(int64_t row, mlir::ValueRange vectors)> finishRow;
    /// Where not null: of one more step, if `hasLast` is not 0.
    std::function<Value(Value step, int64_t row)> lastScalar;
    Value hasLast = {};
  };
  /// Steps that a register tile makes row by row at its end.
  static constexpr int64_t kStepsByRow = 4;
  Values multiplyAdd(mlir::ValueRange accumulators,
                     llvm::ArrayRef<Value> scalars,
                     llvm::ArrayRef<Value> vectors);
  Values emitSteps(const Contraction &contraction, Value first, Value last,
                   mlir::ValueRange start);
  void emitLastSteps(const Contraction &contraction, Value first,
                     mlir::ValueRange accumulators);
  void emitContraction(const Contraction &contraction, Value steps,
                       mlir::ValueRange start);
  void storeRow(mlir::ValueRange vectors, Value matrix, Value row,
                Value firstColumn);
  void emitScores(const Tile &tile);
  void emitScoreTile(const Tile &tile, Value c, bool isRagged);
  void emitPrefetch(Value matrix, Value row, Value column);
  void emitAccumulate(const Tile &tile);
  void emitAccumulateRows(const Tile &tile, Value firstFeature, int64_t rows);

  // PairedProducts.cpp: words of two bf16.
  bool isPaired() const { return dot != DotForm::fma; }
  /// Features and keys are padded with zeros to a multiple of it.
  int64_t getMultiple() const { return isTiled() ? 32 : isPaired() ? 2 : 1; }
  Value multiplyAddPairs(Value accumulator, Value words, Value allWords);
  Value loadWords(Value memref, mlir::ValueRange indices);
  Value loadWord(Value matrix, Value row, Value word);
  /// A word whose upper half is 0.
  Value dropPartner(Value word);
  void emitPackPairs(const Tile &tile, Value first);
  void emitValueBlock(Value matrix, Value firstKey, Value numKeys,
                      Value target);
  void emitValueWords(Value matrix, Value firstKey, Value numKeys, Value target,
                      Value firstPair);
  Value packValues();
  Value countWeightPairs(const Tile &tile);
  void hideBehindLast(const Tile &tile);
  Value buildWeightPair(const Tile &tile, Value pair, Value at, Value reference,
                        Value sum);

  // TileProducts.cpp: the contractions in AMX tiles.
  bool isTiled() const { return dot == DotForm::amx; }
  bool mayLoadTilesOf(Value tensor);
  mlir::OpFoldResult getPaddedValueFeatures();
  void emitScoreTiles(const Tile &tile, Value keys, Value firstKey, Value c);
  void emitTiledScores(const Tile &tile);
  void emitLastValues(const Tile &tile, Value firstRow, Value numKeys);
  void emitTiledAccumulate(const Tile &tile);
  void emitValueTile(Value matrix, Value firstKey, Value numKeys, Value target,
                     Value firstRow);
  void emitRowMaximum(const Tile &tile, Value at);

  // OnlineSoftmax.cpp.
  void emitSoftmax(const Tile &tile);
  void emitBlockMaximum(const Tile &tile);
  void emitModifiedMaximum(const Tile &tile, bool isMasked);
  Value buildModified(const Tile &tile, Value c, Value at, Value scale,
                      bool isMasked);
  void addDistanceTerms(const Tile &tile, Value key, Value firstColumn,
                        Values &scores);
  void updateTileMaximum(const Tile &tile, mlir::ValueRange scores,
                         Value firstKey, Value firstColumn, int64_t row,
                         Values &best);
  void emitPlainMaximum(const Tile &tile, Value at);
  Value emitNextReference(const Tile &tile, Value at);
  void emitMoveReference(const Tile &tile, Value at);
  void emitExponentials(const Tile &tile, Value at);

  Value column(Value firstColumn, int64_t vector) {
    return b.add(firstColumn, b.index(vector * lanes));
  }
  /// The scale, where it was not multiplied to the queries.
  void initializeSoftmax();
  Value loadVector(Value memref, mlir::ValueRange indices);
  void storeVector(Value vector, Value memref, mlir::ValueRange indices);
  /// Calls `body` with the first column of each group of NR vectors.
  void forGroups(const Tile &tile, llvm::function_ref<void(Value)> body);
  /// Calls `body` with the first row of each vector of them.
  void forVectors(const Tile &tile, llvm::function_ref<void(Value)> body);

  AttentionOp op;
  LoopBuilder b;
  int64_t lanes, tileRows, tileColumns, groups, queryRows, keyBlock;
  DotForm dot;
  mlir::FloatType type;        ///< in which scores are computed
  mlir::VectorType vector;     ///< lanes of it
  bool isPacked;               ///< a tile has rows of all heads that share keys
  DistanceTables tables;       ///< of what depends on i - j
  bool hasModifiers = false;   ///< something else changes scores
  SoftmaxState softmax;        ///< base 2: log2(e) is folded into the scale
  bool hasTail = false;        ///< the last tile may have fewer rows
  bool preparesBlocks = false; ///< each block's rows, not all of them at once
  RowSource query, key, value;
  Value keyRows, valueRows; ///< the tensors, or scratch with prepared rows
  Layout keyLayout, valueLayout;
  Value numQueries, numKeyRows, numGroups;
  Value numRows; ///< that the tiles of a head, or of packed heads, have
  std::optional<MaskPlan> mask;
};

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_ATTENTIONKERNEL_H
