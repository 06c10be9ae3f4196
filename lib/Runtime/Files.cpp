//===- Files.cpp - files that appear complete or not at all ---------------===//

#include "Whorl/Runtime/Files.h"
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

using namespace whorl;

Status whorl::checkWritable(const std::string &path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code))
    return Failure{fmt::format("cannot write '{}': it is a directory; name a "
                               "file in it",
                               path)};
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty())
    folder = ".";
  if (!std::filesystem::is_directory(folder, code))
    return Failure{fmt::format("cannot write '{}': there is no folder '{}'",
                               path, folder)};
  if (access(folder.c_str(), W_OK) != 0)
    return Failure{
        fmt::format("cannot write '{}': {}", path, std::strerror(errno))};
  return {};
}

Status whorl::writeFileAtomically(const std::string &path,
                                  std::string_view bytes) {
  if (Status status = checkWritable(path); !status)
    return status;
  std::string temporary = fmt::format("{}.{}.tmp", path, getpid());
  std::FILE *file = std::fopen(temporary.c_str(), "wb");
  if (!file)
    return Failure{
        fmt::format("cannot write '{}': {}", path, std::strerror(errno))};
  bool isWritten =
      std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  int reason = errno;
  bool isClosed = std::fclose(file) == 0;
  if (isWritten && !isClosed)
    reason = errno;
  if (isWritten && isClosed &&
      std::rename(temporary.c_str(), path.c_str()) == 0)
    return {};
  if (isWritten && isClosed)
    reason = errno;
  std::remove(temporary.c_str());
  return Failure{
      fmt::format("cannot write '{}': {}", path, std::strerror(reason))};
}
