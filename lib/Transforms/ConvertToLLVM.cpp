//===- ConvertToLLVM.cpp - everything to LLVM in one conversion -----------===//
//
// As upstream's convert-to-llvm, which takes no options for the types: buffers
// must come from aligned_alloc, so that vectors may be loaded aligned.
//
//===----------------------------------------------------------------------===//
#include "Whorl/Transforms/Passes.h"
#include "mlir/Conversion/ConvertToLLVM/ToLLVMInterface.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/LoweringOptions.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Transforms/DialectConversion.h"

namespace whorl {
#define GEN_PASS_DEF_WHORLCONVERTTOLLVM
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

using namespace mlir;

namespace {

/// Bytes to which every buffer is aligned: a cache line, and the widest vector.
constexpr int64_t kBufferAlignment = 64;

struct ConvertToLLVM
    : public whorl::impl::WhorlConvertToLLVMBase<ConvertToLLVM> {
  using Base::Base;

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    getOperation()->walk([](memref::AllocOp alloc) {
      if (alloc.getAlignment().value_or(0) < kBufferAlignment)
        alloc.setAlignment(kBufferAlignment);
    });

    LowerToLLVMOptions options(context);
    options.allocLowering = LowerToLLVMOptions::AllocLowering::AlignedAlloc;
    LLVMTypeConverter converter(context, options);
    LLVMConversionTarget target(*context);
    target.addLegalOp<ModuleOp>();
    RewritePatternSet patterns(context);
    for (Dialect *dialect : context->getLoadedDialects())
      if (auto *interface = dyn_cast<ConvertToLLVMPatternInterface>(dialect))
        interface->populateConvertToLLVMConversionPatterns(target, converter,
                                                           patterns);
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
