//===- EncodingSyntax.h - <name = value, ...> for attributes ----*- C++ -*-===//
//
// The parameters of our attributes all have defaults: they may be left out, may
// stand in any order, and print only where they differ. ODS's struct directive
// can do none of the three.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_IR_ENCODINGSYNTAX_H
#define WHORL_IR_ENCODINGSYNTAX_H

#include "Whorl/IR/Formula.h"
#include "mlir/IR/OpImplementation.h"
#include <functional>

namespace whorl {

/// Parses `<name = value, ...>`, or nothing.
class ParameterParser {
public:
  explicit ParameterParser(mlir::AsmParser &parser) : parser(parser) {}

  ParameterParser &add(llvm::StringRef name, double &value);
  ParameterParser &add(llvm::StringRef name, int64_t &value);
  ParameterParser &add(llvm::StringRef name, bool &value);
  ParameterParser &add(llvm::StringRef name, std::optional<Number> &value);
  ParameterParser &add(llvm::StringRef name, mlir::Attribute &value);
  /// Lists in brackets.
  ParameterParser &add(llvm::StringRef name,
                       llvm::SmallVectorImpl<Number> &values);
  ParameterParser &add(llvm::StringRef name,
                       llvm::SmallVectorImpl<int64_t> &values);
  /// An enum; `choices` names its cases for the diagnostic.
  template <typename Enum>
  ParameterParser &add(llvm::StringRef name, Enum &value,
                       std::optional<Enum> (*symbolize)(llvm::StringRef),
                       llvm::StringRef choices) {
    return addField(name, [this, &value, symbolize, choices] {
      llvm::StringRef keyword;
      auto loc = parser.getCurrentLocation();
      if (mlir::failed(parser.parseKeyword(&keyword)))
        return mlir::ParseResult(mlir::failure());
      if (std::optional<Enum> parsed = symbolize(keyword)) {
        value = *parsed;
        return mlir::ParseResult(mlir::success());
      }
      return mlir::ParseResult(parser.emitError(loc)
                               << "expected " << choices << ", got '" << keyword
                               << "'");
    });
  }
  /// Anything else; `parse` reads what follows the equals sign.
  using Parse = std::function<mlir::ParseResult()>;
  ParameterParser &addField(llvm::StringRef name, Parse parse);
  mlir::ParseResult parse();

private:
  mlir::ParseResult parseField();

  mlir::AsmParser &parser;
  llvm::SmallVector<std::pair<llvm::StringRef, Parse>> fields;
  llvm::SmallVector<llvm::StringRef> seen;
};

/// An attribute whose only parameter is `name`, an int64_t or a double, which
/// is `value` when left out.
template <typename Attr, typename T>
mlir::Attribute parseSingle(mlir::AsmParser &parser, llvm::StringRef name,
                            T value) {
  auto loc = parser.getCurrentLocation();
  if (mlir::failed(ParameterParser(parser).add(name, value).parse()))
    return {};
  using Parameter = std::conditional_t<std::is_same_v<T, double>, Number, T>;
  return Attr::getChecked([&] { return parser.emitError(loc); },
                          parser.getContext(), Parameter(value));
}

/// Prints the fields that differ from their defaults.
class ParameterPrinter {
public:
  explicit ParameterPrinter(mlir::AsmPrinter &printer) : printer(printer) {}
  ~ParameterPrinter();

  ParameterPrinter &add(llvm::StringRef name, double value,
                        double defaultValue);
  ParameterPrinter &add(llvm::StringRef name, int64_t value,
                        int64_t defaultValue);
  ParameterPrinter &add(llvm::StringRef name, bool value, bool defaultValue);
  ParameterPrinter &add(llvm::StringRef name, llvm::StringRef value,
                        llvm::StringRef defaultValue);
  /// What need not be given, and lists that may be empty.
  ParameterPrinter &add(llvm::StringRef name, std::optional<Number> value);
  ParameterPrinter &add(llvm::StringRef name, mlir::Attribute value);
  ParameterPrinter &add(llvm::StringRef name, llvm::ArrayRef<Number> values);
  ParameterPrinter &add(llvm::StringRef name, llvm::ArrayRef<int64_t> values);

private:
  llvm::raw_ostream &startField(llvm::StringRef name);

  mlir::AsmPrinter &printer;
  bool isOpen = false;
};

} // namespace whorl

#endif // WHORL_IR_ENCODINGSYNTAX_H
