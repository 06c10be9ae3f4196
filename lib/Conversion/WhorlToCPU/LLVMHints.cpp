//===- LLVMHints.cpp - what LLVM had better not do ------------------------===//

#include "LLVMHints.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace whorl;

void whorl::keepRolled(ValueRange results) {
  auto loop = results[0].getDefiningOp<scf::ForOp>();
  MLIRContext *context = loop.getContext();
  auto unroll = LLVM::LoopUnrollAttr::get(
      context, /*disable=*/BoolAttr::get(context, true), /*count=*/{},
      /*runtimeDisable=*/{}, /*full=*/{}, /*followupUnrolled=*/{},
      /*followupRemainder=*/{}, /*followupAll=*/{});
  auto annotation = LLVM::LoopAnnotationAttr::get(
      context, /*disableNonforced=*/{}, /*vectorize=*/{}, /*interleave=*/{},
      unroll, /*unrollAndJam=*/{}, /*licm=*/{}, /*distribute=*/{},
      /*pipeline=*/{}, /*peeled=*/{}, /*unswitch=*/{}, /*mustProgress=*/{},
      /*isVectorized=*/{}, /*startLoc=*/{}, /*endLoc=*/{},
      /*parallelAccesses=*/{});
  // The name that the branch of the LLVM dialect has for it.
  loop->setAttr("loop_annotation", annotation);
}

Value whorl::hideFromLLVM(LoopBuilder &b, Value index) {
  Type i64 = b.getI64Type();
  Value plain = arith::IndexCastOp::create(b, i64, index);
  Value hidden =
      LLVM::InlineAsmOp::create(
          b, i64, plain, /*asm_string=*/"", /*constraints=*/"=r,0",
          /*has_side_effects=*/true, /*is_align_stack=*/false,
          LLVM::TailCallKind::None,
          LLVM::AsmDialectAttr::get(b.getContext(), LLVM::AsmDialect::AD_ATT),
          /*operand_attrs=*/ArrayAttr())
          .getRes();
  return arith::IndexCastOp::create(b, b.getIndexType(), hidden);
}
