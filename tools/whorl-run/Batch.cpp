//===- Batch.cpp - many runs of one file ----------------------------------===//
//
// A line of a batch file is one run: the entry, then its inputs, then any
// number of `expect=FILE.npy[:TOLERANCE]`, `check` or `check=TOLERANCE`, all
// separated by blanks; `#` starts a comment. The file is compiled once.
//
//===----------------------------------------------------------------------===//

#include "Runner.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include <fmt/format.h>

using namespace whorl;

namespace {
struct BatchLine {
  std::string entry;
  std::vector<std::string> inputs, expected;
  std::optional<std::string> check;
};
} // namespace

static std::optional<BatchLine> parseLine(llvm::StringRef text,
                                          const RunOptions &options) {
  llvm::SmallVector<llvm::StringRef> words;
  llvm::SplitString(text.split('#').first, words);
  if (words.empty())
    return std::nullopt;
  BatchLine line;
  line.entry = words[0].str();
  line.check = options.check;
  for (llvm::StringRef word : llvm::ArrayRef(words).drop_front()) {
    if (word.consume_front("expect="))
      line.expected.push_back(word.str());
    else if (word == "check")
      line.check = "";
    else if (word.consume_front("check="))
      line.check = word.str();
    else
      line.inputs.push_back(word.str());
  }
  return line;
}

static llvm::Error runLine(Program &program, const BatchLine &line,
                           bool useReference) {
  llvm::Expected<const Signature *> signature =
      program.getCompilation().findEntry(line.entry);
  if (!signature)
    return signature.takeError();
  llvm::Expected<std::vector<HostTensor>> inputs =
      readInputs(**signature, line.inputs);
  if (!inputs)
    return inputs.takeError();
  llvm::Expected<std::vector<ExpectedOutput>> expected =
      readExpected(**signature, line.expected);
  if (!expected)
    return expected.takeError();
  llvm::Expected<LoadedCode *> code = program.getCode(useReference);
  if (!code)
    return code.takeError();
  llvm::Expected<Call> call = Call::prepare(**code, **signature, *inputs);
  if (!call)
    return call.takeError();
  if (llvm::Error error = call->run())
    return error;
  if (llvm::Error error =
          checkExpected(**signature, call->getOutputs(), *expected))
    return error;
  if (!line.check)
    return llvm::Error::success();
  llvm::Expected<std::optional<double>> tolerance = parseTolerance(*line.check);
  if (!tolerance)
    return tolerance.takeError();
  return checkAgainstReference(program, **signature, *inputs,
                               call->getOutputs(), *tolerance)
      .takeError();
}

/// The command that repeats a line alone.
static std::string getReproducer(const BatchLine &line,
                                 const std::string &path) {
  std::string command =
      fmt::format("whorl-run {} --entry={}", path, line.entry);
  for (const std::string &input : line.inputs)
    command += " --input=" + input;
  for (const std::string &expected : line.expected)
    command += " --expected=" + expected;
  if (line.check)
    command += line.check->empty() ? " --check" : " --check=" + *line.check;
  return command;
}

int whorl::runBatch(Program &program, const RunOptions &options,
                    const CommandLine &commandLine) {
  auto buffer = llvm::MemoryBuffer::getFile(options.batch);
  if (!buffer)
    return commandLine.fail(fmt::format("cannot read '{}': {}", options.batch,
                                        buffer.getError().message()));
  llvm::SmallVector<llvm::StringRef> lines;
  (*buffer)->getBuffer().split(lines, '\n');
  unsigned passed = 0, failed = 0;
  for (llvm::StringRef text : lines) {
    std::optional<BatchLine> line = parseLine(text, options);
    if (!line)
      continue;
    llvm::Error error = runLine(program, *line, options.useReference);
    if (!error) {
      ++passed;
      continue;
    }
    ++failed;
    fmt::print("{}: {}\n  reproduce: {}\n", line->entry,
               llvm::toString(std::move(error)),
               getReproducer(*line, program.getCompilation().getPath()));
    std::fflush(stdout);
  }
  fmt::print("{} passed, {} failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
