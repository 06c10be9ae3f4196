//===- TokenInterfaces.td - which tokens may be drawn ---------------------===//
#ifndef WHORL_IR_TOKENINTERFACES_TD
#define WHORL_IR_TOKENINTERFACES_TD

include "mlir/IR/Interfaces.td"

def Whorl_TokenFilterAttrInterface : AttrInterface<"TokenFilterAttrInterface"> {
  let cppNamespace = "::whorl";
  let description = [{
    Which tokens stay candidates before one is drawn. A filter keeps the tokens
    of a row from some logit up: whether it keeps one depends on the tokens with
    larger logits only, and where it keeps one it keeps all that are larger, the
    largest always. So a lowering needs to find nothing but that logit, and
    tokens of equal logits stay or go together. Nothing else in the compiler
    knows a filter by name: to add one, implement this interface.
  }];
  let methods = [
    InterfaceMethod<"Builds the i1 that says whether a token stays.",
      "::mlir::Value", "buildKeeps",
      (ins "::whorl::ElementBuilder &":$builder,
           "const ::whorl::TokenRank &":$rank)>,
    InterfaceMethod<"Whether it asks for the probability of larger tokens.",
      "bool", "readsMass", (ins), "", "return false;">
  ];
}

def Whorl_UnmaskPolicyAttrInterface
    : AttrInterface<"UnmaskPolicyAttrInterface"> {
  let cppNamespace = "::whorl";
  let description = [{
    Which masked positions take their candidates. Those that may be taken stand
    in an order, the best score first, and of equal scores the first position.
    A policy decides on one from those before it; where it takes one it takes all
    before it. So a lowering needs to find nothing but where it stops. Nothing
    else in the compiler knows a policy by name: to add one, implement this
    interface.
  }];
  let methods = [
    InterfaceMethod<"Builds the i1 that says whether a position is taken.",
      "::mlir::Value", "buildTakes",
      (ins "::whorl::ElementBuilder &":$builder,
           "const ::whorl::UnmaskRank &":$rank)>,
    InterfaceMethod<[{Whether small scores are the best, as of entropies.}],
      "bool", "prefersSmall", (ins), "", "return false;">,
    InterfaceMethod<"Whether it asks how many are to be taken.",
      "bool", "readsCount", (ins), "", "return false;">
  ];
}

#endif
