//===- TokenSyntax.cpp - clauses of the token ops -------------------------===//

#include "Whorl/IR/TokenSyntax.h"
#include "Whorl/IR/Formula.h"

using namespace mlir;
using namespace whorl;

ParseResult
whorl::parseTokenNumber(OpAsmParser &parser, StringRef name,
                        std::optional<OpAsmParser::UnresolvedOperand> &value,
                        FloatAttr &number) {
  if (failed(parser.parseOptionalKeyword(name)))
    return success();
  if (parser.parseLParen())
    return failure();
  OpAsmParser::UnresolvedOperand operand;
  OptionalParseResult asOperand = parser.parseOptionalOperand(operand);
  if (asOperand.has_value()) {
    if (failed(*asOperand))
      return failure();
    value = operand;
    return parser.parseRParen();
  }
  double parsed;
  if (parseNumber(parser, parsed))
    return failure();
  number = parser.getBuilder().getF64FloatAttr(parsed);
  return parser.parseRParen();
}

void whorl::printTokenNumber(OpAsmPrinter &printer, Operation *, StringRef name,
                             Value value, FloatAttr number) {
  if (!value && !number)
    return;
  printer << ' ' << name << '(';
  if (value)
    printer << value;
  else
    printer << formatNumber(number.getValueAsDouble());
  printer << ')';
}

ParseResult whorl::parseTokenInteger(OpAsmParser &parser, IntegerAttr &value) {
  int64_t parsed;
  if (parser.parseInteger(parsed))
    return failure();
  value = parser.getBuilder().getI64IntegerAttr(parsed);
  return success();
}

void whorl::printTokenInteger(OpAsmPrinter &printer, Operation *,
                              IntegerAttr value) {
  printer << value.getInt();
}

ParseResult whorl::parseTokenList(OpAsmParser &parser,
                                  DenseI64ArrayAttr &tokens) {
  if (failed(parser.parseOptionalKeyword("suppress")))
    return success();
  SmallVector<int64_t> list;
  if (parser.parseEqual() ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
        return parser.parseInteger(list.emplace_back());
      }))
    return failure();
  tokens = parser.getBuilder().getDenseI64ArrayAttr(list);
  return success();
}

void whorl::printTokenList(OpAsmPrinter &printer, Operation *,
                           DenseI64ArrayAttr tokens) {
  if (!tokens || tokens.empty())
    return;
  printer << " suppress = [";
  llvm::interleaveComma(tokens.asArrayRef(), printer);
  printer << ']';
}

ParseResult whorl::parseTokenMeasures(OpAsmParser &parser,
                                      DenseI64ArrayAttr &measures) {
  if (failed(parser.parseOptionalKeyword("measures")))
    return success();
  SmallVector<int64_t> list;
  auto parseOne = [&]() -> ParseResult {
    auto loc = parser.getCurrentLocation();
    StringRef keyword;
    if (parser.parseKeyword(&keyword))
      return failure();
    std::optional<TokenMeasure> measure = symbolizeTokenMeasure(keyword);
    if (!measure)
      return parser.emitError(loc)
             << "expected confidence, margin, entropy or logit, got '"
             << keyword << "'";
    list.push_back(static_cast<int64_t>(*measure));
    return success();
  };
  if (parser.parseEqual() ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseOne))
    return failure();
  measures = parser.getBuilder().getDenseI64ArrayAttr(list);
  return success();
}

void whorl::printTokenMeasures(OpAsmPrinter &printer, Operation *,
                               DenseI64ArrayAttr measures) {
  if (!measures || measures.empty())
    return;
  printer << " measures = [";
  llvm::interleaveComma(measures.asArrayRef(), printer, [&](int64_t measure) {
    printer << stringifyTokenMeasure(static_cast<TokenMeasure>(measure));
  });
  printer << ']';
}

ParseResult whorl::parseEnumKeyword(OpAsmParser &parser,
                                    TokenDrawAttr &attribute) {
  auto loc = parser.getCurrentLocation();
  StringRef keyword;
  if (parser.parseKeyword(&keyword))
    return failure();
  std::optional<TokenDraw> draw = symbolizeTokenDraw(keyword);
  if (!draw)
    return parser.emitError(loc)
           << "expected element or blocked, got '" << keyword << "'";
  attribute = TokenDrawAttr::get(parser.getContext(), *draw);
  return success();
}

void whorl::printEnumKeyword(OpAsmPrinter &printer, Operation *,
                             TokenDrawAttr attribute) {
  printer << stringifyTokenDraw(attribute.getValue());
}

ParseResult whorl::parseTokenTypes(OpAsmParser &parser, Type &tokens,
                                   Type &candidates, Type &result) {
  if (succeeded(parser.parseOptionalLParen())) {
    if (parser.parseType(tokens) || parser.parseComma() ||
        parser.parseType(candidates) || parser.parseRParen())
      return failure();
    if (failed(parser.parseOptionalArrow()))
      return success();
    return parser.parseType(result);
  }
  if (parser.parseType(tokens))
    return failure();
  candidates = tokens;
  if (isa<TensorType>(tokens))
    result = tokens;
  return success();
}

void whorl::printTokenTypes(OpAsmPrinter &printer, Operation *, Type tokens,
                            Type candidates, Type result) {
  bool isOne = tokens == candidates &&
               (result ? result == tokens : !isa<TensorType>(tokens));
  if (isOne) {
    printer << tokens;
    return;
  }
  printer << '(' << tokens << ", " << candidates << ')';
  if (result)
    printer << " -> " << result;
}
