//===- PhaseTest.cpp - frequencies of rotary encodings --------------------===//
//
// getFrequency against base^(-numerator/denominator) to 80 digits, by Python's
// decimal, rounded to the nearest sum of two doubles:
//   x = (Decimal(base).ln() * -Decimal(n) / Decimal(d)).exp()
//   high = float(x); low = float(x - Decimal(high))
//
//===----------------------------------------------------------------------===//

#include "Whorl/IR/Phase.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace whorl;

namespace {
struct Case {
  double base;
  int64_t numerator, denominator;
  DoubleDouble expected;
};
} // namespace

static const Case kCases[] = {
    {10000.0, 2, 128, {0x1.bb5fad00ab22cp-1, 0x1.a1cecee7dcb25p-58}},
    {10000.0, 62, 128, {0x1.7a66224a8fc07p-7, 0x1.0e4e7df57cb56p-61}},
    {10000.0, 126, 128, {0x1.e459c57e28a47p-14, -0x1.0c68548856221p-68}},
    {10000.0, 2, 64, {0x1.7ff2224115d9ap-1, -0x1.b28f224d5d8b8p-55}},
    {10000.0, 30, 64, {0x1.b4f7e2b2c2a95p-7, -0x1.af80838730313p-62}},
    {10000.0, 64, 128, {0x1.47ae147ae147bp-7, -0x1.eb851eb851eb8p-63}},
    {10000.0, 2, 3, {0x1.1a62d511f2b53p-9, -0x1.14515cd04e5bap-63}},
    {10000.0, 4, 6, {0x1.1a62d511f2b53p-9, -0x1.14515cd04e5bap-63}},
    {500000.0, 2, 128, {0x1.a115829457fbep-1, -0x1.28a087ae3bc8dp-56}},
    {500000.0, 74, 128, {0x1.09fb7de6f8595p-11, -0x1.b2e6cab93e465p-65}},
    {500000.0, 126, 128, {0x1.4985fec80a8cbp-19, 0x1.6c73194a65546p-78}},
    {1000000.0, 126, 256, {0x1.2405853069443p-10, -0x1.807b84885f438p-64}},
    {10.0, 1, 1, {0x1.999999999999ap-4, -0x1.999999999999ap-58}},
    {10.0, 7, 1, {0x1.ad7f29abcaf48p-24, 0x1.5e1e99483b023p-78}},
    {2.0, 1, 2, {0x1.6a09e667f3bcdp-1, -0x1.bdd3413b26456p-55}},
    {1.5, 5, 96, {0x1.f54d0c168e7aep-1, 0x1.3f7813cc1d2c4p-56}},
    {1.0001, 1, 2, {0x1.fff972677adf6p-1, -0x1.31628507a306dp-55}},
    {150000.0, 190, 192, {0x1.fa88001e580b7p-18, 0x1.a4b324f14807ap-74}},
    {100000000.0, 510, 512, {0x1.713b811373da3p-27, 0x1.76732a869f1cep-81}},
    {100.001, 38, 80, {0x1.cb939a7a6634cp-4, 0x1.5d086a4772609p-58}},
    {10000.0, 0, 64, {0x1.0000000000000p+0, 0x0.0p+0}},
};

TEST(PhaseTest, FrequenciesHoldThirtyDigits) {
  for (const Case &c : kCases) {
    DoubleDouble actual = getFrequency(c.base, c.numerator, c.denominator);
    // Both differences are exact, or far below what is asked for.
    double error =
        (actual.high - c.expected.high) + (actual.low - c.expected.low);
    EXPECT_LT(std::fabs(error / c.expected.high), 1e-29)
        << c.base << "^(-" << c.numerator << "/" << c.denominator << ")";
  }
}

// The sum is normalised: the high part alone is the nearest double.
TEST(PhaseTest, HighPartIsTheNearestDouble) {
  for (const Case &c : kCases) {
    DoubleDouble actual = getFrequency(c.base, c.numerator, c.denominator);
    EXPECT_EQ(actual.high + actual.low, actual.high) << c.base;
    EXPECT_EQ(actual.high, c.expected.high) << c.base;
  }
}

TEST(PhaseTest, TableIsTheFrequenciesInOrder) {
  FrequencyTable table(10000.0, 128, 64);
  ASSERT_EQ(table.high.size(), 64u);
  ASSERT_EQ(table.low.size(), 64u);
  for (int64_t u = 0; u < 64; ++u) {
    DoubleDouble expected = getFrequency(10000.0, 2 * u, 128);
    EXPECT_EQ(table.high[u], expected.high);
    EXPECT_EQ(table.low[u], expected.low);
  }
}

// By Python's fractions, from operands that are sums of two doubles.
namespace {
struct Arithmetic {
  DoubleDouble a, b, sum, product, quotient;
};
} // namespace

static const Arithmetic kArithmetic[] = {
    {{0x1.5555555555555p-2, 0x1.5555555555555p-56},
     {-0x1.2492492492492p-2, -0x1.2492492492492p-56},
     {0x1.8618618618618p-5, 0x1.8618618618618p-59},
     {-0x1.8618618618618p-4, -0x1.8618618618618p-58},
     {-0x1.2aaaaaaaaaaabp+0, 0x1.5555555555555p-54}},
    {{0x1.107a76db6db6ep+27, -0x1.2492492492492p-27},
     {0x1.ca213d840baf8p-29, -0x1.595852991bb70p-84},
     {0x1.107a76db6db6ep+27, -0x1.6413f3871eba8p-28},
     {0x1.e79e79e79e79ep-2, 0x1.e79e79e79e79fp-56},
     {0x1.3084b0502d249p+55, 0x1.2492492492493p+0}},
    {{0x1.0000000000000p+0, 0x1.0000000000000p-60},
     {-0x1.0000000000000p+0, 0x0.0p+0},
     {0x1.0000000000000p-60, 0x0.0p+0},
     {-0x1.0000000000000p+0, -0x1.0000000000000p-60},
     {-0x1.0000000000000p+0, -0x1.0000000000000p-60}},
    {{0x1.9249249249249p+1, 0x1.2492492492492p-54},
     {0x1.921fb78121fb8p+1, -0x1.fb78121fb7812p-53},
     {0x1.92346e09b5900p+2, 0x1.4b68893948d1cp-52},
     {0x1.3bf459532cfc7p+3, 0x1.410d44ef7e8b3p-54},
     {0x1.001a5f650f8e4p+0, 0x1.270b3a9e079f9p-54}},
};

static double getError(DoubleDouble actual, DoubleDouble expected) {
  double error = (actual.high - expected.high) + (actual.low - expected.low);
  return std::fabs(error / expected.high);
}

TEST(PhaseTest, ArithmeticHoldsThirtyDigits) {
  for (const Arithmetic &c : kArithmetic) {
    EXPECT_LT(getError(add(c.a, c.b), c.sum), 1e-29) << c.a.high;
    EXPECT_LT(getError(multiply(c.a, c.b), c.product), 1e-29) << c.a.high;
    EXPECT_LT(getError(divide(c.a, c.b), c.quotient), 1e-29) << c.a.high;
  }
}
