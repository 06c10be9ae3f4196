//===- RandomOps.td - random tensors --------------------------------------===//
#ifndef WHORL_IR_RANDOMOPS_TD
#define WHORL_IR_RANDOMOPS_TD

include "Whorl/IR/AttentionOps.td"
include "Whorl/IR/RandomAttrs.td"

def Whorl_RandomOp : Whorl_DestinationOp<"random", [
    DeclareOpInterfaceMethods<ConditionallySpeculatable>]> {
  let summary = "a tensor of random numbers";
  let description = [{
    Element e, counted in row-major order of the result's shape whatever its
    layout in memory, is a function of the key, the stream and offset + e, and of
    nothing else: the generator gives its bits, the distribution its value. The
    same numbers come out on every target, with any number of threads, tiled or
    fused in any way, to the last bit. An op with the same operands gives the
    same numbers again: a backward pass need not store them.

    Clauses stand in this order:
    * `distribution`: `#whorl.uniform`, `#whorl.normal`, `#whorl.exponential`,
      `#whorl.gumbel`, `#whorl.integers`, `#whorl.bits`;
    * `generator`: `#whorl.philox`, `#whorl.threefry`;
    * `key`: a seed of 64 bits, or the generator's two key words;
    * `stream`: which of the key's 2^64 independent sequences to read, 0 by
      default: what tells ops, steps and samples apart, say
      op * 2^32 + step;
    * `offset`: added to the element's number, so that a slice of the rows of a
      larger tensor gets the numbers that it has there;
    * `sizes`: the dynamic sizes of the result;
    * `outs`.

    `whorl-expand-random` turns the op into elementwise code on
    `whorl.random_bits`, which fuses into its consumer.

    Constraints:
    * (C1) the distribution has numbers of the element type.
    * (C2) `generator` is a random generator and `distribution` a distribution.
    * (C3) the key is one i64 or two i32.
    * (C4) there is one size for each dynamic dimension of the result.
    * (C5) on tensors there is one result, and `outs`, if given, has its type; on
      memrefs there is no result and `outs` holds it.

    Example:
    ```mlir
    func.func @noise(%seed: i64, %step: i64, %n: index) -> tensor<?x4x64x64xf32> {
      %z = whorl.random distribution = #whorl.normal generator = #whorl.philox
             key(%seed : i64) stream(%step) sizes(%n) : tensor<?x4x64x64xf32>
      return %z : tensor<?x4x64x64xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyTypeOf<[I32, I64]>>:$key,
    Optional<I64>:$stream, Optional<I64>:$offset, Variadic<Index>:$sizes,
    Optional<Whorl_Shaped>:$outs, AnyAttr:$distribution, AnyAttr:$generator);
  let results = (outs Optional<AnyRankedTensor>:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    `distribution` `=` $distribution `generator` `=` $generator
    `key` `(` $key `:` type($key) `)` (`stream` `(` $stream^ `)`)?
    (`offset` `(` $offset^ `)`)? (`sizes` `(` $sizes^ `)`)?
    (`outs` `(` $outs^ `:` type($outs) `)`)? attr-dict (`:` type($result)^)?
  }];
  let extraClassDeclaration = [{
    /// The type of the tensor or memref that is filled.
    ::mlir::ShapedType getShapedType() {
      return ::mlir::cast<::mlir::ShapedType>(
          (getResult() ? getResult() : getOuts()).getType());
    }
    bool isBufferized() { return !getResult(); }
    ::whorl::RandomDistributionAttrInterface getDistributionInterface();
    ::whorl::RandomGeneratorAttrInterface getGeneratorInterface();
    /// The size of each dimension.
    ::llvm::SmallVector<::mlir::OpFoldResult> getMixedSizes();
  }];
}

def Whorl_RandomBitsOp : Whorl_Op<"random_bits", [Pure,
    AttrSizedOperandSegments]> {
  let summary = "the random bits of one element";
  let description = [{
    What `whorl.random` reads for the element at `coordinates` of a tensor with
    these `sizes`: with e = offset + its number in row-major order,

    * `draw = word`: one i32, the 32 bits of e;
    * `draw = two_words`: two i32, the low and the high half of the 64 bits of e;
    * `draw = pair`: three i32: the 32 bits of 2 floor(e/2) and of
      2 floor(e/2) + 1, and e mod 2.

    `whorl-expand-random` makes the op; lowerings evaluate the generator for
    whole vectors of neighbouring elements at once, and `whorl-expand-random-bits`
    does it for what is left.

    Constraints:
    * (C1) `generator` is a random generator.
    * (C2) there are as many sizes as coordinates.
    * (C3) there are as many results as the draw has.

    Example:
    ```mlir
    func.func @bits(%k0: i32, %k1: i32, %i: index, %n: index) -> i32 {
      %w = whorl.random_bits generator = #whorl.philox draw = word key(%k0, %k1)
             at(%i) of(%n) : i32
      return %w : i32
    }
    ```
  }];
  let arguments = (ins I32:$key0, I32:$key1, Optional<I64>:$stream,
    Optional<I64>:$offset, Variadic<Index>:$coordinates, Variadic<Index>:$sizes,
    AnyAttr:$generator, Whorl_RandomDrawAttr:$draw);
  let results = (outs Variadic<I32>:$bits);
  let hasVerifier = 1;
  let assemblyFormat = [{
    `generator` `=` $generator `draw` `=` custom<EnumKeyword>($draw)
    `key` `(` $key0 `,` $key1 `)` (`stream` `(` $stream^ `)`)?
    (`offset` `(` $offset^ `)`)? (`at` `(` $coordinates^ `)`)?
    (`of` `(` $sizes^ `)`)? attr-dict `:` type($bits)
  }];
  let extraClassDeclaration = [{
    ::whorl::RandomGeneratorAttrInterface getGeneratorInterface();
    /// How many words the generator gives an element for this draw: 1 or 2.
    unsigned getWordsPerElement();
  }];
}

#endif
