//===- SampleOps.cpp - ops whose factors belong to samples ----------------===//

#include "Whorl/IR/DestinationOps.h"
#include "Whorl/IR/StepSyntax.h"
#include "Whorl/IR/WhorlDialect.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

//===----------------------------------------------------------------------===//
// What they share
//===----------------------------------------------------------------------===//

static DestinationOpInterface asDestinationOp(Operation *op) {
  return cast<DestinationOpInterface>(op);
}

static bool isBufferized(SampleOpInterface op) {
  return isa<MemRefType>(op.getElementInputs().front().getType());
}

/// The first element input, whose shape all others have.
static ShapedType getStateType(SampleOpInterface op) {
  return cast<ShapedType>(op.getElementInputs().front().getType());
}

static LogicalResult verifyElements(SampleOpInterface op) {
  ShapedType state = getStateType(op);
  Type element = state.getElementType();
  if ((!element.isF16() && !element.isBF16() && !element.isF32() &&
       !element.isF64()) ||
      state.getRank() == 0)
    return op->emitOpError()
           << "(C1) expected f16, bf16, f32 or f64 and rank 1 "
              "or more, got "
           << state;
  SmallVector<Value> values = op.getElementInputs();
  MutableOperandRange outs = asDestinationOp(op).getDestinationsMutable();
  for (OpOperand &out : outs)
    values.push_back(out.get());
  llvm::append_range(values, op->getResults());
  for (Value value : values) {
    auto type = cast<ShapedType>(value.getType());
    if (type.getElementType() != element ||
        failed(verifyCompatibleShape(type, state)))
      return op->emitOpError()
             << "(C2) expected inputs, outs and results of one shape and "
                "element type, got "
             << state << " and " << type;
  }
  return success();
}

static LogicalResult verifyStorage(SampleOpInterface op) {
  bool onMemRefs = isBufferized(op);
  for (Value value : op->getOperands())
    if (isa<ShapedType>(value.getType()) &&
        isa<MemRefType>(value.getType()) != onMemRefs)
      return op->emitOpError()
             << "(C7) expected all tensors or all memrefs, got "
             << getStateType(op) << " and " << value.getType();
  size_t wanted = op.getUsedInputs().size();
  MutableOperandRange range = asDestinationOp(op).getDestinationsMutable();
  size_t outs = range.size();
  if (op->getNumResults() != (onMemRefs ? 0 : wanted))
    return op->emitOpError()
           << "(C7) expected " << (onMemRefs ? 0 : wanted)
           << (onMemRefs ? " results on memrefs" : " results on tensors")
           << ", got " << op->getNumResults();
  if (outs != wanted && (onMemRefs || outs != 0))
    return op->emitOpError()
           << "(C7) expected " << wanted << " outs, got " << outs;
  return success();
}

/// A scalar, given once: a finite number, or a value of f32 or f64 (of
/// integers, too, where `mayBeInteger`), or one for each sample.
static LogicalResult verifyScalar(SampleOpInterface op, StringRef name,
                                  Value value,
                                  const std::optional<APFloat> &number,
                                  bool mayBeInteger) {
  if (static_cast<bool>(value) == number.has_value())
    return op->emitOpError() << "(C4) expected the " << name
                             << " once, as a number or as a value, got "
                             << (value ? "both" : "neither");
  if (number) {
    if (number->isFinite())
      return success();
    return op->emitOpError() << "(C4) expected a finite " << name << ", got "
                             << formatNumber(number->convertToDouble());
  }
  Type type = value.getType();
  bool fits = true;
  if (auto shaped = dyn_cast<ShapedType>(type)) {
    ShapedType state = getStateType(op);
    fits = shaped.hasRank() && shaped.getRank() == 1 &&
           succeeded(verifyCompatibleShape(shaped.getShape(),
                                           state.getShape().take_front()));
    type = shaped.getElementType();
  }
  fits &= type.isF32() || type.isF64() ||
          (mayBeInteger && (type.isIndex() || type.isSignlessInteger()));
  if (fits)
    return success();
  return op->emitOpError() << "(C4) expected the " << name
                           << " to be a scalar, or one for each sample of "
                           << getStateType(op) << ", got " << value.getType();
}

static LogicalResult verifySampleOp(SampleOpInterface op) {
  return success(succeeded(verifyElements(op)) && succeeded(verifyStorage(op)));
}

static SmallVector<SizeRequirement> getSampleRequirements(SampleOpInterface op,
                                                          OpBuilder &builder) {
  SizeRequirementBuilder sizes(builder, op->getLoc());
  SmallVector<Value> inputs = op.getElementInputs();
  Value state = inputs.front();
  std::string name = op->getName().stripDialect().str();
  auto require = [&](Value value, StringRef what) {
    sizes.requireSizesOf(state, value, [&](int64_t) {
      return ("all inputs of " + name + " must have the same " + what).str();
    });
  };
  MutableOperandRange outs = asDestinationOp(op).getDestinationsMutable();
  for (OpOperand &out : outs)
    inputs.push_back(out.get());
  for (Value value : ArrayRef<Value>(inputs).drop_front())
    require(value, "shape");
  for (Value value : op.getSampleInputs())
    if (isa<ShapedType>(value.getType()))
      require(value, "number of samples");
  return sizes.requirements;
}

static LogicalResult reifySampleShapes(SampleOpInterface op, OpBuilder &builder,
                                       ReifiedRankedShapedTypeDims &shapes) {
  if (isBufferized(op))
    return failure();
  shapes.assign(op->getNumResults(),
                tensor::getMixedSizes(builder, op->getLoc(),
                                      op.getElementInputs().front()));
  return success();
}

/// Every method that the ops share, in terms of the functions above.
#define WHORL_SAMPLE_OP(Op)                                                    \
  bool Op::isCompatibleReturnTypes(TypeRange, TypeRange) {                     \
    return true; /* the verifier compares them */                              \
  }                                                                            \
  MutableOperandRange Op::getDestinationsMutable() {                           \
    return getOutsMutable();                                                   \
  }                                                                            \
  SmallVector<SizeRequirement> Op::getSizeRequirements(OpBuilder &builder) {   \
    return getSampleRequirements(cast<SampleOpInterface>(getOperation()),      \
                                 builder);                                     \
  }                                                                            \
  void Op::getEffects(                                                         \
      SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>      \
          &effects) {                                                          \
    getDestinationEffects(asDestinationOp(getOperation()), effects);           \
  }                                                                            \
  Speculation::Speculatability Op::getSpeculatability() {                      \
    return getStaticSpeculatability(getOperation());                           \
  }                                                                            \
  LogicalResult Op::reifyResultShapes(OpBuilder &builder,                      \
                                      ReifiedRankedShapedTypeDims &shapes) {   \
    return reifySampleShapes(cast<SampleOpInterface>(getOperation()), builder, \
                             shapes);                                          \
  }

WHORL_SAMPLE_OP(GuidanceOp)
WHORL_SAMPLE_OP(AddNoiseOp)
WHORL_SAMPLE_OP(PreconditionOp)

/// One result type, or `count`, for each result on tensors.
static LogicalResult inferSampleTypes(ValueRange operands, unsigned count,
                                      SmallVectorImpl<Type> &types) {
  if (operands.empty())
    return failure();
  if (isa<RankedTensorType>(operands.front().getType()))
    types.assign(count, operands.front().getType());
  return success();
}

/// The scalar of a sample input, or of a number in its place.
static Value getScalar(ImplicitLocOpBuilder &builder,
                       const SampleContext &context, unsigned i,
                       const std::optional<APFloat> &number) {
  if (number)
    return ScalarMath(builder).number(number->convertToDouble());
  return context.scalars[i];
}

//===----------------------------------------------------------------------===//
// Guidance
//===----------------------------------------------------------------------===//

GuidanceAttrInterface GuidanceOp::getRuleInterface() {
  return cast<GuidanceAttrInterface>(getRule());
}

LogicalResult GuidanceOp::inferReturnTypes(
    MLIRContext *, std::optional<Location>, ValueRange operands, DictionaryAttr,
    OpaqueProperties properties, RegionRange, SmallVectorImpl<Type> &types) {
  if (!properties)
    return failure();
  auto rule = dyn_cast_or_null<GuidanceAttrInterface>(
      properties.as<Properties *>()->rule);
  return inferSampleTypes(operands,
                          rule && rule.getKeptMomentum() != 0.0 ? 2 : 1, types);
}

SmallVector<Value> GuidanceOp::getElementInputs() {
  SmallVector<Value> inputs = {getUnconditional(), getConditional()};
  if (Value momentum = getMomentum())
    inputs.push_back(momentum);
  return inputs;
}

SmallVector<Value> GuidanceOp::getSampleInputs() {
  SmallVector<Value> inputs;
  if (Value scale = getScale())
    inputs.push_back(scale);
  if (Value index = getIndex())
    inputs.push_back(index);
  return inputs;
}

SmallVector<SmallVector<unsigned>> GuidanceOp::getUsedInputs() {
  if (getRuleInterface().getKeptMomentum() == 0.0)
    return {{0, 1}};
  return {{0, 1, 2}, {0, 1, 2}};
}

unsigned GuidanceOp::getNumMoments() {
  return getRuleInterface().getNumMoments();
}

SmallVector<Value> GuidanceOp::buildMoments(ImplicitLocOpBuilder &builder,
                                            ValueRange elements) {
  return getRuleInterface().buildMoments(builder, elements[0], elements[1],
                                         elements.size() > 2 ? elements[2]
                                                             : Value());
}

SmallVector<SmallVector<Value>>
GuidanceOp::buildFactors(ImplicitLocOpBuilder &builder,
                         const SampleContext &context) {
  GuidanceContext rule;
  rule.scale = getScalar(builder, context, 0, getStaticScale());
  if (getIndex())
    rule.index = context.scalars.back();
  rule.sums = context.sums;
  rule.count = context.count;
  GuidanceFactors factors = getRuleInterface().buildFactors(builder, rule);
  double momentum = getRuleInterface().getKeptMomentum();
  if (momentum == 0.0)
    return {{factors.unconditional, factors.conditional}};
  ScalarMath math(builder);
  return {{factors.unconditional, factors.conditional, factors.running},
          {math.number(-1.0), math.number(1.0), math.number(momentum)}};
}

LogicalResult GuidanceOp::verify() {
  auto rule = dyn_cast<GuidanceAttrInterface>(getRule());
  if (!rule)
    return emitOpError() << "(C3) expected a guidance rule, such as "
                            "#whorl.cfg, got "
                         << getRule();
  if (static_cast<bool>(getMomentum()) != (rule.getKeptMomentum() != 0.0))
    return emitOpError() << "(C6) expected "
                         << (getMomentum() ? "no momentum, as "
                                           : "momentum(%d), as ")
                         << getRule() << " has "
                         << (getMomentum() ? "none" : "it");
  auto op = cast<SampleOpInterface>(getOperation());
  if (failed(verifySampleOp(op)) ||
      failed(verifyScalar(op, "scale", getScale(), getStaticScale(),
                          /*mayBeInteger=*/false)))
    return failure();
  if (static_cast<bool>(getIndex()) != rule.usesIndex())
    return emitOpError() << "(C5) expected "
                         << (getIndex() ? "no index, as " : "at(%i), as ")
                         << getRule()
                         << (getIndex() ? " does not ask for it"
                                        : " asks for the index of the step");
  return success();
}

//===----------------------------------------------------------------------===//
// Added noise
//===----------------------------------------------------------------------===//

ScheduleAttrInterface AddNoiseOp::getScheduleInterface() {
  return cast<ScheduleAttrInterface>(getSchedule());
}

LogicalResult AddNoiseOp::inferReturnTypes(
    MLIRContext *, std::optional<Location>, ValueRange operands, DictionaryAttr,
    OpaqueProperties properties, RegionRange, SmallVectorImpl<Type> &types) {
  if (!properties)
    return failure();
  return inferSampleTypes(operands,
                          properties.as<Properties *>()->target ? 2 : 1, types);
}

SmallVector<Value> AddNoiseOp::getElementInputs() {
  return {getData(), getNoise()};
}

SmallVector<Value> AddNoiseOp::getSampleInputs() {
  if (Value time = getTime())
    return {time};
  return {};
}

SmallVector<SmallVector<unsigned>> AddNoiseOp::getUsedInputs() {
  std::optional<NoiseTarget> target = getTarget();
  if (!target)
    return {{0, 1}};
  if (*target == NoiseTarget::score)
    return {{0, 1}, {1}};
  return {{0, 1}, {0, 1}};
}

SmallVector<SmallVector<Value>>
AddNoiseOp::buildFactors(ImplicitLocOpBuilder &builder,
                         const SampleContext &context) {
  ScalarMath math(builder);
  Value time = getScalar(builder, context, 0, getStaticTime());
  auto [a, s] =
      getScheduleInterface().buildScales(builder, time, context.readTable);
  SmallVector<SmallVector<Value>> factors = {{a, s}};
  std::optional<NoiseTarget> target = getTarget();
  if (!target)
    return factors;
  switch (*target) {
  case NoiseTarget::v: {
    Value norm = math.sqrt(math.add(math.mul(a, a), math.mul(s, s)));
    factors.push_back({math.neg(math.div(s, norm)), math.div(a, norm)});
    break;
  }
  case NoiseTarget::velocity:
    factors.push_back({math.number(-1.0), math.number(1.0)});
    break;
  case NoiseTarget::score:
    factors.push_back({math.div(math.number(-1.0), s)});
    break;
  }
  return factors;
}

LogicalResult AddNoiseOp::verify() {
  auto schedule = dyn_cast<ScheduleAttrInterface>(getSchedule());
  if (!schedule || !schedule.knowsAnyTime())
    return emitOpError()
           << "(C3) expected a noise schedule that knows any time, "
              "such as #whorl.vp<...>, got "
           << getSchedule();
  auto op = cast<SampleOpInterface>(getOperation());
  return success(succeeded(verifySampleOp(op)) &&
                 succeeded(verifyScalar(op, "time", getTime(), getStaticTime(),
                                        /*mayBeInteger=*/true)));
}

//===----------------------------------------------------------------------===//
// Preconditioning
//===----------------------------------------------------------------------===//

ScalingAttrInterface PreconditionOp::getRuleInterface() {
  return cast<ScalingAttrInterface>(getRule());
}

LogicalResult PreconditionOp::inferReturnTypes(
    MLIRContext *, std::optional<Location>, ValueRange operands, DictionaryAttr,
    OpaqueProperties, RegionRange, SmallVectorImpl<Type> &types) {
  return inferSampleTypes(operands, 1, types);
}

SmallVector<Value> PreconditionOp::getElementInputs() {
  SmallVector<Value> inputs = {getState()};
  if (Value output = getOutput())
    inputs.push_back(output);
  return inputs;
}

SmallVector<Value> PreconditionOp::getSampleInputs() {
  if (Value sigma = getSigma())
    return {sigma};
  return {};
}

SmallVector<SmallVector<unsigned>> PreconditionOp::getUsedInputs() {
  if (getOutput())
    return {{0, 1}};
  return {{0}};
}

SmallVector<SmallVector<Value>>
PreconditionOp::buildFactors(ImplicitLocOpBuilder &builder,
                             const SampleContext &context) {
  Value sigma = getScalar(builder, context, 0, getStaticSigma());
  ScalingFactors factors = getRuleInterface().buildFactors(builder, sigma);
  if (getOutput())
    return {{factors.skip, factors.output}};
  return {{factors.input}};
}

LogicalResult PreconditionOp::verify() {
  if (!isa<ScalingAttrInterface>(getRule()))
    return emitOpError() << "(C3) expected a preconditioning, such as "
                            "#whorl.edm_scaling, got "
                         << getRule();
  auto op = cast<SampleOpInterface>(getOperation());
  return success(
      succeeded(verifySampleOp(op)) &&
      succeeded(verifyScalar(op, "sigma", getSigma(), getStaticSigma(),
                             /*mayBeInteger=*/false)));
}

LogicalResult NoiseInputOp::verify() {
  if (isa<ScalingAttrInterface>(getRule()))
    return success();
  return emitOpError() << "(C1) expected a preconditioning, such as "
                          "#whorl.edm_scaling, got "
                       << getRule();
}
