//===- TokenSampler.h - tokens from rows of logits --------------*- C++ -*-===//
//
// One pass over a row, 256 logits at a time. A block is converted, guided and
// cleared of dropped tokens in the nearest cache; then two passes over it find
// its largest logit and sum the exponentials, while the rest of the row streams
// in. What a row carries from block to block:
//
//   a reference r >= all logits so far     sums of e and e t, e = 2^t,
//                                          t = (l - r) log2 e
//   the second largest logit               the best score, and where it stands
//
// The place of the largest score is looked for only in a block that has a
// larger one than all before it. With filters, the row is kept in memory and
// the smallest logit that they keep is found first, bit by bit.
//
// A row is summed in 16 parts, token i in part i mod 16, and these in one
// order: all machines draw the same token and measure the same. One with
// shorter vectors passes over a block once for each vector of parts, which
// takes fewer registers than all at once.
//
// Rejected: scoring while loading, which needs more registers than AVX2 has;
// and each logit's own Gumbel number for the blocked draw, see the op.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_TOKENSAMPLER_H
#define WHORL_CONVERSION_WHORLTOCPU_TOKENSAMPLER_H

#include "Whorl/Utils/TokenScalars.h"
#include <limits>

namespace whorl {

class TokenSampler {
public:
  /// `lanes` are the machine's.
  TokenSampler(SampleTokensOp op, mlir::OpBuilder &builder, int64_t lanes);
  void emit();

private:
  static constexpr int64_t kLanes = 16;
  static constexpr int64_t kBlock = SampleTokensOp::kBlock;
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  using Value = mlir::Value;
  using Values = llvm::SmallVector<Value>;
  enum class Mode { greedy, element, noise, blocked };

  /// The row that is being read.
  struct Row {
    Mode mode = Mode::greedy;
    Values at;         ///< where its logits stand
    Value number;      ///< counted in row-major order
    Values indices;    ///< those of its result, and of its noise
    Value values;      ///< memory: a block of l, or with filters the whole row
    Value scores;      ///< memory: a block of scores, or of probabilities
    Value numbers;     ///< memory: Gumbel numbers of a block
    Value weights;     ///< memory: exponentials of the row, for some filters
    Value threshold;   ///< the smallest l that filters keep, or null
    Value temperature; ///< its inverse, or null where it is 1
  };
  /// A block of it.
  struct Block {
    Value start; ///< its first token
    Value count; ///< tokens, 256 at most
    Value base;  ///< where it begins in the row's values
  };
  /// What is carried from block to block; null where nothing asks for it.
  struct State {
    Value reference, sum, weighted, second, score, token, logit;
  };

  // TokenSampler.cpp: rows and draws.
  void emitRow(mlir::ValueRange indices);
  Values emitReadRow(mlir::ValueRange indices, Mode mode);
  Values buildKnownRow(Value token);
  State buildInitialState();
  void emitBlock(const Row &row, const Block &block, State &state);
  void emitArgmax(const Row &row, const Block &block, State &state,
                  Value values, Value base, Value largest);
  void emitGivenNoise(const Row &row, const Block &block);
  void emitDrawnNoise(const Row &row, const Block &block, const State &state);
  void emitBlockScore(const Row &row, const Block &block, State &state,
                      Value sums, Value reference);
  void emitPick(const Row &row, State &state);
  Value findFirst(Value values, Value base, Value wanted);

  // TokenRows.cpp: from memory to blocks of values.
  Block getBlock(Value start);
  /// Whether neighbours along the vocabulary are neighbours in memory.
  static bool hasNeighbours(Value memref);
  /// Calls `body(first, width)` for the tokens of a block, 16 at a time where
  /// they are neighbours, and what is left one by one.
  void forBlock(const Block &block, bool areNeighbours,
                llvm::function_ref<void(Value, int64_t)> body);
  void fillBlock(const Row &row, const Block &block);
  void fillValues(const Row &row, const Block &block, Value first,
                  int64_t width);
  void dropTokens(const Row &row, const Block &block);
  void emitThreshold(Row &row);
  Value refineThreshold(const Row &row, TokenFilterAttrInterface filter,
                        Value threshold, Value largest);
  Value buildRowLargest(const Row &row);
  void emitWeights(Row &row, Value largest);
  /// How many logits are larger than `limit`, and the sum of their weights if
  /// asked for.
  std::pair<Value, Value> buildLarger(const Row &row, Value limit, bool orEqual,
                                      bool needsMass);

  // TokenStatistics.cpp: passes over a block.
  /// l, or what is drawn from: q, -inf where filters drop it.
  Value buildTempered(const Row &row, Value x);
  Value buildStatistic(const Row &row, Value x);
  std::pair<Value, Value> buildTop(Value values, Value base,
                                   llvm::function_ref<Value(Value)> map,
                                   bool wantsSecond);
  /// Sums of e, and of e t if asked for, of a block as vectors.
  Values buildSums(Value values, Value base, Value reference,
                   llvm::function_ref<Value(Value)> map, bool wantsWeighted,
                   Value target);
  void updateStatistics(const Row &row, const Block &block, State &state,
                        Value largest, Value second, Values &sums);
  Value sumLanes(Value vector);
  Values buildMeasures(const Row &row, const State &state);

  // Arithmetic on scalars and vectors.
  ElementBuilder elements() { return {b.getLoc(), b}; }
  Value splat(Value scalar, mlir::Type type);
  Value splat(Value scalar) { return splat(scalar, vector); }
  Value constant(double value) { return b.constant(type, value); }
  Value load(Value values, Value at, mlir::VectorType type);
  Value load(Value values, Value at) { return load(values, at, vector); }
  Value buildExponent(Value x, Value reference);
  /// An exponent, at least where its power of two is 0.
  Value clampExponent(Value t);
  /// Below all logits, and finite even as a multiple of log2(e): the difference
  /// to a dropped logit, -inf, is no NaN.
  Value buildLeastReference() {
    return constant(type.isF64() ? -1e308 : -1e38);
  }

  bool wants(TokenMeasure measure) { return op.hasMeasure(measure); }
  bool hasStatistics();
  /// Whether the sums of the measures are those of the blocked draw.
  bool sharesSums(const Row &row);

  SampleTokensOp op;
  LoopBuilder b;
  mlir::FloatType type;
  mlir::VectorType vector; ///< of 16
  mlir::VectorType native; ///< what the machine has, if it is shorter
  Value vocabulary, guidance, rows;
  std::optional<TokenRandom> random;
};

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_TOKENSAMPLER_H
