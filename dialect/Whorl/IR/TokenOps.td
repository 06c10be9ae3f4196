//===- TokenOps.td - discrete (text) diffusion ----------------------------===//
#ifndef WHORL_IR_TOKENOPS_TD
#define WHORL_IR_TOKENOPS_TD

include "Whorl/IR/AttentionOps.td"
include "Whorl/IR/RandomAttrs.td"
include "Whorl/IR/TokenAttrs.td"

def Whorl_SampleTokensOp : Whorl_DestinationOp<"sample_tokens", [
    DeclareOpInterfaceMethods<ConditionallySpeculatable>]> {
  let summary = "a token for each row of logits, and how sure it is";
  let description = [{
    For each row c of `logits` [..., V], in this order:

    ```
    l = c, or u + (w + 1)(c - u) with unconditional(u) and guidance(w)
    l = -inf for the suppressed tokens, and for the mask token
    q = l / T, and -inf where a filter drops the token
    token = argmax(q + G), G independent Gumbel numbers: a sample of softmax(q)
    ```

    Without `temperature`, or where T is 0, token = argmax(l). Ties go to the
    lowest token; a NaN never wins. A row is read once, in one pass, twice with
    filters. `measures` lists what further results say of the token:

    * `confidence`: its probability p[token];
    * `margin`: the difference of the two largest probabilities;
    * `entropy`: -sum p ln p;
    * `logit`: l[token];

    p is softmax(l), the model's own, or with `of_sampled` softmax(q), from which
    the token is drawn.

    Clauses stand in this order:
    * `unconditional(%u : type)` and `guidance(w)`: classifier-free guidance as
      LLaDA writes it (Nie et al. 2025, https://arxiv.org/abs/2502.09992), w a
      number or an f32 value; 0 is no guidance;
    * `known(%x : type)` and `mask_token = m`: rows whose token in x is not m are
      not read. Such a row gives its token, with confidence 1, margin 1, entropy
      0, logit 0. The mask token itself is never drawn (`live_mask`: it may be);
    * `suppress = [tokens]`: never drawn either;
    * `temperature(T)`: a number or an f32 value;
    * `filters = [...]`: `#whorl.top_k`, `#whorl.top_p`, `#whorl.min_p`, applied
      one after the other;
    * how the token is drawn, at a temperature that is not 0:
      - `noise(%g : type)`: the Gumbel numbers, of the shape of the logits;
      - `draw = element`, with `generator`, `key`, `stream`, `offset` as in
        `whorl.random`: the same Gumbel numbers as
        `whorl.random distribution = #whorl.gumbel` of the logits' shape in f32;
      - `draw = blocked`: for each 256 tokens of a row one Gumbel number, which
        decides between blocks by the logarithm of their sums, and one uniform
        number for the token within the block that wins. The same distribution
        with 1/256 of the numbers: the maximum of l_i + G_i over a block is a
        Gumbel number shifted by ln sum exp l_i. Block j of row r, of J blocks
        and R rows, has Gumbel number r J + j, row r uniform number R J + r.
    * `measures = [...]`;
    * `outs`.

    `shift`: row i of the last but one dimension reads the logits of row i - 1,
    row 0 its own, as models do that were trained to predict the next token
    (Dream, Ye et al. 2025, https://arxiv.org/abs/2508.15487).

    f16 and bf16 are computed in f32. Where all tokens of a row are dropped,
    token 0 is what it gives, and measures without meaning.

    Constraints:
    * (C1) logits have a dimension or more, elements f16, bf16, f32 or f64, and
      a vocabulary of 1 to 2^24 tokens.
    * (C2) unconditional and guidance are given together; unconditional has the
      shape and element type of the logits.
    * (C3) known and mask_token are given together; known has the rows' shape and
      i32 or i64 elements; mask_token is a token.
    * (C4) guidance and temperature, as numbers, are finite; a temperature is not
      negative.
    * (C5) each filter is a token filter; there is a temperature.
    * (C6) a temperature other than 0 has noise or a draw, and only it; a draw has
      generator and key; noise has no generator.
    * (C7) noise has the shape of the logits, in f32 (f64 for f64).
    * (C8) the first result has the rows' shape and i32 or i64 elements; then one
      of f32 (f64 for f64) follows for each measure, each of which stands once.
    * (C9) suppressed tokens are tokens.
    * (C10) shift needs two dimensions or more.
    * (C11) operands are all tensors or all memrefs; on tensors there are results,
      on memrefs there are none, and `outs`, if given, has their types.

    Example:
    ```mlir
    func.func @decode(%logits: tensor<1x?x126464xbf16>, %x: tensor<1x?xi64>,
                      %seed: i64, %step: i64)
        -> (tensor<1x?xi64>, tensor<1x?xf32>) {
      %token, %confidence = whorl.sample_tokens %logits
          known(%x : tensor<1x?xi64>) mask_token = 126336 temperature(0.7)
          filters = [#whorl.top_p<0.95>]
          draw = blocked generator = #whorl.philox key(%seed : i64) stream(%step)
          measures = [confidence]
          : tensor<1x?x126464xbf16> -> tensor<1x?xi64>, tensor<1x?xf32>
      return %token, %confidence : tensor<1x?xi64>, tensor<1x?xf32>
    }
    ```
  }];
  let arguments = (ins Whorl_Shaped:$logits,
    Optional<Whorl_Shaped>:$unconditional, Optional<F32>:$guidance,
    Optional<Whorl_Shaped>:$known, Optional<F32>:$temperature,
    Optional<Whorl_Shaped>:$noise, Variadic<AnyTypeOf<[I32, I64]>>:$key,
    Optional<I64>:$stream, Optional<I64>:$offset,
    Variadic<Whorl_Shaped>:$outs,
    OptionalAttr<F64Attr>:$static_guidance, OptionalAttr<I64Attr>:$mask_token,
    DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$suppress,
    OptionalAttr<F64Attr>:$static_temperature, OptionalAttr<ArrayAttr>:$filters,
    OptionalAttr<Whorl_TokenDrawAttr>:$draw, OptionalAttr<AnyAttr>:$generator,
    DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$measures, UnitAttr:$live_mask,
    UnitAttr:$of_sampled, UnitAttr:$shift);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = [{
    $logits
    (`unconditional` `(` $unconditional^ `:` type($unconditional) `)`)?
    custom<TokenNumber>("\"guidance\"", $guidance, $static_guidance)
    (`known` `(` $known^ `:` type($known) `)`)?
    (`mask_token` `=` custom<TokenInteger>($mask_token)^)?
    custom<TokenList>($suppress)
    custom<TokenNumber>("\"temperature\"", $temperature, $static_temperature)
    (`filters` `=` $filters^)?
    (`noise` `(` $noise^ `:` type($noise) `)`)?
    (`draw` `=` custom<EnumKeyword>($draw)^)?
    (`generator` `=` $generator^)?
    (`key` `(` $key^ `:` type($key) `)`)?
    (`stream` `(` $stream^ `)`)? (`offset` `(` $offset^ `)`)?
    custom<TokenMeasures>($measures)
    (`outs` `(` $outs^ `:` type($outs) `)`)?
    attr-dict `:` type($logits) (`->` type($results)^)?
  }];
  let extraClassDeclaration = [{
    /// The tokens of a block that is drawn at once.
    static constexpr int64_t kBlock = 256;
    bool isBufferized() {
      return ::mlir::isa<::mlir::MemRefType>(getLogits().getType());
    }
    ::mlir::ShapedType getLogitsType() {
      return ::mlir::cast<::mlir::ShapedType>(getLogits().getType());
    }
    int64_t getVocabularyDim() { return getLogitsType().getRank() - 1; }
    /// The type in which rows are computed: f64 for f64, else f32.
    ::mlir::FloatType getComputeType();
    /// Whether tokens are drawn rather than the largest taken; a temperature
    /// that is known at run time only may still be 0.
    bool isDrawn() {
      return getTemperature() ||
             (getStaticTemperature() && !getStaticTemperature()->isZero());
    }
    ::llvm::SmallVector<::whorl::TokenMeasure> getMeasureList();
    bool hasMeasure(::whorl::TokenMeasure measure) {
      return ::llvm::is_contained(getMeasureList(), measure);
    }
    ::llvm::SmallVector<::whorl::TokenFilterAttrInterface> getFilterList();
    /// The tokens that are never drawn, the mask token among them.
    ::llvm::SmallVector<int64_t> getDroppedTokens();
    ::whorl::RandomGeneratorAttrInterface getGeneratorInterface();
  }];
}

def Whorl_UnmaskOp : Whorl_DestinationOp<"unmask", [
    DeclareOpInterfaceMethods<ConditionallySpeculatable>]> {
  let summary = "the masked positions that take their candidates";
  let description = [{
    For each row of `tokens` [..., L]: of the positions that hold the mask token,
    those that the policy chooses by their scores take the token of `candidates`
    there. All others stay. Of equal scores the first position comes first; a
    NaN is the worst score.

    Clauses stand in this order:
    * `scores(%s : type)`: whorl.sample_tokens' confidence, margin or entropy,
      random numbers, or anything else;
    * `policy`: `#whorl.best`, `#whorl.confident`, `#whorl.entropy_bound`;
    * `mask_token = m`;
    * `counts(%k : type)`: how many of each row, i32 or i64; one for all rows
      when it has one element or no dimension;
    * `within(%from, %to)`: only positions from..to-1 are considered: the block
      that is being generated;
    * `outs`.

    Constraints:
    * (C1) tokens have a dimension or more, elements i32 or i64, and the type of
      candidates and result.
    * (C2) scores have the shape of the tokens, elements f16, bf16, f32 or f64.
    * (C3) policy is an unmasking policy.
    * (C4) counts are given where the policy asks for them; i32 or i64, of the
      shape of the tokens without the last dimension, or a single one.
    * (C5) mask_token is not negative.
    * (C6) operands are all tensors or all memrefs; on tensors there is a result,
      on memrefs there is none and `outs` holds it.

    Example:
    ```mlir
    func.func @commit(%x: tensor<1x?xi64>, %token: tensor<1x?xi64>,
                      %confidence: tensor<1x?xf32>, %from: index, %to: index)
        -> tensor<1x?xi64> {
      %next = whorl.unmask %x, %token scores(%confidence : tensor<1x?xf32>)
          policy = #whorl.confident<at_least = 0.9> mask_token = 126336
          within(%from, %to) : tensor<1x?xi64>
      return %next : tensor<1x?xi64>
    }
    ```
  }];
  let arguments = (ins Whorl_Shaped:$tokens, Whorl_Shaped:$candidates,
    Whorl_Shaped:$scores, Optional<Whorl_Shaped>:$counts,
    Optional<Index>:$from, Optional<Index>:$to, Optional<Whorl_Shaped>:$outs,
    AnyAttr:$policy, I64Attr:$mask_token);
  let results = (outs Optional<AnyRankedTensor>:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $tokens `,` $candidates `scores` `(` $scores `:` type($scores) `)`
    `policy` `=` $policy `mask_token` `=` custom<TokenInteger>($mask_token)
    (`counts` `(` $counts^ `:` type($counts) `)`)?
    (`within` `(` $from^ `,` $to `)`)?
    (`outs` `(` $outs^ `:` type($outs) `)`)?
    attr-dict `:` custom<TokenTypes>(type($tokens), type($candidates),
                                     type($result))
  }];
  let extraClassDeclaration = [{
    bool isBufferized() {
      return ::mlir::isa<::mlir::MemRefType>(getTokens().getType());
    }
    ::mlir::ShapedType getTokensType() {
      return ::mlir::cast<::mlir::ShapedType>(getTokens().getType());
    }
    ::whorl::UnmaskPolicyAttrInterface getPolicyInterface();
    /// f64 for scores of f64, else f32.
    ::mlir::FloatType getComputeType();
  }];
}

#endif
