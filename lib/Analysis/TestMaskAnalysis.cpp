//===- TestMaskAnalysis.cpp - prints the plans of masks -------------------===//

#include "Whorl/Analysis/MaskAnalysis.h"
#include "Whorl/Analysis/Passes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_TESTMASKANALYSIS
#include "Whorl/Analysis/Passes.h.inc"
} // namespace whorl

using namespace whorl;

static void printPlan(llvm::raw_ostream &out, const MaskPlan &plan) {
  if (plan.intervals.empty())
    out << "  keys: none\n";
  for (const KeyInterval &interval : plan.intervals)
    out << "  keys: from max " << interval.lower << " to min " << interval.upper
        << "\n";
  if (plan.isAlwaysPartial)
    out << "  partial: always\n";
  else if (plan.partial.empty())
    out << "  partial: never\n";
  else
    for (IntegerSet set : plan.partial) {
      out << "  partial: ";
      set.print(out);
      out << "\n";
    }
}

namespace {
struct TestMaskAnalysisPass
    : whorl::impl::TestMaskAnalysisBase<TestMaskAnalysisPass> {
  using TestMaskAnalysisBase::TestMaskAnalysisBase;

  void runOnOperation() override {
    if (queryRows < 1 || keyRows < 1) {
      getOperation()->emitError("expected tiles of at least one row, got ")
          << queryRows.getValue() << " and " << keyRows.getValue();
      return signalPassFailure();
    }
    getOperation()->walk([&](AttentionOp op) {
      MaskAttrInterface mask = op.getMaskInterface();
      if (!mask)
        return;
      auto function = op->getParentOfType<FunctionOpInterface>();
      llvm::outs() << (function ? function.getName() : "attention") << ": "
                   << mask << " in tiles of " << queryRows << " x " << keyRows
                   << "\n";
      printPlan(llvm::outs(), analyzeMask(mask, queryRows, keyRows));
    });
    markAllAnalysesPreserved();
  }
};
} // namespace
