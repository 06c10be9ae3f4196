//===- WhorlToReference.cpp - the reference as a pass ---------------------===//

#include "Whorl/Reference/Reference.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLTOREFERENCE
#include "Whorl/Reference/Passes.h.inc"
} // namespace whorl

using namespace whorl;

namespace {
struct WhorlToReferencePass
    : whorl::impl::WhorlToReferenceBase<WhorlToReferencePass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateAttentionReferencePatterns(patterns);
    populateStepReferencePatterns(patterns);
    populateRandomReferencePatterns(patterns);
    populateTokenReferencePatterns(patterns);
    populateUnmaskReferencePatterns(patterns);
    populateSampleReferencePatterns(patterns);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace
