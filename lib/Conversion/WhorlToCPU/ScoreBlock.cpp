//===- ScoreBlock.cpp - the scalar IR of one score ------------------------===//

#include "ScoreBlock.h"

using namespace mlir;
using namespace whorl;

ScoreBlock::ScoreBlock(Location loc, Type type)
    : scalar(loc, [&]() -> SmallVector<Type> {
        Type index = IndexType::get(loc.getContext());
        return {type, index, index, index, index};
      }()) {
  ValueRange arguments = scalar.get().getArguments();
  score = result = arguments[0];
  indices = {arguments[1], arguments[2], arguments[3], arguments[4]};
}

void ScoreBlock::addModifiers(AttentionOp op) {
  result = buildScoreModifiers(scalar.getBuilder(), op, result, indices);
}

void ScoreBlock::addMask(AttentionOp op) {
  result = buildMaskedScore(scalar.getBuilder(), op, result, indices);
}
