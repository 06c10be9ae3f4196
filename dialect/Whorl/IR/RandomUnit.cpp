//===- RandomUnit.cpp - from bits to fractions ----------------------------===//

#include "Whorl/IR/RandomUnit.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace whorl;

LogicalResult
whorl::verifyRandomFloat(function_ref<InFlightDiagnostic()> emitError,
                         Type element, RandomFloats floats) {
  bool hasHalves =
      floats == RandomFloats::all || floats == RandomFloats::upToF32;
  bool hasF64 =
      floats == RandomFloats::all || floats == RandomFloats::f32AndF64;
  if (element.isF32() || (hasHalves && (element.isF16() || element.isBF16())) ||
      (hasF64 && element.isF64()))
    return success();
  static constexpr const char *names[] = {
      "f16, bf16, f32 or f64", "f16, bf16 or f32", "f32 or f64", "f32"};
  return emitError() << "expected the element type "
                     << names[static_cast<unsigned>(floats)] << ", got "
                     << element;
}

unsigned whorl::getDigits(Type element) {
  return cast<FloatType>(element).getFPMantissaWidth();
}

RandomDraw whorl::getWordDraw(Type element) {
  return element.isF64() ? RandomDraw::two_words : RandomDraw::word;
}

FloatType whorl::getComputedType(Type element) {
  return element.isF64() ? cast<FloatType>(element)
                         : Float32Type::get(element.getContext());
}

Value whorl::buildUnitFraction(ElementBuilder &b, ValueRange bits, Type element,
                               unsigned digits) {
  FloatType computed = getComputedType(element);
  if (!element.isF64()) {
    Value k = b.shiftRight(bits[0], 32 - digits);
    return b.scale(b.fromSigned(k, computed), std::ldexp(1.0, -digits));
  }
  // 32 bits and digits - 32: the sum is exact.
  Value low = b.shiftRight(bits[0], 64 - digits);
  return b.fma(b.fromUnsigned(bits[1], computed), 0x1p-32,
               b.scale(b.fromSigned(low, computed), std::ldexp(1.0, -digits)));
}

Value whorl::buildPositiveUnit(ElementBuilder &b, ValueRange bits,
                               Type element) {
  FloatType computed = getComputedType(element);
  if (element.isF32()) {
    Value word = b.fromUnsigned(bits[0], computed);
    return b.fma(word, 0x1p-32, b.constant(word, 0x1p-33));
  }
  Value u = buildUnitFraction(b, bits, element, getDigits(element));
  return b.add(u, b.constant(u, std::ldexp(1.0, -getDigits(element))));
}

/// (n + 1/2) 2^-32 of one word n.
static Value buildHalfOpen(ElementBuilder &b, Value word) {
  Value number = b.fromUnsigned(word, b.getF32Type());
  return b.fma(number, 0x1p-32, b.constant(number, 0x1p-33));
}

/// (n + 1/2) 2^-64 of two words, in f32 or f64. Two roundings, the second one
/// far below the first.
static Value buildHalfOpen(ElementBuilder &b, Value low, Value high,
                           FloatType type) {
  Value lowNumber = b.fromUnsigned(low, type);
  Value rest = b.fma(lowNumber, 0x1p-64, b.constant(lowNumber, 0x1p-65));
  return b.fma(b.fromUnsigned(high, type), 0x1p-32, rest);
}

std::pair<Value, Value> whorl::buildMidpoint(ElementBuilder &b, ValueRange bits,
                                             Type element) {
  FloatType type = getComputedType(element);
  auto build = [&](Value low, Value high) {
    return bits.size() == 1 ? buildHalfOpen(b, low)
                            : buildHalfOpen(b, low, high, type);
  };
  auto invert = [&](Value word) { return b.bitXor(word, b.integer(word, -1)); };
  return {build(bits.front(), bits.back()),
          build(invert(bits.front()), invert(bits.back()))};
}

SymmetricUnit whorl::buildSymmetricUnit(ElementBuilder &b, ValueRange bits,
                                        Type element) {
  Value high = bits.back();
  // 1 - |x| from the bits of the word of the other sign: no digits are lost.
  Value sign = b.shiftRightSigned(high, 31);
  Value mirrored = b.bitXor(high, b.bitXor(sign, b.integer(high, 0x7fffffff)));
  if (!element.isF64()) {
    auto build = [&](Value word) {
      Value number = b.fromSigned(word, b.getF32Type());
      return b.fma(number, 0x1p-31, b.constant(number, 0x1p-32));
    };
    return {build(high), build(mirrored)};
  }
  auto build = [&](Value low, Value upper) {
    Value number = b.fromUnsigned(low, element);
    Value rest = b.fma(number, 0x1p-63, b.constant(number, 0x1p-64));
    return b.fma(b.fromSigned(upper, element), 0x1p-31, rest);
  };
  // ~low where the word is not negative, low where it is.
  Value low = bits.front();
  Value mirroredLow = b.bitXor(low, b.bitXor(sign, b.integer(low, -1)));
  return {build(low, high), build(mirroredLow, mirrored)};
}
