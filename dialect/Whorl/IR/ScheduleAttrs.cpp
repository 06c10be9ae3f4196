//===- ScheduleAttrs.cpp - targets and schedules --------------------------===//

#include "Whorl/IR/WhorlDialect.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace whorl;

LogicalResult
CPUTargetAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      int64_t vectorBytes, int64_t vectorRegisters, bool fma,
                      int64_t l1Bytes, int64_t l2Bytes, StringAttr cpu,
                      StringAttr features, DotForm dot) {
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
  if (dot != DotForm::fma && vectorBytes != 64)
    return emitError() << "(T2) expected vector_bytes = 64 for dot = "
                       << stringifyDotForm(dot) << ", got " << vectorBytes
                       << "; use dot = fma";
  return success();
}

static LogicalResult verifyDot(function_ref<InFlightDiagnostic()> emitError,
                               int64_t lanes, ArrayRef<int64_t> tile,
                               int64_t keyBlock, LaneRole role, DotForm dot) {
  if (dot == DotForm::fma)
    return success();
  if (role == LaneRole::features || keyBlock % 2 != 0)
    return emitError() << "(P4) expected role = queries or heads and an even "
                          "key_block for dot = "
                       << stringifyDotForm(dot)
                       << ", got role = " << stringifyLaneRole(role) << " and "
                       << keyBlock;
  if (dot == DotForm::bf16 && (lanes < 4 || lanes > 16))
    return emitError() << "(P4) expected lanes to be 4, 8 or 16 for dot = "
                          "bf16, got "
                       << lanes;
  bool isTile = tile[0] == 32 && tile[1] == 2;
  if (dot == DotForm::amx && (lanes != 16 || !isTile))
    return emitError() << "(P4) expected lanes = 16 and tile = [32, 2] for dot "
                          "= amx, got "
                       << lanes << " and [" << tile << "]";
  return success();
}

LogicalResult
CPUAttentionScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 int64_t lanes, ArrayRef<int64_t> tile,
                                 int64_t groups, int64_t keyBlock,
                                 LaneRole role, DotForm dot) {
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
  return verifyDot(emitError, lanes, tile, keyBlock, role, dot);
}

static LogicalResult parseRole(AsmParser &parser, LaneRole &role) {
  StringRef name;
  auto loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&name))
    return failure();
  if (std::optional<LaneRole> parsed = symbolizeLaneRole(name)) {
    role = *parsed;
    return success();
  }
  return parser.emitError(loc)
         << "expected role to be queries, heads or features, got " << name;
}

static LogicalResult parseDot(AsmParser &parser, DotForm &dot) {
  StringRef name;
  auto loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&name))
    return failure();
  if (std::optional<DotForm> parsed = symbolizeDotForm(name)) {
    dot = *parsed;
    return success();
  }
  return parser.emitError(loc)
         << "expected dot to be fma, bf16 or amx, got " << name;
}

/// `, role = ...` and `, dot = ...`, where they are not the defaults.
static LogicalResult parseForms(AsmParser &parser, LaneRole &role,
                                DotForm &dot) {
  while (succeeded(parser.parseOptionalComma())) {
    StringRef name;
    auto loc = parser.getCurrentLocation();
    if (parser.parseKeyword(&name) || parser.parseEqual())
      return failure();
    if (name != "role" && name != "dot")
      return parser.emitError(loc) << "expected role or dot, got " << name;
    if (failed(name == "role" ? parseRole(parser, role)
                              : parseDot(parser, dot)))
      return failure();
  }
  return success();
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
  LaneRole role = LaneRole::queries;
  DotForm dot = DotForm::fma;
  if (failed(parseForms(parser, role, dot)) || parser.parseGreater())
    return {};
  auto emitError = [&] { return parser.emitError(loc); };
  return getChecked(function_ref<InFlightDiagnostic()>(emitError),
                    parser.getContext(), lanes, ArrayRef<int64_t>(tile), groups,
                    keyBlock, role, dot);
}

void CPUAttentionScheduleAttr::print(AsmPrinter &printer) const {
  printer << "<lanes = " << getLanes() << ", tile = [" << getTile()
          << "], groups = " << getGroups() << ", key_block = " << getKeyBlock();
  if (getRole() != LaneRole::queries)
    printer << ", role = " << stringifyLaneRole(getRole());
  if (getDot() != DotForm::fma)
    printer << ", dot = " << stringifyDotForm(getDot());
  printer << ">";
}

LogicalResult
CPUScheduleByQueriesAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 int64_t most, CPUAttentionScheduleAttr few,
                                 CPUAttentionScheduleAttr many) {
  if (most < 1 || most > 64)
    return emitError() << "(B1) expected most from 1 to 64, got " << most;
  return success();
}
