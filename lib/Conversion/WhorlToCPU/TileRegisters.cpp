//===- TileRegisters.cpp - AMX instructions -------------------------------===//

#include "TileRegisters.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace whorl;

void TileRegisters::call(StringRef name, ValueRange operands) {
  LLVM::CallIntrinsicOp::create(b, b.getStringAttr("llvm.x86." + name),
                                operands);
}

Value TileRegisters::number(int tile) {
  return arith::ConstantIntOp::create(b, b.getI8Type(), tile);
}

/// The configuration of palette 1: byte 0 is the palette, bytes 16 on are the
/// bytes of a row of each tile, of 16 bits each, bytes 48 on are their rows.
void TileRegisters::configure() {
  constexpr int64_t bytesOfRow = 0x0040004000400040, rows = 0x1010101010101010;
  constexpr int64_t words[] = {1, 0, bytesOfRow, bytesOfRow, 0, 0, rows, 0};
  static_assert(kRows == 0x10 && 4 * kWords == 0x40);
  Type i64 = b.getI64Type();
  OpFoldResult size = b.getIndexAttr(std::size(words));
  Value memory = b.allocateScratch(i64, size);
  for (auto [i, word] : llvm::enumerate(words))
    b.store(arith::ConstantIntOp::create(b, i64, word), memory, b.index(i));
  Value address = memref::ExtractAlignedPointerAsIndexOp::create(b, memory);
  address = arith::IndexCastOp::create(b, i64, address);
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  call("ldtilecfg", LLVM::IntToPtrOp::create(b, pointer, address).getResult());
}

void TileRegisters::release() { call("tilerelease", {}); }

void TileRegisters::zero(int tile) { call("tilezero", number(tile)); }

/// The address of an element of a matrix, and the bytes between rows.
std::pair<Value, Value> TileRegisters::getAddress(Value matrix, Value row,
                                                  Value column) {
  Type element = cast<MemRefType>(matrix.getType()).getElementType();
  Value bytes = b.index(element.getIntOrFloatBitWidth() / 8);
  auto metadata = memref::ExtractStridedMetadataOp::create(b, matrix);
  Value base = memref::ExtractAlignedPointerAsIndexOp::create(b, matrix);
  Value stride = metadata.getStrides()[0];
  Value offset = b.add(metadata.getOffset(), b.mul(row, stride));
  offset = b.add(offset, b.mul(column, metadata.getStrides()[1]));
  Value address = b.add(base, b.mul(offset, bytes));
  Type i64 = b.getI64Type();
  Value integer = arith::IndexCastOp::create(b, i64, address);
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  return {LLVM::IntToPtrOp::create(b, pointer, integer),
          arith::IndexCastOp::create(b, i64, b.mul(stride, bytes))};
}

void TileRegisters::load(int tile, Value matrix, Value row, Value column) {
  auto [address, stride] = getAddress(matrix, row, column);
  call("tileloadd64", {number(tile), address, stride});
}

void TileRegisters::store(int tile, Value matrix, Value row, Value column) {
  auto [address, stride] = getAddress(matrix, row, column);
  call("tilestored64", {number(tile), address, stride});
}

void TileRegisters::multiplyAdd(int sum, int x, int y) {
  call("tdpbf16ps", {number(sum), number(x), number(y)});
}

/// Linux keeps the state of tiles only for processes that ask for it:
/// arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA). Asking again is cheap;
/// compiled code has no state in which it could remember.
void TileRegisters::requestPermission(Operation *op) {
  auto function = op->getParentOfType<func::FuncOp>();
  constexpr StringLiteral message =
      "the system refuses AMX (arch_prctl ARCH_REQ_XCOMP_PERM): this machine "
      "or "
      "its Linux lacks it; compile for another target";
  for (auto require : function.getBody().front().getOps<RequireOp>())
    if (require.getMessage() == message)
      return;
  OpBuilder builder = OpBuilder::atBlockBegin(&function.getBody().front());
  LoopBuilder b(op->getLoc(), builder);
  constexpr int64_t archPrctl = 158, requestState = 0x1023, tileData = 18;
  Type i64 = b.getI64Type();
  SmallVector<Value> operands;
  for (int64_t operand : {archPrctl, requestState, tileData})
    operands.push_back(arith::ConstantIntOp::create(b, i64, operand));
  // Without side effects that MLIR knows, as conditions of requirements are.
  Value result =
      LLVM::InlineAsmOp::create(
          b, i64, operands, "syscall",
          "={rax},{rax},{rdi},{rsi},~{rcx},~{r11},~{memory}",
          /*has_side_effects=*/false, /*is_align_stack=*/false,
          LLVM::TailCallKind::None,
          LLVM::AsmDialectAttr::get(b.getContext(), LLVM::AsmDialect::AD_ATT),
          /*operand_attrs=*/ArrayAttr())
          .getRes();
  Value zero = arith::ConstantIntOp::create(b, i64, 0);
  Value isGranted =
      arith::CmpIOp::create(b, arith::CmpIPredicate::eq, result, zero);
  RequireOp::create(b, isGranted, message);
}
