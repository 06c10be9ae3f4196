//===- RandomElements.h - random elements as scalar IR ----------*- C++ -*-===//
#ifndef WHORL_UTILS_RANDOMELEMENTS_H
#define WHORL_UTILS_RANDOMELEMENTS_H

#include "Whorl/IR/WhorlDialect.h"

namespace whorl {

/// The key words of `key`, which the generator takes from a seed where it is
/// one.
RandomKey buildRandomKey(ElementBuilder &builder,
                         RandomGeneratorAttrInterface generator,
                         mlir::ValueRange key);

/// The element of `op` at `coordinates`, by one whorl.random_bits.
mlir::Value buildRandomElement(ElementBuilder &builder, RandomOp op,
                               const RandomKey &key,
                               mlir::ValueRange coordinates,
                               mlir::ValueRange sizes);

/// The i64 number of the element that `op` names: offset + its row-major
/// position.
mlir::Value buildRandomPosition(ElementBuilder &builder, RandomBitsOp op);

/// The results of `op` for `elements`, an i64 scalar or a vector of them; the
/// results have the same shape.
llvm::SmallVector<mlir::Value> buildRandomBits(ElementBuilder &builder,
                                               RandomBitsOp op,
                                               const RandomSource &source,
                                               mlir::Value elements);

/// The same for the `lanes` elements from `first` on, a multiple of
/// `getRandomRunAlignment`.
llvm::SmallVector<mlir::Value> buildRandomRun(ElementBuilder &builder,
                                              RandomBitsOp op,
                                              const RandomSource &source,
                                              mlir::Value first, int64_t lanes);
int64_t getRandomRunAlignment(RandomBitsOp op);

/// The key and the stream of `op`.
RandomSource getRandomSource(RandomBitsOp op);

} // namespace whorl

#endif // WHORL_UTILS_RANDOMELEMENTS_H
