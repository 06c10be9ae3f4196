//===- Formula.cpp - parsing and printing of formulas ---------------------===//

#include "Whorl/IR/Formula.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

/// The shortest text of `format` (which takes a precision) that reads back.
static std::string formatShortest(const char *format, double value, int first,
                                  int last) {
  SmallString<32> text;
  for (int precision = first; precision <= last; ++precision) {
    text.clear();
    llvm::raw_svector_ostream(text) << llvm::format(format, precision, value);
    double readBack;
    if (!StringRef(text).getAsDouble(readBack) && readBack == value)
      return text.str().str();
  }
  return "";
}

std::string whorl::formatNumber(double value) {
  if (!std::isfinite(value))
    return std::isnan(value) ? "nan" : value < 0.0 ? "-inf" : "inf";
  double magnitude = std::abs(value);
  if (magnitude == 0.0 || (magnitude >= 1.0e-4 && magnitude < 1.0e7)) {
    std::string text = formatShortest("%.*f", value, 1, 17);
    if (!text.empty())
      return text;
  }
  return formatShortest("%.*e", value, 1, 16);
}

/// Whether a number with a point or an exponent stands at `loc`. MLIR's parser
/// cannot try one kind of number and fall back to the other.
static bool isDecimal(SMLoc loc) {
  const char *text = loc.getPointer();
  if (*text == '-')
    ++text;
  while (llvm::isDigit(*text))
    ++text;
  return *text == '.' || *text == 'e' || *text == 'E';
}

ParseResult whorl::parseNumber(AsmParser &parser, double &value) {
  auto loc = parser.getCurrentLocation();
  if (isDecimal(loc))
    return parser.parseFloat(value);
  int64_t whole;
  OptionalParseResult asInteger = parser.parseOptionalInteger(whole);
  if (!asInteger.has_value())
    return parser.emitError(loc, "expected a number");
  value = static_cast<double>(whole);
  return *asInteger;
}

ParseResult whorl::detail::parseFormula(AsmParser &parser,
                                        ArrayRef<const FormulaRule *> rules,
                                        unsigned &choice,
                                        FormulaRule::Arguments &arguments) {
  auto loc = parser.getCurrentLocation();
  StringRef name;
  if (parser.parseKeyword(&name))
    return failure();
  const auto *found = llvm::find_if(
      rules, [&](const FormulaRule *r) { return r->name == name; });
  if (found == rules.end()) {
    InFlightDiagnostic diagnostic = parser.emitError(loc);
    diagnostic << "expected one of ";
    llvm::interleaveComma(rules, diagnostic,
                          [&](const FormulaRule *r) { diagnostic << r->name; });
    return diagnostic << ", got '" << name << "'";
  }
  choice = std::distance(rules.begin(), found);
  const FormulaRule &rule = **found;
  arguments = rule.defaults;
  unsigned count = 0;
  auto parseArgument = [&]() -> ParseResult {
    double value;
    if (parseNumber(parser, value))
      return failure();
    if (count < rule.numArguments)
      arguments[count] = value;
    ++count;
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::OptionalParen,
                                     parseArgument))
    return failure();
  if (count >= rule.numRequired && count <= rule.numArguments)
    return success();
  InFlightDiagnostic diagnostic = parser.emitError(loc);
  diagnostic << "expected " << rule.numRequired;
  if (rule.numArguments != rule.numRequired)
    diagnostic << " to " << rule.numArguments;
  return diagnostic << " numbers in '" << name << "', got " << count;
}

std::string
whorl::detail::formatFormula(const FormulaRule &rule,
                             const FormulaRule::Arguments &arguments) {
  // Arguments at the end that have their default value are left out.
  unsigned count = rule.numArguments;
  while (count > rule.numRequired &&
         Number(arguments[count - 1]) == Number(rule.defaults[count - 1]))
    --count;
  std::string text = rule.name.str();
  if (count == 0)
    return text;
  SmallVector<std::string> numbers;
  for (unsigned i = 0; i < count; ++i)
    numbers.push_back(formatNumber(arguments[i]));
  return text + "(" + llvm::join(numbers, ", ") + ")";
}
