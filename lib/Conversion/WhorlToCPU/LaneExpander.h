//===- LaneExpander.h - scalar IR becomes vector IR -------------*- C++ -*-===//
//
// Encodings, masks and score regions are scalar IR on one (i, j). A kernel runs
// them on `lanes` neighbouring rows or elements at once. The expander clones
// the scalar ops of a block, and keeps of each value only what differs by lane:
//
//   uniform   the same in all lanes                 stays scalar, computed once
//   affine    base + stride * lane, an integer      stays scalar: its base
//   vector    anything else                         vector<lanes x type>
//
// So a mask's `i - j >= 0` costs one broadcast and one compare, and a read of
// bias[b, h, i, j] becomes a broadcast, a contiguous load or single loads by
// how its indices depend on the lane. Ops that have no vector form run lane by
// lane.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_LANEEXPANDER_H
#define WHORL_CONVERSION_WHORLTOCPU_LANEEXPANDER_H

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/DenseMap.h"

namespace whorl {

/// A value of all lanes.
struct LaneValue {
  enum class Kind { uniform, affine, vector } kind = Kind::uniform;
  mlir::Value value;    ///< the scalar, the base, or the vector
  int64_t stride = 0;   ///< of an affine value
  int64_t multiple = 1; ///< divides the base of an affine value

  static LaneValue uniform(mlir::Value value) { return {Kind::uniform, value}; }
  static LaneValue affine(mlir::Value base, int64_t stride = 1,
                          int64_t multiple = 1) {
    return {Kind::affine, base, stride, multiple};
  }
  static LaneValue vector(mlir::Value value) { return {Kind::vector, value}; }
};

class LaneExpander {
public:
  /// Lane l of reads is clamped to index `lastLane` (an index, the last lane
  /// that exists) when it is given: lanes behind it read what that lane reads.
  LaneExpander(mlir::ImplicitLocOpBuilder &builder, int64_t lanes,
               mlir::Value lastLane = {})
      : b(builder), lanes(lanes), lastLane(lastLane) {}

  /// Says what a scalar value is. Unknown values are uniform: they come from
  /// outside the block.
  void map(mlir::Value scalar, LaneValue value) { values[scalar] = value; }

  /// Clones the ops of `block` that `results` need at the builder's insertion
  /// point.
  void expand(mlir::Block &block, mlir::ValueRange results);

  /// What became of a scalar value.
  LaneValue lookup(mlir::Value scalar) const;
  /// The same, as a vector.
  mlir::Value getVector(mlir::Value scalar) { return toVector(lookup(scalar)); }
  mlir::Value toVector(const LaneValue &value);

private:
  void expandOp(mlir::Operation &op);
  bool expandAffine(mlir::Operation &op);
  bool expandCompare(mlir::Operation &op);
  bool expandLoad(mlir::Operation &op);
  bool expandRandomBits(mlir::Operation &op);
  bool expandElementwise(mlir::Operation &op);
  void expandByLane(mlir::Operation &op);
  mlir::Value getLane(const LaneValue &value, int64_t lane);
  mlir::Value getIota(mlir::Type element, int64_t stride);
  mlir::Value getSteps(mlir::Type element, int64_t stride);
  mlir::VectorType getVectorType(mlir::Type element);

  mlir::ImplicitLocOpBuilder &b;
  int64_t lanes;
  mlir::Value lastLane;
  llvm::DenseMap<mlir::Value, LaneValue> values;
};

/// A block of scalar IR under construction, outside of any function. Uses the
/// given argument types; deleted with the object.
class ScalarBlock {
public:
  ScalarBlock(mlir::Location loc, mlir::TypeRange argumentTypes);
  ~ScalarBlock();
  mlir::Block &get() { return *block; }
  mlir::ImplicitLocOpBuilder &getBuilder() { return builder; }

private:
  std::unique_ptr<mlir::Block> block;
  mlir::ImplicitLocOpBuilder builder;
};

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_LANEEXPANDER_H
