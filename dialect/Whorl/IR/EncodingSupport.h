//===- EncodingSupport.h - what encodings and masks see ---------*- C++ -*-===//
//
// The values and shapes that the attribute interfaces hand to an encoding or a
// mask. They carry scalar IR only: a lowering decides later which of these
// values become vectors or fragments.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_IR_ENCODINGSUPPORT_H
#define WHORL_IR_ENCODINGSUPPORT_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/TypeRange.h"
#include "mlir/IR/Value.h"
#include <string>

namespace whorl {

/// Where a position encoding acts. Flags.
enum class EncodingSite : unsigned {
  none = 0,
  embedding = 1, ///< on embedding rows, by whorl.encode_position
  queryKey = 2,  ///< on query and key rows before their product
  score = 4,     ///< on the scores
};
inline EncodingSite operator|(EncodingSite a, EncodingSite b) {
  return static_cast<EncodingSite>(static_cast<unsigned>(a) |
                                   static_cast<unsigned>(b));
}
inline bool contains(EncodingSite set, EncodingSite site) {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(site)) != 0;
}

/// How the two elements of a unit lie in the row.
enum class RowPairing {
  single,      ///< unit u is element start + u
  half,        ///< elements start + u and start + units + u
  interleaved, ///< elements start + 2u and start + 2u + 1
};

/// A row of D elements cut into units; elements outside pass through.
struct RowLayout {
  int64_t start = 0;
  int64_t units = 0;
  RowPairing pairing = RowPairing::single;

  unsigned getElementsPerUnit() const {
    return pairing == RowPairing::single ? 1 : 2;
  }
  /// One past the last element that the encoding touches.
  int64_t getEnd() const { return start + units * getElementsPerUnit(); }
  /// The distance between two units' first elements.
  int64_t getUnitStride() const {
    return pairing == RowPairing::interleaved ? 2 : 1;
  }
  /// The distance between the two elements of a unit.
  int64_t getPartnerDistance() const {
    return pairing == RowPairing::half ? units : 1;
  }
};

/// What a dimension of an encoding's or mask's operand must agree with;
/// `nonEmpty` asks for one element at least.
enum class SizeRole { any, batch, head, queryRow, keyRow, feature, nonEmpty };

/// The longest table that an encoding computes at compile time. Sizes are the
/// user's, and a typing error must not exhaust the memory.
inline constexpr int64_t kMaxTableEntries = 1 << 20;

/// What an encoding verifies itself against. Sizes may be dynamic.
struct EncodingVerifyContext {
  llvm::function_ref<mlir::InFlightDiagnostic()> emitError;
  EncodingSite site = EncodingSite::none; ///< exactly one flag
  mlir::TypeRange operandTypes;           ///< this encoding's operands
  int64_t dim = 0;                        ///< elements in a row (D)
  int64_t queryHeads = 0;
  bool hasIntegerPositions = true; ///< position ids, if any, are integers
  int64_t batch = mlir::ShapedType::kDynamic;
};

/// What a mask verifies itself against. Sizes may be dynamic.
struct MaskVerifyContext {
  llvm::function_ref<mlir::InFlightDiagnostic()> emitError;
  mlir::TypeRange operandTypes; ///< this mask's operands
  int64_t batch = 0, queryHeads = 0, queryRows = 0, keyRows = 0;
};

/// Reads the operands of an encoding or mask inside scalar IR.
class OperandReader {
public:
  virtual ~OperandReader() = default;
  /// The element of tensor `operand` at `indices` (of type index); a scalar
  /// operand itself when `indices` is empty and it has no shape. `operand`
  /// counts from the encoding's or mask's own first one.
  virtual mlir::Value read(mlir::ImplicitLocOpBuilder &builder,
                           unsigned operand,
                           mlir::ValueRange indices) const = 0;
  /// The size of dimension `dim` of a tensor operand, of type index.
  virtual mlir::Value getDim(mlir::ImplicitLocOpBuilder &builder,
                             unsigned operand, unsigned dim) const = 0;
  /// The type of the operand: a shaped or scalar type.
  virtual mlir::Type getType(unsigned operand) const = 0;
  /// Entry `index` of a constant table of f64 values.
  virtual mlir::Value readConstantTable(mlir::ImplicitLocOpBuilder &builder,
                                        llvm::ArrayRef<double> table,
                                        mlir::Value index) const = 0;
  /// A reader whose operand 0 is this one's `first`.
  virtual std::unique_ptr<OperandReader> dropFront(unsigned first) const = 0;
};

/// What the factors of one unit depend on.
struct RowFactorContext {
  llvm::SmallVector<mlir::Value> positions; ///< f64, one per position axis
  mlir::Value unit;                         ///< index of the unit
  int64_t dim = 0;                          ///< elements in a row (D)
  const OperandReader &operands;
  mlir::Value batch = {}, row = {}; ///< indices
  /// f64: 1 + the greatest position of the op's rows; null unless the encoding
  /// depends on it.
  mlir::Value length = {};
};

/// What a score encoding may depend on. Indices have type index.
struct ScoreContext {
  mlir::Value score; ///< f32 or f64
  mlir::Value batch, head, queryRow, keyRow;
  mlir::Value queryPosition, keyPosition; ///< offset + row, or explicit ids
  int64_t queryHeads = 0;                 ///< static head count, or dynamic
  const OperandReader &operands;
};

/// What a mask may depend on. Indices have type index.
struct MaskContext {
  mlir::Value batch, head, queryRow, keyRow;
  mlir::Value queryPosition; ///< offset + queryRow: the `i` of a mask's set
  const OperandReader &operands;
};

/// Two sizes that must be equal at run time. `message` says which, e.g.
/// "key and value must have the same number of rows".
struct SizeRequirement {
  mlir::OpFoldResult lhs, rhs;
  std::string message;
};

} // namespace whorl

#endif // WHORL_IR_ENCODINGSUPPORT_H
