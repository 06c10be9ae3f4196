//===- TokenScalars.h - numbers of whorl.sample_tokens ----------*- C++ -*-===//
//
// What the reference and the back ends share, so that they draw the same
// tokens: the scalar operands, and the random numbers, of which each has its
// place in the stream.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_UTILS_TOKENSCALARS_H
#define WHORL_UTILS_TOKENSCALARS_H

#include "Whorl/Utils/LoopBuilder.h"

namespace whorl {

/// w of u + (w + 1)(c - u), as w + 1 of `type`; null without guidance.
mlir::Value buildGuidanceFactor(LoopBuilder &b, SampleTokensOp op,
                                mlir::Type type);

/// The temperature, in the type of its operand, f32, or as a constant of f64;
/// null where there is none.
mlir::Value buildTemperature(LoopBuilder &b, SampleTokensOp op);

/// The indices of the logits that the row at `indices` reads.
llvm::SmallVector<mlir::Value> getLogitsRow(LoopBuilder &b, SampleTokensOp op,
                                            mlir::ValueRange indices);

/// The number of a row of the logits, counted in row-major order.
mlir::Value getRowNumber(LoopBuilder &b, SampleTokensOp op,
                         mlir::ValueRange indices);

/// A token as an i64.
mlir::Value extendToken(LoopBuilder &b, mlir::Value token);

/// Stores a token, an i64, and its measures, floats, in the outs of `op`.
void storeTokenRow(LoopBuilder &b, SampleTokensOp op, mlir::ValueRange results,
                   mlir::ValueRange indices);

/// How many positions of a row `whorl.unmask` is to take, as a float of `type`;
/// null where no counts are given.
mlir::Value buildUnmaskCount(LoopBuilder &b, UnmaskOp op,
                             mlir::ValueRange indices, mlir::Type type);

/// Whether a position of whorl.unmask may be taken: i1. `indices` are those of
/// the position.
mlir::Value buildMayUnmask(LoopBuilder &b, UnmaskOp op,
                           mlir::ValueRange indices);

/// The score of a position, the larger the better, a NaN worst of all.
mlir::Value buildUnmaskMerit(LoopBuilder &b, UnmaskOp op,
                             mlir::ValueRange indices, mlir::Type type);

/// The random numbers of a draw.
class TokenRandom {
public:
  TokenRandom(LoopBuilder &b, SampleTokensOp op);
  /// The Gumbel number at `place` of the stream, both scalars; f32, or f64 for
  /// logits of f64.
  mlir::Value buildGumbel(LoopBuilder &b, mlir::Value place) const;
  /// `lanes` of them from `place` on, a multiple of `getAlignment`, or -inf for
  /// all where none exceeds `bound`, which spares their logarithms. `limit` is
  /// `buildLimit` of the bound.
  mlir::Value buildLargeGumbels(LoopBuilder &b, mlir::Value place,
                                int64_t lanes, mlir::Value limit) const;
  mlir::Value buildLimit(LoopBuilder &b, mlir::Value bound) const;
  int64_t getAlignment() const;
  /// A uniform number in [0, 1).
  mlir::Value buildUniform(LoopBuilder &b, mlir::Value place) const;
  /// The place of element `index`, of type index, behind the op's offset.
  mlir::Value getPlace(LoopBuilder &b, mlir::Value index) const;

private:
  mlir::Value buildSample(LoopBuilder &b,
                          RandomDistributionAttrInterface distribution,
                          mlir::Value place) const;

  RandomGeneratorAttrInterface generator;
  RandomSource source;
  mlir::Value offset; ///< i64, or null
  RandomDistributionAttrInterface gumbel, uniform;
  mlir::Type type;
};

} // namespace whorl

#endif // WHORL_UTILS_TOKENSCALARS_H
