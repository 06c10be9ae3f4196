//===- RotaryAttrs.td - rotary encodings and their scalings ---------------===//
#ifndef WHORL_IR_ROTARYATTRS_TD
#define WHORL_IR_ROTARYATTRS_TD

include "Whorl/IR/PositionEncodingAttrs.td"
include "Whorl/IR/RotaryInterfaces.td"

def Whorl_SectionOrderEnum : Whorl_Enum<"SectionOrder",
    "how the pairs of the axes lie in a row", [
  I32EnumAttrCase<"blocks", 0>, I32EnumAttrCase<"interleaved", 1>]>;

def Whorl_SectionFrequenciesEnum : Whorl_Enum<"SectionFrequencies",
    "which frequencies the pairs of an axis have", [
  I32EnumAttrCase<"shared", 0>, I32EnumAttrCase<"own", 1>,
  I32EnumAttrCase<"strided", 2>]>;

def Whorl_RopeAttr : Whorl_Encoding<"Rope", "rope",
    ["verifyEncoding", "getNumPositionAxes", "dependsOnLength", "getRowLayout",
     "buildRowFactors", "buildRowUnit"]> {
  let summary = "rotary position encoding (RoPE)";
  let description = [{
    Turns pair u of a query or key row at position p by the angle
    p * theta^(-2u/rotary_dim):
    (a, b) -> (a cos - b sin, a sin + b cos)
    (Su et al. 2021, https://arxiv.org/abs/2104.09864, eq. 34).

    * `theta`: the base of the frequencies, 1.0e+04 by default.
    * `multiplier`: every angle is multiplied by it, 1 by default.
    * `pairing`: `half` pairs elements u and u + rotary_dim/2, `interleaved`
      pairs 2u and 2u + 1.
    * `rotary_dim`: how many elements are turned, 0 for all; `rotary_start`: the
      first of them. The others pass through.
    * `scaling`: an attribute that changes the frequencies for long contexts,
      such as `#whorl.yarn`.
    * `sections`: how many pairs turn by each axis of the position, for images
      and video (M-RoPE: Wang et al. 2024, https://arxiv.org/abs/2409.12191).
      Positions are then ids of shape [axes, B, N].
    * `section_order`: `blocks` gives the first pairs to axis 0, the next to
      axis 1, ...; `interleaved` gives pair u to axis a = u mod axes while that
      has less than its number, and what is left to axis 0 (Qwen3-VL).
    * `section_frequencies`: for the k-th pair of axis a, which is pair u of
      all, and A axes: `shared` takes theta^(-2u/rotary_dim); `own`
      theta^(-k/sections[a]), each axis from 1 down (Qwen2-VL's vision, DINOv3);
      `strided` theta^(-2(k A + a)/rotary_dim) (Pixtral).

    A rotation of the first half of a row by x and of the second by y is two
    encodings, with `sections = [n, 0]` and `sections = [0, n]`.

    Angles are reduced in more than double precision, so that cosine and sine
    stay within 2 ulp of f32 at positions of a million.
    Constraints:
    * (R1) theta > 1, and finite; multiplier is finite and not 0.
    * (R2) The rotated span has an even number of elements, 2^20 at most, and lies
      in the row.
    * (R3) The row length is static, or rotary_dim is given.
    * (R4) Takes no operands.
    * (R5) `sections` names 2 or 3 axes with the number of pairs in all, none
      negative; interleaved, no axis but the first has more pairs than there are
      places for it. Without it, order and frequencies are left out.
    * (R6) `scaling` is a scaling of rotary encodings, and accepts the pairs.

    Example: `#whorl.rope<theta = 5.0e+05, scaling = #whorl.llama3>`,
    `#whorl.rope<theta = 1.0e+06, sections = [16, 24, 24]>`.
  }];
  let parameters = (ins
    APFloatParameter<"the base of the frequencies">:$theta,
    "::whorl::Number":$multiplier, "::whorl::Pairing":$pairing,
    "int64_t":$rotary_dim, "int64_t":$rotary_start,
    "::mlir::Attribute":$scaling, ArrayRefParameter<"int64_t">:$sections,
    "::whorl::SectionOrder":$section_order,
    "::whorl::SectionFrequencies":$section_frequencies);
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    /// The pairs of rows of `dim` elements.
    ::whorl::RotaryShape getShape(int64_t dim) const;
  }];
}

class Whorl_RopeScaling<string name, string mnemonic, list<string> methods>
    : Whorl_Attr<name, mnemonic,
        [DeclareAttrInterfaceMethods<Whorl_RopeScalingAttrInterface,
                                     !listconcat(["verifyScaling"], methods)>]>;

def Whorl_PositionInterpolationAttr
    : Whorl_RopeScaling<"PositionInterpolation", "position_interpolation",
                        ["getFrequency"]> {
  let summary = "position interpolation of a rotary encoding";
  let description = [{
    Divides all frequencies by `factor` (Chen et al. 2023,
    https://arxiv.org/abs/2306.15595); "linear" in many configurations.

    Constraints:
    * (I1) factor > 0, and finite.

    Example: `#whorl.position_interpolation<factor = 4.0>`.
  }];
  let parameters = (ins "::whorl::Number":$factor);
  let hasCustomAssemblyFormat = 1;
}

def Whorl_NTKAttr : Whorl_RopeScaling<"NTK", "ntk", ["getFrequency"]> {
  let summary = "NTK-aware scaling of a rotary encoding";
  let description = [{
    Takes the base theta factor^(d/(d-2)) for theta, d = rotary_dim: the lowest
    frequency is divided by `factor`, the highest stays (bloc97 2023).

    Constraints:
    * (N1) factor > 0, and finite.
    * (N2) An axis has two pairs or more.

    Example: `#whorl.ntk<factor = 8.0>`.
  }];
  let parameters = (ins "::whorl::Number":$factor);
  let hasCustomAssemblyFormat = 1;
}

def Whorl_DynamicNTKAttr
    : Whorl_RopeScaling<"DynamicNTK", "dynamic_ntk",
                        ["dependsOnLength", "buildFrequency"]> {
  let summary = "NTK-aware scaling by the length of the sequence";
  let description = [{
    Where the sequence is longer than `original_context` L0, NTK-aware scaling
    by the factor s L/L0 - (s - 1), s = `factor`; else none. L is 1 + the
    greatest position of all rows that the op has, of queries and keys.

    L is known at run time only, so the frequencies have the precision of f64.

    Constraints:
    * (D1) factor >= 1, and finite.
    * (D2) An axis has two pairs or more.
    * (D3) original_context >= 1.

    Example: `#whorl.dynamic_ntk<factor = 2.0, original_context = 4096>`.
  }];
  let parameters = (ins "::whorl::Number":$factor, "int64_t":$original_context);
  let hasCustomAssemblyFormat = 1;
}

def Whorl_YarnAttr : Whorl_RopeScaling<"Yarn", "yarn",
                                       ["getFrequency", "buildMagnitudes"]> {
  let summary = "YaRN scaling of a rotary encoding";
  let description = [{
    Mixes frequencies f and f/factor: f ((1 - r) + r/factor), where r goes from
    0 to 1 linearly in the number of the pair, between those that turn
    `beta_fast` and `beta_slow` times in `original_context` L0 (Peng et al.
    2023, https://arxiv.org/abs/2309.00071): between
    d ln(L0 / (2 pi beta)) / (2 ln theta) of the two, d = rotary_dim, rounded
    down and up unless `truncate` is false.

    Cosines and sines are multiplied by `attention_factor`, which is
    0.1 ln(factor) + 1 when left out.

    Constraints:
    * (Y1) factor >= 1, and finite.
    * (Y2) original_context >= 1.
    * (Y3) beta_fast >= beta_slow > 0, and finite.
    * (Y4) attention_factor is finite.

    Example: `#whorl.yarn<factor = 4.0, original_context = 32768>`.
  }];
  let parameters = (ins "::whorl::Number":$factor, "int64_t":$original_context,
    "::whorl::Number":$beta_fast, "::whorl::Number":$beta_slow,
    "bool":$truncate, "std::optional<::whorl::Number>":$attention_factor);
  let hasCustomAssemblyFormat = 1;
}

def Whorl_Llama3Attr : Whorl_RopeScaling<"Llama3", "llama3",
                                         ["getFrequency"]> {
  let summary = "Llama 3's scaling of a rotary encoding";
  let description = [{
    Keeps frequencies whose waves are shorter than original_context /
    high_frequency_factor, divides those longer than original_context /
    low_frequency_factor by `factor`, and mixes the two linearly in the
    frequency between (Llama 3.1; https://arxiv.org/abs/2407.21783).

    Constraints:
    * (M1) factor >= 1, and finite.
    * (M2) original_context >= 1.
    * (M3) high_frequency_factor > low_frequency_factor > 0, and finite.

    Example: `#whorl.llama3<factor = 8.0, original_context = 8192>`.
  }];
  let parameters = (ins "::whorl::Number":$factor,
    "::whorl::Number":$low_frequency_factor,
    "::whorl::Number":$high_frequency_factor, "int64_t":$original_context);
  let hasCustomAssemblyFormat = 1;
}

def Whorl_LongRopeAttr
    : Whorl_RopeScaling<"LongRope", "longrope",
        ["getFrequency", "dependsOnLength", "buildFrequency",
         "buildMagnitudes"]> {
  let summary = "LongRoPE scaling of a rotary encoding";
  let description = [{
    Divides the frequency of each pair by a factor of its own, one of
    `short_factors` when the sequence has at most `original_context` L0
    positions, else one of `long_factors` (Ding et al. 2024,
    https://arxiv.org/abs/2402.13753). The length is that of
    `#whorl.dynamic_ntk`.

    Cosines and sines are multiplied by `attention_factor`, which is
    sqrt(1 + ln(factor) / ln(L0)) when left out; `factor` is the ratio of the
    new context to L0.

    Constraints:
    * (O1) Both lists have one positive, finite factor a pair.
    * (O2) factor >= 1, and finite.
    * (O3) original_context >= 2.
    * (O4) attention_factor is finite.

    Example: `#whorl.longrope<short_factors = [1.0, 1.1],
    long_factors = [1.0, 4.0], original_context = 4096, factor = 32.0>`.
  }];
  let parameters = (ins ArrayRefParameter<"::whorl::Number">:$short_factors,
    ArrayRefParameter<"::whorl::Number">:$long_factors,
    "int64_t":$original_context, "::whorl::Number":$factor,
    "std::optional<::whorl::Number>":$attention_factor);
  let hasCustomAssemblyFormat = 1;
}

def Whorl_XposAttr : Whorl_RopeScaling<"Xpos", "xpos",
                                       ["dependsOnLength", "buildMagnitudes"]> {
  let summary = "xPos: rotation with a decay";
  let description = [{
    Multiplies pair u of a query by z_u^((p - c)/scale_base) and of a key by the
    inverse, z_u = (2u + gamma d) / ((1 + gamma) d), d = rotary_dim (Sun et al.
    2022, https://arxiv.org/abs/2212.10554): far keys fade, and scores depend on
    p_i - p_j alone. The `center` c, which keeps the numbers near 1, is half of
    the sequence rounded up when left out; the length is that of
    `#whorl.dynamic_ntk`.

    Constraints:
    * (X1) scale_base > 0 and gamma > 0, and finite.
    * (X2) center is finite.

    Example: `#whorl.xpos<scale_base = 512.0, center = 0.0>`.
  }];
  let parameters = (ins "::whorl::Number":$scale_base,
    "::whorl::Number":$gamma, "std::optional<::whorl::Number>":$center);
  let hasCustomAssemblyFormat = 1;
}

def Whorl_RopeCacheAttr : Whorl_Encoding<"RopeCache", "rope_cache",
    ["getNumEncodingOperands", "verifyEncoding", "getOperandSizeRoles",
     "dependsOnBatch", "getRowLayout", "buildRowFactors", "buildRowUnit"]> {
  let summary = "rotary encoding by caches of cosines and sines";
  let description = [{
    Turns pairs as `#whorl.rope` does, but reads the cosine and sine of pair u
    at position p from two operands: [positions, pairs], or
    [B, positions, pairs] with rows of their own for each batch entry (the
    operator RotaryEmbedding of ONNX). A position outside a cache takes the
    nearest row of it.

    Constraints:
    * (P1) Takes two operands of one shape, tensors of f16, bf16, f32 or f64 of
      rank 2 or 3 with one position or more, whose last dimension is static and
      the number of pairs.
    * (P2) The rotated span is that of `#whorl.rope` (R2, R3).

    Example:
    ```mlir
    func.func @turn(%x: tensor<1x8x16x64xf32>, %cos: tensor<512x32xf32>,
                    %sin: tensor<512x32xf32>) -> tensor<1x8x16x64xf32> {
      %y = whorl.encode_position #whorl.rope_cache %x role query
             operands(%cos, %sin : tensor<512x32xf32>, tensor<512x32xf32>)
           : tensor<1x8x16x64xf32>
      return %y : tensor<1x8x16x64xf32>
    }
    ```
  }];
  let parameters = (ins "::whorl::Pairing":$pairing, "int64_t":$rotary_dim,
                        "int64_t":$rotary_start);
  let hasCustomAssemblyFormat = 1;
}

def Whorl_ComplexOrderAttr : Whorl_Encoding<"ComplexOrder", "complex_order",
    ["getNumEncodingOperands", "verifyEncoding", "getOperandSizeRoles",
     "dependsOnBatch", "getRowLayout", "buildRowFactors", "buildRowUnit"]> {
  let summary = "complex embeddings that turn with the position";
  let description = [{
    An embedding row is D/2 complex numbers, real and imaginary parts in pairs.
    Number u of a word at position p is multiplied by
    e^(i (w_u p + t_u)), where the frequencies w and, with `phases`, the initial
    phases t are embeddings of the word as well (Wang et al. 2020,
    https://arxiv.org/abs/1912.12333): r e^(i (w p + t)) when the row has
    amplitudes r as real parts and zeros as imaginary ones.

    `pairing` = `half` puts all real parts before all imaginary ones.

    Constraints:
    * (J1) Takes one operand, the frequencies, and a second with `phases`:
      tensors [N, D/2] or [B, N, D/2] of f16, bf16, f32 or f64 whose last
      dimension is static.
    * (J2) The row length is static, even and 2^20 at most.

    Example:
    ```mlir
    func.func @embed(%x: tensor<2x16x64xf32>, %w: tensor<2x16x32xf32>)
        -> tensor<2x16x64xf32> {
      %y = whorl.encode_position #whorl.complex_order %x
             operands(%w : tensor<2x16x32xf32>) : tensor<2x16x64xf32>
      return %y : tensor<2x16x64xf32>
    }
    ```
  }];
  let parameters = (ins "::whorl::Pairing":$pairing, "bool":$phases);
  let hasCustomAssemblyFormat = 1;
}

#endif
