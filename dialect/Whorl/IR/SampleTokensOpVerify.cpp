//===- SampleTokensOpVerify.cpp - what whorl.sample_tokens asks for -------===//

#include "Whorl/IR/Formula.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/WhorlDialect.h"

using namespace mlir;
using namespace whorl;

static constexpr int64_t kMostTokens = int64_t(1) << 24;

static int64_t getVocabulary(SampleTokensOp op) {
  return op.getLogitsType().getDimSize(op.getVocabularyDim());
}

static LogicalResult verifyLogits(SampleTokensOp op) {
  ShapedType type = op.getLogitsType();
  if (type.getRank() < 1)
    return op.emitOpError() << "(C1) expected logits of one dimension or more, "
                               "the last of which is the vocabulary, got "
                            << type;
  if (!isSupportedFloat(type.getElementType()))
    return op.emitOpError()
           << "(C1) expected logits of f16, bf16, f32 or f64, got "
           << type.getElementType();
  int64_t size = getVocabulary(op);
  if (!ShapedType::isDynamic(size) && (size < 1 || size > kMostTokens))
    return op.emitOpError() << "(C1) expected a vocabulary of 1 to "
                            << kMostTokens << " tokens, got " << size;
  if (op.getShift() && type.getRank() < 2)
    return op.emitOpError() << "(C10) expected logits of two dimensions or "
                               "more with shift, got "
                            << type;
  return success();
}

static LogicalResult verifyLikeLogits(SampleTokensOp op, Value value,
                                      Type element, StringRef name) {
  auto type = cast<ShapedType>(value.getType());
  if (type.getElementType() == element &&
      succeeded(verifyCompatibleShape(type, op.getLogitsType())))
    return success();
  return op.emitOpError() << name << " to have the shape of the logits, "
                          << op.getLogitsType() << ", and elements " << element
                          << ", got " << type;
}

static bool hasRowsShape(SampleTokensOp op, ShapedType type) {
  return succeeded(verifyCompatibleShape(
      type.getShape(), op.getLogitsType().getShape().drop_back()));
}

static LogicalResult verifyToken(SampleTokensOp op, int64_t token,
                                 StringRef number, StringRef name) {
  int64_t size = getVocabulary(op);
  if (token >= 0 && token < kMostTokens &&
      (ShapedType::isDynamic(size) || token < size))
    return success();
  return op.emitOpError() << "(" << number << ") expected " << name
                          << " to be a token, 0 to "
                          << (ShapedType::isDynamic(size) ? kMostTokens
                                                          : size) -
                                 1
                          << ", got " << token;
}

static LogicalResult verifyGuidance(SampleTokensOp op) {
  bool hasGuidance = op.getGuidance() || op.getStaticGuidance();
  if (hasGuidance != static_cast<bool>(op.getUnconditional()))
    return op.emitOpError("(C2) expected unconditional(%u) and guidance(w) "
                          "together, got one of them");
  if (op.getUnconditional() &&
      failed(verifyLikeLogits(op, op.getUnconditional(),
                              op.getLogitsType().getElementType(),
                              "(C2) expected unconditional")))
    return failure();
  if (std::optional<APFloat> guidance = op.getStaticGuidance();
      guidance && !guidance->isFinite())
    return op.emitOpError() << "(C4) expected a finite guidance, got "
                            << formatNumber(guidance->convertToDouble());
  return success();
}

static LogicalResult verifyKnown(SampleTokensOp op) {
  if (op.getKnown() && !op.getMaskToken())
    return op.emitOpError("(C3) expected mask_token = m beside known, which "
                          "says which rows are to be read");
  if (!op.getMaskToken())
    return success();
  if (!op.getKnown())
    return op.emitOpError("(C3) expected known(%x) beside mask_token; to leave "
                          "a token out, suppress it");
  auto type = cast<ShapedType>(op.getKnown().getType());
  if (!isTokenType(type.getElementType()) || !hasRowsShape(op, type))
    return op.emitOpError()
           << "(C3) expected known to have the shape "
           << ShapeText{op.getLogitsType().getShape().drop_back()}
           << " and elements i32 or i64, got " << type;
  return verifyToken(op, *op.getMaskToken(), "C3", "mask_token");
}

static LogicalResult verifyDraw(SampleTokensOp op) {
  if (std::optional<APFloat> temperature = op.getStaticTemperature();
      temperature && (!temperature->isFinite() || temperature->isNegative()))
    return op.emitOpError()
           << "(C4) expected a finite temperature that is not negative, got "
           << formatNumber(temperature->convertToDouble());
  if (op.getFilters()) {
    if (!op.getTemperature() && !op.getStaticTemperature())
      return op.emitOpError("(C5) expected a temperature beside filters");
    for (Attribute filter : op.getFiltersAttr())
      if (!isa<TokenFilterAttrInterface>(filter))
        return op.emitOpError() << "(C5) expected a token filter, such as "
                                   "#whorl.top_p<0.95>, got "
                                << filter;
  }
  bool hasDraw = op.getDraw().has_value(), hasNoise = !!op.getNoise();
  if (hasDraw && hasNoise)
    return op.emitOpError("(C6) expected noise or a draw, got both");
  if (op.isDrawn() != (hasDraw || hasNoise))
    return op.emitOpError(
        op.isDrawn() ? "(C6) expected draw = element, draw = blocked or noise "
                       "at a temperature that is not 0, got none"
                     : "(C6) expected a temperature that is not 0 beside noise "
                       "or a draw, got none");
  bool hasGenerator = op.getGenerator() || !op.getKey().empty() ||
                      op.getStream() || op.getOffset();
  if (!hasDraw && hasGenerator)
    return op.emitOpError("(C6) expected generator, key, stream and offset "
                          "beside a draw only");
  if (!hasDraw)
    return success();
  if (!op.getGenerator() ||
      !isa<RandomGeneratorAttrInterface>(*op.getGenerator()))
    return op.emitOpError("(C6) expected a random generator beside a draw, "
                          "such as generator = #whorl.philox");
  TypeRange key = op.getKey().getTypes();
  if (!isRandomKey(key))
    return op.emitOpError() << "(C6) expected the key to be one i64 or two "
                               "i32, got "
                            << key;
  return success();
}

static LogicalResult verifyMeasures(SampleTokensOp op) {
  SmallVector<TokenMeasure> seen;
  for (TokenMeasure measure : op.getMeasureList()) {
    if (llvm::is_contained(seen, measure))
      return op.emitOpError() << "(C8) expected each measure once, got "
                              << stringifyTokenMeasure(measure) << " twice";
    seen.push_back(measure);
  }
  return success();
}

static LogicalResult verifyResultTypes(SampleTokensOp op, TypeRange types,
                                       StringRef name) {
  size_t expected = 1 + op.getMeasures().size();
  if (types.size() != expected)
    return op.emitOpError()
           << "(C8) expected " << expected << " " << name
           << ", the tokens and one for each measure, got " << types.size();
  for (auto [i, type] : llvm::enumerate(types)) {
    auto shaped = cast<ShapedType>(type);
    Type element = shaped.getElementType();
    bool isRight =
        i == 0 ? isTokenType(element) : element == op.getComputeType();
    if (isRight && hasRowsShape(op, shaped))
      continue;
    InFlightDiagnostic error =
        op.emitOpError() << "(C8) expected " << name << " " << i
                         << " to have the shape "
                         << ShapeText{op.getLogitsType().getShape().drop_back()}
                         << " and elements ";
    if (i == 0)
      error << "i32 or i64";
    else
      error << op.getComputeType();
    return error << ", got " << type;
  }
  return success();
}

static LogicalResult verifyForm(SampleTokensOp op) {
  bool isBufferized = op.isBufferized();
  for (Value value : op->getOperands())
    if (isa<ShapedType>(value.getType()) &&
        isa<MemRefType>(value.getType()) != isBufferized)
      return op.emitOpError()
             << "(C11) expected all tensors or all memrefs, got "
             << op.getLogits().getType() << " and " << value.getType();
  if (isBufferized && op.getNumResults() != 0)
    return op.emitOpError("(C11) expected no results on memrefs, which outs "
                          "hold");
  if (!isBufferized &&
      failed(verifyResultTypes(op, op.getResultTypes(), "results")))
    return failure();
  if ((isBufferized || !op.getOuts().empty()) &&
      failed(verifyResultTypes(op, op.getOuts().getTypes(), "outs")))
    return failure();
  if (isBufferized || op.getOuts().empty() ||
      op.getOuts().getTypes() == op.getResultTypes())
    return success();
  return op.emitOpError("(C11) expected outs to have the results' types");
}

LogicalResult SampleTokensOp::verify() {
  if (failed(verifyLogits(*this)) || failed(verifyGuidance(*this)) ||
      failed(verifyKnown(*this)) || failed(verifyDraw(*this)) ||
      failed(verifyMeasures(*this)))
    return failure();
  for (int64_t token : getSuppress())
    if (failed(verifyToken(*this, token, "C9", "a suppressed token")))
      return failure();
  if (getNoise() && failed(verifyLikeLogits(*this, getNoise(), getComputeType(),
                                            "(C7) expected noise")))
    return failure();
  return verifyForm(*this);
}
