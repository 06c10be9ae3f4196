//===- RecurrenceOps.td - encodings computed row by row -------------------===//
#ifndef WHORL_IR_RECURRENCEOPS_TD
#define WHORL_IR_RECURRENCEOPS_TD

include "Whorl/IR/WhorlDialect.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Whorl_IntegratorEnum : Whorl_Enum<"Integrator",
    "how a recurrence goes from row to row", [
  I32EnumAttrCase<"none", 0>, I32EnumAttrCase<"euler", 1>,
  I32EnumAttrCase<"midpoint", 2>, I32EnumAttrCase<"rk4", 3>]>;
def Whorl_IntegratorAttr
    : EnumAttr<Whorl_Dialect, Whorl_IntegratorEnum, "integrator">;

def Whorl_RecurPositionsOp : Whorl_Op<"recur_positions", [
    RecursiveMemoryEffects, RecursivelySpeculatable]> {
  let summary = "a table of encodings, each from the one before";
  let description = [{
    Computes the rows p_0 = `first`, p_1, ... of a table, for `#whorl.learned`
    or any other use (FLOATER: Liu et al. 2020,
    https://arxiv.org/abs/2003.09229). A scan: once a model, not once a layer.

    * Without `integrator`, the region gives the next row: p_(k+1) = f(k, p_k).
    * With one, it gives the slope of a flow, dp/dt = f(t, p), and row k is the
      solution at t = k `step`, by `substeps` steps of fixed size from row to
      row: `euler` of order 1, `midpoint` of order 2, `rk4` of order 4.

    `rows` is the number of rows where the result does not tell.

    Constraints:
    * (C1) first is a tensor [D] of f32 or f64, D static.
    * (C2) the result is a tensor [N, D] of the same elements; `rows` is given
      where N is dynamic, and not elsewhere.
    * (C3) the region takes (t, p), a number of the element type and a tensor of
      first's type, yields one of the latter, and has no side effects.
    * (C4) step is finite and above 0, substeps 1 or more; both are left out
      without an integrator.

    Example:
    ```mlir
    func.func @flow(%p0: tensor<8xf32>, %w: tensor<8xf32>) -> tensor<64x8xf32> {
      %table = whorl.recur_positions %p0 integrator rk4 step(0.1) {
      ^bb0(%t: f32, %p: tensor<8xf32>):
        %slope = arith.mulf %w, %p : tensor<8xf32>
        whorl.yield %slope : tensor<8xf32>
      } : tensor<8xf32> -> tensor<64x8xf32>
      return %table : tensor<64x8xf32>
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$first, Optional<Index>:$rows,
    DefaultValuedAttr<Whorl_IntegratorAttr, "::whorl::Integrator::none">
        :$integrator,
    DefaultValuedAttr<F64Attr, "1.0">:$step,
    DefaultValuedAttr<I64Attr, "1">:$substeps);
  let results = (outs AnyRankedTensor:$result);
  let regions = (region AnyRegion:$body);
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let assemblyFormat = [{
    $first oilist(`rows` `(` $rows `)` | `integrator` $integrator
                  | `step` `(` $step `)` | `substeps` `(` $substeps `)`)
    $body attr-dict `:` type($first) `->` type($result)
  }];
}

#endif
