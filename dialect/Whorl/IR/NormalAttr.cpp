//===- NormalAttr.cpp - normal numbers ------------------------------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/FloatMath.h"
#include "Whorl/IR/RandomUnit.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

LogicalResult NormalAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 Number mean, Number stddev, NormalForm) {
  if (std::isfinite(mean) && std::isfinite(stddev) && stddev >= 0.0)
    return success();
  return emitError() << "(N1) expected a finite mean and a finite stddev that "
                        "is not negative, got "
                     << formatNumber(mean) << " and " << formatNumber(stddev);
}

LogicalResult
NormalAttr::verifyElement(function_ref<InFlightDiagnostic()> emitError,
                          Type element) const {
  switch (getForm()) {
  case NormalForm::inverse:
    return verifyRandomFloat(emitError, element, RandomFloats::all);
  case NormalForm::box_muller:
    return verifyRandomFloat(emitError, element, RandomFloats::upToF32);
  case NormalForm::jax:
    return verifyRandomFloat(emitError, element, RandomFloats::f32);
  }
  llvm_unreachable("every form is above");
}

RandomDraw NormalAttr::getDraw(Type element) const {
  return getForm() == NormalForm::box_muller ? RandomDraw::pair
                                             : getWordDraw(element);
}

/// The quantile in f32: x times a quotient of two polynomials in w =
/// -ln(1 - x^2), which are minimax in the relative error (1.3e-7) for w up to
/// 22.2, our own. No square root and no second branch for the tails. All
/// coefficients are positive: nothing cancels.
static Value buildQuantileF32(ElementBuilder &b, const SymmetricUnit &unit) {
  static constexpr double numerator[] = {0x1.40d934p+0,  0x1.cf402p-2,
                                         0x1.6ff13cp-4,  0x1.851e1cp-7,
                                         0x1.05fd04p-10, 0x1.eb6128p-16};
  static constexpr double denominator[] = {1.0,           0x1.9629a6p-4,
                                           0x1.0ba352p-5, 0x1.2ad122p-9,
                                           0x1.6410fp-13, 0x1.0eb24ep-20};
  Value t = unit.tail; // 1 - x^2 = t (2 - t)
  Value w = buildCoarseNegativeLog(b, b.mul(t, b.sub(b.constant(t, 2.0), t)));
  return b.div(b.mul(unit.x, b.polynomial(w, numerator)),
               b.polynomial(w, denominator));
}

static Value buildInverse(ElementBuilder &b, ValueRange bits, Type element) {
  SymmetricUnit unit = buildSymmetricUnit(b, bits, element);
  if (!element.isF64())
    return buildQuantileF32(b, unit);
  return buildNormalQuantile(b, unit.x, b.scale(unit.tail, 0.5));
}

/// cuRAND's _curand_box_muller, with its constants.
static Value buildBoxMuller(ElementBuilder &b, ValueRange bits) {
  Type f32 = b.getF32Type();
  Value first = b.fromUnsigned(bits[0], f32);
  Value second = b.fromUnsigned(bits[1], f32);
  Value u = b.fma(first, 0x1p-32, b.constant(first, 0x1p-33));
  constexpr double turn = 0x1.921fb6p-30; // 2 pi 2^-32 in f32
  Value v = b.add(b.scale(second, turn), b.constant(second, turn / 2));
  Value radius = b.sqrt(b.scale(buildLog(b, u), -2.0));
  return b.mul(radius, buildSine(b, v, bits[2])); // the cosine is a quarter on
}

/// sqrt(2) erfinv(u), by Giles' single-precision polynomials as XLA uses them.
static Value buildJax(ElementBuilder &b, ValueRange bits, Type element) {
  Value u = buildUnitFraction(b, bits, element, 23);
  Value low = b.constant(u, -0x1.fffffep-1);
  u = b.max(b.add(b.scale(u, 2.0), low), low);
  Value w = b.neg(buildLog1p(b, b.neg(b.mul(u, u))));
  Value centre = b.polynomial(b.sub(w, b.constant(w, 2.5)),
                              {1.50140941, 0.246640727, -0.00417768164,
                               -0.00125372503, 0.00021858087, -4.39150654e-06,
                               -3.5233877e-06, 3.43273939e-07, 2.81022636e-08});
  Value tail = b.polynomial(b.sub(b.sqrt(w), b.constant(w, 3.0)),
                            {2.83297682, 1.00167406, 0.00943887047,
                             -0.0076224613, 0.00573950773, -0.00367342844,
                             0.00134934322, 0.000100950558, -0.000200214257});
  Value isCentre = b.isLess(w, b.constant(w, 5.0));
  return b.scale(b.mul(b.select(isCentre, centre, tail), u), M_SQRT2);
}

Value NormalAttr::buildSample(ElementBuilder &b, ValueRange bits,
                              Type element) const {
  Value z = getForm() == NormalForm::inverse ? buildInverse(b, bits, element)
            : getForm() == NormalForm::jax   ? buildJax(b, bits, element)
                                             : buildBoxMuller(b, bits);
  if (getMean() != 0.0)
    z = b.fma(z, getStddev(), b.constant(z, getMean()));
  else if (getStddev() != 1.0)
    z = b.scale(z, getStddev());
  return b.round(z, element);
}

Attribute NormalAttr::parse(AsmParser &parser, Type) {
  auto loc = parser.getCurrentLocation();
  double mean = 0.0, stddev = 1.0;
  NormalForm form = NormalForm::inverse;
  if (ParameterParser(parser)
          .add("mean", mean)
          .add("stddev", stddev)
          .add<NormalForm>("form", form, symbolizeNormalForm,
                           "inverse, box_muller or jax")
          .parse())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    Number(mean), Number(stddev), form);
}

void NormalAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("mean", formatNumber(getMean()), formatNumber(0.0))
      .add("stddev", formatNumber(getStddev()), formatNumber(1.0))
      .add("form", stringifyNormalForm(getForm()), "inverse");
}
