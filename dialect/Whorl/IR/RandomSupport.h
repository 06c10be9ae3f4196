//===- RandomSupport.h - what generators and distributions see --*- C++ -*-===//
#ifndef WHORL_IR_RANDOMSUPPORT_H
#define WHORL_IR_RANDOMSUPPORT_H

#include "Whorl/IR/ElementBuilder.h"
#include <array>

namespace whorl {

enum class RandomDraw : uint32_t;

/// The two words of a generator's key: i32 scalars.
using RandomKey = std::array<mlir::Value, 2>;

/// Which sequence of random bits is read.
struct RandomSource {
  RandomKey key;
  mlir::Value stream; ///< an i64 scalar, or null for stream 0
};

/// Philox4x32-10. The words lie in the lower halves of i64, counters scalars or
/// vectors, keys scalars; what the upper halves hold does not matter, and they
/// hold anything in the result.
using PhiloxBlock = std::array<mlir::Value, 4>;
PhiloxBlock buildPhilox(ElementBuilder &builder, PhiloxBlock counter,
                        std::array<mlir::Value, 2> key);

/// Threefry2x32-20 of the counter (high, low), i32 scalars or vectors.
using ThreefryBlock = std::array<mlir::Value, 2>;
ThreefryBlock buildThreefry(ElementBuilder &builder, const RandomKey &key,
                            mlir::Value high, mlir::Value low);

} // namespace whorl

#endif // WHORL_IR_RANDOMSUPPORT_H
