//===- Inputs.cpp - tensors from descriptions -----------------------------===//

#include "Whorl/Runtime/Files.h"
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>

using namespace whorl;

static std::vector<std::string> split(const std::string &text, char separator) {
  std::vector<std::string> parts(1);
  for (char c : text)
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

static std::optional<int64_t> parseInteger(const std::string &text) {
  if (text.empty() || std::isspace(static_cast<unsigned char>(text[0])))
    return std::nullopt;
  char *end;
  errno = 0;
  int64_t value = std::strtoll(text.c_str(), &end, 10);
  if (*end || errno)
    return std::nullopt;
  return value;
}

/// `2x3xf32` as a tensor of zeros.
static Result<HostTensor> parseShaped(const std::string &text) {
  std::vector<std::string> parts = split(text, 'x');
  std::optional<DType> dtype = parseDType(parts.back());
  if (!dtype)
    return Failure{fmt::format("expected SHAPExDTYPE such as 1x8x512x64xf32 "
                               "with a type of f16, bf16, f32, f64, i1, i8, "
                               "i16, i32, i64 or u8, got '{}'",
                               text)};
  std::vector<int64_t> shape;
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    std::optional<int64_t> size = parseInteger(parts[i]);
    if (!size || *size < 0)
      return Failure{fmt::format("expected a size of at least 0, got '{}' in "
                                 "'{}'",
                                 parts[i], text)};
    shape.push_back(*size);
  }
  return HostTensor::create(*dtype, std::move(shape));
}

/// 64 random bits from seed and index (splitmix64 of Steele et al. 2014).
static uint64_t draw(uint64_t seed, uint64_t index) {
  uint64_t z =
      seed * 0xd1342543de82ef95ULL + (index + 1) * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

static void fillRandom(HostTensor &tensor, uint64_t seed) {
  for (int64_t i = 0; i < tensor.getNumElements(); ++i) {
    uint64_t bits = draw(seed, i);
    if (isFloat(tensor.getDType()))
      tensor.set(i, static_cast<double>(bits >> 11) * 0x1p-51 - 2.0);
    else if (tensor.getDType() == DType::boolean)
      tensor.set(i, static_cast<double>(bits >> 63));
    else
      tensor.set(i, static_cast<double>(bits >> 60) -
                        (tensor.getDType() == DType::u8 ? 0.0 : 8.0));
  }
}

static Result<uint64_t> parseSeed(const std::vector<std::string> &parts,
                                  size_t at, const std::string &text) {
  if (parts.size() <= at)
    return uint64_t(0);
  std::optional<int64_t> seed = parseInteger(parts[at]);
  if (!seed || parts.size() > at + 1)
    return Failure{
        fmt::format("expected a whole number as seed, got '{}'", text)};
  return static_cast<uint64_t>(*seed);
}

/// Whether `value` is one of the type's; floats take any number.
static bool fits(DType dtype, double value) {
  if (isFloat(dtype))
    return true;
  if (dtype == DType::boolean)
    return value == 0 || value == 1;
  bool isSigned = dtype != DType::u8;
  double end =
      std::ldexp(1.0, static_cast<int>(getInfo(dtype).bits) - isSigned);
  return value == std::trunc(value) && value < end &&
         value >= (isSigned ? -end : 0);
}

static Result<HostTensor> readScalar(const std::string &text, DType expected) {
  char *end;
  double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end)
    return Failure{
        fmt::format("expected a number after 'scalar:', got '{}'", text)};
  if (!fits(expected, value))
    return Failure{fmt::format("expected a value of {} after 'scalar:', got "
                               "'{}'",
                               getInfo(expected).name, text)};
  Result<HostTensor> tensor = HostTensor::create(expected, {});
  if (!tensor)
    return tensor;
  tensor->set(0, value);
  // A key of 64 bits has more digits than a double.
  std::optional<int64_t> exact = parseInteger(text);
  if (expected == DType::i64 && exact)
    std::memcpy(tensor->getData(), &*exact, sizeof(*exact));
  return tensor;
}

static Result<HostTensor> readRandomIntegers(const std::string &text,
                                             std::vector<std::string> &parts) {
  std::optional<int64_t> high =
      parts.size() > 2 ? parseInteger(parts[2]) : std::nullopt;
  if (!high || *high < 1)
    return Failure{fmt::format("expected randint:SHAPExDTYPE:HIGH[:SEED] with "
                               "HIGH of at least 1, got '{}'",
                               text)};
  Result<uint64_t> seed = parseSeed(parts, 3, text);
  if (!seed)
    return Failure{seed.error()};
  Result<HostTensor> tensor = parseShaped(parts[1]);
  if (!tensor)
    return tensor;
  if (!fits(tensor->getDType(), static_cast<double>(*high - 1)))
    return Failure{fmt::format("{} cannot hold {}, in '{}'",
                               getInfo(tensor->getDType()).name, *high - 1,
                               text)};
  for (int64_t i = 0; i < tensor->getNumElements(); ++i)
    tensor->set(
        i, static_cast<double>(draw(*seed, i) % static_cast<uint64_t>(*high)));
  return tensor;
}

Result<HostTensor> whorl::readInput(const std::string &text, DType expected) {
  std::vector<std::string> parts = split(text, ':');
  const std::string &kind = parts[0];
  if (parts.size() > 1 && kind == "scalar")
    return readScalar(text.substr(7), expected);
  if (parts.size() > 1 && kind == "randint")
    return readRandomIntegers(text, parts);
  bool isRandom = kind == "random", isIota = kind == "iota";
  if (parts.size() == 1 || (!isRandom && !isIota && kind != "zeros"))
    return readNpy(text);
  Result<uint64_t> seed = parseSeed(parts, 2, text);
  if (!seed)
    return Failure{seed.error()};
  Result<HostTensor> tensor = parseShaped(parts[1]);
  if (!tensor)
    return tensor;
  int64_t last = tensor->getNumElements() - 1;
  if (isIota && last > 0 &&
      !fits(tensor->getDType(), static_cast<double>(last)))
    return Failure{fmt::format("{} cannot hold {}, in '{}'",
                               getInfo(tensor->getDType()).name, last, text)};
  if (isRandom)
    fillRandom(*tensor, *seed);
  for (int64_t i = 0; isIota && i < tensor->getNumElements(); ++i)
    tensor->set(i, static_cast<double>(i));
  return tensor;
}
