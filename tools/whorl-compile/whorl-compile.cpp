//===- whorl-compile.cpp - from a graph to a library ----------------------===//

#include "Header.h"
#include "Whorl/Driver/Compilation.h"
#include "Whorl/Runtime/Files.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <fmt/format.h>

using namespace whorl;

namespace {
enum class Emit { mlir, llvm, assembly, object, shared };

struct Options {
  std::string output, emit, header, target = "host", threads = "0";
  std::string printAfterStage, schedules;
};
} // namespace

static CommandLine getCommandLine(Options &o) {
  CommandLine line("whorl-compile",
                   "whorl-compile IN.mlir [-o OUT] [--emit=KIND] [--header=H]\n"
                   "Compiles a graph to a library with a C function for each "
                   "public function.");
  line.group("What to write");
  line.option("o", o.output, "OUT",
              "the file; - is standard output (text only)");
  line.option(
      "emit", o.emit, "KIND",
      "mlir, llvm, asm, obj or shared; by the ending of OUT when left out");
  line.option("header", o.header, "H", "a C header with the prototypes");
  line.group("How to compile");
  line.option("target", o.target, "CPU",
              "host (default), x86-64-v3, znver5, ...");
  line.option("threads", o.threads, "N",
              "1: no OpenMP; 0 (default): OpenMP decides at run time");
  line.option("schedules", o.schedules, "FILE",
              "schedules that whorl-bench --tune measured");
  line.option("print-after-stage", o.printAfterStage, "STAGE",
              "simplify, fuse, plan, bufferise, lower or finish");
  return line;
}

static llvm::Error fail(const std::string &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 llvm::Twine(message));
}

static llvm::Expected<Emit> parseEmit(const Options &o) {
  if (o.emit == "ptx" || o.emit == "cubin")
    return fail(
        fmt::format("--emit={} needs a GPU target, which Whorl does not "
                    "have yet; use mlir, llvm, asm, obj or shared",
                    o.emit));
  llvm::StringRef kind = o.emit;
  if (kind.empty())
    kind = llvm::StringSwitch<llvm::StringRef>(
               llvm::sys::path::extension(o.output))
               .Case(".so", "shared")
               .Case(".o", "obj")
               .Case(".s", "asm")
               .Case(".ll", "llvm")
               .Case(".mlir", "mlir")
               .Default("");
  if (kind.empty() && !o.output.empty())
    return fail(fmt::format("cannot tell what to write from the name '{}'; add "
                            "--emit=mlir, llvm, asm, obj or shared",
                            o.output));
  std::optional<Emit> emit = llvm::StringSwitch<std::optional<Emit>>(kind)
                                 .Case("mlir", Emit::mlir)
                                 .Case("llvm", Emit::llvm)
                                 .Case("asm", Emit::assembly)
                                 .Case("obj", Emit::object)
                                 .Cases({"shared", ""}, Emit::shared)
                                 .Default(std::nullopt);
  if (!emit)
    return fail(fmt::format("expected --emit=mlir, llvm, asm, obj or shared, "
                            "got '{}'",
                            o.emit));
  return *emit;
}

static std::string getDefaultOutput(const std::string &input, Emit emit) {
  const char *endings[] = {".out.mlir", ".ll", ".s", ".o", ".so"};
  std::string stem = input == "-" ? "out" : llvm::sys::path::stem(input).str();
  if (emit == Emit::shared)
    stem = "lib" + stem;
  return stem + endings[static_cast<size_t>(emit)];
}

static llvm::Error writeText(const std::string &path, llvm::StringRef text) {
  if (path == "-") {
    llvm::outs() << text;
    return llvm::Error::success();
  }
  Status status = writeFileAtomically(path, {text.data(), text.size()});
  return status ? llvm::Error::success() : fail(status.error());
}

static llvm::Error emitTo(Compilation &compilation, Emit emit,
                          const CompileSettings &settings,
                          const std::string &output) {
  auto module = compilation.run(settings);
  if (!module)
    return module.takeError();
  if (emit == Emit::mlir) {
    std::string text;
    llvm::raw_string_ostream(text) << **module << "\n";
    return writeText(output, text);
  }
  CodeFormat format = emit == Emit::llvm       ? CodeFormat::llvmIR
                      : emit == Emit::assembly ? CodeFormat::assembly
                                               : CodeFormat::object;
  llvm::Expected<std::string> code = emitCode(**module, format);
  if (!code)
    return code.takeError();
  if (emit == Emit::shared)
    return linkSharedLibrary(*code, output);
  return writeText(output, *code);
}

/// Refuses what cannot be written before time is spent on compiling.
static llvm::Error checkOutput(const std::string &input, Emit emit,
                               const std::string &output) {
  if (output == "-")
    return emit == Emit::object || emit == Emit::shared
               ? fail("machine code does not go to standard output; name a "
                      "file with -o")
               : llvm::Error::success();
  if (llvm::sys::fs::equivalent(input, output))
    return fail(fmt::format("cannot write '{}': it is the input", output));
  Status status = checkWritable(output);
  return status ? llvm::Error::success() : fail(status.error());
}

static llvm::Error checkHeader(const std::string &input,
                               const std::string &header,
                               const std::string &output) {
  if (header == output)
    return fail(fmt::format(
        "cannot write '{}': it is the output of -o, too; name another file",
        header));
  return checkOutput(input, Emit::mlir, header);
}

static llvm::Error compile(const std::string &input, const Options &o) {
  llvm::Expected<Emit> emit = parseEmit(o);
  if (!emit)
    return emit.takeError();
  llvm::Expected<CompileSettings> settings =
      parseSettings(o.target, o.threads, o.printAfterStage);
  if (!settings)
    return settings.takeError();
  settings->schedules = o.schedules;
  std::string output =
      o.output.empty() ? getDefaultOutput(input, *emit) : o.output;
  if (llvm::Error error = checkOutput(input, *emit, output))
    return error;
  if (!o.header.empty())
    if (llvm::Error error = checkHeader(input, o.header, output))
      return error;
  auto compilation = Compilation::parse(input);
  if (!compilation)
    return compilation.takeError();
  if (llvm::Error error = emitTo(**compilation, *emit, *settings, output))
    return error;
  if (o.header.empty())
    return llvm::Error::success();
  return writeText(o.header,
                   writeHeader(o.header, (*compilation)->getSignatures()));
}

int main(int argc, char **argv) {
  Options options;
  CommandLine line = getCommandLine(options);
  int exitCode;
  std::optional<std::vector<std::string>> files =
      line.parse(argc, argv, exitCode);
  if (!files)
    return exitCode;
  if (files->size() != 1)
    return line.fail(fmt::format("expected one input file, got {}; see --help",
                                 files->size()));
  if (llvm::Error error = compile(files->front(), options))
    return line.fail(llvm::toString(std::move(error)));
  return 0;
}
