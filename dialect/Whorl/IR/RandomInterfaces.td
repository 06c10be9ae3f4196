//===- RandomInterfaces.td - generators and distributions -----------------===//
#ifndef WHORL_IR_RANDOMINTERFACES_TD
#define WHORL_IR_RANDOMINTERFACES_TD

include "mlir/IR/Interfaces.td"

def Whorl_RandomGeneratorAttrInterface
    : AttrInterface<"RandomGeneratorAttrInterface"> {
  let cppNamespace = "::whorl";
  let description = [{
    A counter-based generator: a function from (key, stream, element) to bits.
    It has no state, so that an element's bits do not depend on who computes
    them, in which order, or with which vector width. Nothing else in the
    compiler knows a generator by name: to add one, implement this interface.

    Elements are i64 scalars or vectors, words i32 of the same shape. Keys and
    stream are scalars.
  }];
  let methods = [
    InterfaceMethod<"The two words of a key that is given as a 64-bit seed.",
      "::whorl::RandomKey", "splitSeed",
      (ins "::whorl::ElementBuilder &":$builder, "::mlir::Value":$seed)>,
    InterfaceMethod<[{The 32 bits of each element (`words` = 1), or its 64 bits
      as low and high word (`words` = 2).}],
      "::llvm::SmallVector<::mlir::Value>", "buildWords",
      (ins "::whorl::ElementBuilder &":$builder,
           "const ::whorl::RandomSource &":$source, "::mlir::Value":$element,
           "unsigned":$words)>,
    InterfaceMethod<[{Neighbouring elements that share one evaluation: `buildRun`
      may be called where a run starts at a multiple of it.}],
      "int64_t", "getElementsPerBlock", (ins "unsigned":$words), "",
      "return 1;">,
    InterfaceMethod<[{What `buildWords` gives for the `lanes` elements from the
      i64 scalar `first` on, as vectors.}],
      "::llvm::SmallVector<::mlir::Value>", "buildRun",
      (ins "::whorl::ElementBuilder &":$builder,
           "const ::whorl::RandomSource &":$source, "::mlir::Value":$first,
           "unsigned":$words, "int64_t":$lanes), "",
      [{
        return $_attr.buildWords(builder, source,
                                 builder.getRun(first, lanes), words);
      }]>
  ];
}

def Whorl_RandomDistributionAttrInterface
    : AttrInterface<"RandomDistributionAttrInterface"> {
  let cppNamespace = "::whorl";
  let description = [{
    What random bits become. A distribution says which bits an element needs
    and builds the element from them, on scalars or vectors, from IEEE
    operations that give the same bits on every machine: add, subtract,
    multiply, fma, divide and square root, comparisons, conversions and integer
    arithmetic; nothing of a library, nothing contracted. Nothing else in the
    compiler knows a distribution by name: to add one, implement this interface.
  }];
  let methods = [
    InterfaceMethod<[{Says by one error why there are no such numbers of type
      `element`, where that is so.}],
      "::llvm::LogicalResult", "verifyElement",
      (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
           "::mlir::Type":$element)>,
    InterfaceMethod<"The bits that an element of this type needs.",
      "::whorl::RandomDraw", "getDraw", (ins "::mlir::Type":$element)>,
    InterfaceMethod<[{Builds elements of type `element` from the results of
      `whorl.random_bits`.}],
      "::mlir::Value", "buildSample",
      (ins "::whorl::ElementBuilder &":$builder, "::mlir::ValueRange":$bits,
           "::mlir::Type":$element)>
  ];
}

#endif
