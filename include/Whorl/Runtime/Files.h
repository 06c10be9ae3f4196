//===- Files.h - tensors in files and from descriptions ---------*- C++ -*-===//
#ifndef WHORL_RUNTIME_FILES_H
#define WHORL_RUNTIME_FILES_H

#include "Whorl/Runtime/HostTensor.h"
#include <string>

namespace whorl {

/// Writes `bytes` to `path` by way of a temporary file beside it: the file
/// appears complete or not at all, and a directory is never replaced.
Status writeFileAtomically(const std::string &path, std::string_view bytes);

/// Whether a file may appear at `path`: neither a directory, nor in a folder
/// that is missing or closed. Creates nothing.
Status checkWritable(const std::string &path);

/// Reads a NumPy .npy file, versions 1 to 3, C order, little-endian. bf16,
/// which NumPy does not have, is stored as raw two-byte elements ('|V2').
Result<HostTensor> readNpy(const std::string &path);
Status writeNpy(const std::string &path, const HostTensor &tensor);

/// Draws a tensor [H,W], [N,H,W] or [A,B,H,W] as grey tiles: N tiles in rows of
/// about sqrt(N), or A rows of B tiles. [-1, 1] maps to black and white; other
/// ranges are stretched from least to largest value. Small tiles are magnified.
Status writePng(const std::string &path, const HostTensor &tensor);

/// Makes a tensor from a description:
///   FILE.npy
///   random:SHAPExDTYPE[:SEED]        floats: uniform in [-2, 2); integers: in
///                                    [-8, 8); u8: in [0, 16); i1: either
///   randint:SHAPExDTYPE:HIGH[:SEED]  integers in [0, HIGH)
///   zeros:SHAPExDTYPE, iota:SHAPExDTYPE
///   scalar:VALUE                     a rank-0 tensor of `expected` type
/// Draws are a function of seed and element index alone.
Result<HostTensor> readInput(const std::string &text, DType expected);

} // namespace whorl

#endif // WHORL_RUNTIME_FILES_H
