//===- MaskAttrs.td - masks as sets ---------------------------------------===//
#ifndef WHORL_IR_MASKATTRS_TD
#define WHORL_IR_MASKATTRS_TD

include "Whorl/IR/WhorlDialect.td"
include "Whorl/IR/WhorlInterfaces.td"
include "mlir/IR/BuiltinAttributes.td"

class Whorl_MaskAttrBase<string name, string mnemonic, list<string> methods = []>
    : Whorl_Attr<name, mnemonic,
        [DeclareAttrInterfaceMethods<Whorl_MaskAttrInterface, methods>]>;

// A mask that is shorthand for an integer set: it only says which.
class Whorl_SetMask<string name, string mnemonic>
    : Whorl_MaskAttrBase<name, mnemonic, ["getNumMaskOperands", "verifyMask"]> {
  let extraClassDeclaration = [{
    /// The set over (i, j) and this mask's operands as symbols.
    ::mlir::IntegerSet getIntegerSet() const;
  }];
}

def Whorl_AffineMaskAttr : Whorl_SetMask<"AffineMask", "mask"> {
  let summary = "a mask given as an integer set";
  let description = [{
    Key j is visible to the query at position i when (i, j) lies in the set.
    i = offset + row; j is the key's row. Symbols take operands of type index.

    Constraints:
    * (M1) The set has two dimensions, and its constraints are affine: products
      have a constant factor, divisions and mod a positive constant divisor.
    * (M2) One operand of type index per symbol.

    Example: `#whorl.mask<"(i, j)[n] : (i - j >= 0, n - j - 1 >= 0)">`.
  }];
  let parameters = (ins "::mlir::IntegerSetAttr":$set);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    ::mlir::IntegerSet getIntegerSet() const;
  }];
}

def Whorl_CausalMaskAttr : Whorl_SetMask<"CausalMask", "causal"> {
  let summary = "keys at or before the query";
  let description = [{
    i - j >= 0. Constraints:
    * (M2) Takes no operands.

    Example: `#whorl.causal`.
  }];
  let assemblyFormat = "";
}

def Whorl_SlidingWindowMaskAttr
    : Whorl_SetMask<"SlidingWindowMask", "sliding_window"> {
  let summary = "keys within a window around the query";
  let description = [{
    i - left <= j <= i + right; -1 means unbounded on that side. (Mistral's
    window W is left = W - 1, right = 0.)

    Constraints:
    * (M2) Takes no operands.
    * (M3) left and right are at least -1, and at most 2^48.

    Example: `#whorl.sliding_window<left = 255, right = 0>`.
  }];
  let parameters = (ins "int64_t":$left, DefaultValuedParameter<"int64_t", "0">:$right);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Whorl_PrefixMaskAttr : Whorl_MaskAttrBase<"PrefixMask", "prefix_lm",
    ["getNumMaskOperands", "verifyMask"]> {
  let summary = "causal with a prefix that all queries see";
  let description = [{
    j < n or i - j >= 0. `length` gives n; -1 says that an operand of type index
    gives it.

    Constraints:
    * (M2) One operand of type index when length is -1, else none.
    * (M4) length is at least -1, and at most 2^48.

    Example: `#whorl.prefix_lm<length = 16>`.
  }];
  let parameters = (ins DefaultValuedParameter<"int64_t", "-1">:$length);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Whorl_BlockCausalMaskAttr : Whorl_SetMask<"BlockCausalMask", "block_causal"> {
  let summary = "causal in whole blocks";
  let description = [{
    floor(i / block) >= floor(j / block).

    Constraints:
    * (M2) Takes no operands.
    * (M5) block is at least 1, and at most 2^48.

    Example: `#whorl.block_causal<32>`.
  }];
  let parameters = (ins "int64_t":$block);
  let assemblyFormat = "`<` $block `>`";
  let genVerifyDecl = 1;
}

def Whorl_KeyLengthsMaskAttr : Whorl_MaskAttrBase<"KeyLengthsMask", "key_lengths",
    ["getNumMaskOperands", "verifyMask", "getOperandSizeRoles", "buildKeyEnd"]> {
  let summary = "padded keys are invisible";
  let description = [{
    j < lengths[b].

    Constraints:
    * (M6) Takes one operand, a tensor of B integers (i8, i16, i32, i64 or index).

    Example:
    ```mlir
    !q = tensor<4x8x16x64xf32>
    !k = tensor<4x8x16x64xf32>
    func.func @padded(%q: !q, %k: !k, %lengths: tensor<4xi32>) -> !q {
      %o = whorl.attention %q, %k, %k
             mask #whorl.key_lengths(%lengths : tensor<4xi32>) : (!q, !k, !k) -> !q
      return %o : !q
    }
    ```
  }];
  let assemblyFormat = "";
}

def Whorl_DocumentMaskAttr : Whorl_MaskAttrBase<"DocumentMask", "documents",
    ["getNumMaskOperands", "verifyMask", "getOperandSizeRoles"]> {
  let summary = "queries see the keys of their own document";
  let description = [{
    query_ids[row] = key_ids[j]. The ids have shape [N] or [B, N].

    Constraints:
    * (M7) Takes two operands, tensors of one integer type, of shape [Nq] or
      [B, Nq] and [Nk] or [B, Nk].

    Example:
    ```mlir
    !q = tensor<1x8x8x64xf32>
    !k = tensor<1x8x99x64xf32>
    func.func @packed(%q: !q, %k: !k, %a: tensor<8xi32>, %b: tensor<99xi32>) -> !q {
      %o = whorl.attention %q, %k, %k
             mask #whorl.documents(%a, %b : tensor<8xi32>, tensor<99xi32>) : (!q, !k, !k) -> !q
      return %o : !q
    }
    ```
  }];
  let assemblyFormat = "";
}

def Whorl_BooleanMaskAttr : Whorl_MaskAttrBase<"BooleanMask", "boolean",
    ["getNumMaskOperands", "verifyMask", "getOperandSizeRoles"]> {
  let summary = "an explicit boolean tensor";
  let description = [{
    mask[b, h, row, j], true for visible; broadcast from the right: dimensions
    may be absent or 1.

    Constraints:
    * (M8) Takes one operand, an i1 tensor of rank 1 to 4 that broadcasts to
      [B, Hq, Nq, Nk].

    Example:
    ```mlir
    !q = tensor<1x8x16x64xf32>
    !k = tensor<1x8x16x64xf32>
    func.func @masked(%q: !q, %k: !k, %m: tensor<1x1x16x16xi1>) -> !q {
      %o = whorl.attention %q, %k, %k
             mask #whorl.boolean(%m : tensor<1x1x16x16xi1>) : (!q, !k, !k) -> !q
      return %o : !q
    }
    ```
  }];
  let assemblyFormat = "";
}

class Whorl_MaskAlgebra<string name, string mnemonic>
    : Whorl_MaskAttrBase<name, mnemonic, ["getNumMaskOperands", "verifyMask",
                                          "getOperandSizeRoles", "buildKeyEnd"]>;

def Whorl_AndMaskAttr : Whorl_MaskAlgebra<"AndMask", "and"> {
  let summary = "intersection of masks";
  let description = [{
    Its operands are those of its parts, in order. Constraints:
    * (M9) Each part is a mask.

    Example: `#whorl.and<[#whorl.causal, #whorl.key_lengths]>`.
  }];
  let parameters = (ins "::mlir::ArrayAttr":$parts);
  let assemblyFormat = "`<` $parts `>`";
  let genVerifyDecl = 1;
}

def Whorl_OrMaskAttr : Whorl_MaskAlgebra<"OrMask", "or"> {
  let summary = "union of masks";
  let description = [{
    Its operands are those of its parts, in order. Constraints:
    * (M9) Each part is a mask.

    Example: `#whorl.or<[#whorl.causal, #whorl.prefix_lm<length = 4>]>`.
  }];
  let parameters = (ins "::mlir::ArrayAttr":$parts);
  let assemblyFormat = "`<` $parts `>`";
  let genVerifyDecl = 1;
}

def Whorl_NotMaskAttr : Whorl_MaskAlgebra<"NotMask", "not"> {
  let summary = "complement of a mask";
  let description = [{
    Its operands are those of its part. Constraints:
    * (M9) The part is a mask.

    Example: `#whorl.not<#whorl.causal>`.
  }];
  let parameters = (ins "::mlir::Attribute":$part);
  let assemblyFormat = "`<` $part `>`";
  let genVerifyDecl = 1;
}

#endif
