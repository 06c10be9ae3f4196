//===- AttentionScalars.h - one score of an attention, as scalar IR -*- C++
//-*-//
//
// The normative order of whorl.attention, built once for the reference and for
// every back end: what happens to a score between the scaled product and the
// softmax, and where positions come from.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_UTILS_ATTENTIONSCALARS_H
#define WHORL_UTILS_ATTENTIONSCALARS_H

#include "Whorl/Utils/LoopBuilder.h"

namespace whorl {

/// The indices of one score, all of type index.
struct ScoreIndices {
  mlir::Value batch, head, queryRow, keyRow;
};

/// Where rows get their positions: ids [N], [B,N] or [axes,B,N], or offset +
/// row.
struct PositionSource {
  mlir::Value ids;          ///< a memref, or null
  mlir::Value offset;       ///< index, or a memref of B integers, or null
  int64_t staticOffset = 0; ///< when there is no `offset`

  /// offset + row, whatever the ids say.
  mlir::Value getRowPosition(mlir::ImplicitLocOpBuilder &builder,
                             mlir::Value batch, mlir::Value row) const;
  /// The position on `axis`: an index, or the ids' own type when it is a float.
  mlir::Value getPosition(mlir::ImplicitLocOpBuilder &builder,
                          mlir::Value batch, mlir::Value row,
                          unsigned axis) const;
  /// Whether positions differ from batch to batch.
  bool dependsOnBatch() const;
  /// 1 + the greatest position of `rows` rows of `batches` batches on any axis,
  /// 0 at least; f64.
  mlir::Value buildLength(LoopBuilder &builder, mlir::Value batches,
                          mlir::Value rows) const;
};

/// The positions of an attention's queries (or keys).
PositionSource getQueryPositionSource(AttentionOp op);
PositionSource getKeyPositionSource(AttentionOp op);

/// The length of the sequence, of queries and keys together, where an encoding
/// depends on it; else null.
mlir::Value buildSequenceLength(LoopBuilder &builder, AttentionOp op);

/// True when something other than the mask changes scores after the product.
bool hasScoreModifiers(AttentionOp op);

/// Builds the score after softcap, score region, score encodings and bias.
/// `score` is f32 or f64 and already scaled.
mlir::Value buildScoreModifiers(mlir::ImplicitLocOpBuilder &builder,
                                AttentionOp op, mlir::Value score,
                                const ScoreIndices &indices);

/// Builds the i1 of the mask at `indices`; `op` has a mask.
mlir::Value buildMaskTest(mlir::ImplicitLocOpBuilder &builder, AttentionOp op,
                          const ScoreIndices &indices);

/// Builds a score after the mask, which makes hidden scores -inf; `op` has a
/// mask.
mlir::Value buildMaskedScore(mlir::ImplicitLocOpBuilder &builder,
                             AttentionOp op, mlir::Value modified,
                             const ScoreIndices &indices);

/// Builds one past the last key that the mask lets any query of a batch see, or
/// null when it depends on no data.
mlir::Value buildMaskKeyEnd(mlir::ImplicitLocOpBuilder &builder, AttentionOp op,
                            mlir::Value batch, mlir::Value head);

/// The scale where it is known at compile time.
std::optional<double> getConstantScale(AttentionOp op);

/// The scale as a value of `type`.
mlir::Value buildScale(mlir::ImplicitLocOpBuilder &builder, AttentionOp op,
                       mlir::Type type);

} // namespace whorl

#endif // WHORL_UTILS_ATTENTIONSCALARS_H
