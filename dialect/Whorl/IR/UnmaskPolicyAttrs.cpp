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

Value ConfidenceThresholdAttr::buildTakes(ElementBuilder &b,
                                          const UnmaskRank &rank) const {
  auto predicate =
      getStrict() ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OGE;
  Value isLarge = arith::CmpFOp::create(b, predicate, rank.score,
                                        b.constant(rank.score, getAtLeast()));
  Value count = rank.count ? rank.count : b.constant(rank.before, 1.0);
  return b.bitOr(isLarge, b.isLess(rank.before, count));
}

Attribute ConfidenceThresholdAttr::parse(AsmParser &parser, Type) {
  double atLeast = 0.9;
  bool strict = false;
  if (ParameterParser(parser)
          .add("at_least", atLeast)
          .add("strict", strict)
          .parse())
    return {};
  return get(parser.getContext(), Number(atLeast), strict);
}

void ConfidenceThresholdAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("at_least", formatNumber(getAtLeast()), formatNumber(0.9))
      .add("strict", getStrict(), false);
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
  auto loc = parser.getCurrentLocation();
  double bound = 0.1;
  if (ParameterParser(parser).add("bound", bound).parse())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    Number(bound));
}

void EntropyBoundAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer).add("bound", formatNumber(getBound()),
                                formatNumber(0.1));
}
