//===- HostTensor.cpp - a tensor in memory --------------------------------===//

#include "Whorl/Runtime/HostTensor.h"
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

using namespace whorl;

static constexpr DTypeInfo kDTypes[] = {
    {DType::f16, "f16", "<f2", kDLFloat, 16, 2},
    {DType::bf16, "bf16", "|V2", kDLBfloat, 16, 2},
    {DType::f32, "f32", "<f4", kDLFloat, 32, 4},
    {DType::f64, "f64", "<f8", kDLFloat, 64, 8},
    {DType::i8, "i8", "|i1", kDLInt, 8, 1},
    {DType::i16, "i16", "<i2", kDLInt, 16, 2},
    {DType::i32, "i32", "<i4", kDLInt, 32, 4},
    {DType::i64, "i64", "<i8", kDLInt, 64, 8},
    {DType::u8, "u8", "|u1", kDLUInt, 8, 1},
    {DType::boolean, "i1", "|b1", 6 /* kDLBool since DLPack 0.7 */, 8, 1},
};

const DTypeInfo &whorl::getInfo(DType dtype) {
  return kDTypes[static_cast<size_t>(dtype)];
}

std::optional<DType> whorl::parseDType(std::string_view name) {
  if (name == "bool")
    return DType::boolean;
  if (name == "index")
    return DType::i64;
  for (const DTypeInfo &info : kDTypes)
    if (name == info.name)
      return info.dtype;
  return std::nullopt;
}

bool whorl::isFloat(DType dtype) {
  return dtype == DType::f16 || dtype == DType::bf16 || dtype == DType::f32 ||
         dtype == DType::f64;
}

//===----------------------------------------------------------------------===//
// Half precision
//===----------------------------------------------------------------------===//

static uint32_t getBits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

static float fromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

static float halfToFloat(uint16_t half) {
  uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  uint32_t exponent = (half >> 10) & 0x1f, mantissa = half & 0x3ff;
  if (exponent == 31)
    return fromBits(sign | 0x7f800000 | (mantissa << 13));
  if (exponent == 0) {
    float value = std::ldexp(static_cast<float>(mantissa), -24);
    return sign ? -value : value;
  }
  return fromBits(sign | ((exponent + 112) << 23) | (mantissa << 13));
}

static uint16_t floatToHalf(float value) {
  auto sign = static_cast<uint16_t>((getBits(value) >> 16) & 0x8000);
  float magnitude = std::fabs(value);
  if (std::isnan(value))
    return sign | 0x7e00;
  if (magnitude >= 65520.0F)
    return sign | 0x7c00;
  if (magnitude == 0.0F)
    return sign; // frexp would call its exponent 0
  // Scale so that the unit of the result is 1, and round to even there.
  int exponent = 0;
  std::frexp(magnitude, &exponent);
  int unit = std::max(exponent - 11, -24);
  double rounded =
      std::nearbyint(std::ldexp(static_cast<double>(magnitude), -unit));
  auto integer = static_cast<uint32_t>(rounded);
  if (unit == -24)
    return sign | static_cast<uint16_t>(integer); // subnormal, or the carry
  if (integer == 2048) {
    integer = 1024;
    ++unit;
  }
  return sign | static_cast<uint16_t>(((unit + 25) << 10) + (integer - 1024));
}

float whorl::toFloat(uint16_t bits, DType dtype) {
  if (dtype == DType::bf16)
    return fromBits(static_cast<uint32_t>(bits) << 16);
  return halfToFloat(bits);
}

uint16_t whorl::fromFloat(float value, DType dtype) {
  if (dtype == DType::f16)
    return floatToHalf(value);
  uint32_t bits = getBits(value);
  if (std::isnan(value))
    return static_cast<uint16_t>((bits >> 16) | 0x40);
  return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

//===----------------------------------------------------------------------===//
// HostTensor
//===----------------------------------------------------------------------===//

void HostTensor::Free::operator()(void *pointer) const { std::free(pointer); }

/// Memory for `bytes` bytes, a multiple of what it is aligned to. A large
/// tensor lies on large pages where the system has them: a core that reads it
/// once would wait for the translation of each small page, which costs a
/// quarter of the time.
static void *allocate(size_t bytes) {
  constexpr size_t line = 64, largePage = size_t(2) << 20;
  bool isLarge = bytes >= 4 * largePage;
  size_t alignment = isLarge ? largePage : line;
  size_t size = std::max(line, (bytes + alignment - 1) / alignment * alignment);
  void *memory = std::aligned_alloc(alignment, size);
  if (!memory)
    return nullptr;
#ifdef __linux__
  if (isLarge)
    madvise(memory, size, MADV_HUGEPAGE); // a hint: failure changes nothing
#endif
  std::memset(memory, 0, size);
  return memory;
}

Result<HostTensor> HostTensor::create(DType dtype, std::vector<int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape) {
    if (size < 0)
      return Failure{fmt::format("a size of {} is negative", size)};
    if (__builtin_mul_overflow(count, size, &count) ||
        count > (int64_t(1) << 46))
      return Failure{fmt::format("a tensor of {} elements does not fit memory",
                                 fmt::join(shape, " x "))};
  }
  HostTensor tensor;
  tensor.dtype = dtype;
  tensor.shape = std::move(shape);
  tensor.numElements = count;
  void *memory = allocate(tensor.getNumBytes());
  if (!memory)
    return Failure{fmt::format("no memory for {} bytes", tensor.getNumBytes())};
  tensor.data.reset(memory);
  return tensor;
}

/// The element type in C++ of each dtype, and a visitor over it.
template <typename Visitor> static auto visit(DType dtype, Visitor visitor) {
  // NOLINTBEGIN(bugprone-branch-clone): each calls another instance
  switch (dtype) {
  case DType::f32:
    return visitor(float());
  case DType::f64:
    return visitor(double());
  case DType::i8:
    return visitor(int8_t());
  case DType::i16:
    return visitor(int16_t());
  case DType::i32:
    return visitor(int32_t());
  case DType::i64:
    return visitor(int64_t());
  default:
    return visitor(uint8_t());
  }
  // NOLINTEND(bugprone-branch-clone)
}

double HostTensor::get(int64_t index) const {
  if (dtype == DType::f16 || dtype == DType::bf16)
    return toFloat(static_cast<const uint16_t *>(data.get())[index], dtype);
  return visit(dtype, [&](auto zero) {
    return static_cast<double>(
        static_cast<const decltype(zero) *>(data.get())[index]);
  });
}

void HostTensor::set(int64_t index, double value) {
  if (dtype == DType::f16 || dtype == DType::bf16) {
    static_cast<uint16_t *>(data.get())[index] =
        fromFloat(static_cast<float>(value), dtype);
    return;
  }
  visit(dtype, [&](auto zero) {
    using Element = decltype(zero);
    static_cast<Element *>(data.get())[index] = static_cast<Element>(value);
  });
}

DLTensor HostTensor::getView() {
  const DTypeInfo &info = getInfo(dtype);
  DLDataType type{info.code, static_cast<uint8_t>(info.bits), 1};
  return {data.get(), {kDLCPU, 0},  static_cast<int32_t>(shape.size()),
          type,       shape.data(), nullptr,
          0};
}

std::string HostTensor::describe() const {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += fmt::format("{}x", size);
  return text + getInfo(dtype).name + ">";
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

Result<Difference> whorl::compare(const HostTensor &actual,
                                  const HostTensor &expected) {
  if (actual.getShape() != expected.getShape())
    return Failure{fmt::format("expected {}, got {}", expected.describe(),
                               actual.describe())};
  Difference difference;
  for (int64_t i = 0; i < actual.getNumElements(); ++i) {
    double a = actual.get(i), b = expected.get(i);
    bool isEqual = a == b || (std::isnan(a) && std::isnan(b));
    if (isEqual)
      continue;
    if (!std::isfinite(a) || !std::isfinite(b)) {
      if (difference.mismatches++ == 0)
        difference.worst = i;
      continue;
    }
    double absolute = std::fabs(a - b);
    double scaled = absolute / (1.0 + std::fabs(b));
    difference.maxAbsolute = std::max(difference.maxAbsolute, absolute);
    if (scaled > difference.maxScaled) {
      difference.maxScaled = scaled;
      if (difference.mismatches == 0)
        difference.worst = i;
    }
  }
  return difference;
}
