//===- DistributionAttrs.cpp - bits, integers, uniform, exponential, Gumbel
//===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/FloatMath.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/RandomUnit.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

//===----------------------------------------------------------------------===//
// Bits and integers
//===----------------------------------------------------------------------===//

static LogicalResult verifyInteger(function_ref<InFlightDiagnostic()> emitError,
                                   Type element) {
  if (element.isSignlessInteger(32) || element.isSignlessInteger(64))
    return success();
  return emitError() << "expected the element type i32 or i64, got " << element;
}

/// The 64 bits of each element as i64.
static Value joinBits(ElementBuilder &b, ValueRange bits) {
  Type i64 = b.getI64Type();
  return b.bitOr(b.zeroExtend(bits[0], i64),
                 b.shiftLeft(b.zeroExtend(bits[1], i64), 32));
}

LogicalResult
BitsAttr::verifyElement(function_ref<InFlightDiagnostic()> emitError,
                        Type element) const {
  return verifyInteger(emitError, element);
}

RandomDraw BitsAttr::getDraw(Type element) const {
  return element.isInteger(64) ? RandomDraw::two_words : RandomDraw::word;
}

Value BitsAttr::buildSample(ElementBuilder &b, ValueRange bits,
                            Type element) const {
  return element.isInteger(64) ? joinBits(b, bits) : bits[0];
}

LogicalResult IntegersAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t low, int64_t high) {
  if (low < high)
    return success();
  return emitError() << "(I1) expected low < high, got " << low << " and "
                     << high;
}

LogicalResult
IntegersAttr::verifyElement(function_ref<InFlightDiagnostic()> emitError,
                            Type element) const {
  if (failed(verifyInteger(emitError, element)))
    return failure();
  if (element.isInteger(64) ||
      (llvm::isInt<32>(getLow()) && llvm::isInt<32>(getHigh() - 1)))
    return success();
  return emitError() << "(I2) expected integers from " << getLow() << " to "
                     << getHigh() - 1 << " to fit i32; use i64";
}

RandomDraw IntegersAttr::getDraw(Type) const { return RandomDraw::two_words; }

/// floor(n range / 2^64) of the 64 bits n = (low, high); all i64, the words
/// zero-extended.
static Value multiplyHigh(ElementBuilder &b, Value low, Value high,
                          uint64_t range) {
  auto product = [&](Value word, uint64_t factor) {
    return b.mulInt(word, b.integer(word, static_cast<int64_t>(factor)));
  };
  uint64_t rangeLow = range & 0xffffffff, rangeHigh = range >> 32;
  Value a = b.addInt(product(high, rangeLow),
                     b.shiftRight(product(low, rangeLow), 32));
  if (rangeHigh == 0)
    return b.shiftRight(a, 32);
  Value c = b.addInt(product(low, rangeHigh), b.bitAnd(a, 0xffffffff));
  return b.addInt(product(high, rangeHigh),
                  b.addInt(b.shiftRight(a, 32), b.shiftRight(c, 32)));
}

Value IntegersAttr::buildSample(ElementBuilder &b, ValueRange bits,
                                Type element) const {
  Type i64 = b.getI64Type();
  uint64_t range =
      static_cast<uint64_t>(getHigh()) - static_cast<uint64_t>(getLow());
  Value index = multiplyHigh(b, b.zeroExtend(bits[0], i64),
                             b.zeroExtend(bits[1], i64), range);
  Value result = b.addInt(index, getLow());
  return element == i64 ? result : b.truncate(result, element);
}

Attribute IntegersAttr::parse(AsmParser &parser, Type) {
  auto loc = parser.getCurrentLocation();
  int64_t low = 0, high = 0;
  if (ParameterParser(parser).add("low", low).add("high", high).parse())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    low, high);
}

void IntegersAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("low", getLow(), 0).add("high", getHigh(), 0);
}

//===----------------------------------------------------------------------===//
// Uniform
//===----------------------------------------------------------------------===//

/// `value` rounded to `element`, as f64.
static double roundTo(Type element, double value) {
  APFloat rounded(value);
  bool losesInfo;
  rounded.convert(cast<FloatType>(element).getFloatSemantics(),
                  APFloat::rmNearestTiesToEven, &losesInfo);
  rounded.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
  return rounded.convertToDouble();
}

/// The neighbour of `value`, a number of `element`, below or above.
static double getNeighbour(Type element, double value, bool below) {
  APFloat number(value);
  bool losesInfo;
  number.convert(cast<FloatType>(element).getFloatSemantics(),
                 APFloat::rmNearestTiesToEven, &losesInfo);
  number.next(below);
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return number.convertToDouble();
}

LogicalResult UniformAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  Number low, Number high, UniformForm) {
  if (!(low < high))
    return emitError() << "(U1) expected low < high, got " << formatNumber(low)
                       << " and " << formatNumber(high);
  return success();
}

LogicalResult
UniformAttr::verifyElement(function_ref<InFlightDiagnostic()> emitError,
                           Type element) const {
  if (failed(verifyRandomFloat(emitError, element,
                               getForm() == UniformForm::jax
                                   ? RandomFloats::f32AndF64
                                   : RandomFloats::all)))
    return failure();
  double low = roundTo(element, getLow()), high = roundTo(element, getHigh());
  if (std::isfinite(roundTo(element, high - low)) && std::isfinite(low) &&
      std::isfinite(high) && low < high)
    return success();
  return emitError() << "(U2) expected low, high and high - low to be finite "
                        "and distinct numbers of "
                     << element << ", got " << formatNumber(getLow()) << " and "
                     << formatNumber(getHigh());
}

RandomDraw UniformAttr::getDraw(Type element) const {
  return getWordDraw(element);
}

static Value buildUnit(ElementBuilder &b, ValueRange bits, Type element,
                       UniformForm form) {
  switch (form) {
  case UniformForm::closed_open:
    return buildUnitFraction(b, bits, element, getDigits(element));
  case UniformForm::open_closed:
    return buildPositiveUnit(b, bits, element);
  case UniformForm::jax:
    return buildUnitFraction(b, bits, element, getDigits(element) - 1);
  }
  llvm_unreachable("every form is above");
}

Value UniformAttr::buildSample(ElementBuilder &b, ValueRange bits,
                               Type element) const {
  Value u = buildUnit(b, bits, element, getForm());
  double low = roundTo(element, getLow()), high = roundTo(element, getHigh());
  if (low == 0.0 && high == 1.0)
    return b.round(u, element);
  Type computed = getElementTypeOrSelf(u);
  double width = roundTo(computed, high - low);
  // Rounding, here and to the element type, may reach an end or pass it.
  bool isOpenBelow = getForm() == UniformForm::open_closed;
  bool isOpenAbove = getForm() == UniformForm::closed_open;
  double smallest = isOpenBelow ? getNeighbour(element, low, false) : low;
  double largest = isOpenAbove ? getNeighbour(element, high, true) : high;
  Value x = b.fma(u, width, b.constant(u, low));
  x = b.min(b.max(x, b.constant(u, smallest)), b.constant(u, largest));
  return b.round(x, element);
}

Attribute UniformAttr::parse(AsmParser &parser, Type) {
  auto loc = parser.getCurrentLocation();
  double low = 0.0, high = 1.0;
  UniformForm form = UniformForm::closed_open;
  if (ParameterParser(parser)
          .add("low", low)
          .add("high", high)
          .add<UniformForm>("form", form, symbolizeUniformForm,
                            "closed_open, open_closed or jax")
          .parse())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    Number(low), Number(high), form);
}

void UniformAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("low", formatNumber(getLow()), formatNumber(0.0))
      .add("high", formatNumber(getHigh()), formatNumber(1.0))
      .add("form", stringifyUniformForm(getForm()), "closed_open");
}

//===----------------------------------------------------------------------===//
// Exponential and Gumbel
//===----------------------------------------------------------------------===//

LogicalResult
ExponentialAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        Number rate, TailForm) {
  if (rate > 0.0 && std::isfinite(rate) && std::isfinite(1.0 / rate))
    return success();
  return emitError() << "(X1) expected a positive, finite rate, got "
                     << formatNumber(rate);
}

LogicalResult
ExponentialAttr::verifyElement(function_ref<InFlightDiagnostic()> emitError,
                               Type element) const {
  return verifyRandomFloat(emitError, element,
                           getForm() == TailForm::jax ? RandomFloats::f32AndF64
                                                      : RandomFloats::all);
}

RandomDraw ExponentialAttr::getDraw(Type element) const {
  return getWordDraw(element);
}

Value ExponentialAttr::buildSample(ElementBuilder &b, ValueRange bits,
                                   Type element) const {
  Value log;
  if (getForm() == TailForm::jax) {
    Value u = buildUnitFraction(b, bits, element, getDigits(element) - 1);
    log = buildLog1p(b, b.neg(u));
  } else {
    auto [u, complement] = buildMidpoint(b, bits, element);
    log = buildLogOfComplement(b, u, complement);
  }
  double rate = getRate();
  return b.round(rate == 1.0 ? b.neg(log) : b.scale(log, -1.0 / rate), element);
}

Attribute ExponentialAttr::parse(AsmParser &parser, Type) {
  auto loc = parser.getCurrentLocation();
  double rate = 1.0;
  TailForm form = TailForm::precise;
  if (ParameterParser(parser)
          .add("rate", rate)
          .add<TailForm>("form", form, symbolizeTailForm, "precise or jax")
          .parse())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    Number(rate), form);
}

void ExponentialAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("rate", formatNumber(getRate()), formatNumber(1.0))
      .add("form", stringifyTailForm(getForm()), "precise");
}

LogicalResult
GumbelAttr::verifyElement(function_ref<InFlightDiagnostic()> emitError,
                          Type element) const {
  return verifyRandomFloat(emitError, element,
                           getForm() == TailForm::jax ? RandomFloats::f32
                                                      : RandomFloats::all);
}

RandomDraw GumbelAttr::getDraw(Type) const {
  return getForm() == TailForm::jax ? RandomDraw::word : RandomDraw::two_words;
}

Value GumbelAttr::buildSample(ElementBuilder &b, ValueRange bits,
                              Type element) const {
  Value log;
  if (getForm() == TailForm::jax) {
    Value u = buildUnitFraction(b, bits, element, getDigits(element) - 1);
    // u (1 - tiny) + tiny, which only changes a zero.
    log = buildLog(b, b.max(u, b.constant(u, 0x1p-126)));
  } else {
    auto [u, complement] = buildMidpoint(b, bits, element);
    log = buildLogOfComplement(b, u, complement);
  }
  return b.round(b.neg(buildLog(b, b.neg(log))), element);
}

Attribute GumbelAttr::parse(AsmParser &parser, Type) {
  TailForm form = TailForm::precise;
  if (ParameterParser(parser)
          .add<TailForm>("form", form, symbolizeTailForm, "precise or jax")
          .parse())
    return {};
  return get(parser.getContext(), form);
}

void GumbelAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("form", stringifyTailForm(getForm()),
                                "precise");
}
