//===- AttentionOpAsm.cpp - parser and printer of whorl.attention ---------===//

#include "Whorl/IR/WhorlDialect.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace whorl;

using Unresolved = OpAsmParser::UnresolvedOperand;

namespace {
/// What has been parsed so far. Operands resolve at the end, in the order of
/// the op's definition.
struct AttentionParser {
  AttentionParser(OpAsmParser &parser, OperationState &state)
      : parser(parser), state(state),
        properties(state.getOrAddProperties<AttentionOp::Properties>()) {}

  ParseResult parse();

private:
  /// A list of operands with types, one of the op's segments.
  struct Segment {
    SmallVector<Unresolved> operands;
    SmallVector<Type> types;
    SMLoc loc;
  };

  ParseResult parseClause(StringRef keyword, SMLoc loc);
  template <typename Parse>
  ParseResult parseScalar(Segment &segment, Parse parseConstant);
  ParseResult parseTyped(Segment &segment);
  ParseResult parseTypedBody(Segment &segment);
  ParseResult parseOptionalTyped(Segment &segment);
  ParseResult parseWhorlAttribute(Attribute &attribute);
  ParseResult parseEncodings();
  ParseResult parseMask();
  ParseResult parseAttributes();
  ParseResult parsePositions();
  ParseResult parseLayout();
  ParseResult parseScore();
  ParseResult resolve();

  OpAsmParser &parser;
  OperationState &state;
  AttentionOp::Properties &properties;
  SmallVector<Unresolved> inputs;
  SMLoc inputLoc;
  Segment scale, softcap, offset, queryPositions, keyPositions, position, mask,
      bias, sinks, outs;
  Region *score = nullptr;
  FunctionType type;
  SmallVector<StringRef> seen;
};
} // namespace

/// `(%x : f32)` or `(constant)`.
template <typename Parse>
ParseResult AttentionParser::parseScalar(Segment &segment,
                                         Parse parseConstant) {
  if (parser.parseLParen())
    return failure();
  Unresolved operand;
  segment.loc = parser.getCurrentLocation();
  OptionalParseResult isOperand = parser.parseOptionalOperand(operand);
  if (isOperand.has_value()) {
    if (failed(*isOperand))
      return failure();
    segment.operands.push_back(operand);
    if (parser.parseColonType(segment.types.emplace_back()))
      return failure();
  } else if (failed(parseConstant())) {
    return failure();
  }
  return parser.parseRParen();
}

/// `(%a, %b : type, type)`.
ParseResult AttentionParser::parseTyped(Segment &segment) {
  return failure(parser.parseLParen() || parseTypedBody(segment));
}

ParseResult AttentionParser::parseOptionalTyped(Segment &segment) {
  if (failed(parser.parseOptionalLParen()))
    return success();
  return parseTypedBody(segment);
}

/// Either, behind its opening parenthesis.
ParseResult AttentionParser::parseTypedBody(Segment &segment) {
  segment.loc = parser.getCurrentLocation();
  if (parser.parseOperandList(segment.operands) ||
      parser.parseColonTypeList(segment.types) || parser.parseRParen())
    return failure();
  if (segment.operands.size() != segment.types.size())
    return parser.emitError(segment.loc)
           << "expected " << segment.operands.size() << " types, got "
           << segment.types.size();
  return success();
}

/// An attribute of ours, and the op's type where it follows the attribute (see
/// WhorlDialect::parseAttribute).
ParseResult AttentionParser::parseWhorlAttribute(Attribute &attribute) {
  if (parser.parseAttribute(attribute))
    return failure();
  auto pair = dyn_cast<ArrayAttr>(attribute);
  if (!pair || pair.size() != 2 || !isa<TypeAttr>(pair[1]))
    return success();
  attribute = pair[0];
  type = dyn_cast<FunctionType>(cast<TypeAttr>(pair[1]).getValue());
  return success();
}

/// `[#a, #b](operands)`, or an alias of the array.
ParseResult AttentionParser::parseEncodings() {
  SmallVector<Attribute> encodings;
  SMLoc loc = parser.getCurrentLocation();
  if (succeeded(parser.parseOptionalLSquare())) {
    auto parseOne = [&] {
      return parser.parseAttribute(encodings.emplace_back());
    };
    if (failed(parser.parseOptionalRSquare()) &&
        (parser.parseCommaSeparatedList(parseOne) || parser.parseRSquare()))
      return failure();
    properties.position = parser.getBuilder().getArrayAttr(encodings);
    return parseOptionalTyped(position);
  }
  Attribute attribute;
  if (parseWhorlAttribute(attribute))
    return failure();
  properties.position = dyn_cast<ArrayAttr>(attribute);
  if (!properties.position)
    return parser.emitError(loc) << "expected encodings in brackets, ["
                                 << attribute << "], got " << attribute;
  return parseOptionalTyped(position);
}

ParseResult AttentionParser::parseMask() {
  SMLoc loc = parser.getCurrentLocation();
  if (succeeded(parser.parseOptionalLSquare()))
    return parser.emitError(loc)
           << "expected one mask, got an array; combine masks by "
              "#whorl.and<[...]> or #whorl.or<[...]>";
  return failure(parseWhorlAttribute(properties.mask) ||
                 parseOptionalTyped(mask));
}

/// The discardable attributes. What has a clause is given by it.
ParseResult AttentionParser::parseAttributes() {
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseOptionalAttrDict(state.attributes))
    return failure();
  for (StringRef name : AttentionOp::getAttributeNames())
    if (state.attributes.get(name))
      return parser.emitError(loc) << "expected attributes that have no "
                                      "clause, got '"
                                   << name << "'; move it before the braces";
  return success();
}

ParseResult AttentionParser::parsePositions() {
  Segment both;
  if (parseTyped(both))
    return failure();
  if (both.operands.size() != 2)
    return parser.emitError(both.loc)
           << "positions takes ids for query and key, got "
           << both.operands.size();
  queryPositions = {{both.operands[0]}, {both.types[0]}, both.loc};
  keyPositions = {{both.operands[1]}, {both.types[1]}, both.loc};
  return success();
}

ParseResult AttentionParser::parseLayout() {
  StringRef keyword;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&keyword))
    return failure();
  std::optional<Layout> layout = symbolizeLayout(keyword);
  if (!layout)
    return parser.emitError(loc)
           << "expected layout bhnd or bnhd, got '" << keyword << "'";
  properties.layout = LayoutAttr::get(parser.getContext(), *layout);
  return success();
}

/// `(%s, %b, %h, %i, %j) { ... }`; types default to f32 and index.
ParseResult AttentionParser::parseScore() {
  SmallVector<OpAsmParser::Argument> arguments;
  SMLoc loc = parser.getCurrentLocation();
  auto parseArgument = [&]() -> ParseResult {
    OpAsmParser::Argument &argument = arguments.emplace_back();
    if (parser.parseArgument(argument))
      return failure();
    argument.type = arguments.size() == 1
                        ? Type(parser.getBuilder().getF32Type())
                        : parser.getBuilder().getIndexType();
    if (succeeded(parser.parseOptionalColon()))
      return parser.parseType(argument.type);
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren,
                                     parseArgument))
    return failure();
  if (arguments.size() != 5)
    return parser.emitError(loc)
           << "score takes (score, batch, head, query row, key row), got "
           << arguments.size() << " arguments";
  return parser.parseRegion(*score, arguments);
}

ParseResult AttentionParser::parseClause(StringRef keyword, SMLoc loc) {
  if (llvm::is_contained(seen, keyword))
    return parser.emitError(loc) << "clause '" << keyword << "' is given twice";
  seen.push_back(keyword);
  Builder &builder = parser.getBuilder();
  auto parseFloat = [&](FloatAttr &attribute) -> ParseResult {
    double value;
    if (parser.parseFloat(value))
      return failure();
    attribute = builder.getF64FloatAttr(value);
    return success();
  };
  if (keyword == "scale")
    return parseScalar(scale,
                       [&] { return parseFloat(properties.static_scale); });
  if (keyword == "softcap")
    return parseScalar(softcap,
                       [&] { return parseFloat(properties.static_softcap); });
  if (keyword == "offset")
    return parseScalar(offset, [&]() -> ParseResult {
      int64_t value;
      if (parser.parseInteger(value))
        return failure();
      properties.static_offset = builder.getI64IntegerAttr(value);
      return success();
    });
  if (keyword == "positions")
    return parsePositions();
  if (keyword == "position")
    return parseEncodings();
  if (keyword == "mask")
    return parseMask();
  if (keyword == "bias")
    return parseTyped(bias);
  if (keyword == "sinks")
    return parseTyped(sinks);
  if (keyword == "outs")
    return parseTyped(outs);
  if (keyword == "schedule")
    return parseWhorlAttribute(properties.schedule);
  if (keyword == "layout")
    return parseLayout();
  if (keyword == "score")
    return parseScore();
  return parser.emitError(loc)
         << "expected scale, softcap, offset, positions, position, mask, bias, "
            "sinks, score, outs, schedule, layout or ':', got '"
         << keyword << "'";
}

ParseResult AttentionParser::resolve() {
  std::pair<StringRef, Segment *> singles[] = {{"bias", &bias},
                                               {"sinks", &sinks}};
  for (auto [name, single] : singles)
    if (single->operands.size() > 1)
      return parser.emitError(single->loc)
             << name << " takes one operand, got " << single->operands.size();
  Segment *segments[] = {&scale,        &softcap,  &offset, &queryPositions,
                         &keyPositions, &position, &mask,   &bias,
                         &sinks,        &outs};
  if (type.getNumInputs() != 3)
    return parser.emitError(inputLoc)
           << "expected the types of query, key and value, got "
           << type.getNumInputs();
  if (parser.resolveOperands(inputs, type.getInputs(), inputLoc,
                             state.operands))
    return failure();
  auto &sizes = properties.operandSegmentSizes;
  sizes[0] = sizes[1] = sizes[2] = 1;
  for (auto [i, segment] : llvm::enumerate(segments)) {
    sizes[3 + i] = static_cast<int32_t>(segment->operands.size());
    if (parser.resolveOperands(segment->operands, segment->types, segment->loc,
                               state.operands))
      return failure();
  }
  state.addTypes(type.getResults());
  size_t numOutputs =
      outs.operands.empty() ? type.getNumResults() : outs.operands.size();
  if (numOutputs == 2)
    properties.return_lse = parser.getBuilder().getUnitAttr();
  return success();
}

ParseResult AttentionParser::parse() {
  score = state.addRegion();
  properties.layout = LayoutAttr::get(parser.getContext(), Layout::bhnd);
  inputLoc = parser.getCurrentLocation();
  if (parser.parseOperandList(inputs, /*requiredOperandCount=*/3))
    return failure();
  StringRef keyword;
  for (SMLoc loc = parser.getCurrentLocation();
       !type && succeeded(parser.parseOptionalKeyword(&keyword));
       loc = parser.getCurrentLocation()) {
    if (parseClause(keyword, loc))
      return failure();
  }
  if (!type && (parseAttributes() || parser.parseColonType(type)))
    return failure();
  return resolve();
}

ParseResult AttentionOp::parse(OpAsmParser &parser, OperationState &state) {
  return AttentionParser(parser, state).parse();
}

//===----------------------------------------------------------------------===//
// Printer
//===----------------------------------------------------------------------===//

static void printOperands(OpAsmPrinter &printer, ValueRange values) {
  if (values.empty())
    return;
  printer << "(";
  printer.printOperands(values);
  printer << " : ";
  llvm::interleaveComma(values.getTypes(), printer);
  printer << ")";
}

static void printScalar(OpAsmPrinter &printer, StringRef name, Value value,
                        Attribute constant) {
  if (!value && !constant)
    return;
  printer << " " << name;
  if (value)
    return printOperands(printer, value);
  printer << "(";
  printer.printAttributeWithoutType(constant);
  printer << ")";
}

static void printScore(OpAsmPrinter &printer, AttentionOp op) {
  printer << " score(";
  for (BlockArgument argument : op.getScore().getArguments()) {
    if (argument.getArgNumber() != 0)
      printer << ", ";
    printer.printRegionArgument(argument, {}, /*omitType=*/true);
    if (argument.getType().isF64())
      printer << ": f64";
  }
  printer << ") ";
  printer.printRegion(op.getScore(), /*printEntryBlockArgs=*/false);
}

void AttentionOp::print(OpAsmPrinter &printer) {
  printer << " " << getQuery() << ", " << getKey() << ", " << getValue();
  printScalar(printer, "scale", getScale(), getStaticScaleAttr());
  printScalar(printer, "softcap", getSoftcap(), getStaticSoftcapAttr());
  printScalar(printer, "offset", getOffset(), getStaticOffsetAttr());
  if (getQueryPositions()) {
    printer << " positions";
    printOperands(printer, {getQueryPositions(), getKeyPositions()});
  }
  if (getPositionAttr()) {
    printer << " position " << getPositionAttr();
    printOperands(printer, getPositionOperands());
  }
  if (getMaskAttr()) {
    printer << " mask " << getMaskAttr();
    printOperands(printer, getMaskOperands());
  }
  printScalar(printer, "bias", getBias(), {});
  printScalar(printer, "sinks", getSinks(), {});
  if (hasScoreRegion())
    printScore(printer, *this);
  if (getLayout() != Layout::bhnd)
    printer << " layout " << stringifyLayout(getLayout());
  if (getScheduleAttr())
    printer << " schedule " << getScheduleAttr();
  if (!getOuts().empty()) {
    printer << " outs";
    printOperands(printer, getOuts());
  }
  printer.printOptionalAttrDict(
      (*this)->getAttrs(),
      {"static_scale", "static_softcap", "static_offset", "position", "mask",
       "layout", "return_lse", "schedule", "operandSegmentSizes"});
  printer << " : ";
  printer.printFunctionalType(
      TypeRange{getQuery().getType(), getKey().getType(), getValue().getType()},
      getResultTypes());
}
