//===- ElementBuilder.cpp - arithmetic on scalars and vectors -------------===//

#include "Whorl/IR/ElementBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace whorl;

Type ElementBuilder::getTypeLike(Value model, Type element) {
  if (auto vector = dyn_cast<VectorType>(model.getType()))
    return vector.clone(element);
  return element;
}

/// `scalar` as a constant of type `type`.
static Value buildConstant(ElementBuilder &b, Type type, TypedAttr scalar) {
  if (auto vector = dyn_cast<VectorType>(type))
    scalar = DenseElementsAttr::get(vector, Attribute(scalar));
  return arith::ConstantOp::create(b, scalar);
}

Value ElementBuilder::constant(Value model, double value) {
  Type element = getElementTypeOrSelf(model);
  return buildConstant(*this, model.getType(), getFloatAttr(element, value));
}

Value ElementBuilder::integer(Value model, int64_t value) {
  Type element = getElementTypeOrSelf(model);
  // Constants such as 0xD2511F53 are bits, not signed numbers.
  APInt bits(element.getIntOrFloatBitWidth(), static_cast<uint64_t>(value),
             /*isSigned=*/false, /*implicitTrunc=*/true);
  return buildConstant(*this, model.getType(), getIntegerAttr(element, bits));
}

Value ElementBuilder::splat(Value scalar, Value model) {
  auto vector = dyn_cast<VectorType>(model.getType());
  if (!vector)
    return scalar;
  return vector::BroadcastOp::create(*this, vector.clone(scalar.getType()),
                                     scalar);
}

Value ElementBuilder::getRun(Value first, int64_t lanes) {
  auto type = VectorType::get({lanes}, first.getType());
  SmallVector<APInt> offsets;
  for (int64_t lane = 0; lane < lanes; ++lane)
    offsets.emplace_back(first.getType().getIntOrFloatBitWidth(), lane);
  Value iota =
      arith::ConstantOp::create(*this, DenseElementsAttr::get(type, offsets));
  return addInt(vector::BroadcastOp::create(*this, type, first), iota);
}

Value ElementBuilder::add(Value x, Value y) {
  return arith::AddFOp::create(*this, x, y);
}
Value ElementBuilder::sub(Value x, Value y) {
  return arith::SubFOp::create(*this, x, y);
}
Value ElementBuilder::mul(Value x, Value y) {
  return arith::MulFOp::create(*this, x, y);
}
Value ElementBuilder::div(Value x, Value y) {
  return arith::DivFOp::create(*this, x, y);
}
Value ElementBuilder::fma(Value x, Value y, Value z) {
  return math::FmaOp::create(*this, x, y, z);
}
Value ElementBuilder::neg(Value x) { return arith::NegFOp::create(*this, x); }
Value ElementBuilder::sqrt(Value x) { return math::SqrtOp::create(*this, x); }
Value ElementBuilder::min(Value x, Value y) {
  return select(isLess(x, y), x, y);
}
Value ElementBuilder::max(Value x, Value y) {
  return select(isLess(y, x), x, y);
}
Value ElementBuilder::isLess(Value x, Value y) {
  return arith::CmpFOp::create(*this, arith::CmpFPredicate::OLT, x, y);
}

Value ElementBuilder::polynomial(Value x, ArrayRef<double> coefficients) {
  Value sum = constant(x, coefficients.back());
  for (double coefficient : llvm::reverse(coefficients.drop_back()))
    sum = fma(sum, x, constant(x, coefficient));
  return sum;
}

Value ElementBuilder::addInt(Value x, Value y) {
  return arith::AddIOp::create(*this, x, y);
}
Value ElementBuilder::subInt(Value x, Value y) {
  return arith::SubIOp::create(*this, x, y);
}
Value ElementBuilder::mulInt(Value x, Value y) {
  return arith::MulIOp::create(*this, x, y);
}
Value ElementBuilder::bitAnd(Value x, Value y) {
  return arith::AndIOp::create(*this, x, y);
}
Value ElementBuilder::bitOr(Value x, Value y) {
  return arith::OrIOp::create(*this, x, y);
}
Value ElementBuilder::bitXor(Value x, Value y) {
  return arith::XOrIOp::create(*this, x, y);
}
Value ElementBuilder::shiftLeft(Value x, int64_t bits) {
  return arith::ShLIOp::create(*this, x, integer(x, bits));
}
Value ElementBuilder::shiftRight(Value x, int64_t bits) {
  return arith::ShRUIOp::create(*this, x, integer(x, bits));
}
Value ElementBuilder::shiftRightSigned(Value x, int64_t bits) {
  return arith::ShRSIOp::create(*this, x, integer(x, bits));
}
Value ElementBuilder::isEqual(Value x, int64_t y) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::eq, x,
                               integer(x, y));
}
Value ElementBuilder::isLessUnsigned(Value x, Value y) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::ult, x, y);
}
Value ElementBuilder::select(Value condition, Value x, Value y) {
  return arith::SelectOp::create(*this, condition, x, y);
}

Value ElementBuilder::bitcast(Value x, Type element) {
  return arith::BitcastOp::create(*this, getTypeLike(x, element), x);
}
Value ElementBuilder::fromSigned(Value x, Type element) {
  return arith::SIToFPOp::create(*this, getTypeLike(x, element), x);
}
Value ElementBuilder::fromUnsigned(Value x, Type element) {
  return arith::UIToFPOp::create(*this, getTypeLike(x, element), x);
}
Value ElementBuilder::zeroExtend(Value x, Type element) {
  return arith::ExtUIOp::create(*this, getTypeLike(x, element), x);
}
Value ElementBuilder::truncate(Value x, Type element) {
  return arith::TruncIOp::create(*this, getTypeLike(x, element), x);
}
Value ElementBuilder::round(Value x, Type element) {
  if (getElementTypeOrSelf(x) == element)
    return x;
  return arith::TruncFOp::create(*this, getTypeLike(x, element), x);
}
