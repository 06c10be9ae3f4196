//===- AttentionOps.td - attention and stand-alone encodings --------------===//
#ifndef WHORL_IR_ATTENTIONOPS_TD
#define WHORL_IR_ATTENTIONOPS_TD

include "Whorl/IR/PositionEncodingAttrs.td"
include "Whorl/IR/RotaryAttrs.td"
include "Whorl/IR/MaskAttrs.td"
include "Whorl/IR/ScheduleAttrs.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Whorl_LayoutEnum : Whorl_Enum<"Layout",
    "the order of batch, head and row", [
  I32EnumAttrCase<"bhnd", 0>, I32EnumAttrCase<"bnhd", 1>]>;
def Whorl_LayoutAttr : EnumAttr<Whorl_Dialect, Whorl_LayoutEnum, "layout">;

def Whorl_Shaped : AnyTypeOf<[AnyRankedTensor, AnyStridedMemRef],
                             "ranked tensor or memref">;

class Whorl_DestinationOp<string mnemonic, list<Trait> traits = []>
    : Whorl_Op<mnemonic, !listconcat(traits, [AttrSizedOperandSegments,
        DeclareOpInterfaceMethods<Whorl_DestinationOpInterface,
                                  ["getDestinationsMutable", "getSizeRequirements"]>,
        DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
        DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                                  ["reifyResultShapes"]>])>;

def Whorl_AttentionOp : Whorl_DestinationOp<"attention", [
    RecursivelySpeculatable,
    DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "scaled dot-product attention";
  let description = [{
    For each batch b, query head h and query row i, with g = floor(h Hk / Hq) the
    key head, in this order and no other:

    ```
    q'  = rotate(query[b,h,i], p_i)        k'_j = rotate(key[b,g,j], p_j)
    s_j = scale * <q', k'_j>
    s_j = softcap * tanh(s_j / softcap)
    s_j = score(s_j, b, h, i, j)
    s_j = s_j + the score encodings' terms + bias[b,h,i,j]
    s_j = -inf where (offset + i, j) is not in the mask
    p_j = exp(s_j) / (sum_j exp(s_j) + exp(sinks[h]))
    out = sum_j p_j value[b,g,j]           lse = log(sum_j exp(s_j) + exp(sinks[h]))
    ```

    A row that sees no key gives 0, and lse -inf (or its sink). `scale` is
    1/sqrt(D) when absent. p_i = offset + i and p_j = j unless `positions` gives
    explicit ids; ids move encodings only, masks always use offset + i and j.

    Clauses may stand in any order after the operands:
    `scale(x)`, `softcap(x)`, `offset(n)`, each a constant or a typed SSA value
    (`offset(%n : index)`, or `tensor<Bxi64>` for one per batch);
    `positions(%pq, %pk : types)` of shape [N], [B, N] or [axes, B, N];
    `position [encodings](operands : types)`; `mask attr(operands : types)`;
    `bias(%b : type)`; `sinks(%s : type)`;
    `score(%s, %b, %h, %i, %j) {...}`, a side-effect free region on one score,
    which reads captured tensors by `tensor.extract` (it runs on hidden pairs,
    too: reads must be in bounds for every row i and key j); `outs(%o : type)`;
    `schedule attr`; `layout bnhd`.

    Shapes: query [B,Hq,Nq,D], key [B,Hk,Nk,D], value [B,Hk,Nk,Dv], result
    [B,Hq,Nq,Dv], and [B,N,H,D] with layout `bnhd`; lse [B,Hq,Nq], in f32 (f64
    for f64). Scores and sums are f32 (f64 for f64 inputs).

    Constraints:
    * (C1) query, key and value are one each, of rank 4.
    * (C2) They have one element type: f16, bf16, f32 or f64.
    * (C3) batch sizes agree.
    * (C4) key and value agree in heads and rows.
    * (C5) query and key agree in D.
    * (C6) the number of query heads is a multiple of the number of key heads.
    * (C7) constant scale and softcap are finite, and softcap > 0.
    * (C8) an SSA scale or softcap is f32 or f64; an SSA offset is an index, or
      B integers. (Integers are i8, i16, i32, i64 or index, here and below.)
    * (C9) positions are tensors of integers, f32 or f64 of shape [N], [B,N] or
      [axes,B,N], and every encoding takes that many axes.
    * (C10) `position` holds position encodings that act on queries and keys or
      on scores, each of which accepts its operands.
    * (C11) the mask accepts its operands.
    * (C12) bias is a tensor of f16, bf16, f32 or f64 of rank 1 to 4 that
      broadcasts from the right to [B,Hq,Nq,Nk].
    * (C13) sinks is a tensor [Hq] of f16, bf16, f32 or f64.
    * (C14) the score region takes (s, b, h, i, j) with s of the score type and
      the rest index, yields one value of the score type, and consists of scalar
      operations without side effects, which on tensors read no memory.
    * (C15) results are the output, then at most lse, with the shapes and types
      above, and `outs` have their types; on memrefs there are no results and
      `outs` holds them.
    * (C16) operands that are not scalars are all tensors, without an encoding,
      or all memrefs.
    * (C17) the schedule, where there is one, is a schedule.
    * (C18) a `#whorl.cpu_schedule` with a dot other than fma needs query, key
      and value of bf16.

    Example:
    ```mlir
    func.func @attention(%q: tensor<1x8x?x64xf32>, %k: tensor<1x2x?x64xf32>,
                         %v: tensor<1x2x?x64xf32>) -> tensor<1x8x?x64xf32> {
      %o = whorl.attention %q, %k, %v
             position [#whorl.rope<theta = 1.0e+04>] mask #whorl.causal
           : (tensor<1x8x?x64xf32>, tensor<1x2x?x64xf32>,
              tensor<1x2x?x64xf32>) -> tensor<1x8x?x64xf32>
      return %o : tensor<1x8x?x64xf32>
    }
    ```
  }];
  let arguments = (ins
    Whorl_Shaped:$query, Whorl_Shaped:$key, Whorl_Shaped:$value,
    Optional<AnyFloat>:$scale, Optional<AnyFloat>:$softcap,
    Optional<AnyType>:$offset,
    Optional<Whorl_Shaped>:$query_positions, Optional<Whorl_Shaped>:$key_positions,
    Variadic<AnyType>:$position_operands, Variadic<AnyType>:$mask_operands,
    Optional<Whorl_Shaped>:$bias, Optional<Whorl_Shaped>:$sinks,
    Variadic<Whorl_Shaped>:$outs,
    OptionalAttr<F64Attr>:$static_scale, OptionalAttr<F64Attr>:$static_softcap,
    OptionalAttr<I64Attr>:$static_offset,
    OptionalAttr<ArrayAttr>:$position, OptionalAttr<AnyAttr>:$mask,
    DefaultValuedAttr<Whorl_LayoutAttr, "::whorl::Layout::bhnd">:$layout,
    UnitAttr:$return_lse, OptionalAttr<AnyAttr>:$schedule);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region AnyRegion:$score);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    static bool isCompatibleReturnTypes(::mlir::TypeRange, ::mlir::TypeRange);
    /// Sizes by role, whatever the layout.
    enum class Dim { batch, head, row, feature };
    /// The dimension of query, key, value or output that plays `role`.
    unsigned getDimIndex(Dim role);
    int64_t getStaticDim(::mlir::Value tensor, Dim role);
    ::mlir::OpFoldResult getMixedDim(::mlir::OpBuilder &builder,
                                     ::mlir::Value tensor, Dim role);
    /// The type in which scores are computed: f64 for f64 inputs, else f32.
    ::mlir::FloatType getScoreType();
    bool hasScoreRegion() { return !getScore().empty(); }
    bool isBufferized() {
      return ::mlir::isa<::mlir::MemRefType>(getQuery().getType());
    }
    /// The operands of the encoding `index` of `position`.
    ::mlir::OperandRange getEncodingOperands(unsigned index);
    ::whorl::MaskAttrInterface getMaskInterface();
    /// How many axes the ids of `positions` have: as many as its encodings ask
    /// for.
    unsigned getNumPositionAxes();
  }];
}

def Whorl_YieldOp : Whorl_Op<"yield", [Pure, Terminator, ReturnLike,
    ParentOneOf<["::whorl::AttentionOp", "::whorl::RecurPositionsOp",
                 "::whorl::SamplingOp"]>]> {
  let summary = "yields from a region of a whorl op";
  let description = [{
    Ends a score region with the new score, the region of a recurrence, and the
    model of `whorl.sample` with what it predicts.

    Constraints:
    * (C1) Stands in a region of a whorl op.

    Example:
    ```mlir
    !t = tensor<1x8x16x64xf32>
    func.func @tilt(%q: !t, %per_head: tensor<8xf32>) -> !t {
      %o = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
        %x = tensor.extract %per_head[%h] : tensor<8xf32>
        %r = arith.mulf %s, %x : f32
        whorl.yield %r : f32
      } : (!t, !t, !t) -> !t
      return %o : !t
    }
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$results);
  let assemblyFormat = "($results^ `:` type($results))? attr-dict";
}

def Whorl_EncodePositionOp : Whorl_DestinationOp<"encode_position", [
    DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "applies a row encoding to embeddings, queries or keys";
  let description = [{
    Encodes each row of `input` at its position by an encoding that acts on
    rows. The input is [N,D], [B,N,D], or [B,H,N,D] ([B,N,H,D] with layout
    `bnhd`). Row n has position offset + n unless `positions` gives ids of shape
    [N], [B,N] or [axes,B,N]. The fuse stage moves the op into the attention
    that uses its result.

    Constraints:
    * (C1) the one input has rank 2, 3 or 4, 4 for layout `bnhd`, and element
      type f16, bf16, f32 or f64.
    * (C2) the encoding acts on rows: on embeddings for `role` embedding, on
      queries and keys for `role` query or key.
    * (C3) the encoding accepts its operands.
    * (C4) positions are as in whorl.attention, C9; offset as in C8.
    * (C5) the result and `outs` have the type of the input; on memrefs there is
      no result and `outs` holds it.
    * (C6) operands that are not scalars are all tensors, without an encoding,
      or all memrefs.

    Example:
    ```mlir
    func.func @embed(%x: tensor<2x16x64xf32>) -> tensor<2x16x64xf32> {
      %y = whorl.encode_position #whorl.sinusoidal %x : tensor<2x16x64xf32>
      return %y : tensor<2x16x64xf32>
    }
    ```
  }];
  let arguments = (ins
    AnyAttr:$encoding, Whorl_Shaped:$input,
    Optional<AnyType>:$offset, Optional<Whorl_Shaped>:$positions,
    Variadic<AnyType>:$encoding_operands, Optional<Whorl_Shaped>:$outs,
    OptionalAttr<I64Attr>:$static_offset,
    DefaultValuedAttr<Whorl_RowRoleAttr, "::whorl::RowRole::embedding">:$role,
    DefaultValuedAttr<Whorl_LayoutAttr, "::whorl::Layout::bhnd">:$layout);
  let results = (outs Optional<AnyRankedTensor>:$result);
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = [{
    $encoding $input oilist(
      `role` $role | `layout` $layout
      | `offset` `(` $offset `:` type($offset) `)`
      | `static_offset` `(` $static_offset `)`
      | `positions` `(` $positions `:` type($positions) `)`
      | `operands` `(` $encoding_operands `:` type($encoding_operands) `)`
      | `outs` `(` $outs `:` type($outs) `)`)
    attr-dict `:` custom<RowTypes>(type($input), type($result))
  }];
  let extraClassDeclaration = [{
    static bool isCompatibleReturnTypes(::mlir::TypeRange, ::mlir::TypeRange);
    bool isBufferized() {
      return ::mlir::isa<::mlir::MemRefType>(getInput().getType());
    }
    /// The dimension of the input that counts rows.
    unsigned getRowDim();
  }];
}

def Whorl_RequireOp : Whorl_Op<"require", [MemoryEffects<[MemWrite]>]> {
  let summary = "a condition that callers must meet";
  let description = [{
    Returns `message` from the enclosing public function when `condition` is
    false. `whorl-require-sizes` places these before the function's body, from
    the size requirements of its ops; the CPU back end turns them into the error
    results of the C ABI, before anything is read or written.

    Constraints:
    * (C1) Stands in the entry block of a function, after nothing but pure ops
      and other requirements (checked where it is lowered).

    Example:
    ```mlir
    func.func @checked(%a: tensor<?xf32>, %b: tensor<?xf32>) {
      %zero = arith.constant 0 : index
      %m = tensor.dim %a, %zero : tensor<?xf32>
      %n = tensor.dim %b, %zero : tensor<?xf32>
      %ok = arith.cmpi eq, %m, %n : index
      whorl.require %ok, "a and b must have one length"
      return
    }
    ```
  }];
  let arguments = (ins I1:$condition, StrAttr:$message);
  let assemblyFormat = "$condition `,` $message attr-dict";
}

#endif
