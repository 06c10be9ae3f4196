//===- PeaksTest.cpp - what this core can do ------------------------------===//

#include "Whorl/Runtime/Peaks.h"
#include <gtest/gtest.h>

using namespace whorl;

static Peaks makePeaks() {
  Peaks peaks;
  peaks.gflops = 100;
  peaks.readGBs = 20;
  peaks.copyGBs = 30;
  return peaks;
}

TEST(Peaks, BandwidthOfReadingIsTheReadPeak) {
  EXPECT_DOUBLE_EQ(makePeaks().getGBs(1e9, 0), 20);
}

TEST(Peaks, BandwidthOfCopyingIsTheCopyPeak) {
  EXPECT_DOUBLE_EQ(makePeaks().getGBs(1e9, 1e9), 30);
  EXPECT_DOUBLE_EQ(makePeaks().getGBs(0, 0), 30);
}

// 2 GB copied in 1/15 s and 1 GB read in 1/20 s.
TEST(Peaks, BandwidthOfAStepLiesBetween) {
  EXPECT_DOUBLE_EQ(makePeaks().getGBs(2e9, 1e9), 3 / (1. / 15 + 1. / 20));
  EXPECT_DOUBLE_EQ(makePeaks().getGBs(1e9, 2e9), 30);
}

TEST(Peaks, BF16TakesTheFastestWay) {
  Peaks peaks = makePeaks();
  EXPECT_EQ(peaks.getBF16Gflops(), 100);
  peaks.dotGflops = 60; // slower than f32, as on some machines
  EXPECT_EQ(peaks.getBF16Gflops(), 100);
  peaks.tileGflops = 3000;
  EXPECT_EQ(peaks.getBF16Gflops(), 3000);
}

TEST(Peaks, LargerTakesEachFromEither) {
  Peaks a = makePeaks(), b = makePeaks();
  a.readGBs = 25;
  b.gflops = 110;
  Peaks larger = takeLarger(a, b);
  EXPECT_EQ(larger.readGBs, 25);
  EXPECT_EQ(larger.gflops, 110);
  EXPECT_EQ(larger.copyGBs, 30);
  EXPECT_EQ(larger.tileGflops, 0);
}
