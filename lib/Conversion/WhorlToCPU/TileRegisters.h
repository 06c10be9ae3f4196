//===- TileRegisters.h - AMX instructions -----------------------*- C++ -*-===//
//
// The eight tile registers by number, as the instructions name them. LLVM's
// other form, which allocates them, spills tiles that a loop carries, and
// configures them anew after each call; here the order of instructions is ours.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_TILEREGISTERS_H
#define WHORL_CONVERSION_WHORLTOCPU_TILEREGISTERS_H

#include "Whorl/Utils/LoopBuilder.h"

namespace whorl {

class TileRegisters {
public:
  static constexpr int64_t kRows = 16;  ///< rows of a tile
  static constexpr int64_t kWords = 16; ///< 32-bit words of a row

  explicit TileRegisters(LoopBuilder &b) : b(b) {}

  /// Makes all registers tiles of kRows rows of kWords words. Whoever runs this
  /// has the system's permission, see requestPermission.
  void configure();
  void release();
  void zero(int tile);
  /// Rows from `row` of a matrix, from its element `column` on.
  void load(int tile, mlir::Value matrix, mlir::Value row, mlir::Value column);
  void store(int tile, mlir::Value matrix, mlir::Value row, mlir::Value column);
  /// sum += x * y, both of words of two bf16: rows of x by columns of y.
  void multiplyAdd(int sum, int x, int y);

  /// Makes the public function around `op` ask Linux for the tile registers,
  /// once, and return a message where it refuses.
  static void requestPermission(mlir::Operation *op);

private:
  mlir::Value number(int tile);
  void call(llvm::StringRef name, mlir::ValueRange operands);
  std::pair<mlir::Value, mlir::Value>
  getAddress(mlir::Value matrix, mlir::Value row, mlir::Value column);

  LoopBuilder &b;
};

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_TILEREGISTERS_H
