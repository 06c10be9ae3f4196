//===- AttentionOpVerify.cpp - the constraints of whorl.attention ---------===//
//
// One function per numbered constraint of the op's description, in order. C9 to
// C11, which encodings and masks have a say in, stand in
// AttentionOpVerifyClauses.cpp.
//
//===----------------------------------------------------------------------===//

#include "AttentionOpVerify.h"
#include "Whorl/IR/DestinationOps.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/WhorlDialect.h"

using namespace mlir;
using namespace whorl;

using Dim = AttentionOp::Dim;

static ShapedType getShaped(Value value) {
  return cast<ShapedType>(value.getType());
}

static LogicalResult verifyRanks(AttentionOp op) {
  // The generic form can say anything about its segments.
  ArrayRef<int32_t> sizes = op.getProperties().operandSegmentSizes;
  if (sizes[0] != 1 || sizes[1] != 1 || sizes[2] != 1)
    return op.emitOpError()
           << "(C1) expected one query, one key and one value, got " << sizes[0]
           << ", " << sizes[1] << " and " << sizes[2];
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

static LogicalResult verifyElementTypes(AttentionOp op) {
  Type query = getShaped(op.getQuery()).getElementType();
  if (!isSupportedFloat(query))
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

static LogicalResult verifyBiasAndSinks(AttentionOp op) {
  int64_t heads = op.getStaticDim(op.getQuery(), Dim::head);
  if (Value bias = op.getBias()) {
    int64_t target[] = {op.getStaticDim(op.getQuery(), Dim::batch), heads,
                        op.getStaticDim(op.getQuery(), Dim::row),
                        op.getStaticDim(op.getKey(), Dim::row)};
    if (!isSupportedFloat(getShaped(bias).getElementType()) ||
        !broadcastsTo(getShaped(bias).getShape(), target))
      return op.emitOpError()
             << "(C12) expected a bias of f16, bf16, f32 or f64, of rank 1 to "
                "4 "
                "and broadcasting to "
             << ShapeText{target} << ", got " << bias.getType();
  }
  if (Value sinks = op.getSinks()) {
    ShapedType type = getShaped(sinks);
    if (!isSupportedFloat(type.getElementType()) || type.getRank() != 1 ||
        !areSizesCompatible(type.getDimSize(0), heads))
      return op.emitOpError()
             << "(C13) expected " << SizeText{heads}
             << " sinks (one per query head) of f16, bf16, f32 or f64, got "
             << type;
  }
  return success();
}

/// The number of results and outs; their types are checked by the caller.
static LogicalResult verifyOutputCount(AttentionOp op) {
  unsigned expected = op.getReturnLse() ? 2 : 1;
  StringRef names = op.getReturnLse() ? "2 (output, lse)" : "1 (output)";
  size_t results = op.getNumResults(), outs = op.getOuts().size();
  if (op.isBufferized()) {
    if (results != 0 || outs != expected)
      return op.emitOpError()
             << "(C15) expected no results and, as outs, " << names
             << " on memrefs, got " << results << " and " << outs;
    return success();
  }
  if (results != expected)
    return op.emitOpError()
           << "(C15) expected as results " << names << ", got " << results;
  if (outs != 0 && outs != expected)
    return op.emitOpError()
           << "(C15) expected as outs none or " << names << ", got " << outs;
  return success();
}

static LogicalResult verifyOutputs(AttentionOp op) {
  if (failed(verifyOutputCount(op)))
    return failure();
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
  for (auto [i, value] : llvm::enumerate(op.getOuts())) {
    if (failed(check(value.getType(), i)))
      return failure();
    if (!op.isBufferized() && value.getType() != op.getResultTypes()[i])
      return op.emitOpError() << "(C15) expected outs of the result's type "
                              << op.getResultTypes()[i] << ", got "
                              << value.getType() << "; cast it";
  }
  return success();
}

LogicalResult whorl::verifyStorage(Operation *op, bool isMemRef,
                                   StringRef number) {
  for (Type type : op->getOperandTypes()) {
    if (!isa<ShapedType>(type))
      continue;
    bool isExpected =
        isMemRef ? isa<BaseMemRefType>(type) : isa<TensorType>(type);
    if (!isExpected)
      return op->emitOpError()
             << "(" << number << ") expected all operands to be "
             << (isMemRef ? "memrefs" : "tensors") << ", as "
             << op->getOperand(0).getType() << " is, got " << type;
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (tensor && tensor.getEncoding())
      return op->emitOpError()
             << "(" << number << ") expected dense tensors, got " << type
             << "; convert it first";
  }
  return success();
}

static LogicalResult verifyDot(AttentionOp op, CPUAttentionScheduleAttr cpu) {
  Type type = getElementTypeOrSelf(op.getQuery());
  if (cpu.getDot() == DotForm::fma || type.isBF16())
    return success();
  return op.emitOpError()
         << "(C18) expected query, key and value of bf16 for dot = "
         << stringifyDotForm(cpu.getDot()) << ", got " << type
         << "; use dot = fma";
}

static LogicalResult verifySchedule(AttentionOp op) {
  Attribute schedule = op.getScheduleAttr();
  if (!schedule)
    return success();
  if (auto cpu = dyn_cast<CPUAttentionScheduleAttr>(schedule))
    return verifyDot(op, cpu);
  if (auto both = dyn_cast<CPUScheduleByQueriesAttr>(schedule))
    return failure(failed(verifyDot(op, both.getFew())) ||
                   failed(verifyDot(op, both.getMany())));
  return op.emitOpError() << "(C17) expected a schedule, such as "
                             "#whorl.cpu_schedule<...>, got "
                          << schedule;
}

LogicalResult AttentionOp::verify() {
  if (failed(verifyRanks(*this)) ||
      failed(verifyStorage(*this, isBufferized(), "C16")) ||
      failed(verifyElementTypes(*this)) || failed(verifySizes(*this)) ||
      failed(verifyScalars(*this)) || failed(verifyAttentionClauses(*this)) ||
      failed(verifyBiasAndSinks(*this)) || failed(verifyOutputs(*this)))
    return failure();
  return verifySchedule(*this);
}

//===----------------------------------------------------------------------===//
// The score region
//===----------------------------------------------------------------------===//

/// Scalar code that reads at most. On tensors it may not even read memory: the
/// op would have to be ordered with what writes there.
static LogicalResult verifyScoreBody(AttentionOp op, Block &block) {
  auto refuse = [&](Operation *nested, StringRef expected, StringRef why) {
    InFlightDiagnostic diagnostic =
        op.emitOpError() << "(C14) expected a score region " << expected;
    diagnostic.attachNote(nested->getLoc())
        << "'" << nested->getName() << "' " << why;
    return failure();
  };
  for (Operation &nested : block.without_terminator()) {
    if (isa<DestinationOpInterface>(nested))
      return refuse(&nested, "of scalar operations", "works on whole tensors");
    // Lanes are the back end's business.
    WalkResult vectors = nested.walk([](Operation *inner) {
      return WalkResult(failure(
          llvm::any_of(inner->getResultTypes(), llvm::IsaPred<VectorType>)));
    });
    if (vectors.wasInterrupted())
      return refuse(&nested, "of scalar operations", "yields a vector");
    if (isMemoryEffectFree(&nested))
      continue;
    auto effects = getEffectsRecursively(&nested);
    bool onlyReads = effects && llvm::all_of(*effects, [](const auto &effect) {
                       return isa<MemoryEffects::Read>(effect.getEffect());
                     });
    if (!onlyReads)
      return refuse(&nested, "without side effects", "has some");
    if (!op.isBufferized())
      return refuse(&nested, "that reads tensors alone",
                    "reads memory; capture a tensor and use tensor.extract");
  }
  return success();
}

LogicalResult AttentionOp::verifyRegions() {
  if (!hasScoreRegion())
    return success();
  if (!getScore().hasOneBlock())
    return emitOpError() << "(C14) expected a score region of one block, got "
                         << getScore().getBlocks().size()
                         << "; use scf or arith.select for conditions";
  Block &block = getScore().front();
  Type index = IndexType::get(getContext());
  SmallVector<Type> expected = {getScoreType(), index, index, index, index};
  if (block.getArgumentTypes() != TypeRange(expected))
    return emitOpError() << "(C14) expected a score region on (" << expected
                         << "), got (" << block.getArgumentTypes() << ")";
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield || yield.getResults().getTypes() != TypeRange(expected[0])) {
    InFlightDiagnostic diagnostic =
        emitOpError() << "(C14) expected the score region to yield one "
                      << expected[0];
    diagnostic.attachNote(block.getTerminator()->getLoc())
        << "it yields (" << block.getTerminator()->getOperandTypes() << ")";
    return diagnostic;
  }
  return verifyScoreBody(*this, block);
}
