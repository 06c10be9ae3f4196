//===- RuntimeLibraries.cpp - libraries that code calls -------------------===//
#include "RuntimeLibraries.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

static const char *const kDirectories[] = {"/lib/x86_64-linux-gnu",
                                           "/usr/lib/x86_64-linux-gnu",
                                           "/lib/aarch64-linux-gnu",
                                           "/usr/lib/aarch64-linux-gnu",
                                           "/lib64",
                                           "/usr/lib64",
                                           "/usr/local/lib",
                                           "/usr/lib",
                                           "/usr/lib/llvm-22/lib",
                                           "/usr/lib/llvm-14/lib"};

std::optional<std::string> whorl::findLibrary(llvm::StringRef name) {
  for (const char *directory : kDirectories) {
    llvm::SmallString<128> path(directory);
    llvm::sys::path::append(path, name);
    if (llvm::sys::fs::exists(path))
      return path.str().str();
  }
  return std::nullopt;
}

std::optional<std::string> whorl::findOpenMP() {
  for (const char *name : {"libomp.so.5", "libomp.so"})
    if (std::optional<std::string> path = findLibrary(name))
      return path;
  return std::nullopt;
}

bool whorl::callsOpenMP(llvm::StringRef object) {
  auto file = llvm::object::ObjectFile::createObjectFile(
      llvm::MemoryBufferRef(object, "object"));
  if (!file) {
    llvm::consumeError(file.takeError());
    return false;
  }
  for (const llvm::object::SymbolRef &symbol : (*file)->symbols()) {
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (!name) {
      llvm::consumeError(name.takeError());
      continue;
    }
    if (name->starts_with("__kmpc_"))
      return true;
  }
  return false;
}
