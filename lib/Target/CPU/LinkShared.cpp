//===- LinkShared.cpp - objects to shared libraries -----------------------===//
#include "RuntimeLibraries.h"
#include "Whorl/Target/CPUCode.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace whorl;

/// The linker to call: LLVM's, the system's, or the system's C compiler.
static llvm::Expected<std::string> findLinker() {
  for (const char *name : {"ld.lld-22", "ld.lld", "ld", "cc"})
    if (llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName(name))
      return *path;
  return llvm::createStringError(
      "no linker found (ld.lld-22, ld.lld, ld, cc); install lld-22, or use "
      "--emit=obj");
}

static llvm::Error collectLibraries(llvm::StringRef object,
                                    std::vector<std::string> &arguments) {
  // Only those that are needed end up in the library's list.
  for (const char *name : {"libm.so.6", "libc.so.6", "libgcc_s.so.1"})
    if (std::optional<std::string> path = findLibrary(name))
      arguments.push_back(*path);
  if (!callsOpenMP(object))
    return llvm::Error::success();
  std::optional<std::string> openMP = findOpenMP();
  if (!openMP)
    return llvm::createStringError(kOpenMPCure);
  arguments.push_back(*openMP);
  return llvm::Error::success();
}

/// The linker's first complaint, for the error.
static std::string readFirstLine(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().split('\n').first.str() : "";
}

static llvm::Error createTemporary(llvm::StringRef suffix,
                                   llvm::SmallString<128> &path) {
  if (std::error_code code =
          llvm::sys::fs::createTemporaryFile("whorl", suffix, path))
    return llvm::createStringError("no temporary file can be created: " +
                                   code.message());
  return llvm::Error::success();
}

static llvm::Error writeFile(llvm::StringRef path, llvm::StringRef bytes) {
  std::error_code code;
  llvm::raw_fd_ostream stream(path, code);
  if (!code) {
    stream << bytes;
    stream.close();
    code = stream.error();
    stream.clear_error();
  }
  if (code)
    return llvm::createStringError("cannot write '" + path +
                                   "': " + code.message());
  return llvm::Error::success();
}

static std::vector<std::string> getLinkerCommand(llvm::StringRef linker,
                                                 llvm::StringRef input,
                                                 llvm::StringRef output,
                                                 llvm::StringRef name) {
  bool isCompiler = llvm::sys::path::filename(linker) == "cc";
  std::vector<std::string> arguments = {linker.str(), "-shared", "-o",
                                        output.str(), input.str()};
  std::string soname = ("-soname=" + llvm::sys::path::filename(name)).str();
  for (llvm::StringRef flag :
       {llvm::StringRef("--as-needed"), llvm::StringRef("--gc-sections"),
        llvm::StringRef("--no-undefined"), llvm::StringRef("-znoexecstack"),
        llvm::StringRef(soname)})
    arguments.push_back(((isCompiler ? "-Wl," : "") + flag).str());
  return arguments;
}

llvm::Error whorl::linkSharedLibrary(llvm::StringRef object,
                                     llvm::StringRef path) {
  llvm::Expected<std::string> linker = findLinker();
  if (!linker)
    return linker.takeError();
  llvm::SmallString<128> input, log;
  // The library is linked beside its place and renamed, so that it is never
  // seen half-written.
  std::string output =
      (path + ".tmp" + llvm::Twine(llvm::sys::Process::getProcessId())).str();
  llvm::FileRemover removeOutput(output);
  if (llvm::Error error = createTemporary("o", input))
    return error;
  llvm::FileRemover removeInput(input);
  if (llvm::Error error = createTemporary("log", log))
    return error;
  llvm::FileRemover removeLog(log);
  if (llvm::Error error = writeFile(input, object))
    return error;
  // The linker's own complaint about a place that nobody may write to would
  // name the temporary file.
  if (llvm::Error error = writeFile(output, "")) {
    llvm::consumeError(std::move(error));
    return llvm::createStringError("cannot write '" + path +
                                   "': its folder takes no files");
  }

  std::vector<std::string> arguments =
      getLinkerCommand(*linker, input, output, path);
  if (llvm::Error error = collectLibraries(object, arguments))
    return error;
  llvm::SmallVector<llvm::StringRef> references(arguments.begin(),
                                                arguments.end());
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(), log.str(),
                                                log.str()};
  std::string message;
  int result = llvm::sys::ExecuteAndWait(*linker, references, std::nullopt,
                                         redirects, 0, 0, &message);
  if (result != 0)
    return llvm::createStringError(*linker + " failed: " + message +
                                   readFirstLine(log));
  if (std::error_code code = llvm::sys::fs::rename(output, path))
    return llvm::createStringError("cannot write '" + path +
                                   "': " + code.message());
  return llvm::Error::success();
}
