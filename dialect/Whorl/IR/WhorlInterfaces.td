//===- WhorlInterfaces.td - attribute and op interfaces -------------------===//
#ifndef WHORL_IR_WHORLINTERFACES_TD
#define WHORL_IR_WHORLINTERFACES_TD

include "mlir/IR/Interfaces.td"

def Whorl_PositionEncodingAttrInterface
    : AttrInterface<"PositionEncodingAttrInterface"> {
  let cppNamespace = "::whorl";
  let description = [{
    A position encoding. It says where it acts (on embedding rows, on query and
    key rows, on the scores), which operands it takes, and builds its
    mathematics as scalar IR. Nothing else in the compiler knows an encoding by
    name: to add one, implement this interface.

    *Row encodings* map a row x of length D at a position p. The row is cut
    into `units` of one or two elements (`getRowLayout`); for each unit the
    encoding builds *factors* that depend on position and unit alone (a lowering
    may tabulate them), then the new elements from the old ones and the factors.

    *Score encodings* build the score from the score, (b, h, i, j) and positions.
  }];
  let methods = [
    InterfaceMethod<"Where the encoding acts, a set of EncodingSite flags.",
      "::whorl::EncodingSite", "getSites">,
    InterfaceMethod<"How many operands the encoding takes.",
      "unsigned", "getNumEncodingOperands", (ins), "", "return 0;">,
    InterfaceMethod<[{Verifies parameters and operands against the shapes in
      `context`; emits one error with expected and actual when they disagree.}],
      "::llvm::LogicalResult", "verifyEncoding",
      (ins "const ::whorl::EncodingVerifyContext &":$context), "",
      "return ::mlir::success();">,
    InterfaceMethod<[{What the dimensions of an operand of `rank` must agree
      with at run time; empty for nothing.}],
      "::llvm::SmallVector<::whorl::SizeRole>", "getOperandSizeRoles",
      (ins "unsigned":$operand, "int64_t":$rank), "", "return {};">,
    InterfaceMethod<[{How many axes an explicit position has (1, or 2 and 3 for
      images and video).}],
      "unsigned", "getNumPositionAxes", (ins), "", "return 1;">,
    InterfaceMethod<[{Whether factors depend on the length of the sequence, 1 +
      the greatest position of the op's rows.}],
      "bool", "dependsOnLength", (ins), "", "return false;">,
    InterfaceMethod<[{Whether factors depend on batch or row other than by the
      position: operands of `types` may have entries for each.}],
      "bool", "dependsOnBatch", (ins "::mlir::TypeRange":$types), "",
      "return false;">,
    InterfaceMethod<"How a row of `dim` elements is cut into units.",
      "::whorl::RowLayout", "getRowLayout", (ins "int64_t":$dim), "",
      "return {};">,
    InterfaceMethod<[{Builds the factors of one unit: f64 values (a lowering
      rounds them once) that depend on position and unit only.}],
      "::llvm::SmallVector<::mlir::Value>", "buildRowFactors",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder,
           "const ::whorl::RowFactorContext &":$context), "", "return {};">,
    InterfaceMethod<[{Builds the new elements of a unit from its elements and
      factors, all of one float type.}],
      "::llvm::SmallVector<::mlir::Value>", "buildRowUnit",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder,
           "::mlir::ValueRange":$elements, "::mlir::ValueRange":$factors,
           "::whorl::RowRole":$role),
      "", "return ::llvm::to_vector(elements);">,
    InterfaceMethod<"Builds the score with the encoding's term added.",
      "::mlir::Value", "buildScore",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder,
           "const ::whorl::ScoreContext &":$context), "",
      "return context.score;">
  ];
}

def Whorl_MaskAttrInterface : AttrInterface<"MaskAttrInterface"> {
  let cppNamespace = "::whorl";
  let description = [{
    A set of pairs (i, j): query position i = offset + row, key row j. A pair in
    the set is visible. A mask builds its membership test as scalar IR, and
    bounds itself from below and above by sets that Presburger arithmetic
    decides, which is all that the tile analysis needs.
  }];
  let methods = [
    InterfaceMethod<"How many operands (lengths, ids, tensors, symbols) it takes.",
      "unsigned", "getNumMaskOperands", (ins), "", "return 0;">,
    InterfaceMethod<"Verifies parameters and operands against the shapes.",
      "::llvm::LogicalResult", "verifyMask",
      (ins "const ::whorl::MaskVerifyContext &":$context), "",
      "return ::mlir::success();">,
    InterfaceMethod<[{What the dimensions of an operand of `rank` must agree
      with at run time; empty for nothing. A static 1 broadcasts.}],
      "::llvm::SmallVector<::whorl::SizeRole>", "getOperandSizeRoles",
      (ins "unsigned":$operand, "int64_t":$rank), "", "return {};">,
    InterfaceMethod<"Builds the i1 that says whether (i, j) is visible.",
      "::mlir::Value", "buildMask",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder,
           "const ::whorl::MaskContext &":$context)>,
    InterfaceMethod<[{Builds one past the last key that any query of a batch may
      see, where data says so; null where it does not. Keys from there on are
      never read, so padding may hold anything. Only batch, head and operands
      of the context are set.}],
      "::mlir::Value", "buildKeyEnd",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder,
           "const ::whorl::MaskContext &":$context), "", "return {};">,
    InterfaceMethod<[{The affine bounds of the set over the dims (i, j) and
      `numSymbols` symbols, of which this mask's operands are those from
      `firstSymbol` on.}],
      "::whorl::MaskBounds", "getBounds",
      (ins "unsigned":$numSymbols, "unsigned":$firstSymbol)>
  ];
}

def Whorl_DestinationOpInterface : OpInterface<"DestinationOpInterface"> {
  let cppNamespace = "::whorl";
  let description = [{
    An op whose results may be tied to `outs` operands. Created without them;
    `whorl-add-destinations` adds them; bufferisation drops the results.
  }];
  let methods = [
    InterfaceMethod<"The `outs` operands, empty or one per result.",
      "::mlir::MutableOperandRange", "getDestinationsMutable">,
    InterfaceMethod<[{The operands that the op reads (every operand but the
      destinations).}], "bool", "isDestination",
      (ins "::mlir::OpOperand &":$operand), "", [{
        ::mlir::MutableOperandRange range = $_op.getDestinationsMutable();
        for (::mlir::OpOperand &destination : range)
          if (&destination == &operand)
            return true;
        return false;
      }]>,
    InterfaceMethod<[{Conditions on the run-time sizes of the operands that the
      verifier could not settle, as pairs that must be equal.}],
      "::llvm::SmallVector<::whorl::SizeRequirement>", "getSizeRequirements",
      (ins "::mlir::OpBuilder &":$builder), "", "return {};">
  ];
}

def Whorl_SampleOpInterface : OpInterface<"SampleOpInterface"> {
  let cppNamespace = "::whorl";
  let description = [{
    An elementwise op whose factors belong to samples, the first axis: output o is
    the sum over its inputs i of factor(o, i, sample) times input i. The factors are
    built as f64 IR from scalars of the sample and from sums over the sample. One
    lowering and one reference serve every such op.
  }];
  let methods = [
    InterfaceMethod<"The inputs that have an element for each of the output.",
      "::llvm::SmallVector<::mlir::Value>", "getElementInputs">,
    InterfaceMethod<[{The inputs that are scalars, or hold one number for each
      sample.}], "::llvm::SmallVector<::mlir::Value>", "getSampleInputs">,
    InterfaceMethod<"The inputs that each output has terms of.",
      "::llvm::SmallVector<::llvm::SmallVector<unsigned>>", "getUsedInputs">,
    InterfaceMethod<"How many sums over a sample the factors need.",
      "unsigned", "getNumMoments", (ins), "", "return 0;">,
    InterfaceMethod<"Builds what is summed, of one element of each input.",
      "::llvm::SmallVector<::mlir::Value>", "buildMoments",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder,
           "::mlir::ValueRange":$elements), "", "return {};">,
    InterfaceMethod<[{Builds the factors of a sample, in the order of
      getUsedInputs.}],
      "::llvm::SmallVector<::llvm::SmallVector<::mlir::Value>>", "buildFactors",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder,
           "const ::whorl::SampleContext &":$context)>
  ];
}

#endif
