//===- TokenAttrs.td - how tokens are drawn -------------------------------===//
#ifndef WHORL_IR_TOKENATTRS_TD
#define WHORL_IR_TOKENATTRS_TD

include "Whorl/IR/WhorlDialect.td"
include "Whorl/IR/TokenInterfaces.td"

def Whorl_TokenDrawEnum : Whorl_Enum<"TokenDraw", "how a token is drawn", [
  I32EnumAttrCase<"element", 0>, I32EnumAttrCase<"blocked", 1>]>;
def Whorl_TokenDrawAttr
    : EnumAttr<Whorl_Dialect, Whorl_TokenDrawEnum, "token_draw">;

def Whorl_TokenMeasureEnum : Whorl_Enum<"TokenMeasure",
    "what is said of a token beside its number", [
  I32EnumAttrCase<"confidence", 0>, I32EnumAttrCase<"margin", 1>,
  I32EnumAttrCase<"entropy", 2>, I32EnumAttrCase<"logit", 3>]>;

class Whorl_TokenFilterAttr<string name, string mnemonic,
                            list<string> methods = []>
    : Whorl_Attr<name, mnemonic,
        [DeclareAttrInterfaceMethods<Whorl_TokenFilterAttrInterface, methods>]> {
  let genVerifyDecl = 1;
}

def Whorl_TopKAttr : Whorl_TokenFilterAttr<"TopK", "top_k"> {
  let summary = "the k most likely tokens";
  let description = [{
    A token stays where fewer than k have larger logits: the k most likely, and
    what ties with the last of them (Fan et al. 2018,
    https://arxiv.org/abs/1805.04833).

    Constraints:
    * (K1) k is 1 or more.

    Example: `#whorl.top_k<50>`.
  }];
  let parameters = (ins "int64_t":$k);
  let assemblyFormat = "`<` $k `>`";
}

def Whorl_TopPAttr : Whorl_TokenFilterAttr<"TopP", "top_p", ["readsMass"]> {
  let summary = "the most likely tokens that have probability p together";
  let description = [{
    A token stays where the tokens with larger logits have together a probability
    less than p: the fewest that reach p, and what ties with the last of them
    (nucleus sampling, Holtzman et al. 2020, https://arxiv.org/abs/1904.09751).

    Constraints:
    * (P1) 0 < p <= 1.

    Example: `#whorl.top_p<0.95>`.
  }];
  let parameters = (ins "::whorl::Number":$p);
  let hasCustomAssemblyFormat = 1;
}

def Whorl_MinPAttr : Whorl_TokenFilterAttr<"MinP", "min_p"> {
  let summary = "tokens not much less likely than the most likely one";
  let description = [{
    A token stays where its probability is p times that of the most likely one or
    more (Nguyen et al. 2024, https://arxiv.org/abs/2407.01082).

    Constraints:
    * (I1) 0 < p <= 1.

    Example: `#whorl.min_p<0.05>`.
  }];
  let parameters = (ins "::whorl::Number":$p);
  let hasCustomAssemblyFormat = 1;
}

class Whorl_UnmaskPolicyAttr<string name, string mnemonic, list<string> methods>
    : Whorl_Attr<name, mnemonic,
        [DeclareAttrInterfaceMethods<Whorl_UnmaskPolicyAttrInterface, methods>]>;

def Whorl_BestCountAttr
    : Whorl_UnmaskPolicyAttr<"BestCount", "best", ["readsCount"]> {
  let summary = "as many as were asked for";
  let description = [{
    Takes the `counts` positions of the best scores: LLaDA's low-confidence
    remasking when scores are confidences, Dream's margins and negative entropies,
    a random order when they are random numbers, and with a count of 1 first
    hitting (Zheng et al. 2024, https://arxiv.org/abs/2409.02908).

    Example: `#whorl.best`.
  }];
  let assemblyFormat = "";
}

def Whorl_ConfidenceThresholdAttr
    : Whorl_UnmaskPolicyAttr<"ConfidenceThreshold", "confident", ["readsCount"]> {
  let summary = "all whose score is large enough";
  let description = [{
    Takes the positions whose score is `at_least` this number, or with
    `strict = true` above it, and as many of the best as `counts` says, 1 where
    it says nothing (Fast-dLLM, Wu et al. 2025, https://arxiv.org/abs/2505.22618;
    with a count, the block refinement of LLaDA 2). With `capped = true` it takes
    the best one and no more than `counts` in all (Fast-dLLM's loop for Dream).

    Example: `#whorl.confident<at_least = 0.9>`.
  }];
  let parameters = (ins "::whorl::Number":$atLeast, "bool":$strict,
    "bool":$capped);
  let hasCustomAssemblyFormat = 1;
}

def Whorl_EntropyBoundAttr
    : Whorl_UnmaskPolicyAttr<"EntropyBound", "entropy_bound", ["prefersSmall"]> {
  let summary = "until the entropy of those taken exceeds a bound";
  let description = [{
    Scores are entropies, the smallest first. A position is taken while those
    before it have an entropy of at most `bound` together (Ben-Hamu et al. 2025,
    https://arxiv.org/abs/2505.24857): the tokens taken together depend on each
    other by no more than that.

    Constraints:
    * (E1) bound is not negative.

    Example: `#whorl.entropy_bound<bound = 0.1>`.
  }];
  let parameters = (ins "::whorl::Number":$bound);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

#endif
