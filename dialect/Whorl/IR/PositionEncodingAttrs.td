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

def Whorl_RopeAttr : Whorl_Encoding<"Rope", "rope",
    ["verifyEncoding", "getRowLayout", "buildRowFactors", "buildRowUnit"]> {
  let summary = "rotary position encoding (RoPE)";
  let description = [{
    Turns pair u of a query or key row at position p by the angle
    p * theta^(-2u/rotary_dim):
    (a, b) -> (a cos - b sin, a sin + b cos)
    (Su et al. 2021, https://arxiv.org/abs/2104.09864, eq. 34).

    * `theta`: the base of the frequencies, 1.0e+04 by default.
    * `pairing`: `half` pairs elements u and u + rotary_dim/2, `interleaved`
      pairs 2u and 2u + 1.
    * `rotary_dim`: how many elements are turned, 0 for all; `rotary_start`: the
      first of them. The others pass through.

    Angles are reduced in more than double precision, so that cosine and sine
    stay within 2 ulp of f32 at positions of a million.
    Constraints:
    * (R1) theta > 1, and finite.
    * (R2) The rotated span has an even number of elements, 2^20 at most, and lies
      in the row.
    * (R3) The row length is static, or rotary_dim is given.
    * (R4) Takes no operands.

    Example: `#whorl.rope<theta = 5.0e+05, pairing = interleaved>`.
  }];
  let parameters = (ins
    APFloatParameter<"the base of the frequencies">:$theta,
    DefaultValuedParameter<"::whorl::Pairing", "::whorl::Pairing::half">:$pairing,
    DefaultValuedParameter<"int64_t", "0">:$rotary_dim,
    DefaultValuedParameter<"int64_t", "0">:$rotary_start);
  let hasCustomAssemblyFormat = 1;
}

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

def Whorl_SinusoidalAttr : Whorl_Encoding<"Sinusoidal", "sinusoidal",
    ["verifyEncoding", "getRowLayout", "buildRowFactors", "buildRowUnit"]> {
  let summary = "sinusoidal absolute encoding";
  let description = [{
    Adds sin(p / base^(2u/D)) and cos(p / base^(2u/D)) to the two elements of
    pair u of an embedding row at position p (Vaswani et al. 2017,
    https://arxiv.org/abs/1706.03762, section 3.5). `order` = `interleaved` puts
    them at 2u and 2u + 1, `half` puts all sines before all cosines.

    Constraints:
    * (S1) base > 1, and finite.
    * (S2) The row length is static, even and 2^20 at most.
    * (S3) Takes no operands.

    Example: `#whorl.sinusoidal<base = 1.0e+04, order = half>`.
  }];
  let parameters = (ins
    APFloatParameter<"the base of the frequencies">:$base,
    DefaultValuedParameter<"::whorl::Pairing",
                           "::whorl::Pairing::interleaved">:$order);
  let hasCustomAssemblyFormat = 1;
}

def Whorl_LearnedAttr : Whorl_Encoding<"Learned", "learned",
    ["getNumEncodingOperands", "verifyEncoding", "getOperandSizeRoles",
     "getRowLayout", "buildRowFactors", "buildRowUnit"]> {
  let summary = "learned absolute encoding";
  let description = [{
    Adds row p of a trained table to an embedding row at position p. A position
    outside the table takes the nearest row of it.

    Constraints:
    * (L1) Takes one operand, a tensor [rows, D] of f16, bf16, f32 or f64 with
      one row or more, whose second dimension is the row length.
    * (L2) The row length is static.

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
  let assemblyFormat = "";
}

#endif
