//===- Formula.h - formulas named in attributes -----------------*- C++ -*-===//
//
// `karras(0.002, 80.0)`: a parameter of an attribute that names one of several
// formulas and gives its numbers. Each kind of formula is a table of rules; a
// new formula is a new row. A rule may have arguments with defaults, which are
// not printed.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_IR_FORMULA_H
#define WHORL_IR_FORMULA_H

#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include <array>

namespace whorl {

/// A number in an attribute; two are equal when their bits are.
class Number {
public:
  Number(double value = 0.0) : value(value) {}
  operator double() const { return value; }
  bool operator==(const Number &other) const {
    return llvm::bit_cast<uint64_t>(value) ==
           llvm::bit_cast<uint64_t>(other.value);
  }
  friend llvm::hash_code hash_value(const Number &number) {
    return llvm::hash_value(llvm::bit_cast<uint64_t>(number.value));
  }

private:
  double value;
};

/// The shortest decimal text that reads back as `value`: "0.02", "80.0".
std::string formatNumber(double value);
/// Parses a decimal or whole number.
mlir::ParseResult parseNumber(mlir::AsmParser &parser, double &value);

/// What every formula has. The first `numRequired` arguments must be given, the
/// other ones of `numArguments` have defaults.
struct FormulaRule {
  static constexpr unsigned maxArguments = 4;
  using Arguments = std::array<double, maxArguments>;

  llvm::StringLiteral name;
  unsigned numRequired, numArguments;
  Arguments defaults;
};

/// Variances beta_t of level t of `levels`.
struct BetaRule : FormulaRule {
  double (*getBeta)(int64_t t, int64_t levels, const Arguments &arguments);
  static llvm::ArrayRef<BetaRule> getAll();
};

/// The i-th of `steps` training levels, from noise to data.
struct SpacingRule : FormulaRule {
  double (*getLevel)(int64_t i, int64_t steps, int64_t levels,
                     const Arguments &arguments);
  bool isWhole; ///< the levels are whole numbers
  static llvm::ArrayRef<SpacingRule> getAll();
};

/// Noise levels between two given ones; w goes from 0 to 1.
struct SigmaRule : FormulaRule {
  double (*getSigma)(double w, const Arguments &minMaxRho);
  static llvm::ArrayRef<SigmaRule> getAll();
};

/// Noise levels spaced anew between the ends of a list; null keeps the list.
struct RespacingRule : FormulaRule {
  double (*getSigma)(double w, double min, double max,
                     const Arguments &arguments);
  static llvm::ArrayRef<RespacingRule> getAll();
};

/// Noise added before a step, so that the model is called at a higher level.
struct ChurnRule : FormulaRule {
  /// By which factor sigma grows in a run of `steps` steps; null for none.
  double (*getGrowth)(double sigma, int64_t steps, const Arguments &arguments);
  bool isLate; ///< the model is called before the noise is added
  static llvm::ArrayRef<ChurnRule> getAll();
};

/// The range of a flow's times.
struct FlowRange {
  double first, last, shift;
  double getShifted(double t) const {
    return shift * t / (1.0 + (shift - 1.0) * t);
  }
  /// Evenly from first to last.
  double getEven(double w) const { return first + w * (last - first); }
};

/// Shifted times of a flow; w goes from 0 to 1.
struct FlowTimeRule : FormulaRule {
  double (*getTime)(double w, const FlowRange &range,
                    const Arguments &arguments);
  static llvm::ArrayRef<FlowTimeRule> getAll();
};

namespace detail {
/// Parses `name` or `name(numbers)`; `rules[i]` are the choices.
mlir::ParseResult parseFormula(mlir::AsmParser &parser,
                               llvm::ArrayRef<const FormulaRule *> rules,
                               unsigned &choice,
                               FormulaRule::Arguments &arguments);
std::string formatFormula(const FormulaRule &rule,
                          const FormulaRule::Arguments &arguments);
} // namespace detail

/// A rule with its arguments: the parameter of an attribute.
template <typename Rule> class Formula {
public:
  /// The first rule, which is the default.
  Formula() : rule(Rule::getAll().data()), arguments(rule->defaults) {}

  const Rule &getRule() const { return *rule; }
  const FormulaRule::Arguments &getArguments() const { return arguments; }
  llvm::ArrayRef<double> getGivenArguments() const {
    return llvm::ArrayRef<double>(arguments).take_front(rule->numArguments);
  }

  std::string str() const { return detail::formatFormula(*rule, arguments); }
  mlir::ParseResult parse(mlir::AsmParser &parser) {
    llvm::SmallVector<const FormulaRule *> rules;
    for (const Rule &candidate : Rule::getAll())
      rules.push_back(&candidate);
    unsigned choice = 0;
    if (detail::parseFormula(parser, rules, choice, arguments))
      return mlir::failure();
    rule = &Rule::getAll()[choice];
    return mlir::success();
  }

  bool operator==(const Formula &other) const {
    return rule == other.rule &&
           llvm::equal(arguments, other.arguments,
                       [](Number a, Number b) { return a == b; });
  }
  friend llvm::hash_code hash_value(const Formula &formula) {
    llvm::hash_code code = llvm::hash_value(formula.rule);
    for (double argument : formula.arguments)
      code = llvm::hash_combine(code, Number(argument));
    return code;
  }

private:
  const Rule *rule;
  FormulaRule::Arguments arguments;
};

using BetaFormula = Formula<BetaRule>;
using SpacingFormula = Formula<SpacingRule>;
using SigmaFormula = Formula<SigmaRule>;
using RespacingFormula = Formula<RespacingRule>;
using ChurnFormula = Formula<ChurnRule>;
using FlowTimeFormula = Formula<FlowTimeRule>;

} // namespace whorl

#endif // WHORL_IR_FORMULA_H
