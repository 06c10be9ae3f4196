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

/// Bytes to which every buffer is aligned: a cache line, and the widest vector.
static constexpr int64_t kBufferAlignment = 64;

/// Moves some lanes of bf16 as integers: where LLVM cuts a masked load or store
/// into scalars it rounds each bf16 anew, by a call of a run time library.
static void storeBF16AsIntegers(LLVM::MaskedStoreOp op) {
  auto type = cast<VectorType>(op.getValue().getType());
  if (!type.getElementType().isBF16())
    return;
  OpBuilder builder(op);
  Value bits = LLVM::BitcastOp::create(
      builder, op.getLoc(), type.clone(builder.getI16Type()), op.getValue());
  op.getValueMutable().assign(bits);
}

static void loadBF16AsIntegers(LLVM::MaskedLoadOp op) {
  Value loaded = op->getResult(0);
  auto type = cast<VectorType>(loaded.getType());
  if (!type.getElementType().isBF16())
    return;
  OpBuilder builder(op);
  Type bits = type.clone(builder.getI16Type());
  for (OpOperand &operand : op.getPassThruMutable())
    operand.set(
        LLVM::BitcastOp::create(builder, op.getLoc(), bits, operand.get()));
  loaded.setType(bits);
  builder.setInsertionPointAfter(op);
  auto cast = LLVM::BitcastOp::create(builder, op.getLoc(), type, loaded);
  loaded.replaceAllUsesExcept(cast, cast);
}

namespace {
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
      return signalPassFailure();
    getOperation()->walk(storeBF16AsIntegers);
    getOperation()->walk(loadBF16AsIntegers);
  }
};

} // namespace
