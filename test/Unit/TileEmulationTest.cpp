//===- TileEmulationTest.cpp - AMX in memory ------------------------------===//
//
// On a machine with AMX the differential suite runs the instructions
// themselves; these tests hold the emulation to Intel's manual.
//
//===----------------------------------------------------------------------===//

#include "Whorl/Target/TileEmulation.h"
#include <cstring>
#include <gtest/gtest.h>

using namespace whorl;

namespace {
struct Configuration {
  unsigned char bytes[64] = {1};

  Configuration &set(unsigned tile, unsigned rows, unsigned width) {
    bytes[16 + 2 * tile] = static_cast<unsigned char>(width);
    bytes[48 + tile] = static_cast<unsigned char>(rows);
    return *this;
  }
};

uint16_t toBF16(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  return static_cast<uint16_t>(bits >> 16);
}

/// 1 x 1 sums of one word each: sum + x0 y0 + x1 y1.
float multiplyWords(float sum, float x0, float x1, float y0, float y1) {
  TileFile tiles;
  Configuration configuration;
  tiles.configure(configuration.set(0, 1, 4).set(1, 1, 4).set(2, 1, 4).bytes);
  uint16_t x[] = {toBF16(x0), toBF16(x1)}, y[] = {toBF16(y0), toBF16(y1)};
  tiles.load(0, &sum, 4);
  tiles.load(1, x, 4);
  tiles.load(2, y, 4);
  tiles.multiplyAddBF16(0, 1, 2);
  tiles.store(0, &sum, 4);
  return sum;
}
} // namespace

// 3 x 5 sums of 2 words, with rows apart from each other: small integers, which
// are exact, and differ in every element.
TEST(TileEmulation, MultipliesRowsByColumns) {
  TileFile tiles;
  Configuration configuration;
  tiles.configure(configuration.set(3, 3, 20).set(4, 3, 8).set(5, 2, 20).bytes);
  constexpr int m = 3, n = 5, k = 4;
  uint16_t x[m][6] = {}, y[2][2 * n];
  float xs[m][k], ys[k][n];
  for (int i = 0; i < m; ++i)
    for (int l = 0; l < k; ++l)
      x[i][l] = toBF16(xs[i][l] = static_cast<float>(5 * i + l - 7));
  for (int l = 0; l < k; ++l)
    for (int j = 0; j < n; ++j)
      y[l / 2][2 * j + l % 2] =
          toBF16(ys[l][j] = static_cast<float>(3 * l - 2 * j + 1));
  tiles.zero(3);
  tiles.load(4, x, sizeof(x[0]));
  tiles.load(5, y, sizeof(y[0]));
  tiles.multiplyAddBF16(3, 4, 5);
  tiles.multiplyAddBF16(3, 4, 5); // once more, on top
  float sums[m][8];
  std::memset(sums, 0x7f, sizeof(sums));
  tiles.store(3, sums, sizeof(sums[0]));
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      float expected = 0;
      for (int l = 0; l < k; ++l)
        expected += 2 * xs[i][l] * ys[l][j];
      EXPECT_EQ(sums[i][j], expected) << i << ", " << j;
    }
  uint32_t behind;
  std::memcpy(&behind, &sums[0][n], sizeof(behind));
  EXPECT_EQ(behind, 0x7f7f7f7fu) << "stored beyond the configured bytes";
}

// 2^24 + (1 - 2^24) is 1 where the products are summed first, and 0 or 2 where
// they are added to the sum one by one.
TEST(TileEmulation, SumsProductsBeforeTheSum) {
  EXPECT_EQ(multiplyWords(0x1p24f, 1, -0x1p24f, 1, 1), 1.0f);
}

TEST(TileEmulation, TakesDenormalsForZero) {
  EXPECT_EQ(multiplyWords(0, 0x1p-127f, 0, 0x1p127f, 0), 0.0f);
  EXPECT_EQ(multiplyWords(0, 0x1p-64f, 0, 0x1p-64f, 0), 0.0f);
  EXPECT_EQ(multiplyWords(0x1p-127f, 0, 0, 0, 0), 0.0f);
  EXPECT_EQ(multiplyWords(0, 0x1p-63f, 0, 0x1p-63f, 0), 0x1p-126f);
}

TEST(TileEmulationDeathTest, RefusesWhatFaults) {
  TileFile tiles;
  EXPECT_DEATH(tiles.zero(0), "not configured");
  Configuration shapes;
  tiles.configure(shapes.set(0, 2, 8).set(1, 2, 8).set(2, 3, 8).bytes);
  EXPECT_DEATH(tiles.zero(3), "not configured");
  EXPECT_DEATH(tiles.multiplyAddBF16(0, 1, 2), "m x k, k x n and m x n");
  EXPECT_DEATH(tiles.multiplyAddBF16(0, 1, 1), "three tiles");
  EXPECT_DEATH(tiles.configure(shapes.set(4, 17, 8).bytes), "up to 16 rows");
  Configuration palette;
  palette.bytes[0] = 2;
  EXPECT_DEATH(tiles.configure(palette.bytes), "palette 1");
}
