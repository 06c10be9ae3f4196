//===- TileEmulation.cpp - AMX on machines without it ---------------------===//

#include "Whorl/Target/TileEmulation.h"
#include "llvm/Support/ErrorHandling.h"
#include <cmath>
#include <cstring>

using namespace whorl;

static void fail(const char *message) {
  llvm::report_fatal_error(message, /*gen_crash_diag=*/false);
}

void TileFile::configure(const void *memory) {
  unsigned char content[64];
  std::memcpy(content, memory, sizeof(content));
  if (content[0] != 1)
    fail("ldtilecfg: expected palette 1");
  release();
  for (unsigned tile = 0; tile < kTiles; ++tile) {
    uint16_t width;
    std::memcpy(&width, content + 16 + 2 * tile, sizeof(width));
    rows[tile] = content[48 + tile];
    bytes[tile] = width;
    bool isNone = rows[tile] == 0 && bytes[tile] == 0;
    bool isWithin = rows[tile] >= 1 && rows[tile] <= kRows &&
                    bytes[tile] >= 1 && bytes[tile] <= kBytes;
    if (!isNone && !isWithin)
      fail("ldtilecfg: expected tiles of up to 16 rows of up to 64 bytes");
  }
  for (unsigned i = 1; i < sizeof(content); ++i) {
    bool isReserved = i < 16 || (i >= 32 && i < 48) || i >= 56;
    if (isReserved && i != 1 && content[i] != 0)
      fail("ldtilecfg: expected reserved bytes to be 0");
  }
}

void TileFile::release() {
  std::memset(rows, 0, sizeof(rows));
  std::memset(bytes, 0, sizeof(bytes));
  std::memset(data, 0, sizeof(data));
}

void TileFile::check(unsigned tile) const {
  if (tile >= kTiles || rows[tile] == 0)
    fail("a tile is used that is not configured");
}

void TileFile::zero(unsigned tile) {
  check(tile);
  std::memset(data[tile], 0, sizeof(data[tile]));
}

void TileFile::load(unsigned tile, const void *memory, int64_t stride) {
  zero(tile);
  const auto *row = static_cast<const unsigned char *>(memory);
  for (unsigned r = 0; r < rows[tile]; ++r, row += stride)
    std::memcpy(data[tile][r], row, bytes[tile]);
}

void TileFile::store(unsigned tile, void *memory, int64_t stride) const {
  check(tile);
  auto *row = static_cast<unsigned char *>(memory);
  for (unsigned r = 0; r < rows[tile]; ++r, row += stride)
    std::memcpy(row, data[tile][r], bytes[tile]);
}

/// Zero for a denormal.
static float flush(float x) {
  return std::fpclassify(x) == FP_SUBNORMAL ? std::copysign(0.0f, x) : x;
}

static float readBF16(const unsigned char *memory) {
  uint16_t half;
  std::memcpy(&half, memory, sizeof(half));
  uint32_t bits = static_cast<uint32_t>(half) << 16;
  float result;
  std::memcpy(&result, &bits, sizeof(result));
  return flush(result);
}

void TileFile::multiplyAddBF16(unsigned sum, unsigned x, unsigned y) {
  for (unsigned tile : {sum, x, y})
    check(tile);
  if (sum == x || sum == y || x == y)
    fail("tdpbf16ps: expected three tiles");
  if (rows[x] != rows[sum] || bytes[y] != bytes[sum] ||
      bytes[x] / 4 != rows[y] || bytes[x] % 4 != 0 || bytes[y] % 4 != 0)
    fail("tdpbf16ps: expected tiles of m x k, k x n and m x n words");
  for (unsigned m = 0; m < rows[sum]; ++m) {
    for (unsigned n = 0; n < bytes[sum] / 4; ++n) {
      float halves[2] = {0, 0};
      for (unsigned k = 0; k < rows[y]; ++k)
        for (unsigned i = 0; i < 2; ++i)
          halves[i] =
              flush(std::fma(readBF16(data[x][m] + 4 * k + 2 * i),
                             readBF16(data[y][k] + 4 * n + 2 * i), halves[i]));
      float total;
      std::memcpy(&total, data[sum][m] + 4 * n, sizeof(total));
      total = flush(flush(total) + flush(halves[0] + halves[1]));
      std::memcpy(data[sum][m] + 4 * n, &total, sizeof(total));
    }
  }
}

static thread_local TileFile tiles;

static void loadConfiguration(const void *memory) { tiles.configure(memory); }
static void releaseTiles() { tiles.release(); }
static void zeroTile(uint32_t tile) { tiles.zero(tile); }
static void loadTile(uint32_t tile, const void *memory, int64_t stride) {
  tiles.load(tile, memory, stride);
}
static void storeTile(uint32_t tile, void *memory, int64_t stride) {
  tiles.store(tile, memory, stride);
}
static void multiplyAddTiles(uint32_t sum, uint32_t x, uint32_t y) {
  tiles.multiplyAddBF16(sum, x, y);
}

template <typename Function> static void *toAddress(Function *function) {
  return reinterpret_cast<void *>(function);
}

const EmulatedFunction whorl::kEmulatedFunctions[6] = {
    {"whorl_emulate_ldtilecfg", toAddress(loadConfiguration)},
    {"whorl_emulate_tilerelease", toAddress(releaseTiles)},
    {"whorl_emulate_tilezero", toAddress(zeroTile)},
    {"whorl_emulate_tileloadd64", toAddress(loadTile)},
    {"whorl_emulate_tilestored64", toAddress(storeTile)},
    {"whorl_emulate_tdpbf16ps", toAddress(multiplyAddTiles)},
};
