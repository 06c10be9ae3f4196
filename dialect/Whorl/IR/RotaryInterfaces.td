//===- RotaryInterfaces.td - scalings of rotary encodings -----------------===//
#ifndef WHORL_IR_ROTARYINTERFACES_TD
#define WHORL_IR_ROTARYINTERFACES_TD

include "mlir/IR/Interfaces.td"

def Whorl_RopeScalingAttrInterface
    : AttrInterface<"RopeScalingAttrInterface"> {
  let cppNamespace = "::whorl";
  let description = [{
    How a rotary encoding that was trained on short contexts is made to work on
    long ones: it changes the frequencies of the pairs, and what cosines and
    sines are multiplied by. `#whorl.rope` knows no scaling by name: to add one,
    implement this interface.

    What is known at compile time is computed there, to about 100 bits.
  }];
  let methods = [
    InterfaceMethod<[{Verifies parameters against the pairs; emits one error
      with expected and actual when they disagree.}],
      "::llvm::LogicalResult", "verifyScaling",
      (ins "const ::whorl::RopeScalingVerifyContext &":$context)>,
    InterfaceMethod<"The frequency of a pair, as far as it is constant.",
      "::whorl::DoubleDouble", "getFrequency",
      (ins "const ::whorl::RotaryShape &":$shape, "int64_t":$unit), "", [{
        const ::whorl::RotaryPair &pair = shape.pairs[unit];
        return ::whorl::getFrequency(shape.theta, 2 * pair.index, pair.dim);
      }]>,
    InterfaceMethod<"Whether it needs the length of the sequence.",
      "bool", "dependsOnLength", (ins), "", "return false;">,
    InterfaceMethod<"Builds the frequency of a pair from its constant part.",
      "::whorl::RotaryFrequency", "buildFrequency",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder,
           "const ::whorl::RopeScalingContext &":$context,
           "::whorl::RotaryFrequency":$constant), "", "return constant;">,
    InterfaceMethod<[{Builds what the cosines and sines of queries and of keys
      are multiplied by.}],
      "::whorl::RotaryMagnitudes", "buildMagnitudes",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder,
           "const ::whorl::RopeScalingContext &":$context), "", "return {};">
  ];
}

#endif
