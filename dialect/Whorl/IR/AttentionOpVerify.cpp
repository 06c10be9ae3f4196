//===- AttentionOpVerify.cpp - the constraints of whorl.attention ---------===//
//
// One function per numbered constraint of the op's description, in order.
//
//===----------------------------------------------------------------------===//

#include "Whorl/IR/DestinationOps.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/WhorlDialect.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

using Dim = AttentionOp::Dim;

static ShapedType getShaped(Value value) {
  return cast<ShapedType>(value.getType());
}

static LogicalResult verifyRanks(AttentionOp op) {
  std::pair<StringRef, Value> operands[] = {
      {"query", op.getQuery()}, {"key", op.getKey()}, {"value", op.getValue()}};
  for (auto [name, value] : operands)
    if (getShaped(value).getRank() != 4)
      return op.emitOpError()
             << "(C1) expected " << name << " of rank 4, "
             << (op.getLayout() == Layout::bhnd ? "[B, H, N, D]"
                                                : "[B, N, H, D]")
             << ", got rank " << getShaped(value).getRank();
  return success();
}

static bool isSupportedElement(Type type) {
  return type.isF16() || type.isBF16() || type.isF32() || type.isF64();
}

static LogicalResult verifyElementTypes(AttentionOp op) {
  Type query = getShaped(op.getQuery()).getElementType();
  if (!isSupportedElement(query))
    return op.emitOpError()
           << "(C2) expected elements of type f16, bf16, f32 or f64, got "
           << query;
  for (Value value : {op.getKey(), op.getValue()})
    if (getShaped(value).getElementType() != query)
      return op.emitOpError()
             << "(C2) expected query, key and value of one element type, got "
             << query << " and " << getShaped(value).getElementType()
             << "; cast one of them";
  return success();
}

static LogicalResult verifyAgreement(AttentionOp op, StringRef number, Value a,
                                     StringRef aName, Value b, StringRef bName,
                                     Dim dim, StringRef dimName) {
  int64_t expected = op.getStaticDim(a, dim), actual = op.getStaticDim(b, dim);
  if (areSizesCompatible(expected, actual))
    return success();
  return op.emitOpError() << "(" << number << ") expected " << aName << " and "
                          << bName << " to agree in " << dimName << ", got "
                          << expected << " and " << actual;
}

static LogicalResult verifySizes(AttentionOp op) {
  Value q = op.getQuery(), k = op.getKey(), v = op.getValue();
  if (failed(verifyAgreement(op, "C3", q, "query", k, "key", Dim::batch,
                             "batch size")) ||
      failed(verifyAgreement(op, "C3", q, "query", v, "value", Dim::batch,
                             "batch size")) ||
      failed(verifyAgreement(op, "C4", k, "key", v, "value", Dim::head,
                             "heads")) ||
      failed(
          verifyAgreement(op, "C4", k, "key", v, "value", Dim::row, "rows")) ||
      failed(verifyAgreement(op, "C5", q, "query", k, "key", Dim::feature,
                             "head size")))
    return failure();
  int64_t heads = op.getStaticDim(q, Dim::head);
  int64_t keyHeads = op.getStaticDim(k, Dim::head);
  if (!ShapedType::isDynamic(heads) && !ShapedType::isDynamic(keyHeads) &&
      (keyHeads == 0 ? heads != 0 : heads % keyHeads != 0))
    return op.emitOpError()
           << "(C6) expected the number of query heads to be a "
              "multiple of the number of key heads, got "
           << heads << " and " << keyHeads
           << (op.getLayout() == Layout::bhnd
                   ? "; for [B, N, H, D] add: layout bnhd"
                   : "");
  return success();
}

static LogicalResult verifyScalars(AttentionOp op) {
  auto scale = op.getStaticScale();
  if (scale && !scale->isFinite())
    return op.emitOpError()
           << "(C7) expected a finite scale, got " << scale->convertToDouble();
  auto softcap = op.getStaticSoftcap();
  if (softcap &&
      (!softcap->isFinite() || softcap->isZero() || softcap->isNegative()))
    return op.emitOpError() << "(C7) expected a finite softcap above 0, got "
                            << softcap->convertToDouble();
  std::pair<StringRef, Value> scalars[] = {{"scale", op.getScale()},
                                           {"softcap", op.getSoftcap()}};
  for (auto [name, value] : scalars)
    if (value && !value.getType().isF32() && !value.getType().isF64())
      return op.emitOpError() << "(C8) expected " << name
                              << " of type f32 or f64, got " << value.getType();
  if ((op.getStaticScale() && op.getScale()) ||
      (op.getStaticSoftcap() && op.getSoftcap()) ||
      (op.getStaticOffset() && op.getOffset()))
    return op.emitOpError() << "(C8) expected scale, softcap and offset as a "
                               "constant or a value, got both";
  return verifyOffset(op, op.getOffset(),
                      op.getStaticDim(op.getQuery(), Dim::batch), "C8");
}

LogicalResult whorl::verifyOffset(Operation *op, Value offset, int64_t batch,
                                  StringRef number) {
  if (!offset || offset.getType().isIndex())
    return success();
  auto type = dyn_cast<ShapedType>(offset.getType());
  if (type && type.hasRank() && type.getRank() == 1 &&
      isa<IntegerType, IndexType>(type.getElementType()) &&
      areSizesCompatible(type.getDimSize(0), batch))
    return success();
  return op->emitOpError() << "(" << number
                           << ") expected an offset of type index or a tensor "
                              "of "
                           << SizeText{batch} << " integers, got "
                           << offset.getType();
}

LogicalResult whorl::verifyPositionIds(Operation *op, Value ids, int64_t batch,
                                       int64_t rows, unsigned axes,
                                       StringRef number, StringRef name) {
  if (!ids)
    return success();
  ShapedType type = getShaped(ids);
  ArrayRef<int64_t> shape = type.getShape();
  bool isElementValid = isa<IntegerType, IndexType>(type.getElementType()) ||
                        type.getElementType().isF32() ||
                        type.getElementType().isF64();
  if (!isElementValid || shape.empty() || shape.size() > 3 ||
      !areSizesCompatible(shape.back(), rows) ||
      (shape.size() >= 2 &&
       !areSizesCompatible(shape[shape.size() - 2], batch)))
    return op->emitOpError()
           << "(" << number << ") expected " << name
           << " as integers or floats of shape " << ShapeText{{rows}} << ", "
           << ShapeText{{batch, rows}} << " or [axes, " << SizeText{batch}
           << ", " << SizeText{rows} << "], got " << type;
  int64_t given = shape.size() == 3 ? shape[0] : 1;
  if (given != axes)
    return op->emitOpError()
           << "(" << number << ") expected " << name << " with " << axes
           << " axes, got " << SizeText{given};
  return success();
}

/// All row encodings of one op see the same position ids.
static unsigned getPositionAxes(AttentionOp op) {
  unsigned axes = 1;
  if (auto encodings = op.getPositionAttr())
    for (auto encoding : encodings.getAsRange<PositionEncodingAttrInterface>())
      axes = std::max(axes, encoding.getNumPositionAxes());
  return axes;
}

static LogicalResult verifyPositions(AttentionOp op) {
  if (!op.getQueryPositions() != !op.getKeyPositions())
    return op.emitOpError() << "(C9) expected positions for both query and key";
  int64_t batch = op.getStaticDim(op.getQuery(), Dim::batch);
  unsigned axes = getPositionAxes(op);
  if (failed(verifyPositionIds(op, op.getQueryPositions(), batch,
                               op.getStaticDim(op.getQuery(), Dim::row), axes,
                               "C9", "query positions")) ||
      failed(verifyPositionIds(op, op.getKeyPositions(), batch,
                               op.getStaticDim(op.getKey(), Dim::row), axes,
                               "C9", "key positions")))
    return failure();
  if (axes > 1 && !op.getQueryPositions())
    return op.emitOpError() << "(C9) expected positions with " << axes
                            << " axes for this encoding, got none";
  return success();
}

static bool hasIntegerIds(AttentionOp op) {
  return !op.getQueryPositions() ||
         (!isa<FloatType>(getShaped(op.getQueryPositions()).getElementType()) &&
          !isa<FloatType>(getShaped(op.getKeyPositions()).getElementType()));
}

static LogicalResult verifyEncodings(AttentionOp op) {
  size_t expected = 0;
  if (auto encodings = op.getPositionAttr()) {
    for (Attribute attribute : encodings) {
      auto encoding = dyn_cast<PositionEncodingAttrInterface>(attribute);
      if (!encoding || !contains(encoding.getSites(),
                                 EncodingSite::queryKey | EncodingSite::score))
        return op.emitOpError()
               << "(C10) expected position encodings that act on queries and "
                  "keys or on scores, got "
               << attribute
               << (encoding ? "; apply it to the embeddings with "
                              "whorl.encode_position"
                            : "");
      expected += encoding.getNumEncodingOperands();
    }
  }
  if (op.getPositionOperands().size() != expected)
    return op.emitOpError() << "(C10) expected " << expected
                            << " operands for the position encodings, got "
                            << op.getPositionOperands().size();
  if (!op.getPositionAttr())
    return success();
  for (auto [i, attribute] : llvm::enumerate(op.getPositionAttr())) {
    auto encoding = cast<PositionEncodingAttrInterface>(attribute);
    EncodingVerifyContext context;
    auto emitError = [&]() -> InFlightDiagnostic {
      return op.emitOpError() << "(C10) ";
    };
    context.emitError = emitError;
    context.site = contains(encoding.getSites(), EncodingSite::queryKey)
                       ? EncodingSite::queryKey
                       : EncodingSite::score;
    SmallVector<Type> types(op.getEncodingOperands(i).getTypes());
    context.operandTypes = types;
    context.dim = op.getStaticDim(op.getQuery(), Dim::feature);
    context.queryHeads = op.getStaticDim(op.getQuery(), Dim::head);
    context.hasIntegerPositions = hasIntegerIds(op);
    if (failed(encoding.verifyEncoding(context)))
      return failure();
  }
  return success();
}

static LogicalResult verifyMask(AttentionOp op) {
  if (!op.getMaskAttr()) {
    if (op.getMaskOperands().empty())
      return success();
    return op.emitOpError() << "(C11) expected no mask operands without a mask";
  }
  MaskAttrInterface mask = op.getMaskInterface();
  if (!mask)
    return op.emitOpError()
           << "(C11) expected a mask, got " << op.getMaskAttr();
  MaskVerifyContext context;
  auto emitError = [&]() -> InFlightDiagnostic {
    return op.emitOpError() << "(C11) ";
  };
  context.emitError = emitError;
  SmallVector<Type> types(op.getMaskOperands().getTypes());
  context.operandTypes = types;
  context.batch = op.getStaticDim(op.getQuery(), Dim::batch);
  context.queryHeads = op.getStaticDim(op.getQuery(), Dim::head);
  context.queryRows = op.getStaticDim(op.getQuery(), Dim::row);
  context.keyRows = op.getStaticDim(op.getKey(), Dim::row);
  return mask.verifyMask(context);
}

static LogicalResult verifyBiasAndSinks(AttentionOp op) {
  int64_t heads = op.getStaticDim(op.getQuery(), Dim::head);
  if (Value bias = op.getBias()) {
    int64_t target[] = {op.getStaticDim(op.getQuery(), Dim::batch), heads,
                        op.getStaticDim(op.getQuery(), Dim::row),
                        op.getStaticDim(op.getKey(), Dim::row)};
    if (!isa<FloatType>(getShaped(bias).getElementType()) ||
        !broadcastsTo(getShaped(bias).getShape(), target))
      return op.emitOpError()
             << "(C12) expected a float bias of rank 1 to 4 "
                "that broadcasts to "
             << ShapeText{target} << ", got " << bias.getType();
  }
  if (Value sinks = op.getSinks()) {
    ShapedType type = getShaped(sinks);
    if (!isa<FloatType>(type.getElementType()) || type.getRank() != 1 ||
        !areSizesCompatible(type.getDimSize(0), heads))
      return op.emitOpError() << "(C13) expected a float tensor of "
                              << SizeText{heads} << " sinks, got " << type;
  }
  return success();
}

static LogicalResult verifyResults(AttentionOp op) {
  unsigned expected = op.getReturnLse() ? 2 : 1;
  if (op.isBufferized()) {
    if (op.getNumResults() != 0 || op.getOuts().size() != expected)
      return op.emitOpError() << "(C15) expected no results and " << expected
                              << " outs on memrefs, got " << op.getNumResults()
                              << " and " << op.getOuts().size();
  } else if (op.getNumResults() != expected ||
             (!op.getOuts().empty() && op.getOuts().size() != expected)) {
    return op.emitOpError()
           << "(C15) expected " << expected
           << " results and as many outs or none, got " << op.getNumResults()
           << " and " << op.getOuts().size();
  }
  Value q = op.getQuery();
  SmallVector<int64_t> output(getShaped(q).getShape());
  output[3] = getShaped(op.getValue()).getDimSize(3);
  SmallVector<int64_t> lse = {op.getStaticDim(q, Dim::batch),
                              op.getStaticDim(q, Dim::head),
                              op.getStaticDim(q, Dim::row)};
  Type elements[] = {getShaped(q).getElementType(), op.getScoreType()};
  auto check = [&](Type type, unsigned i) -> LogicalResult {
    auto shaped = cast<ShapedType>(type);
    ArrayRef<int64_t> wanted = i == 0 ? output : lse;
    if (shaped.getElementType() == elements[i] &&
        succeeded(verifyCompatibleShape(shaped.getShape(), wanted)))
      return success();
    return op.emitOpError()
           << "(C15) expected " << (i == 0 ? "output" : "lse") << " of shape "
           << ShapeText{wanted} << " with elements " << elements[i] << ", got "
           << type;
  };
  for (auto [i, type] : llvm::enumerate(op.getResultTypes()))
    if (failed(check(type, i)))
      return failure();
  for (auto [i, value] : llvm::enumerate(op.getOuts()))
    if (failed(check(value.getType(), i)))
      return failure();
  return success();
}

static LogicalResult verifySemantics(AttentionOp op) {
  bool isMemRef = op.isBufferized();
  auto check = [&](Value value) {
    return !value || isa<MemRefType>(value.getType()) == isMemRef;
  };
  bool isConsistent =
      check(op.getKey()) && check(op.getValue()) && check(op.getBias()) &&
      check(op.getSinks()) && check(op.getQueryPositions()) &&
      check(op.getKeyPositions()) && llvm::all_of(op.getOuts(), check);
  if (!isConsistent)
    return op.emitOpError()
           << "(C16) expected all operands to be tensors or all to be memrefs";
  return success();
}

LogicalResult AttentionOp::verify() {
  if (failed(verifySemantics(*this)) || failed(verifyRanks(*this)) ||
      failed(verifyElementTypes(*this)) || failed(verifySizes(*this)) ||
      failed(verifyScalars(*this)) || failed(verifyPositions(*this)) ||
      failed(verifyEncodings(*this)) || failed(verifyMask(*this)) ||
      failed(verifyBiasAndSinks(*this)) || failed(verifyResults(*this)))
    return failure();
  return success();
}

LogicalResult AttentionOp::verifyRegions() {
  if (!hasScoreRegion())
    return success();
  if (!getScore().hasOneBlock())
    return emitOpError("(C14) expected a score region of one block");
  Block &block = getScore().front();
  Type index = IndexType::get(getContext());
  SmallVector<Type> expected = {getScoreType(), index, index, index, index};
  if (block.getArgumentTypes() != TypeRange(expected))
    return emitOpError() << "(C14) expected a score region on (" << expected
                         << "), got (" << block.getArgumentTypes() << ")";
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield || yield.getResults().getTypes() != TypeRange(expected[0]))
    return emitOpError() << "(C14) expected the score region to yield one "
                         << expected[0];
  for (Operation &nested : block.without_terminator())
    if (!isMemoryEffectFree(&nested) &&
        !hasSingleEffect<MemoryEffects::Read>(&nested)) {
      InFlightDiagnostic diagnostic =
          emitOpError("(C14) expected a score region without side effects");
      diagnostic.attachNote(nested.getLoc())
          << "'" << nested.getName() << "' has some";
      return diagnostic;
    }
  return success();
}
