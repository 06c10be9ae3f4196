//===- Passes.td - passes that print analyses -----------------------------===//
#ifndef WHORL_ANALYSIS_PASSES_TD
#define WHORL_ANALYSIS_PASSES_TD

include "mlir/Pass/PassBase.td"

def TestMaskAnalysis : Pass<"whorl-test-mask-analysis", "::mlir::ModuleOp"> {
  let summary = "Prints which tiles the masks of attentions leave empty or full";
  let description = [{
    For each `whorl.attention` with a mask, prints what the mask analysis finds:
    the intervals of keys that a tile of queries can see, as the maps of their
    lower and upper bounds over (q, end), and the sets of tiles (q, k, end) that
    may be partial. q and k are the tile's first query position and key, `end`
    is one past the attention's last query position; symbols are the mask's
    operands. Changes nothing.
  }];
  let options = [
    Option<"queryRows", "query-rows", "int64_t", "16", "queries of a tile">,
    Option<"keyRows", "key-rows", "int64_t", "16", "keys of a tile">];
}

#endif
