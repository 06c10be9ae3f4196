//===- Passes.td - from tensors to memrefs --------------------------------===//
#ifndef WHORL_BUFFERIZATION_PASSES_TD
#define WHORL_BUFFERIZATION_PASSES_TD

include "mlir/Pass/PassBase.td"

def AddDestinations : Pass<"whorl-add-destinations"> {
  let summary = "gives each op on tensors its `outs`";
  let description = [{
    Adds a `tensor.empty` of each result's shape as `outs` to every op that has
    none, so that upstream's empty tensor elimination can let it write where its
    result is wanted, without a copy.
  }];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

#endif
