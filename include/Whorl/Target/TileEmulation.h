//===- TileEmulation.h - AMX on machines without it -------------*- C++ -*-===//
#ifndef WHORL_TARGET_TILEEMULATION_H
#define WHORL_TARGET_TILEEMULATION_H

#include <cstdint>

namespace whorl {

/// The tile registers of one thread, in memory, and their instructions as
/// Intel's manual describes them. What would fault there ends the process with
/// a message.
class TileFile {
public:
  /// ldtilecfg: 64 bytes; clears all tiles.
  void configure(const void *memory);
  /// tilerelease: no tile is configured.
  void release();
  /// tilezero.
  void zero(unsigned tile);
  /// tileloadd and tilestored: rows `stride` bytes apart; what a tile has
  /// beyond its configured rows and bytes becomes 0.
  void load(unsigned tile, const void *memory, int64_t stride);
  void store(unsigned tile, void *memory, int64_t stride) const;
  /// tdpbf16ps: sum += x * y. Products of even and of odd elements are summed
  /// apart by fused multiply-adds and then together; denormals are zero.
  void multiplyAddBF16(unsigned sum, unsigned x, unsigned y);

private:
  static constexpr unsigned kTiles = 8, kRows = 16, kBytes = 64;
  void check(unsigned tile) const;

  unsigned rows[kTiles] = {}, bytes[kTiles] = {}; ///< all 0: not configured
  alignas(64) unsigned char data[kTiles][kRows][kBytes] = {};
};

/// The functions that emulated code calls, on the tiles of the thread, by name.
struct EmulatedFunction {
  const char *name;
  void *address;
};
extern const EmulatedFunction kEmulatedFunctions[6];

} // namespace whorl

#endif // WHORL_TARGET_TILEEMULATION_H
