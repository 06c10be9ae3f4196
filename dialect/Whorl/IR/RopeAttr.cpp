//===- RopeAttr.cpp - rotary position encoding ----------------------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/RotarySpan.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>
#include <numeric>

using namespace mlir;
using namespace whorl;

static RotarySpan getSpan(RopeAttr rope) {
  return {rope.getPairing(), rope.getRotaryDim(), rope.getRotaryStart()};
}

EncodingSite RopeAttr::getSites() const { return EncodingSite::queryKey; }

unsigned RopeAttr::getNumPositionAxes() const {
  return std::max<size_t>(getSections().size(), 1);
}

bool RopeAttr::dependsOnLength() const {
  auto scaling = dyn_cast_or_null<RopeScalingAttrInterface>(getScaling());
  return scaling && scaling.dependsOnLength();
}

RowLayout RopeAttr::getRowLayout(int64_t dim) const {
  return getSpan(*this).getLayout(dim);
}

//===----------------------------------------------------------------------===//
// Pairs
//===----------------------------------------------------------------------===//

/// The axis of each of `units` pairs.
static SmallVector<int64_t> getAxes(RopeAttr rope, int64_t units) {
  ArrayRef<int64_t> sections = rope.getSections();
  SmallVector<int64_t> result;
  if (sections.empty()) {
    result.assign(units, 0);
  } else if (rope.getSectionOrder() == SectionOrder::blocks) {
    for (auto [axis, count] : llvm::enumerate(sections))
      result.append(count, axis);
  } else {
    int64_t count = sections.size();
    for (int64_t u = 0; u < units; ++u)
      result.push_back(u / count < sections[u % count] ? u % count : 0);
  }
  return result;
}

RotaryShape RopeAttr::getShape(int64_t dim) const {
  int64_t units = getRowLayout(dim).units, axes = getNumPositionAxes();
  RotaryShape shape{getTheta().convertToDouble(), {}};
  SmallVector<int64_t> seen(axes, 0);
  for (auto [u, axis] : llvm::enumerate(getAxes(*this, units))) {
    int64_t k = seen[axis]++;
    switch (getSectionFrequencies()) {
    case SectionFrequencies::shared:
      shape.pairs.push_back({axis, static_cast<int64_t>(u), 2 * units});
      break;
    case SectionFrequencies::own:
      shape.pairs.push_back({axis, k, 2 * getSections()[axis]});
      break;
    case SectionFrequencies::strided:
      shape.pairs.push_back({axis, k * axes + axis, 2 * units});
      break;
    }
  }
  return shape;
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

static LogicalResult verifySections(RopeAttr rope, int64_t units,
                                    const EncodingVerifyContext &context) {
  ArrayRef<int64_t> sections = rope.getSections();
  if (sections.empty()) {
    if (rope.getSectionOrder() == SectionOrder::blocks &&
        rope.getSectionFrequencies() == SectionFrequencies::shared)
      return success();
    return context.emitError()
           << "(R5) rope expects sections beside section_order and "
              "section_frequencies, got none; e.g. sections = ["
           << units - units / 2 << ", " << units / 2 << "]";
  }
  if (sections.size() < 2 || sections.size() > 3)
    return context.emitError() << "(R5) rope expects sections of 2 or 3 axes, "
                                  "got "
                               << sections.size();
  // Bounded one by one: their sum must not overflow.
  int64_t sum = 0;
  for (int64_t count : sections)
    sum = count < 0 || count > units || sum < 0 ? -1 : sum + count;
  if (sum != units)
    return context.emitError()
           << "(R5) rope expects sections of " << units
           << " pairs in all, none negative, got " << ShapeText{sections};
  if (rope.getSectionOrder() == SectionOrder::blocks)
    return success();
  int64_t axes = sections.size();
  for (int64_t axis = 1; axis < axes; ++axis) {
    int64_t places = (units - axis + axes - 1) / axes;
    if (sections[axis] > places)
      return context.emitError()
             << "(R5) rope expects at most " << places << " pairs of axis "
             << axis << " among " << units << " interleaved ones, got "
             << sections[axis] << "; use section_order = blocks";
  }
  return success();
}

LogicalResult
RopeAttr::verifyEncoding(const EncodingVerifyContext &context) const {
  if (!(getTheta().convertToDouble() > 1.0) || !getTheta().isFinite())
    return context.emitError() << "(R1) rope expects a finite theta > 1, got "
                               << getTheta().convertToDouble();
  double multiplier = getMultiplier();
  if (!std::isfinite(multiplier) || multiplier == 0.0)
    return context.emitError()
           << "(R1) rope expects a finite multiplier, not 0, got "
           << formatNumber(multiplier);
  if (!context.operandTypes.empty())
    return context.emitError() << "(R4) rope takes no operands, got "
                               << context.operandTypes.size();
  if (failed(getSpan(*this).verify(context, "rope")) ||
      failed(verifySections(*this, getRowLayout(context.dim).units, context)))
    return failure();
  if (!getScaling())
    return success();
  auto scaling = dyn_cast<RopeScalingAttrInterface>(getScaling());
  if (!scaling)
    return context.emitError()
           << "(R6) rope expects a scaling such as #whorl.yarn, got "
           << getScaling();
  auto emitError = [&] { return context.emitError() << "(R6) "; };
  return scaling.verifyScaling({emitError, getShape(context.dim)});
}

//===----------------------------------------------------------------------===//
// Mathematics
//===----------------------------------------------------------------------===//

/// The position that turns a pair: that of its axis.
static Value selectPosition(ImplicitLocOpBuilder &b, const RotaryShape &shape,
                            const RowFactorContext &context) {
  int64_t first = shape.pairs.front().axis;
  if (llvm::all_of(shape.pairs,
                   [&](const RotaryPair &p) { return p.axis == first; }))
    return context.positions[first];
  SmallVector<double> axes;
  for (const RotaryPair &pair : shape.pairs)
    axes.push_back(static_cast<double>(pair.axis));
  Value axis = context.operands.readConstantTable(b, axes, context.unit);
  Value position = context.positions[0];
  for (size_t a = 1; a < context.positions.size(); ++a) {
    Value number =
        arith::ConstantOp::create(b, b.getF64FloatAttr(static_cast<double>(a)));
    Value isThis =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, axis, number);
    position =
        arith::SelectOp::create(b, isThis, context.positions[a], position);
  }
  return position;
}

/// The constant parts of all frequencies.
static FrequencyTable getFrequencies(RopeAttr rope, const RotaryShape &shape,
                                     RopeScalingAttrInterface scaling) {
  FrequencyTable table;
  for (auto [u, pair] : llvm::enumerate(shape.pairs)) {
    DoubleDouble frequency =
        scaling ? scaling.getFrequency(shape, u)
                : getFrequency(shape.theta, 2 * pair.index, pair.dim);
    table.add(multiply(frequency, {rope.getMultiplier(), 0}));
  }
  return table;
}

/// Cosine and sine, and another two for keys where those differ.
SmallVector<Value>
RopeAttr::buildRowFactors(ImplicitLocOpBuilder &b,
                          const RowFactorContext &context) const {
  RotaryShape shape = getShape(context.dim);
  auto scaling = dyn_cast_or_null<RopeScalingAttrInterface>(getScaling());
  FrequencyTable table = getFrequencies(*this, shape, scaling);
  Value position = selectPosition(b, shape, context);
  RotaryFrequency frequency{
      context.operands.readConstantTable(b, table.high, context.unit),
      context.operands.readConstantTable(b, table.low, context.unit)};
  RotaryMagnitudes magnitudes;
  if (scaling) {
    RopeScalingContext inner{shape, context.unit, position, context.length,
                             context.operands};
    frequency = scaling.buildFrequency(b, inner, frequency);
    magnitudes = scaling.buildMagnitudes(b, inner);
  }
  auto [cosine, sine] = buildPhase(b, position, frequency.high, frequency.low);
  SmallVector<Value> result;
  auto addScaled = [&](Value magnitude) {
    for (Value factor : {cosine, sine})
      result.push_back(
          magnitude ? arith::MulFOp::create(b, factor, magnitude).getResult()
                    : factor);
  };
  addScaled(magnitudes.query);
  if (magnitudes.key != magnitudes.query)
    addScaled(magnitudes.key);
  return result;
}

SmallVector<Value> RopeAttr::buildRowUnit(ImplicitLocOpBuilder &b,
                                          ValueRange elements,
                                          ValueRange factors,
                                          RowRole role) const {
  if (factors.size() > 2 && role == RowRole::key)
    factors = factors.drop_front(2);
  return buildRotation(b, elements, factors[0], factors[1]);
}

//===----------------------------------------------------------------------===//
// Syntax
//===----------------------------------------------------------------------===//

Attribute RopeAttr::parse(AsmParser &parser, Type) {
  double theta = 1.0e4, multiplier = 1.0;
  Pairing pairing = Pairing::half;
  int64_t rotaryDim = 0, rotaryStart = 0;
  Attribute scaling;
  SmallVector<int64_t> sections;
  SectionOrder order = SectionOrder::blocks;
  SectionFrequencies frequencies = SectionFrequencies::shared;
  ParameterParser fields(parser);
  fields.add("theta", theta)
      .add("multiplier", multiplier)
      .add("pairing", pairing, symbolizePairing, "half or interleaved")
      .add("rotary_dim", rotaryDim)
      .add("rotary_start", rotaryStart)
      .add("scaling", scaling)
      .add("sections", sections)
      .add("section_order", order, symbolizeSectionOrder,
           "blocks or interleaved")
      .add("section_frequencies", frequencies, symbolizeSectionFrequencies,
           "shared, own or strided");
  if (failed(fields.parse()))
    return {};
  return get(parser.getContext(), APFloat(theta), Number(multiplier), pairing,
             rotaryDim, rotaryStart, scaling, ArrayRef<int64_t>(sections),
             order, frequencies);
}

void RopeAttr::print(AsmPrinter &printer) const {
  ParameterPrinter fields(printer);
  fields.add("theta", getTheta().convertToDouble(), 1.0e4)
      .add("multiplier", double(getMultiplier()), 1.0)
      .add("pairing", stringifyPairing(getPairing()),
           stringifyPairing(Pairing::half))
      .add("rotary_dim", getRotaryDim(), int64_t(0))
      .add("rotary_start", getRotaryStart(), int64_t(0))
      .add("scaling", getScaling())
      .add("sections", getSections())
      .add("section_order", stringifySectionOrder(getSectionOrder()),
           stringifySectionOrder(SectionOrder::blocks))
      .add("section_frequencies",
           stringifySectionFrequencies(getSectionFrequencies()),
           stringifySectionFrequencies(SectionFrequencies::shared));
}
