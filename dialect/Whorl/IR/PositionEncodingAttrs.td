//===- PositionEncodingAttrs.td - the position encodings ------------------===//
#ifndef WHORL_IR_POSITIONENCODINGATTRS_TD
#define WHORL_IR_POSITIONENCODINGATTRS_TD

include "Whorl/IR/WhorlDialect.td"
include "Whorl/IR/WhorlInterfaces.td"

class Whorl_Encoding<string name, string mnemonic, list<string> methods>
    : Whorl_Attr<name, mnemonic,
        [DeclareAttrInterfaceMethods<Whorl_PositionEncodingAttrInterface,
                                     methods>]>;

def Whorl_PairingEnum : Whorl_Enum<"Pairing",
    "which elements form a pair", [
  I32EnumAttrCase<"half", 0>, I32EnumAttrCase<"interleaved", 1>]>;

def Whorl_AlibiAttr : Whorl_Encoding<"Alibi", "alibi",
    ["getNumEncodingOperands", "verifyEncoding", "getOperandSizeRoles",
     "buildScore"]> {
  let summary = "attention with linear biases (ALiBi)";
  let description = [{
    Adds slope_h * (p_j - p_i) to the score of query position p_i and key
    position p_j, or -slope_h * |p_i - p_j| with `symmetric`
    (Press et al. 2022, https://arxiv.org/abs/2108.12409). The slopes of H heads
    are 2^(-8 (h+1)/H) when H is a power of two; else the slopes of the next
    lower power of two P, followed by every other slope of 2P. `slopes` says
    that an operand of H slopes is given instead.

    Constraints:
    * (A1) The head count is static and 2^20 at most, or `slopes` is set.
    * (A2) With `slopes` it takes one operand, a tensor of H elements f16, bf16,
      f32 or f64; without, none.
    * (A3) Position ids, where given, are integers.

    Example: `#whorl.alibi`, `#whorl.alibi<symmetric = true>`.
  }];
  let parameters = (ins
    DefaultValuedParameter<"bool", "false">:$symmetric,
    DefaultValuedParameter<"bool", "false">:$slopes);
  let hasCustomAssemblyFormat = 1;
}

def Whorl_MergeEnum : Whorl_Enum<"Merge",
    "how an encoding p joins an embedding x", [
  I32EnumAttrCase<"add", 0>, I32EnumAttrCase<"multiply", 1>,
  I32EnumAttrCase<"modulate", 2>]>;

def Whorl_FrequencyRangeEnum : Whorl_Enum<"FrequencyRange",
    "whether the lowest frequency is 1/base", [
  I32EnumAttrCase<"open", 0>, I32EnumAttrCase<"closed", 1>]>;

def Whorl_SinusoidalAttr : Whorl_Encoding<"Sinusoidal", "sinusoidal",
    ["verifyEncoding", "getRowLayout", "buildRowFactors", "buildRowUnit"]> {
  let summary = "sinusoidal absolute encoding";
  let description = [{
    Adds sin(p / base^(2u/D)) and cos(p / base^(2u/D)) to the two elements of
    pair u of an embedding row at position p (Vaswani et al. 2017,
    https://arxiv.org/abs/1706.03762, section 3.5).

    * `order`: `interleaved` puts them at 2u and 2u + 1, `half` puts all sines
      before all cosines.
    * `range`: `closed` divides by base^(u/(D/2 - 1)) instead, so that the last
      pair has 1/base (Tensor2Tensor, Fairseq). Fairseq counts from 2, an
      offset of the op.
    * `padding`: a position whose encoding is 0, such as Fairseq's 1; none when
      left out.
    * `merge`: `add` gives x + p, `multiply` x p, and `modulate` x (1 + p).

    Constraints:
    * (S1) base > 1, and finite.
    * (S2) The row length is static, even and 2^20 at most.
    * (S3) Takes no operands.
    * (S4) A closed range has two pairs or more.

    Example: `#whorl.sinusoidal<base = 1.0e+04, order = half>`.
  }];
  let parameters = (ins
    APFloatParameter<"the base of the frequencies">:$base,
    "::whorl::Pairing":$order, "::whorl::FrequencyRange":$range,
    "std::optional<::whorl::Number>":$padding, "::whorl::Merge":$merge);
  let hasCustomAssemblyFormat = 1;
}

def Whorl_LearnedAttr : Whorl_Encoding<"Learned", "learned",
    ["getNumEncodingOperands", "verifyEncoding", "getOperandSizeRoles",
     "getRowLayout", "buildRowFactors", "buildRowUnit"]> {
  let summary = "learned absolute encoding";
  let description = [{
    Adds row p of a trained table to an embedding row at position p. A position
    outside the table takes the nearest row of it.

    * `alpha`: extends a table E of L rows to L^2 positions: row i L + j is
      alpha e_i + (1 - alpha) e_j with e_i = (E_i - alpha E_0) / (1 - alpha),
      which is E_j in the first L (Su 2020, "hierarchical decomposition",
      alpha = 0.4). Not extended when left out.
    * `merge`: `add` gives x + p, `multiply` x p, and `modulate` x (1 + p).

    Constraints:
    * (L1) Takes one operand, a tensor [rows, D] of f16, bf16, f32 or f64 with
      one row or more, whose second dimension is the row length.
    * (L2) The row length is static.
    * (L3) 0 < alpha < 1, where it is given.

    Example:
    ```mlir
    func.func @look_up(%x: tensor<2x16x64xf32>, %table: tensor<512x64xf32>)
        -> tensor<2x16x64xf32> {
      %y = whorl.encode_position #whorl.learned %x
             operands(%table : tensor<512x64xf32>) : tensor<2x16x64xf32>
      return %y : tensor<2x16x64xf32>
    }
    ```
  }];
  let parameters = (ins "std::optional<::whorl::Number>":$alpha,
                        "::whorl::Merge":$merge);
  let hasCustomAssemblyFormat = 1;
}

#endif
