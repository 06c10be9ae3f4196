//===- HostTensor.h - a tensor in memory ------------------------*- C++ -*-===//
#ifndef WHORL_RUNTIME_HOSTTENSOR_H
#define WHORL_RUNTIME_HOSTTENSOR_H

#include "Whorl/Runtime/Result.h"
#include <cstdint>
#include <dlpack/dlpack.h>
#include <memory>
#include <string_view>
#include <vector>

namespace whorl {

/// Element types that cross the C ABI. Booleans lie in bytes, 0 or 1.
enum class DType { f16, bf16, f32, f64, i8, i16, i32, i64, u8, boolean };

struct DTypeInfo {
  DType dtype;
  const char *name; ///< f32, i1, ...
  const char *npy;  ///< NumPy's type string
  uint8_t code;     ///< DLPack's type code
  unsigned bits;    ///< DLPack's bits
  unsigned bytes;
};

const DTypeInfo &getInfo(DType dtype);
/// By our name (f32, i1, bool, index); nothing for an unknown one.
std::optional<DType> parseDType(std::string_view name);
bool isFloat(DType dtype);

/// A dense row-major tensor that owns memory aligned to 64 bytes.
class HostTensor {
public:
  HostTensor() = default;
  /// Zeros. Fails when the size does not fit the address space.
  static Result<HostTensor> create(DType dtype, std::vector<int64_t> shape);

  DType getDType() const { return dtype; }
  const std::vector<int64_t> &getShape() const { return shape; }
  int64_t getNumElements() const { return numElements; }
  size_t getNumBytes() const { return numElements * getInfo(dtype).bytes; }
  void *getData() { return data.get(); }
  const void *getData() const { return data.get(); }
  /// Element `index` in row-major order.
  double get(int64_t index) const;
  void set(int64_t index, double value);
  /// A view for the C ABI; valid while this tensor lives and keeps its shape.
  DLTensor getView();
  /// "tensor<2x3xf32>".
  std::string describe() const;

private:
  struct Free {
    void operator()(void *pointer) const;
  };
  DType dtype = DType::f32;
  std::vector<int64_t> shape;
  int64_t numElements = 0;
  std::unique_ptr<void, Free> data;
};

float toFloat(uint16_t bits, DType dtype);    ///< f16 or bf16 to f32
uint16_t fromFloat(float value, DType dtype); ///< round to nearest even

/// Where two tensors differ most. NaN equals NaN, and infinity itself.
struct Difference {
  double maxAbsolute = 0; ///< over all elements
  /// The largest |a - b| / (1 + |b|): within tolerance when at most it.
  double maxScaled = 0;
  int64_t worst = -1;     ///< index of the largest scaled difference
  int64_t mismatches = 0; ///< elements where one is NaN or infinite, not both
};

/// Compares element by element; fails where shapes differ.
Result<Difference> compare(const HostTensor &actual,
                           const HostTensor &expected);

} // namespace whorl

#endif // WHORL_RUNTIME_HOSTTENSOR_H
