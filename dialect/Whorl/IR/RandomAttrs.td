//===- RandomAttrs.td - generators and distributions ----------------------===//
#ifndef WHORL_IR_RANDOMATTRS_TD
#define WHORL_IR_RANDOMATTRS_TD

include "Whorl/IR/WhorlDialect.td"
include "Whorl/IR/RandomInterfaces.td"

def Whorl_RandomDrawEnum : Whorl_Enum<"RandomDraw",
    "which random bits an element needs", [
  I32EnumAttrCase<"word", 0>, I32EnumAttrCase<"two_words", 1>,
  I32EnumAttrCase<"pair", 2>]>;
def Whorl_RandomDrawAttr
    : EnumAttr<Whorl_Dialect, Whorl_RandomDrawEnum, "random_draw">;

def Whorl_UniformFormEnum : Whorl_Enum<"UniformForm", "a uniform number's form", [
  I32EnumAttrCase<"closed_open", 0>, I32EnumAttrCase<"open_closed", 1>,
  I32EnumAttrCase<"jax", 2>]>;
def Whorl_NormalFormEnum : Whorl_Enum<"NormalForm", "a normal number's form", [
  I32EnumAttrCase<"inverse", 0>, I32EnumAttrCase<"box_muller", 1>,
  I32EnumAttrCase<"jax", 2>]>;
def Whorl_TailFormEnum : Whorl_Enum<"TailForm", "a logarithm's form", [
  I32EnumAttrCase<"precise", 0>, I32EnumAttrCase<"jax", 1>]>;

class Whorl_GeneratorAttr<string name, string mnemonic>
    : Whorl_Attr<name, mnemonic,
        [DeclareAttrInterfaceMethods<Whorl_RandomGeneratorAttrInterface,
                                     ["getElementsPerBlock", "buildRun"]>]> {
  let assemblyFormat = "";
}

def Whorl_PhiloxAttr : Whorl_GeneratorAttr<"Philox", "philox"> {
  let summary = "Philox4x32-10";
  let description = [{
    Ten rounds of multiplication on a counter of four words under a key of two
    (Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405). A block of the
    counter gives four words.

    The stream is the upper half of the counter. The 32 bits of element e are
    word e mod 4 of block floor(e/4), so that the words of a tensor are, in
    order, what cuRAND's `curand(&state)` gives for this seed, the stream as
    subsequence, and offset 0. The 64 bits of element e are words 2e (low) and
    2e + 1 of the same sequence. A seed of 64 bits is the key (low word, high
    word).

    Example: `#whorl.philox`.
  }];
}

def Whorl_ThreefryAttr : Whorl_GeneratorAttr<"Threefry", "threefry"> {
  let summary = "Threefry2x32-20, as jax.random uses it";
  let description = [{
    Twenty rounds of addition and rotation on a counter of two words under a key
    of two (Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405).

    Element e has the block of counter (e >> 32, e & 0xffffffff); its 32 bits are
    the two words' exclusive or, its 64 bits the words themselves, the first one
    high: the bits of `jax.random` with `jax_threefry_partitionable`, its default.
    A seed of 64 bits is the key (high word, low word), as in `jax.random.key`.
    With a stream, the key is first replaced by the block of counter
    (stream >> 32, stream & 0xffffffff): `jax.random.fold_in(key, stream)`.

    Example: `#whorl.threefry`.
  }];
}

class Whorl_DistributionAttr<string name, string mnemonic>
    : Whorl_Attr<name, mnemonic,
        [DeclareAttrInterfaceMethods<Whorl_RandomDistributionAttrInterface>]>;

class Whorl_ParametricDistributionAttr<string name, string mnemonic>
    : Whorl_DistributionAttr<name, mnemonic> {
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Whorl_BitsAttr : Whorl_DistributionAttr<"Bits", "bits"> {
  let summary = "the generator's bits themselves";
  let description = [{
    i32 or i64, all values equally likely.

    Example: `#whorl.bits`.
  }];
  let assemblyFormat = "";
}

def Whorl_UniformAttr : Whorl_ParametricDistributionAttr<"Uniform", "uniform"> {
  let summary = "uniform numbers of an interval";
  let description = [{
    Let p be the digits of the element type: 24 for f32, 53 for f64, 11 for f16,
    8 for bf16.

    * `form = closed_open` (default): low <= x < high. u = k 2^-p, with k the
      upper p of the element's bits.
    * `form = open_closed`: low < x <= high. u = (k + 1) 2^-p; in f32
      u = w 2^-32 + 2^-33 of the whole word w, rounded, as in cuRAND's
      `curand_uniform`.
    * `form = jax` (f32, f64): one bit less, u = k 2^(1-p), as in
      `jax.random.uniform`; x may round up to high.

    x = u where low = 0 and high = 1; else x = u (high - low) + low, by one fma
    and kept inside the interval. f16 and bf16 are computed in f32.

    Constraints:
    * (U1) low < high.
    * (U2) low, high and high - low are finite in the element type.

    Example: `#whorl.uniform<low = -1.0>`.
  }];
  let parameters = (ins "::whorl::Number":$low, "::whorl::Number":$high,
    "::whorl::UniformForm":$form);
}

def Whorl_NormalAttr : Whorl_ParametricDistributionAttr<"Normal", "normal"> {
  let summary = "normal numbers";
  let description = [{
    x = z stddev + mean, by one fma; z is standard normal:

    * `form = inverse` (default): the normal quantile at (k + 1/2) 2^-32, where k
      is the element's word plus 2^31 modulo 2^32 (f64: 2^-64, of 64 bits), so
      that the sequence is symmetric and its tails reach 6.3 (9.1). In f32 by
      a rational function of the logarithm of 1 - x^2 with x = 2 u - 1, both of
      them exact to the last digit in centre and tails: within 5e-7 of the
      quantile, relatively. In f64 by Wichura's algorithm AS241 (1988,
      https://doi.org/10.2307/2347330).
    * `form = box_muller` (f32, f16, bf16): cuRAND's `curand_normal`, elements 2j
      and 2j + 1 from words 2j and 2j + 1: u = w 2^-32 + 2^-33,
      v = w' 2^-31 pi + 2^-32 pi, r = sqrt(-2 ln u), elements r sin v and
      r cos v (Box and Muller 1958, https://doi.org/10.1214/aoms/1177706645).
    * `form = jax` (f32): `jax.random.normal`: sqrt(2) erfinv(u), u uniform in
      (-1, 1) from 23 bits, by Giles' polynomials in -log1p(-u^2) (2012,
      https://doi.org/10.1016/B978-0-12-385963-1.00010-1). Its tails end at 5.4.

    f16 and bf16 are computed in f32.

    Constraints:
    * (N1) mean is finite; stddev is finite and not negative.

    Example: `#whorl.normal<mean = -1.2, stddev = 1.2>`.
  }];
  let parameters = (ins "::whorl::Number":$mean, "::whorl::Number":$stddev,
    "::whorl::NormalForm":$form);
}

def Whorl_ExponentialAttr
    : Whorl_ParametricDistributionAttr<"Exponential", "exponential"> {
  let summary = "exponential numbers";
  let description = [{
    x = E / rate:

    * `form = precise` (default): E = -ln(1 - u), u = (w + 1/2) 2^-32 of the
      element's word w (f64: 2^-64, of 64 bits). Small E have all their digits,
      and none is 0; the largest is 22.9 (45.1).
    * `form = jax` (f32, f64): `jax.random.exponential`: -log1p(-u), u uniform in
      [0, 1) from 23 (52) bits.

    f16 and bf16 are computed in f32.

    Constraints:
    * (X1) rate is positive and finite.

    Example: `#whorl.exponential<rate = 0.5>`.
  }];
  let parameters = (ins "::whorl::Number":$rate, "::whorl::TailForm":$form);
}

def Whorl_GumbelAttr : Whorl_ParametricDistributionAttr<"Gumbel", "gumbel"> {
  let summary = "Gumbel numbers";
  let description = [{
    G = -ln(-ln(1 - u)). The index of the largest l_i + G_i is a sample of
    softmax(l) (the Gumbel-max method, Maddison et al. 2014,
    https://arxiv.org/abs/1411.0030).

    * `form = precise` (default): u = (n + 1/2) 2^-64 of the element's 64 bits n,
      and 1 - u exact, too: no infinities, and tails as long as 10^19 draws see
      (from -3.8 to 45).
    * `form = jax` (f32): `jax.random.gumbel` in its mode `low`: -ln(-ln(u)), u
      uniform in [2^-126, 1) from 23 bits. Its largest number is 16.

    f16 and bf16 are computed in f32.

    Example: `#whorl.gumbel`.
  }];
  let parameters = (ins "::whorl::TailForm":$form);
  let genVerifyDecl = 0;
}

def Whorl_IntegersAttr
    : Whorl_ParametricDistributionAttr<"Integers", "integers"> {
  let summary = "integers of a range";
  let description = [{
    low <= x < high, i32 or i64: x = low + floor(n (high - low) 2^-64) of the
    element's 64 bits n. No value is more than 2^-64 likelier than another, a
    relative bias of (high - low) 2^-64: 2^-32 at most for ranges of i32.

    Constraints:
    * (I1) low < high.
    * (I2) low and high - 1 fit the element type.

    Example: `#whorl.integers<low = 0, high = 1000>`.
  }];
  let parameters = (ins "int64_t":$low, "int64_t":$high);
}

#endif
