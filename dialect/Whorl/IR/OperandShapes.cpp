//===- OperandShapes.cpp - shapes in verifiers and builders ---------------===//

#include "Whorl/IR/OperandShapes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace whorl;

Diagnostic &whorl::operator<<(Diagnostic &diagnostic, SizeText text) {
  if (ShapedType::isDynamic(text.size))
    return diagnostic << "?";
  return diagnostic << text.size;
}

Diagnostic &whorl::operator<<(Diagnostic &diagnostic, ShapeText text) {
  diagnostic << "[";
  llvm::interleave(
      text.shape, [&](int64_t size) { diagnostic << SizeText{size}; },
      [&] { diagnostic << ", "; });
  return diagnostic << "]";
}

bool whorl::broadcastsTo(ArrayRef<int64_t> shape, ArrayRef<int64_t> target) {
  if (shape.empty() || shape.size() > target.size())
    return false;
  ArrayRef<int64_t> tail = target.take_back(shape.size());
  return llvm::all_of(llvm::zip_equal(shape, tail), [](auto pair) {
    auto [size, wanted] = pair;
    return size == 1 || areSizesCompatible(size, wanted);
  });
}

SmallVector<Value> whorl::getBroadcastIndices(ImplicitLocOpBuilder &b,
                                              ArrayRef<int64_t> shape,
                                              ValueRange indices) {
  SmallVector<Value> result;
  for (auto [size, index] :
       llvm::zip_equal(shape, indices.take_back(shape.size())))
    result.push_back(
        size == 1 ? arith::ConstantIndexOp::create(b, 0).getResult() : index);
  return result;
}

Value whorl::castToIndex(ImplicitLocOpBuilder &b, Value value) {
  if (value.getType().isIndex())
    return value;
  return arith::IndexCastOp::create(b, b.getIndexType(), value);
}

Value whorl::clampToRows(ImplicitLocOpBuilder &b, Value position, Value rows) {
  Value integer = arith::FPToSIOp::create(b, b.getI64Type(), position);
  Value row = arith::IndexCastOp::create(b, b.getIndexType(), integer);
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value last = arith::SubIOp::create(b, rows, one);
  return arith::MinSIOp::create(b, arith::MaxSIOp::create(b, row, zero), last);
}

Value whorl::castToFloat(ImplicitLocOpBuilder &b, Value value, Type type) {
  if (value.getType().isIndex())
    value = arith::IndexCastOp::create(b, b.getI64Type(), value);
  if (isa<IntegerType>(value.getType()))
    return arith::SIToFPOp::create(b, type, value);
  unsigned from = value.getType().getIntOrFloatBitWidth();
  unsigned to = type.getIntOrFloatBitWidth();
  if (from < to)
    return arith::ExtFOp::create(b, type, value);
  // By way of f32: no machine has f64 -> f16 or bf16, and LLVM would call a
  // function that run time libraries may lack.
  if (from == 64 && to == 16)
    value = arith::TruncFOp::create(b, b.getF32Type(), value);
  if (from > to)
    return arith::TruncFOp::create(b, type, value);
  return value;
}

bool whorl::isRandomKey(TypeRange types) {
  if (types.size() == 1)
    return types[0].isSignlessInteger(64);
  return types.size() == 2 && types[0].isSignlessInteger(32) &&
         types[1].isSignlessInteger(32);
}

bool whorl::hasBatchedTables(TypeRange types) {
  return llvm::any_of(
      types, [](Type type) { return cast<ShapedType>(type).getRank() == 3; });
}
