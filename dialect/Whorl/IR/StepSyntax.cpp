//===- StepSyntax.cpp - step indices in op syntax -------------------------===//

#include "Whorl/IR/StepSyntax.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace whorl;

ParseResult
whorl::parseStepIndex(OpAsmParser &parser,
                      std::optional<OpAsmParser::UnresolvedOperand> &index,
                      IntegerAttr &staticIndex) {
  int64_t value;
  OptionalParseResult asInteger = parser.parseOptionalInteger(value);
  if (asInteger.has_value()) {
    staticIndex = parser.getBuilder().getI64IntegerAttr(value);
    return *asInteger;
  }
  return parser.parseOperand(index.emplace());
}

void whorl::printStepIndex(OpAsmPrinter &printer, Operation *, Value index,
                           IntegerAttr staticIndex) {
  if (index)
    printer << index;
  else if (staticIndex)
    printer << staticIndex.getInt();
}

ParseResult whorl::parseStepNumber(OpAsmParser &parser, FloatAttr &number) {
  double value;
  if (parseNumber(parser, value))
    return failure();
  number = parser.getBuilder().getF64FloatAttr(value);
  return success();
}

void whorl::printStepNumber(OpAsmPrinter &printer, Operation *,
                            FloatAttr number) {
  printer << formatNumber(number.getValueAsDouble());
}

template <typename Attr, typename Enum>
static ParseResult parseKeywordOf(OpAsmParser &parser, Attr &attribute,
                                  std::optional<Enum> (*symbolize)(StringRef),
                                  StringRef choices) {
  auto loc = parser.getCurrentLocation();
  StringRef keyword;
  if (parser.parseKeyword(&keyword))
    return failure();
  std::optional<Enum> value = symbolize(keyword);
  if (!value)
    return parser.emitError(loc)
           << "expected " << choices << ", got '" << keyword << "'";
  attribute = Attr::get(parser.getContext(), *value);
  return success();
}

ParseResult whorl::parseEnumKeyword(OpAsmParser &parser,
                                    PredictionAttr &attribute) {
  return parseKeywordOf<PredictionAttr, Prediction>(
      parser, attribute, symbolizePrediction,
      "epsilon, x0, v, velocity or score");
}

ParseResult whorl::parseEnumKeyword(OpAsmParser &parser,
                                    ScheduleQuantityAttr &attribute) {
  return parseKeywordOf<ScheduleQuantityAttr, ScheduleQuantity>(
      parser, attribute, symbolizeScheduleQuantity,
      "signal, noise, sigma or time");
}

void whorl::printEnumKeyword(OpAsmPrinter &printer, Operation *,
                             PredictionAttr attribute) {
  printer << stringifyPrediction(attribute.getValue());
}

void whorl::printEnumKeyword(OpAsmPrinter &printer, Operation *,
                             ScheduleQuantityAttr attribute) {
  printer << stringifyScheduleQuantity(attribute.getValue());
}

ParseResult whorl::parseEnumKeyword(OpAsmParser &parser,
                                    RandomDrawAttr &attribute) {
  return parseKeywordOf<RandomDrawAttr, RandomDraw>(
      parser, attribute, symbolizeRandomDraw, "word, two_words or pair");
}

void whorl::printEnumKeyword(OpAsmPrinter &printer, Operation *,
                             RandomDrawAttr attribute) {
  printer << stringifyRandomDraw(attribute.getValue());
}

ParseResult whorl::parseEnumKeyword(OpAsmParser &parser,
                                    NoiseTargetAttr &attribute) {
  return parseKeywordOf<NoiseTargetAttr, NoiseTarget>(
      parser, attribute, symbolizeNoiseTarget, "v, velocity or score");
}

void whorl::printEnumKeyword(OpAsmPrinter &printer, Operation *,
                             NoiseTargetAttr attribute) {
  printer << stringifyNoiseTarget(attribute.getValue());
}

ParseResult
whorl::parseSampleScalar(OpAsmParser &parser,
                         std::optional<OpAsmParser::UnresolvedOperand> &operand,
                         Type &type, FloatAttr &number) {
  OpAsmParser::UnresolvedOperand parsed;
  OptionalParseResult asOperand = parser.parseOptionalOperand(parsed);
  if (!asOperand.has_value())
    return parseStepNumber(parser, number);
  operand = parsed;
  return failure(failed(*asOperand) || parser.parseColonType(type));
}

void whorl::printSampleScalar(OpAsmPrinter &printer, Operation *op,
                              Value operand, Type type, FloatAttr number) {
  if (operand)
    printer << operand << " : " << type;
  else if (number)
    printStepNumber(printer, op, number);
}

ParseResult whorl::parseStateTypes(OpAsmParser &parser, Type &state,
                                   Type &modelOutput) {
  if (failed(parser.parseOptionalLParen())) {
    if (parser.parseType(state))
      return failure();
    modelOutput = state;
    return success();
  }
  return failure(parser.parseType(state) || parser.parseComma() ||
                 parser.parseType(modelOutput) || parser.parseRParen());
}

void whorl::printStateTypes(OpAsmPrinter &printer, Operation *, Type state,
                            Type modelOutput) {
  if (state == modelOutput)
    printer << state;
  else
    printer << "(" << state << ", " << modelOutput << ")";
}

LogicalResult whorl::verifyStepIndex(Operation *op, StringRef constraint,
                                     Value index,
                                     std::optional<int64_t> staticIndex,
                                     int64_t last) {
  if (static_cast<bool>(index) == staticIndex.has_value())
    return op->emitOpError()
           << constraint << " expected the index once, as a constant or as a "
           << "value, got " << (index ? "both" : "neither");
  if (staticIndex && (*staticIndex < 0 || *staticIndex > last))
    return op->emitOpError() << constraint << " expected an index from 0 to "
                             << last << ", got " << *staticIndex;
  return success();
}

LogicalResult whorl::verifyClamp(Operation *op, StringRef constraint,
                                 const std::optional<APFloat> &clamp) {
  if (!clamp || (clamp->isFinite() && clamp->convertToDouble() > 0.0))
    return success();
  return op->emitOpError() << "(" << constraint
                           << ") expected a positive number in clamp, got "
                           << formatNumber(clamp->convertToDouble());
}

LogicalResult whorl::emitUndetermined(Operation *op, StringRef constraint,
                                      Prediction prediction, const Twine &what,
                                      const NoiseLevel &level) {
  return op->emitOpError()
         << "(" << constraint << ") " << stringifyPrediction(prediction)
         << " does not determine " << what
         << ", which starts from x = " << formatNumber(level.signal) << " x0 + "
         << formatNumber(level.noise)
         << " eps; predict v, or leave that level out of the schedule";
}

LogicalResult whorl::foldStepIndex(Operation *op, MutableOperandRange index,
                                   int64_t last, PatternRewriter &rewriter) {
  APInt value;
  if (index.empty() || !matchPattern(index[0].get(), m_ConstantInt(&value)))
    return failure();
  int64_t step = std::clamp<int64_t>(value.getSExtValue(), 0, last);
  rewriter.modifyOpInPlace(op, [&] {
    index.clear();
    op->setAttr("static_index", rewriter.getI64IntegerAttr(step));
  });
  return success();
}
