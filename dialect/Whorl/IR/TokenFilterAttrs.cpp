//===- TokenFilterAttrs.cpp - which tokens may be drawn -------------------===//

#include "Whorl/IR/Formula.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace whorl;

static LogicalResult
verifyProbability(function_ref<InFlightDiagnostic()> emitError, Number p,
                  StringRef number) {
  if (p > 0.0 && p <= 1.0)
    return success();
  return emitError() << "(" << number << ") expected 0 < p <= 1, got "
                     << formatNumber(p);
}

/// `<p>`.
template <typename Attr> static Attribute parseProbability(AsmParser &parser) {
  auto loc = parser.getCurrentLocation();
  double p;
  if (parser.parseLess() || parseNumber(parser, p) || parser.parseGreater())
    return {};
  return Attr::getChecked([&] { return parser.emitError(loc); },
                          parser.getContext(), Number(p));
}

LogicalResult TopKAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               int64_t k) {
  if (k >= 1)
    return success();
  return emitError() << "(K1) expected k to be 1 or more, got " << k;
}

Value TopKAttr::buildKeeps(ElementBuilder &b, const TokenRank &rank) const {
  return b.isLess(rank.larger,
                  b.constant(rank.larger, static_cast<double>(getK())));
}

LogicalResult TopPAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               Number p) {
  return verifyProbability(emitError, p, "P1");
}

bool TopPAttr::readsMass() const { return true; }

Value TopPAttr::buildKeeps(ElementBuilder &b, const TokenRank &rank) const {
  // The largest stays whatever rounding makes of p.
  Value isReached = b.isLess(rank.mass, b.constant(rank.mass, getP()));
  Value isLargest = b.isLess(rank.larger, b.constant(rank.larger, 1.0));
  return b.bitOr(isReached, isLargest);
}

Attribute TopPAttr::parse(AsmParser &parser, Type) {
  return parseProbability<TopPAttr>(parser);
}

void TopPAttr::print(AsmPrinter &printer) const {
  printer << '<' << formatNumber(getP()) << '>';
}

LogicalResult MinPAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               Number p) {
  return verifyProbability(emitError, p, "I1");
}

Value MinPAttr::buildKeeps(ElementBuilder &b, const TokenRank &rank) const {
  Value limit = b.constant(rank.ratio, getP());
  Value isLess = b.isLess(rank.ratio, limit);
  Value isLargest = b.isLess(rank.larger, b.constant(rank.larger, 1.0));
  Value keeps = arith::XOrIOp::create(b, isLess, b.integer(isLess, 1));
  return b.bitOr(keeps, isLargest);
}

Attribute MinPAttr::parse(AsmParser &parser, Type) {
  return parseProbability<MinPAttr>(parser);
}

void MinPAttr::print(AsmPrinter &printer) const {
  printer << '<' << formatNumber(getP()) << '>';
}
