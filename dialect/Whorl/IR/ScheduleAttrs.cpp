//===- ScheduleAttrs.cpp - targets and schedules --------------------------===//

#include "Whorl/IR/WhorlDialect.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace whorl;

LogicalResult
CPUTargetAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      int64_t vectorBytes, int64_t vectorRegisters, bool fma,
                      int64_t l1Bytes, int64_t l2Bytes, StringAttr cpu,
                      StringAttr features) {
  if (vectorBytes < 16 || vectorBytes > 256 ||
      !llvm::isPowerOf2_64(vectorBytes))
    return emitError()
           << "(T1) expected vector_bytes to be a power of two from "
              "16 to 256, got "
           << vectorBytes;
  if (vectorRegisters <= 0 || l1Bytes <= 0 || l2Bytes <= 0)
    return emitError() << "(T1) expected vector_registers, l1_bytes and "
                          "l2_bytes to be positive, got "
                       << vectorRegisters << ", " << l1Bytes << " and "
                       << l2Bytes;
  return success();
}

LogicalResult CPUAttentionScheduleAttr::verify(
    function_ref<InFlightDiagnostic()> emitError, int64_t lanes,
    ArrayRef<int64_t> tile, int64_t groups, int64_t keyBlock, LaneRole role) {
  if (lanes < 1 || lanes > 64 || !llvm::isPowerOf2_64(lanes))
    return emitError() << "(P1) expected lanes to be a power of two up to 64, "
                          "got "
                       << lanes;
  // Each factor is bounded first: a product of the user's numbers may overflow.
  if (tile.size() != 2 || tile[0] < 1 || tile[0] > 64 || tile[1] < 1 ||
      tile[1] > 64 || tile[0] * tile[1] > 64)
    return emitError() << "(P1) expected a tile [MR, NR] of positive numbers "
                          "with MR * NR at most 64, got ["
                       << tile << "]";
  if (groups < 1 || groups > 64)
    return emitError() << "(P1) expected groups from 1 to 64, got " << groups;
  if (keyBlock < 1 || keyBlock > 4096 || keyBlock % tile[0] != 0)
    return emitError() << "(P2) expected key_block to be a multiple of "
                       << tile[0] << " from 1 to 4096, got " << keyBlock;
  if (role == LaneRole::features &&
      (keyBlock % groups != 0 || keyBlock % lanes != 0))
    return emitError() << "(P3) expected key_block to be a multiple of lanes ("
                       << lanes << ") and of groups (" << groups
                       << ") for role = features, got " << keyBlock;
  return success();
}

/// `, role = ...`, or nothing: queries.
static FailureOr<LaneRole> parseRole(AsmParser &parser) {
  if (failed(parser.parseOptionalComma()))
    return LaneRole::queries;
  StringRef name;
  if (parser.parseKeyword("role") || parser.parseEqual())
    return failure();
  auto loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&name))
    return failure();
  if (std::optional<LaneRole> role = symbolizeLaneRole(name))
    return *role;
  parser.emitError(loc)
      << "expected role to be queries, heads or features, got " << name;
  return failure();
}

// `<lanes = 8, tile = [6, 2], groups = 2, key_block = 96>`: struct() cannot
// parse a bracketed list among its fields.
Attribute CPUAttentionScheduleAttr::parse(AsmParser &parser, Type) {
  int64_t lanes = 0, groups = 0, keyBlock = 0;
  SmallVector<int64_t> tile;
  auto loc = parser.getCurrentLocation();
  auto parseInteger = [&](StringRef name, int64_t &value) {
    return failed(parser.parseComma()) || failed(parser.parseKeyword(name)) ||
           failed(parser.parseEqual()) || failed(parser.parseInteger(value));
  };
  auto parseTileElement = [&] {
    return parser.parseInteger(tile.emplace_back());
  };
  if (parser.parseLess() || parser.parseKeyword("lanes") ||
      parser.parseEqual() || parser.parseInteger(lanes) ||
      parser.parseComma() || parser.parseKeyword("tile") ||
      parser.parseEqual() ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                     parseTileElement) ||
      parseInteger("groups", groups) || parseInteger("key_block", keyBlock))
    return {};
  FailureOr<LaneRole> role = parseRole(parser);
  if (failed(role) || parser.parseGreater())
    return {};
  auto emitError = [&] { return parser.emitError(loc); };
  return getChecked(function_ref<InFlightDiagnostic()>(emitError),
                    parser.getContext(), lanes, ArrayRef<int64_t>(tile), groups,
                    keyBlock, *role);
}

void CPUAttentionScheduleAttr::print(AsmPrinter &printer) const {
  printer << "<lanes = " << getLanes() << ", tile = [" << getTile()
          << "], groups = " << getGroups() << ", key_block = " << getKeyBlock();
  if (getRole() != LaneRole::queries)
    printer << ", role = " << stringifyLaneRole(getRole());
  printer << ">";
}
