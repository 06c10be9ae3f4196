//===- UnmaskPolicyAttrs.cpp - which candidates are taken -----------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/Formula.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace whorl;

//===----------------------------------------------------------------------===//
// BestCount
//===----------------------------------------------------------------------===//

bool BestCountAttr::readsCount() const { return true; }

Value BestCountAttr::buildTakes(ElementBuilder &b,
                                const UnmaskRank &rank) const {
  return b.isLess(rank.before, rank.count);
}

//===----------------------------------------------------------------------===//
// ConfidenceThreshold
//===----------------------------------------------------------------------===//

bool ConfidenceThresholdAttr::readsCount() const { return getCapped(); }

Value ConfidenceThresholdAttr::buildTakes(ElementBuilder &b,
                                          const UnmaskRank &rank) const {
  auto predicate =
      getStrict() ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OGE;
  Value isLarge = arith::CmpFOp::create(b, predicate, rank.score,
                                        b.constant(rank.score, getAtLeast()));
  Value one = b.constant(rank.before, 1.0);
  if (!getCapped())
    return b.bitOr(isLarge,
                   b.isLess(rank.before, rank.count ? rank.count : one));
  Value isWithin = b.isLess(rank.before, rank.count);
  return b.bitAnd(isWithin, b.bitOr(isLarge, b.isLess(rank.before, one)));
}

Attribute ConfidenceThresholdAttr::parse(AsmParser &parser, Type) {
  double atLeast = 0.9;
  bool strict = false, capped = false;
  if (ParameterParser(parser)
          .add("at_least", atLeast)
          .add("strict", strict)
          .add("capped", capped)
          .parse())
    return {};
  return get(parser.getContext(), Number(atLeast), strict, capped);
}

void ConfidenceThresholdAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("at_least", formatNumber(getAtLeast()), formatNumber(0.9))
      .add("strict", getStrict(), false)
      .add("capped", getCapped(), false);
}

//===----------------------------------------------------------------------===//
// EntropyBound
//===----------------------------------------------------------------------===//

LogicalResult
EntropyBoundAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         Number bound) {
  if (bound >= 0.0)
    return success();
  return emitError() << "(E1) expected a bound that is not negative, got "
                     << formatNumber(bound);
}

bool EntropyBoundAttr::prefersSmall() const { return true; }

Value EntropyBoundAttr::buildTakes(ElementBuilder &b,
                                   const UnmaskRank &rank) const {
  return arith::CmpFOp::create(b, arith::CmpFPredicate::OLE, rank.sum,
                               b.constant(rank.sum, getBound()));
}

Attribute EntropyBoundAttr::parse(AsmParser &parser, Type) {
  return parseSingle<EntropyBoundAttr>(parser, "bound", 0.1);
}

void EntropyBoundAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("bound", formatNumber(getBound()),
                                formatNumber(0.1));
}
