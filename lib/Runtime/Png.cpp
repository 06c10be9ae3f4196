//===- Png.cpp - tensors as pictures --------------------------------------===//

#include "Whorl/Runtime/Files.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <png.h>

using namespace whorl;

namespace {
/// How tiles lie in the picture.
struct Tiling {
  int64_t rows, columns, height, width, scale;
  int64_t getPictureHeight() const { return rows * (height * scale + 1) + 1; }
  int64_t getPictureWidth() const { return columns * (width * scale + 1) + 1; }
};
} // namespace

static Result<Tiling> getTiling(const HostTensor &tensor) {
  std::vector<int64_t> shape = tensor.getShape();
  if (shape.size() < 2 || shape.size() > 4 || tensor.getNumElements() == 0)
    return Failure{fmt::format("cannot draw {}: expected a tensor of rank 2 to "
                               "4 that is not empty",
                               tensor.describe())};
  Tiling tiling{1, 1, shape[shape.size() - 2], shape.back(), 1};
  if (shape.size() == 3) {
    tiling.columns = static_cast<int64_t>(
        std::ceil(std::sqrt(static_cast<double>(shape[0]))));
    tiling.rows = (shape[0] + tiling.columns - 1) / tiling.columns;
  } else if (shape.size() == 4) {
    tiling.rows = shape[0];
    tiling.columns = shape[1];
  }
  // Tiles of at least 32 pixels can be looked at.
  tiling.scale = std::max<int64_t>(
      1, 32 / std::max<int64_t>(1, std::max(tiling.height, tiling.width)));
  if (std::max(tiling.getPictureHeight(), tiling.getPictureWidth()) > 32768)
    return Failure{fmt::format("cannot draw {}: the picture would be {} x {}",
                               tensor.describe(), tiling.getPictureWidth(),
                               tiling.getPictureHeight())};
  return tiling;
}

/// The values that become black and white.
static std::pair<double, double> getRange(const HostTensor &tensor) {
  double low = INFINITY, high = -INFINITY;
  for (int64_t i = 0; i < tensor.getNumElements(); ++i)
    if (double value = tensor.get(i); std::isfinite(value)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  // Pictures in [-1, 1], a little beyond included, keep their scale.
  if (low >= -1.25 && high <= 1.25 && low < 0)
    return {-1.0, 1.0};
  return {low, high > low ? high : low + 1.0};
}

static std::vector<uint8_t> drawPixels(const HostTensor &tensor,
                                       const Tiling &tiling) {
  auto [low, high] = getRange(tensor);
  int64_t pictureWidth = tiling.getPictureWidth();
  std::vector<uint8_t> pixels(tiling.getPictureHeight() * pictureWidth, 96);
  int64_t size = tiling.height * tiling.width;
  for (int64_t i = 0; i < tensor.getNumElements(); ++i) {
    int64_t tile = i / size, y = i % size / tiling.width, x = i % tiling.width;
    double value = (tensor.get(i) - low) / (high - low);
    value = std::isnan(value) ? 0.0 : std::clamp(value, 0.0, 1.0);
    auto grey = static_cast<uint8_t>(std::lround(value * 255.0));
    int64_t top =
        tile / tiling.columns * (tiling.height * tiling.scale + 1) + 1;
    int64_t left =
        tile % tiling.columns * (tiling.width * tiling.scale + 1) + 1;
    for (int64_t dy = 0; dy < tiling.scale; ++dy)
      for (int64_t dx = 0; dx < tiling.scale; ++dx)
        pixels[(top + y * tiling.scale + dy) * pictureWidth + left +
               x * tiling.scale + dx] = grey;
  }
  return pixels;
}

Status whorl::writePng(const std::string &path, const HostTensor &tensor) {
  Result<Tiling> tiling = getTiling(tensor);
  if (!tiling)
    return Failure{tiling.error()};
  std::vector<uint8_t> pixels = drawPixels(tensor, *tiling);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<uint32_t>(tiling->getPictureWidth());
  image.height = static_cast<uint32_t>(tiling->getPictureHeight());
  image.format = PNG_FORMAT_GRAY;
  png_alloc_size_t size = 0;
  if (!png_image_write_get_memory_size(image, size, 0, pixels.data(), 0,
                                       nullptr))
    return Failure{fmt::format("cannot draw '{}': {}", path, image.message)};
  std::string bytes(size, '\0');
  if (!png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(),
                                 0, nullptr))
    return Failure{fmt::format("cannot draw '{}': {}", path, image.message)};
  bytes.resize(size);
  return writeFileAtomically(path, bytes);
}
