//===- EncodingSyntax.cpp - <name = value, ...> for attributes ------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/Formula.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace whorl;

ParameterParser &ParameterParser::addField(StringRef name, Parse parse) {
  fields.emplace_back(name, std::move(parse));
  return *this;
}

ParameterParser &ParameterParser::add(StringRef name, double &value) {
  return addField(name, [this, &value] { return parseNumber(parser, value); });
}

ParameterParser &ParameterParser::add(StringRef name, int64_t &value) {
  return addField(name, [this, &value] { return parser.parseInteger(value); });
}

ParameterParser &ParameterParser::add(StringRef name, bool &value) {
  return addField(name, [this, &value] {
    auto loc = parser.getCurrentLocation();
    StringRef keyword;
    if (failed(parser.parseKeyword(&keyword)))
      return ParseResult(failure());
    if (keyword != "true" && keyword != "false")
      return ParseResult(parser.emitError(loc)
                         << "expected true or false, got '" << keyword << "'");
    value = keyword == "true";
    return ParseResult(success());
  });
}

ParameterParser &ParameterParser::add(StringRef name,
                                      std::optional<Number> &value) {
  return addField(name, [this, &value]() -> ParseResult {
    double number;
    if (parseNumber(parser, number))
      return failure();
    value = number;
    return success();
  });
}

ParameterParser &ParameterParser::add(StringRef name, Attribute &value) {
  return addField(name,
                  [this, &value] { return parser.parseAttribute(value); });
}

ParameterParser &ParameterParser::add(StringRef name,
                                      SmallVectorImpl<Number> &values) {
  return addField(name, [this, &values] {
    return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                          [&]() -> ParseResult {
                                            double value;
                                            if (parseNumber(parser, value))
                                              return failure();
                                            values.push_back(value);
                                            return success();
                                          });
  });
}

ParameterParser &ParameterParser::add(StringRef name,
                                      SmallVectorImpl<int64_t> &values) {
  return addField(name, [this, &values] {
    return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
      return parser.parseInteger(values.emplace_back());
    });
  });
}

ParseResult ParameterParser::parseField() {
  auto loc = parser.getCurrentLocation();
  StringRef name;
  if (parser.parseKeyword(&name))
    return failure();
  auto *field = llvm::find_if(fields, [&](auto &f) { return f.first == name; });
  if (field == fields.end()) {
    InFlightDiagnostic diagnostic = parser.emitError(loc);
    diagnostic << "expected one of ";
    llvm::interleaveComma(fields, diagnostic,
                          [&](auto &f) { diagnostic << f.first; });
    return diagnostic << ", got '" << name << "'";
  }
  if (llvm::is_contained(seen, name))
    return parser.emitError(loc) << "'" << name << "' is given twice";
  seen.push_back(name);
  if (parser.parseEqual())
    return failure();
  return field->second();
}

ParseResult ParameterParser::parse() {
  if (failed(parser.parseOptionalLess()))
    return success();
  if (parser.parseCommaSeparatedList([this] { return parseField(); }))
    return failure();
  return parser.parseGreater();
}

raw_ostream &ParameterPrinter::startField(StringRef name) {
  printer << (isOpen ? ", " : "<") << name << " = ";
  isOpen = true;
  return printer.getStream();
}

ParameterPrinter::~ParameterPrinter() {
  if (isOpen)
    printer << ">";
}

ParameterPrinter &ParameterPrinter::add(StringRef name, double value,
                                        double defaultValue) {
  if (value != defaultValue) {
    startField(name);
    printer.printFloat(APFloat(value));
  }
  return *this;
}

ParameterPrinter &ParameterPrinter::add(StringRef name, int64_t value,
                                        int64_t defaultValue) {
  if (value != defaultValue)
    startField(name) << value;
  return *this;
}

ParameterPrinter &ParameterPrinter::add(StringRef name, bool value,
                                        bool defaultValue) {
  if (value != defaultValue)
    startField(name) << (value ? "true" : "false");
  return *this;
}

ParameterPrinter &ParameterPrinter::add(StringRef name, StringRef value,
                                        StringRef defaultValue) {
  if (value != defaultValue)
    startField(name) << value;
  return *this;
}

ParameterPrinter &ParameterPrinter::add(StringRef name,
                                        std::optional<Number> value) {
  if (value)
    startField(name) << formatNumber(*value);
  return *this;
}

ParameterPrinter &ParameterPrinter::add(StringRef name, Attribute value) {
  if (value) {
    startField(name);
    printer << value;
  }
  return *this;
}

ParameterPrinter &ParameterPrinter::add(StringRef name,
                                        ArrayRef<Number> values) {
  if (!values.empty()) {
    raw_ostream &stream = startField(name) << "[";
    llvm::interleaveComma(values, stream,
                          [&](Number n) { stream << formatNumber(n); });
    stream << "]";
  }
  return *this;
}

ParameterPrinter &ParameterPrinter::add(StringRef name,
                                        ArrayRef<int64_t> values) {
  if (!values.empty()) {
    raw_ostream &stream = startField(name) << "[";
    llvm::interleaveComma(values, stream);
    stream << "]";
  }
  return *this;
}
