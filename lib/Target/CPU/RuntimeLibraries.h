//===- RuntimeLibraries.h - libraries that code calls -----------*- C++ -*-===//
#ifndef WHORL_LIB_TARGET_CPU_RUNTIMELIBRARIES_H
#define WHORL_LIB_TARGET_CPU_RUNTIMELIBRARIES_H

#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace whorl {

/// The full path of a library with the file name `name`, where this machine
/// keeps libraries.
std::optional<std::string> findLibrary(llvm::StringRef name);

/// LLVM's OpenMP run time.
std::optional<std::string> findOpenMP();

/// Whether an object refers to the OpenMP run time.
bool callsOpenMP(llvm::StringRef object);

inline constexpr const char *kOpenMPCure =
    "libomp.so.5 was not found; install libomp-dev, or compile with "
    "--threads=1";

} // namespace whorl

#endif // WHORL_LIB_TARGET_CPU_RUNTIMELIBRARIES_H
