//===- Npy.cpp - NumPy's file format --------------------------------------===//
//
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html: a
// magic string, a version, the length of a header, the header as a Python
// dictionary, and the elements.
//
//===----------------------------------------------------------------------===//

#include "Whorl/Runtime/Files.h"
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace whorl;

static constexpr std::string_view kMagic("\x93NUMPY", 6);

static Failure fail(const std::string &path, const std::string &why) {
  return {fmt::format("cannot read '{}': {}", path, why)};
}

static Result<std::string> readFile(const std::string &path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code))
    return fail(path, "it is a directory");
  std::FILE *file = std::fopen(path.c_str(), "rb");
  if (!file)
    return fail(path, std::strerror(errno));
  std::string bytes;
  char buffer[1 << 16];
  size_t count;
  while ((count = std::fread(buffer, 1, sizeof buffer, file)) > 0)
    bytes.append(buffer, count);
  bool isGood = std::ferror(file) == 0;
  std::fclose(file);
  if (!isGood)
    return fail(path, "reading failed");
  return bytes;
}

/// The text after `'key':` in a header.
static std::string_view findValue(std::string_view header,
                                  std::string_view key) {
  size_t at = header.find(fmt::format("'{}'", key));
  if (at == std::string_view::npos)
    return {};
  at = header.find(':', at);
  if (at == std::string_view::npos)
    return {};
  header.remove_prefix(at + 1);
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  return header;
}

static Result<DType> parseType(const std::string &path,
                               std::string_view value) {
  size_t end = value.empty() ? std::string_view::npos : value.find('\'', 1);
  if (end == std::string_view::npos || value[0] != '\'')
    return fail(path, "its header has no 'descr' of a plain type");
  std::string_view name = value.substr(1, end - 1);
  for (int i = 0; i <= static_cast<int>(DType::boolean); ++i)
    if (name == getInfo(static_cast<DType>(i)).npy)
      return static_cast<DType>(i);
  if (name == "<V2" || name == "=V2")
    return DType::bf16;
  const char *cure = !name.empty() && name[0] == '>'
                         ? "; it is big-endian: save it as little-endian"
                         : "";
  return fail(path, fmt::format("expected elements of f16, f32, f64, i8, i16, "
                                "i32, i64, u8, bool or raw bf16, got '{}'{}",
                                name, cure));
}

static Result<std::vector<int64_t>> parseShape(const std::string &path,
                                               std::string_view value) {
  size_t end = value.find(')');
  if (value.empty() || value[0] != '(' || end == std::string_view::npos)
    return fail(path, "its header has no 'shape'");
  std::vector<int64_t> shape;
  std::string list(value.substr(1, end - 1));
  for (const char *at = list.c_str(); *at;) {
    if (*at == ' ' || *at == ',') {
      ++at;
      continue;
    }
    char *next;
    errno = 0;
    int64_t size = std::strtoll(at, &next, 10);
    if (next == at || errno || size < 0)
      return fail(path,
                  fmt::format("its shape ({}) is not a list of sizes", list));
    shape.push_back(size);
    at = next;
  }
  return shape;
}

/// Where the header begins and ends in `bytes`.
static Result<std::pair<size_t, size_t>> findHeader(const std::string &path,
                                                    const std::string &bytes) {
  if (bytes.compare(0, kMagic.size(), kMagic) != 0)
    return fail(path, "it is not a .npy file");
  if (bytes.size() < 12)
    return fail(path, "it is truncated within its header");
  auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  unsigned major = byte(6);
  if (major < 1 || major > 3)
    return fail(path,
                fmt::format("expected format version 1 to 3, got {}", major));
  size_t length = byte(8) | byte(9) << 8, start = 10;
  if (major > 1) {
    length |= static_cast<size_t>(byte(10)) << 16 |
              static_cast<size_t>(byte(11)) << 24;
    start = 12;
  }
  if (start + length > bytes.size())
    return fail(path, "it is truncated within its header");
  return std::pair(start, start + length);
}

Result<HostTensor> whorl::readNpy(const std::string &path) {
  Result<std::string> bytes = readFile(path);
  if (!bytes)
    return Failure{bytes.error()};
  Result<std::pair<size_t, size_t>> range = findHeader(path, *bytes);
  if (!range)
    return Failure{range.error()};
  std::string_view header(*bytes);
  header = header.substr(range->first, range->second - range->first);
  Result<DType> dtype = parseType(path, findValue(header, "descr"));
  if (!dtype)
    return Failure{dtype.error()};
  std::string_view order = findValue(header, "fortran_order");
  if (order.substr(0, 5) != "False" && order.substr(0, 4) != "True")
    return fail(path, "its header has no 'fortran_order'");
  if (order[0] == 'T')
    return fail(path, "expected C order, got Fortran order; save "
                      "numpy.ascontiguousarray of it");
  Result<std::vector<int64_t>> shape =
      parseShape(path, findValue(header, "shape"));
  if (!shape)
    return Failure{shape.error()};
  Result<HostTensor> tensor = HostTensor::create(*dtype, *shape);
  if (!tensor)
    return fail(path, tensor.error());
  size_t available = bytes->size() - range->second;
  if (available < tensor->getNumBytes())
    return fail(path, fmt::format("it is truncated: expected {} bytes of data, "
                                  "got {}",
                                  tensor->getNumBytes(), available));
  std::memcpy(tensor->getData(), bytes->data() + range->second,
              tensor->getNumBytes());
  return tensor;
}

Status whorl::writeNpy(const std::string &path, const HostTensor &tensor) {
  const std::vector<int64_t> &shape = tensor.getShape();
  std::string header = fmt::format(
      "{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}",
      getInfo(tensor.getDType()).npy, fmt::join(shape, ", "),
      shape.size() == 1 ? "," : "");
  // The elements start at a multiple of 64 bytes.
  size_t length = (10 + header.size() + 1 + 63) / 64 * 64 - 10;
  header.resize(length - 1, ' ');
  header += '\n';
  std::string bytes(kMagic);
  bytes += {'\x01', '\x00', static_cast<char>(length & 0xff),
            static_cast<char>(length >> 8)};
  bytes += header;
  bytes.append(static_cast<const char *>(tensor.getData()),
               tensor.getNumBytes());
  return writeFileAtomically(path, bytes);
}
