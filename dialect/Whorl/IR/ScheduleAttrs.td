//===- ScheduleAttrs.td - targets and schedules ---------------------------===//
#ifndef WHORL_IR_SCHEDULEATTRS_TD
#define WHORL_IR_SCHEDULEATTRS_TD

include "Whorl/IR/WhorlDialect.td"

def Whorl_RowRoleEnum : I32EnumAttr<"RowRole", "what the rows are", [
    I32EnumAttrCase<"embedding", 0>, I32EnumAttrCase<"query", 1>,
    I32EnumAttrCase<"key", 2>]> {
  let cppNamespace = "::whorl";
  let genSpecializedAttr = 0;
}
def Whorl_RowRoleAttr : EnumAttr<Whorl_Dialect, Whorl_RowRoleEnum, "row_role">;

def Whorl_DotForm : I32EnumAttr<"DotForm",
    "how an attention multiplies and adds", [
  I32EnumAttrCase<"fma", 0>, I32EnumAttrCase<"bf16", 1>,
  I32EnumAttrCase<"amx", 2>]> {
  let cppNamespace = "::whorl";
  let genSpecializedAttr = 0;
}

def Whorl_CPUTargetAttr : Whorl_Attr<"CPUTarget", "cpu_target"> {
  let summary = "what a CPU can do";
  let description = [{
    The facts that planning needs; attached to a module as `whorl.target`.

    * `vector_bytes`: bytes of a vector register; `vector_registers`: how many.
    * `fma`: fused multiply-add exists.
    * `l1_bytes`, `l2_bytes`: data caches of one core.
    * `cpu`, `features`: what LLVM's code generator is told.
    * `dot`: what multiplies bf16 fastest: `fma` after conversion to f32 (the
      default), `bf16` (`vdpbf16ps`) or `amx` (tiles). It says what is fast, not
      what exists: there are machines whose `vdpbf16ps` is slower than f32.

    Constraints:
    * (T1) vector_bytes is a power of two from 16 to 256, and vector_registers,
      l1_bytes and l2_bytes are positive.
    * (T2) with a dot other than fma, vector_bytes is 64.

    Example: `#whorl.cpu_target<vector_bytes = 32, vector_registers = 16,
    fma = true, l1_bytes = 32768, l2_bytes = 524288>`.
  }];
  let parameters = (ins "int64_t":$vector_bytes, "int64_t":$vector_registers,
    "bool":$fma, "int64_t":$l1_bytes, "int64_t":$l2_bytes,
    DefaultValuedParameter<"::mlir::StringAttr",
      "::mlir::StringAttr::get($_ctxt, \"\")">:$cpu,
    DefaultValuedParameter<"::mlir::StringAttr",
      "::mlir::StringAttr::get($_ctxt, \"\")">:$features,
    DefaultValuedParameter<"DotForm", "DotForm::fma">:$dot);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Whorl_LaneRole : I32EnumAttr<"LaneRole",
    "what lies along the lanes of an attention's vectors", [
  I32EnumAttrCase<"queries", 0>, I32EnumAttrCase<"features", 1>,
  I32EnumAttrCase<"heads", 2>]> {
  let cppNamespace = "::whorl";
  let genSpecializedAttr = 0;
}

def Whorl_CPUAttentionScheduleAttr
    : Whorl_Attr<"CPUAttentionSchedule", "cpu_schedule"> {
  let summary = "how an attention runs on a CPU";
  let description = [{
    Chosen by `whorl-plan`, or written by hand and then kept.

    * `lanes`: elements of the score type in a vector.
    * `tile`: the register tile [MR, NR].
    * `groups`: register tiles side by side; with `role = features` the ranges
      of keys that are read at once, each a stream of memory.
    * `key_block`: keys in a block of scores.
    * `role`: what lies along the lanes. `queries` (the default): MR broadcast
      keys times NR vectors of queries; a query tile has lanes * NR * groups
      rows of one head. `heads`: the same with the rows of all heads that share
      keys, for some queries on many keys. `features`: for few queries on many
      keys; MR keys times NR query rows, each a vector of features, of all heads
      that share keys. With the last two, keys and values are read once for all
      of these heads.
    * `dot`: how products are summed. `fma` (the default): one product a lane and
      instruction, in the score type. `bf16`: two products of bf16 a lane, added
      to an f32, by AVX512-BF16's `vdpbf16ps`; queries, keys, values and weights
      stay bf16. `amx`: the same on tiles of 16 x 16 sums of 32 products, by AMX.

    Constraints:
    * (P1) lanes is a power of two up to 64; MR, NR, groups are positive, MR * NR
      and groups at most 64.
    * (P2) key_block is a positive multiple of MR, 4096 at most.
    * (P3) With `role = features`, key_block is a multiple of lanes and of
      groups.
    * (P4) With a `dot` other than fma, role is not features and key_block is
      even; with `dot = bf16` lanes is 4, 8 or 16; with `dot = amx` lanes is 16
      and tile is [32, 2].

    Example: `#whorl.cpu_schedule<lanes = 8, tile = [6, 2], groups = 2,
    key_block = 96>`.
  }];
  let parameters = (ins "int64_t":$lanes, ArrayRefParameter<"int64_t">:$tile,
    "int64_t":$groups, "int64_t":$key_block,
    DefaultValuedParameter<"LaneRole", "LaneRole::queries">:$role,
    DefaultValuedParameter<"DotForm", "DotForm::fma">:$dot);
  let builders = [AttrBuilder<(ins "int64_t":$lanes,
      "::llvm::ArrayRef<int64_t>":$tile, "int64_t":$groups,
      "int64_t":$key_block, "LaneRole":$role), [{
    return $_get($_ctxt, lanes, tile, groups, key_block, role, DotForm::fma);
  }]>];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getRows() const { return getTile()[0]; }
    int64_t getColumns() const { return getTile()[1]; }
    /// Query rows of a tile.
    int64_t getQueryRows() const {
      return getLanes() * getColumns() * getGroups();
    }
  }];
}

def Whorl_CPUScheduleByQueriesAttr
    : Whorl_Attr<"CPUScheduleByQueries", "cpu_schedule_by_queries"> {
  let summary = "two schedules, one of which is taken when the code runs";
  let description = [{
    For an attention whose number of queries is not known before: by `few` it
    runs where a head has at most `most` queries, as in decoding, and by `many`
    where it has more. Chosen by `whorl-plan`, or written by hand and then kept.
    With `role = features`, `few` may have a dynamic number of queries here.

    Constraints:
    * (B1) most is from 1 to 64.

    Example: `#whorl.cpu_schedule_by_queries<most = 2, few = <lanes = 8,
    tile = [8, 1], groups = 4, key_block = 8, role = features>, many =
    <lanes = 8, tile = [6, 2], groups = 2, key_block = 96>>`.
  }];
  let parameters = (ins "int64_t":$most,
    "::whorl::CPUAttentionScheduleAttr":$few,
    "::whorl::CPUAttentionScheduleAttr":$many);
  let assemblyFormat = [{
    `<` `most` `=` $most `,` `few` `=` $few `,` `many` `=` $many `>`
  }];
  let genVerifyDecl = 1;
}

#endif
