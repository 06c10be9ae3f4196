//===- PeaksMemory.cpp - how fast this core reaches memory ----------------===//
//
// One stream of plain loads is far from what a core can read (half of it on the
// Zen 3 this was written on): misses of one page follow each other, and the
// prefetchers stop at its end. Four to eight streams in different pages keep
// more of them under way. How many, and whether prefetches of our own help,
// differs from core to core, so all are tried and the best counts.
//
//===----------------------------------------------------------------------===//

#include "PeakKernels.h"
#include "Whorl/Runtime/Peaks.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

using namespace whorl;

namespace {
typedef int64_t Vector2 __attribute__((vector_size(16)));
typedef int64_t Vector4 __attribute__((vector_size(32)));
typedef int64_t Vector8 __attribute__((vector_size(64)));
constexpr size_t kLine = 64;

/// Memory on large pages where the system has them, so that the look-up of
/// addresses is no part of what is measured.
class Pages {
public:
  explicit Pages(size_t bytes)
      : bytes(bytes),
        data(static_cast<char *>(std::aligned_alloc(size_t(2) << 20, bytes))) {
    if (!data)
      std::abort();
    madvise(data, bytes, MADV_HUGEPAGE);
    std::memset(data, 1, bytes);
  }
  ~Pages() { std::free(data); }
  Pages(const Pages &) = delete;
  Pages &operator=(const Pages &) = delete;
  char *get() const { return data; }
  size_t size() const { return bytes; }

private:
  size_t bytes;
  char *data;
};

/// Moves `bytes` bytes once through the core.
struct MemoryKernel {
  void (*run)(char *to, const char *from, size_t bytes);
};
} // namespace

// `ahead` is how many bytes to prefetch ahead, 0 for not at all.
template <typename Vector, size_t streams, size_t ahead>
[[gnu::always_inline]] static inline void readLines(const char *from,
                                                    size_t bytes) {
  constexpr size_t parts = kLine / sizeof(Vector);
  Vector sums[4] = {};
  size_t length = bytes / streams / kLine * kLine;
  for (size_t i = 0; i < length; i += kLine) {
#pragma clang loop unroll(full)
    for (size_t s = 0; s < streams; ++s) {
      const char *line = from + s * length + i;
      if (ahead)
        __builtin_prefetch(line + ahead);
#pragma clang loop unroll(full)
      for (size_t part = 0; part < parts; ++part)
        sums[(s * parts + part) % 4] |=
            reinterpret_cast<const Vector *>(line)[part];
    }
  }
  __asm__ volatile("" ::"r"(sums) : "memory"); // as if somebody read them
}

/// Stores go past the caches, which would read each line before it is written.
template <typename Vector, size_t streams>
[[gnu::always_inline]] static inline void copyLines(char *to, const char *from,
                                                    size_t bytes) {
  constexpr size_t parts = kLine / sizeof(Vector);
  size_t length = bytes / streams / kLine * kLine;
  for (size_t i = 0; i < length; i += kLine) {
#pragma clang loop unroll(full)
    for (size_t s = 0; s < streams; ++s) {
      size_t line = s * length + i;
#pragma clang loop unroll(full)
      for (size_t part = 0; part < parts; ++part)
        __builtin_nontemporal_store(
            reinterpret_cast<const Vector *>(from + line)[part],
            reinterpret_cast<Vector *>(to + line) + part);
    }
  }
  __builtin_ia32_sfence();
}

static void copyByLibrary(char *to, const char *from, size_t bytes) {
  std::memcpy(to, from, bytes);
  __asm__ volatile("" ::"r"(to) : "memory");
}

namespace {
/// The kernels for one width of vectors.
struct SSE2 {
  template <size_t streams, size_t ahead>
  static void read(char *, const char *from, size_t bytes) {
    readLines<Vector2, streams, ahead>(from, bytes);
  }
  template <size_t streams>
  static void copy(char *to, const char *from, size_t bytes) {
    copyLines<Vector2, streams>(to, from, bytes);
  }
};

struct AVX2 {
  template <size_t streams, size_t ahead>
  __attribute__((target("avx2"))) static void read(char *, const char *from,
                                                   size_t bytes) {
    readLines<Vector4, streams, ahead>(from, bytes);
  }
  template <size_t streams>
  __attribute__((target("avx2"))) static void copy(char *to, const char *from,
                                                   size_t bytes) {
    copyLines<Vector4, streams>(to, from, bytes);
  }
};

struct AVX512 {
  template <size_t streams, size_t ahead>
  __attribute__((target("avx512f"))) static void read(char *, const char *from,
                                                      size_t bytes) {
    readLines<Vector8, streams, ahead>(from, bytes);
  }
  template <size_t streams>
  __attribute__((target("avx512f"))) static void
  copy(char *to, const char *from, size_t bytes) {
    copyLines<Vector8, streams>(to, from, bytes);
  }
};

struct MemoryKernels {
  std::vector<MemoryKernel> read, copy;
};
} // namespace

template <typename Width> static MemoryKernels collectKernels() {
  return {{{Width::template read<4, 0>},
           {Width::template read<1, 0>},
           {Width::template read<2, 0>},
           {Width::template read<5, 0>},
           {Width::template read<8, 0>},
           {Width::template read<10, 0>},
           {Width::template read<1, 512>},
           {Width::template read<8, 512>}},
          {{copyByLibrary},
           {Width::template copy<1>},
           {Width::template copy<2>},
           {Width::template copy<4>}}};
}

static MemoryKernels getKernels() {
  if (__builtin_cpu_supports("avx512f"))
    return collectKernels<AVX512>();
  if (__builtin_cpu_supports("avx2"))
    return collectKernels<AVX2>();
  return collectKernels<SSE2>();
}

/// The shortest time of any of the kernels: each once, the best more often.
static double findShortest(const std::vector<MemoryKernel> &kernels,
                           const Pages &to, const Pages &from) {
  auto time = [&](const MemoryKernel &kernel) {
    double start = getPeakSeconds();
    kernel.run(to.get(), from.get(), from.size());
    return getPeakSeconds() - start;
  };
  std::vector<std::pair<double, const MemoryKernel *>> order;
  order.reserve(kernels.size());
  for (const MemoryKernel &kernel : kernels)
    order.emplace_back(time(kernel), &kernel);
  std::sort(order.begin(), order.end());
  double shortest = order.front().first;
  for (size_t i = 0; i < std::min<size_t>(3, order.size()); ++i)
    for (int run = 0; run < 6; ++run)
      shortest = std::min(shortest, time(*order[i].second));
  return shortest;
}

/// Bytes of the last-level cache; 0 where the system does not say.
static size_t getCacheBytes() {
  long bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);
  return bytes > 0 ? static_cast<size_t>(bytes) : 0;
}

/// A multiple of what large pages, streams and lines take.
static size_t roundUp(size_t bytes) {
  constexpr size_t unit = size_t(2) << 20;
  return (bytes + unit - 1) / unit * unit;
}

Peaks whorl::measureMemory() {
  // Beyond any last-level cache that one core gets to itself.
  size_t bytes = roundUp(std::clamp<size_t>(
      3 * getCacheBytes(), size_t(192) << 20, size_t(1) << 30));
  Pages from(bytes), to(bytes);
  MemoryKernels kernels = getKernels();
  Peaks peaks;
  double size = static_cast<double>(bytes) * 1e-9;
  peaks.readGBs = size / findShortest(kernels.read, to, from);
  peaks.copyGBs = 2 * size / findShortest(kernels.copy, to, from);
  return peaks;
}

struct CacheEvictor::Buffer {
  Pages pages{roundUp(std::max<size_t>(2 * getCacheBytes(), size_t(64) << 20))};
};

CacheEvictor::CacheEvictor() : buffer(std::make_unique<Buffer>()) {}
CacheEvictor::~CacheEvictor() = default;

// By reading: lines that were written would be under way to memory while the
// next thing is measured.
void CacheEvictor::evict() {
  const Pages &pages = buffer->pages;
  getKernels().read.front().run(nullptr, pages.get(), pages.size());
}
