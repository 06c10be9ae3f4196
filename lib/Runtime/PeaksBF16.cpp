//===- PeaksBF16.cpp - how much this core computes in bf16 ----------------===//

#include "PeakKernels.h"
#include <cpuid.h>
#include <cstring>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace whorl;

// Sixteen chains: the instruction takes six cycles on Zen, two start in each.
__attribute__((target("avx512f,avx512bf16"))) static int64_t
dotAVX512(int64_t steps) {
  __m512 sums[16];
  for (__m512 &sum : sums)
    sum = _mm512_setzero_ps();
  __m512bh a = (__m512bh)_mm512_set1_epi32(0x3f803f80);
  __m512bh b = (__m512bh)_mm512_set1_epi32(0x3c003c00);
  for (int64_t i = 0; i < steps; ++i) {
#pragma clang loop unroll(full)
    for (__m512 &sum : sums) {
      sum = _mm512_dpbf16_ps(sum, a, b);
      __asm__ volatile("" : "+v"(sum));
    }
  }
  return steps * 16 * 64; // 16 lanes of two products and two sums
}

ComputeKernel whorl::getDotKernel() {
  bool has =
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bf16");
  return {"avx512_bf16", has ? dotAVX512 : nullptr};
}

namespace {
/// What LDTILECFG reads: eight tiles of 16 rows of 64 bytes here.
struct alignas(64) TileConfig {
  uint8_t palette = 1, startRow = 0, reserved[14] = {};
  uint16_t rowBytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
} // namespace

// Tiles 0 to 3 sum up the products of 4, 5 and 6, 7: four chains of 52 cycles,
// one of which may start every 16.
__attribute__((target("amx-tile,amx-bf16"))) static int64_t
tilesAMX(int64_t steps) {
  TileConfig config;
  _tile_loadconfig(&config);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  _tile_zero(4);
  _tile_zero(5);
  _tile_zero(6);
  _tile_zero(7);
  for (int64_t i = 0; i < steps / 16; ++i) {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_release();
  return steps / 16 * 4 * 16384; // 16 x 16 sums of 32 products
}

/// Linux hands out the tiles' large state on request only.
static bool requestTiles() {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

static bool hasTiles() {
  constexpr unsigned kBF16 = 1U << 22, kTile = 1U << 24;
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & kBF16) &&
         (d & kTile) && requestTiles();
}

ComputeKernel whorl::getTileKernel() {
  static const bool has = hasTiles();
  return {"amx_bf16", has ? tilesAMX : nullptr};
}
