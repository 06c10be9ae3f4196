//===- AffineMaskAttrs.cpp - masks that integer sets describe -------------===//

#include "Whorl/IR/WhorlDialect.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace whorl;

/// Builds the membership test of `set` at (i, j). The expressions expand to
/// plain arith, on which every back end works.
static Value buildMembership(ImplicitLocOpBuilder &b, IntegerSet set, Value i,
                             Value j, ValueRange symbols) {
  SmallVector<Value> dims = {i, j};
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value result;
  for (auto [index, constraint] : llvm::enumerate(set.getConstraints())) {
    Value value =
        affine::expandAffineExpr(b, b.getLoc(), constraint, dims, symbols);
    auto predicate =
        set.isEq(index) ? arith::CmpIPredicate::eq : arith::CmpIPredicate::sge;
    Value holds = arith::CmpIOp::create(b, predicate, value, zero);
    result =
        result ? arith::AndIOp::create(b, result, holds).getResult() : holds;
  }
  if (!result)
    result = arith::ConstantIntOp::create(b, 1, 1);
  return result;
}

/// Symbols are read from the mask's operands.
static Value buildMembership(ImplicitLocOpBuilder &b, IntegerSet set,
                             const MaskContext &context) {
  SmallVector<Value> symbols;
  for (unsigned i = 0; i < set.getNumSymbols(); ++i)
    symbols.push_back(context.operands.read(b, i, {}));
  return buildMembership(b, set, context.queryPosition, context.keyRow,
                         symbols);
}

static LogicalResult verifySymbols(const MaskVerifyContext &context,
                                   unsigned expected, StringRef name) {
  if (context.operandTypes.size() != expected)
    return context.emitError()
           << "(M2) " << name << " takes " << expected << " mask operands, got "
           << context.operandTypes.size();
  for (Type type : context.operandTypes)
    if (!type.isIndex())
      return context.emitError()
             << "(M2) " << name << " takes operands of type index, got "
             << type;
  return success();
}

// The shorthand masks differ in their set only.
#define WHORL_DEFINE_SET_MASK(Class)                                           \
  unsigned Class::getNumMaskOperands() const {                                 \
    return getIntegerSet().getNumSymbols();                                    \
  }                                                                            \
  LogicalResult Class::verifyMask(const MaskVerifyContext &context) const {    \
    return verifySymbols(context, getNumMaskOperands(), getMnemonic());        \
  }                                                                            \
  Value Class::buildMask(ImplicitLocOpBuilder &builder,                        \
                         const MaskContext &context) const {                   \
    return buildMembership(builder, getIntegerSet(), context);                 \
  }                                                                            \
  MaskBounds Class::getBounds(unsigned numSymbols, unsigned firstSymbol)       \
      const {                                                                  \
    return MaskBounds::getExact(getIntegerSet(), numSymbols, firstSymbol);     \
  }

WHORL_DEFINE_SET_MASK(AffineMaskAttr)
WHORL_DEFINE_SET_MASK(CausalMaskAttr)
WHORL_DEFINE_SET_MASK(SlidingWindowMaskAttr)
WHORL_DEFINE_SET_MASK(BlockCausalMaskAttr)

//===----------------------------------------------------------------------===//
// #whorl.mask
//===----------------------------------------------------------------------===//

IntegerSet AffineMaskAttr::getIntegerSet() const { return getSet().getValue(); }

/// As AffineExpr::isPureAffine, and divisors are positive: neither the
/// expansion to arith nor Presburger arithmetic knows others.
static bool isPureAffine(AffineExpr expr) {
  auto isDivisionValid = [](AffineExpr part) {
    auto binary = dyn_cast<AffineBinaryOpExpr>(part);
    if (!binary || part.getKind() == AffineExprKind::Add ||
        part.getKind() == AffineExprKind::Mul)
      return true;
    auto divisor = dyn_cast<AffineConstantExpr>(binary.getRHS());
    return divisor && divisor.getValue() > 0;
  };
  bool isValid = expr.isPureAffine();
  expr.walk([&](AffineExpr part) { isValid &= isDivisionValid(part); });
  return isValid;
}

LogicalResult
AffineMaskAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       IntegerSetAttr set) {
  if (set.getValue().getNumDims() != 2)
    return emitError() << "(M1) expected a set over two dimensions (i, j), got "
                       << set.getValue().getNumDims();
  for (AffineExpr constraint : set.getValue().getConstraints())
    if (!isPureAffine(constraint)) {
      // Printed by hand: a diagnostic takes no expression.
      std::string text;
      llvm::raw_string_ostream(text) << constraint;
      return emitError()
             << "(M1) expected affine constraints, which multiply by "
                "constants and divide by positive ones, got "
             << text;
    }
  return success();
}

// The set is quoted: the `>` of `>=` would end the attribute otherwise.
Attribute AffineMaskAttr::parse(AsmParser &parser, Type) {
  std::string text;
  if (parser.parseLess())
    return {};
  auto loc = parser.getCurrentLocation();
  if (parser.parseString(&text) || parser.parseGreater())
    return {};
  // The nested parser prints what is wrong, at a position within the text.
  IntegerSet set = mlir::parseIntegerSet(text, parser.getContext());
  auto emitError = [&] { return parser.emitError(loc); };
  if (!set) {
    emitError() << "expected an affine set such as \"(i, j)[n] : (i - j >= 0, "
                   "n - j - 1 >= 0)\", got \""
                << text << "\"";
    return {};
  }
  return getChecked(function_ref<InFlightDiagnostic()>(emitError),
                    parser.getContext(), IntegerSetAttr::get(set));
}

void AffineMaskAttr::print(AsmPrinter &printer) const {
  printer << "<\"";
  getIntegerSet().print(printer.getStream());
  printer << "\">";
}

//===----------------------------------------------------------------------===//
// Shorthand
//===----------------------------------------------------------------------===//

/// The largest parameter of a shorthand: sums with positions must not overflow
/// the index type.
static constexpr int64_t kMaxDistance = int64_t(1) << 48;

namespace {
/// The names that sets are written with.
struct SetBuilder {
  explicit SetBuilder(MLIRContext *context)
      : i(getAffineDimExpr(0, context)), j(getAffineDimExpr(1, context)),
        n(getAffineSymbolExpr(0, context)) {}
  static IntegerSet getSet(ArrayRef<AffineExpr> atLeastZero,
                           unsigned numSymbols = 0) {
    SmallVector<bool> isEquality(atLeastZero.size(), false);
    return IntegerSet::get(2, numSymbols, atLeastZero, isEquality);
  }
  AffineExpr i, j, n;
};
} // namespace

IntegerSet CausalMaskAttr::getIntegerSet() const {
  SetBuilder s(getContext());
  return s.getSet({s.i - s.j});
}

IntegerSet SlidingWindowMaskAttr::getIntegerSet() const {
  SetBuilder s(getContext());
  SmallVector<AffineExpr> constraints;
  if (getLeft() >= 0)
    constraints.push_back(s.j - s.i + getLeft());
  if (getRight() >= 0)
    constraints.push_back(s.i - s.j + getRight());
  if (constraints.empty()) // unbounded on both sides: a true constraint
    constraints.push_back(getAffineConstantExpr(0, getContext()));
  return s.getSet(constraints);
}

LogicalResult
SlidingWindowMaskAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                              int64_t left, int64_t right) {
  if (left < -1 || right < -1 || left > kMaxDistance || right > kMaxDistance)
    return emitError() << "(M3) expected left and right from 0 to "
                       << kMaxDistance << ", or -1 for unbounded, got " << left
                       << " and " << right;
  return success();
}

IntegerSet BlockCausalMaskAttr::getIntegerSet() const {
  SetBuilder s(getContext());
  return s.getSet({s.i.floorDiv(getBlock()) - s.j.floorDiv(getBlock())});
}

LogicalResult
BlockCausalMaskAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                            int64_t block) {
  if (block < 1 || block > kMaxDistance)
    return emitError() << "(M5) expected a block from 1 to " << kMaxDistance
                       << ", got " << block;
  return success();
}

//===----------------------------------------------------------------------===//
// #whorl.prefix_lm: a union, so it is built from two sets
//===----------------------------------------------------------------------===//

static IntegerSet getPrefixSet(PrefixMaskAttr mask) {
  SetBuilder s(mask.getContext());
  if (mask.getLength() >= 0)
    return s.getSet({mask.getLength() - 1 - s.j});
  return s.getSet({s.n - 1 - s.j}, /*numSymbols=*/1);
}

LogicalResult
PrefixMaskAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       int64_t length) {
  if (length < -1 || length > kMaxDistance)
    return emitError() << "(M4) expected a length from 0 to " << kMaxDistance
                       << ", or -1 for an operand, got " << length;
  return success();
}

Attribute PrefixMaskAttr::parse(AsmParser &parser, Type) {
  int64_t length = -1;
  auto loc = parser.getCurrentLocation();
  if (succeeded(parser.parseOptionalLess()) &&
      (parser.parseKeyword("length") || parser.parseEqual() ||
       parser.parseInteger(length) || parser.parseGreater()))
    return {};
  auto emitError = [&] { return parser.emitError(loc); };
  return getChecked(function_ref<InFlightDiagnostic()>(emitError),
                    parser.getContext(), length);
}

void PrefixMaskAttr::print(AsmPrinter &printer) const {
  if (getLength() != -1)
    printer << "<length = " << getLength() << ">";
}

unsigned PrefixMaskAttr::getNumMaskOperands() const {
  return getLength() < 0 ? 1 : 0;
}

LogicalResult
PrefixMaskAttr::verifyMask(const MaskVerifyContext &context) const {
  return verifySymbols(context, getNumMaskOperands(), getMnemonic());
}

Value PrefixMaskAttr::buildMask(ImplicitLocOpBuilder &builder,
                                const MaskContext &context) const {
  Value inPrefix = buildMembership(builder, getPrefixSet(*this), context);
  Value causal = buildMembership(
      builder, CausalMaskAttr::get(getContext()).getIntegerSet(), context);
  return arith::OrIOp::create(builder, inPrefix, causal);
}

MaskBounds PrefixMaskAttr::getBounds(unsigned numSymbols,
                                     unsigned firstSymbol) const {
  return MaskBounds::getExact(getPrefixSet(*this), numSymbols, firstSymbol)
      .unite(MaskBounds::getExact(
          CausalMaskAttr::get(getContext()).getIntegerSet(), numSymbols, 0));
}
