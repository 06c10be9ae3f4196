//===- ComplexOrderAttr.cpp - complex embeddings --------------------------===//

#include "Whorl/IR/EncodingSyntax.h"
#include "Whorl/IR/OperandShapes.h"
#include "Whorl/IR/RotarySpan.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace whorl;

EncodingSite ComplexOrderAttr::getSites() const {
  return EncodingSite::embedding;
}

unsigned ComplexOrderAttr::getNumEncodingOperands() const {
  return getPhases() ? 2 : 1;
}

RowLayout ComplexOrderAttr::getRowLayout(int64_t dim) const {
  return RotarySpan{getPairing(), 0, 0}.getLayout(dim);
}

LogicalResult
ComplexOrderAttr::verifyEncoding(const EncodingVerifyContext &context) const {
  unsigned wanted = getNumEncodingOperands();
  if (context.operandTypes.size() != wanted)
    return context.emitError() << "(J1) complex_order takes " << wanted
                               << (wanted == 1 ? " operand" : " operands")
                               << ", got " << context.operandTypes.size();
  if (ShapedType::isDynamic(context.dim) || context.dim % 2 != 0 ||
      context.dim > kMaxTableEntries)
    return context.emitError()
           << "(J2) complex_order expects rows of static, even length up to "
           << kMaxTableEntries << ", got " << SizeText{context.dim};
  for (Type operand : context.operandTypes) {
    ShapedType type = getTensorOrMemRef(operand);
    bool isValid = type && (type.getRank() == 2 || type.getRank() == 3) &&
                   isSupportedFloat(type.getElementType()) &&
                   type.getShape().back() == context.dim / 2 &&
                   (type.getRank() == 2 || type.getDimSize(0) == 1 ||
                    areSizesCompatible(type.getDimSize(0), context.batch));
    if (!isValid)
      return context.emitError()
             << "(J1) complex_order takes float operands of shape [rows, "
             << context.dim / 2 << "] or [" << SizeText{context.batch}
             << ", rows, " << context.dim / 2 << "], got " << operand;
  }
  return success();
}

SmallVector<SizeRole>
ComplexOrderAttr::getOperandSizeRoles(unsigned, int64_t rank) const {
  if (rank == 2)
    return {SizeRole::queryRow, SizeRole::any};
  return {SizeRole::batch, SizeRole::queryRow, SizeRole::any};
}

bool ComplexOrderAttr::dependsOnBatch(TypeRange types) const {
  return hasBatchedTables(types);
}

/// The entry of an operand for the unit of the row.
static Value readEntry(ImplicitLocOpBuilder &b, const RowFactorContext &context,
                       unsigned operand) {
  auto type = cast<ShapedType>(context.operands.getType(operand));
  SmallVector<Value> indices = getBroadcastIndices(
      b, type.getShape(), {context.batch, context.row, context.unit});
  // The last dimension may be 1 as well, which is then the only unit.
  return castToFloat(b, context.operands.read(b, operand, indices),
                     b.getF64Type());
}

SmallVector<Value>
ComplexOrderAttr::buildRowFactors(ImplicitLocOpBuilder &b,
                                  const RowFactorContext &context) const {
  auto number = [&](double value) { return ScalarMath(b).number(value); };
  Value none = number(0.0);
  auto [cosine, sine] =
      buildPhase(b, context.positions[0], readEntry(b, context, 0), none);
  if (!getPhases())
    return {cosine, sine};
  // By the theorem of addition: a sum of angles would lose the phase's digits.
  auto [c, s] = buildPhase(b, number(1.0), readEntry(b, context, 1), none);
  return buildRotation(b, {cosine, sine}, c, s);
}

SmallVector<Value> ComplexOrderAttr::buildRowUnit(ImplicitLocOpBuilder &b,
                                                  ValueRange elements,
                                                  ValueRange factors,
                                                  RowRole) const {
  return buildRotation(b, elements, factors[0], factors[1]);
}

Attribute ComplexOrderAttr::parse(AsmParser &parser, Type) {
  Pairing pairing = Pairing::interleaved;
  bool phases = false;
  if (ParameterParser(parser)
          .add("pairing", pairing, symbolizePairing, "half or interleaved")
          .add("phases", phases)
          .parse())
    return {};
  return get(parser.getContext(), pairing, phases);
}

void ComplexOrderAttr::print(AsmPrinter &printer) const {
  ParameterPrinter(printer)
      .add("pairing", stringifyPairing(getPairing()),
           stringifyPairing(Pairing::interleaved))
      .add("phases", getPhases(), false);
}
