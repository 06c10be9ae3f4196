//===- RandomLoops.cpp - loops that only number random elements -----------===//

#include "RandomLoops.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace whorl;

/// Whether the coordinates are the loops, in order, and the sizes that count
/// (all but the first) are those of the loops.
static bool countsLoops(linalg::GenericOp op, RandomBitsOp bits) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  if (bits.getCoordinates().size() != ranges.size())
    return false;
  for (auto [loop, coordinate] : llvm::enumerate(bits.getCoordinates())) {
    auto index = coordinate.getDefiningOp<linalg::IndexOp>();
    if (!index || index.getDim() != loop)
      return false;
  }
  return llvm::all_of(llvm::zip_equal(bits.getSizes().drop_front(),
                                      ArrayRef(ranges).drop_front()),
                      [](auto pair) {
                        auto [value, range] = pair;
                        APInt size;
                        return matchPattern(value, m_ConstantInt(&size)) &&
                               size.getSExtValue() == range;
                      });
}

bool whorl::onlyNumbersElements(linalg::GenericOp op) {
  return op.getNumLoops() > 0 &&
         llvm::all_of(op.getBody()->getOps<linalg::IndexOp>(),
                      [&](linalg::IndexOp index) {
                        return llvm::all_of(
                            index->getUsers(), [&](Operation *user) {
                              auto bits = dyn_cast<RandomBitsOp>(user);
                              return bits && countsLoops(op, bits);
                            });
                      });
}

void whorl::hideElementNumbers(linalg::GenericOp op, Value number) {
  for (auto bits : op.getBody()->getOps<RandomBitsOp>()) {
    if (!countsLoops(op, bits)) // one element for all loops
      continue;
    bits.getCoordinatesMutable().assign(number);
    bits.getSizesMutable().assign(number); // one coordinate needs no size
  }
  for (auto index : llvm::to_vector(op.getBody()->getOps<linalg::IndexOp>()))
    index.erase();
}

void whorl::showElementNumbers(linalg::GenericOp op, Value number) {
  OpBuilder builder = OpBuilder::atBlockBegin(op.getBody());
  Value index = linalg::IndexOp::create(builder, op.getLoc(), 0);
  for (auto bits : op.getBody()->getOps<RandomBitsOp>())
    for (OpOperand &operand : bits.getCoordinatesMutable())
      if (operand.get() == number)
        operand.set(index);
}
