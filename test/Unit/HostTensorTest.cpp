//===- HostTensorTest.cpp - half precision, element access, comparison ----===//

#include "Whorl/Runtime/HostTensor.h"
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>

using namespace whorl;

namespace {
/// A 16-bit format by its definition, apart from the code under test.
struct Format {
  DType dtype;
  int mantissaBits, bias;
  uint16_t infinity;
};
constexpr Format kHalf{DType::f16, 10, 15, 0x7c00};
constexpr Format kBrain{DType::bf16, 7, 127, 0x7f80};

} // namespace

/// The value of a finite positive pattern; that of `infinity` is the next power
/// of two, which is where rounding to infinity is decided from.
static double getValue(const Format &format, unsigned bits) {
  int exponent = static_cast<int>(bits >> format.mantissaBits);
  int mantissa = static_cast<int>(bits & ((1u << format.mantissaBits) - 1));
  if (exponent == 0)
    return std::ldexp(mantissa, 1 - format.bias - format.mantissaBits);
  return std::ldexp(mantissa + (1 << format.mantissaBits),
                    exponent - format.bias - format.mantissaBits);
}

/// Rounds a positive value to nearest, ties to even, by bisection.
static uint16_t roundSlowly(const Format &format, double value) {
  unsigned low = 0, high = format.infinity;
  if (value >= getValue(format, high))
    return format.infinity;
  while (high - low > 1) {
    unsigned middle = (low + high) / 2;
    (getValue(format, middle) <= value ? low : high) = middle;
  }
  double down = value - getValue(format, low);
  double up = getValue(format, high) - value;
  if (down != up)
    return static_cast<uint16_t>(down < up ? low : high);
  return static_cast<uint16_t>(low % 2 == 0 ? low : high);
}

namespace {

class HalfTest : public testing::TestWithParam<Format> {};

/// The value of each pattern is the definition's, and it comes back.
TEST_P(HalfTest, AllPatternsRoundTrip) {
  const Format &format = GetParam();
  for (unsigned bits = 0; bits < 65536; ++bits) {
    float value = toFloat(static_cast<uint16_t>(bits), format.dtype);
    uint16_t back = fromFloat(value, format.dtype);
    unsigned magnitude = bits & 0x7fff;
    if (magnitude > format.infinity) {
      EXPECT_TRUE(std::isnan(value)) << bits;
      EXPECT_GT(back & 0x7fff, format.infinity) << bits;
      EXPECT_EQ(back & 0x8000u, bits & 0x8000u) << bits;
      continue;
    }
    EXPECT_EQ(back, bits);
    EXPECT_EQ(std::signbit(value), bits >= 0x8000) << bits;
    double expected = magnitude == format.infinity
                          ? std::numeric_limits<double>::infinity()
                          : getValue(format, magnitude);
    EXPECT_EQ(std::fabs(value), expected) << bits;
  }
}

/// At each pattern, between it and the next, and a float to each side of both.
TEST_P(HalfTest, RoundsToNearestEven) {
  const Format &format = GetParam();
  for (unsigned bits = 0; bits < format.infinity; ++bits) {
    double here = getValue(format, bits), next = getValue(format, bits + 1);
    // Halfway is a float: f32 has more bits than either format.
    for (double exact : {here, (here + next) / 2}) {
      auto middle = static_cast<float>(exact);
      if (std::isinf(middle))
        continue;
      ASSERT_EQ(middle, exact);
      for (float value : {std::nextafter(middle, 0.0F), middle,
                          std::nextafter(middle, HUGE_VALF)}) {
        if (std::isinf(value))
          continue;
        EXPECT_EQ(fromFloat(value, format.dtype), roundSlowly(format, value))
            << value;
        EXPECT_EQ(fromFloat(-value, format.dtype),
                  roundSlowly(format, value) | 0x8000)
            << -value;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, HalfTest, testing::Values(kHalf, kBrain),
                         [](const testing::TestParamInfo<Format> &info) {
                           return std::string(getInfo(info.param.dtype).name);
                         });

TEST(Half, Landmarks) {
  EXPECT_EQ(fromFloat(1.0F, DType::f16), 0x3c00);
  EXPECT_EQ(fromFloat(65504.0F, DType::f16), 0x7bff);
  EXPECT_EQ(fromFloat(65519.996F, DType::f16), 0x7bff);
  EXPECT_EQ(fromFloat(65520.0F, DType::f16), 0x7c00);
  EXPECT_EQ(fromFloat(HUGE_VALF, DType::f16), 0x7c00);
  EXPECT_EQ(fromFloat(0x1p-24F, DType::f16), 1);
  EXPECT_EQ(fromFloat(0x1p-25F, DType::f16), 0); // a tie, to even
  EXPECT_EQ(fromFloat(std::nextafter(0x1p-25F, 1.0F), DType::f16), 1);
  EXPECT_EQ(fromFloat(-0.0F, DType::f16), 0x8000);
  EXPECT_EQ(fromFloat(1.0F, DType::bf16), 0x3f80);
  EXPECT_EQ(fromFloat(std::numeric_limits<float>::max(), DType::bf16), 0x7f80);
  EXPECT_EQ(fromFloat(1.00390625F, DType::bf16), 0x3f80); // a tie, to even
}

/// A NaN whose payload lies in the bits that are cut off stays a NaN.
TEST(Half, NaNStaysNaN) {
  uint32_t bits = 0x7f800001;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  EXPECT_EQ(fromFloat(value, DType::bf16) & 0x7fff, 0x7fc0);
  EXPECT_EQ(fromFloat(value, DType::f16) & 0x7fff, 0x7e00);
}

} // namespace

static HostTensor makeTensor(DType dtype, const std::vector<double> &values) {
  Result<HostTensor> tensor =
      HostTensor::create(dtype, {static_cast<int64_t>(values.size())});
  for (size_t i = 0; i < values.size(); ++i)
    tensor->set(static_cast<int64_t>(i), values[i]);
  return std::move(*tensor);
}

namespace {

TEST(HostTensor, ElementsOfEachType) {
  for (DType dtype : {DType::f16, DType::bf16, DType::f32, DType::f64,
                      DType::i8, DType::i16, DType::i32, DType::i64}) {
    HostTensor tensor = makeTensor(dtype, {-8, 0, 7, 100});
    EXPECT_EQ(tensor.get(0), -8) << getInfo(dtype).name;
    EXPECT_EQ(tensor.get(3), 100) << getInfo(dtype).name;
    EXPECT_EQ(tensor.getNumBytes(), 4u * getInfo(dtype).bytes);
    DLTensor view = tensor.getView();
    EXPECT_EQ(view.dtype.bits, getInfo(dtype).bytes * 8);
    EXPECT_EQ(view.ndim, 1);
    EXPECT_EQ(view.shape[0], 4);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(view.data) % 64, 0u);
  }
}

TEST(HostTensor, Sizes) {
  EXPECT_EQ(HostTensor::create(DType::f32, {})->getNumElements(), 1);
  EXPECT_EQ(HostTensor::create(DType::f32, {3, 0, 5})->getNumElements(), 0);
  EXPECT_EQ(HostTensor::create(DType::f32, {-1}).error(),
            "a size of -1 is negative");
  // The product wraps to 0 in 64 bits.
  EXPECT_EQ(HostTensor::create(DType::f32, {int64_t(1) << 32, int64_t(1) << 32})
                .error(),
            "a tensor of 4294967296 x 4294967296 elements does not fit memory");
}

TEST(Compare, FindsTheWorst) {
  Result<Difference> difference =
      compare(makeTensor(DType::f32, {1, 2, 103, 4}),
              makeTensor(DType::f32, {1, 3, 100, 4}));
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->maxAbsolute, 3.0);
  EXPECT_EQ(difference->maxScaled, 0.25); // 1 / (1 + 3)
  EXPECT_EQ(difference->worst, 1);
  EXPECT_EQ(difference->mismatches, 0);
}

TEST(Compare, EqualHasNoWorst) {
  double nan = std::nan(""), infinity = HUGE_VAL;
  HostTensor tensor = makeTensor(DType::f64, {1, nan, infinity, -infinity});
  Result<Difference> difference = compare(tensor, tensor);
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->maxScaled, 0.0);
  EXPECT_EQ(difference->worst, -1);
  EXPECT_EQ(difference->mismatches, 0);
}

/// NaN and infinities on one side are never within a tolerance.
TEST(Compare, CountsWhatIsNotFinite) {
  double nan = std::nan(""), infinity = HUGE_VAL;
  Result<Difference> difference =
      compare(makeTensor(DType::f64, {9, nan, 1, infinity, infinity}),
              makeTensor(DType::f64, {1, 1, nan, -infinity, infinity}));
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->mismatches, 3);
  EXPECT_EQ(difference->worst, 1); // the first of them, not the finite 9
  EXPECT_EQ(difference->maxScaled, 4.0);
}

TEST(Compare, RefusesOtherShapes) {
  Result<Difference> difference = compare(makeTensor(DType::f32, {1, 2}),
                                          makeTensor(DType::f32, {1, 2, 3}));
  ASSERT_FALSE(difference);
  EXPECT_EQ(difference.error(), "expected tensor<3xf32>, got tensor<2xf32>");
}
} // namespace
