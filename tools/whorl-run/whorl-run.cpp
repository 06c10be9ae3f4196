//===- whorl-run.cpp - compiles a file and runs one of its functions ------===//

#include "Progress.h"
#include "Runner.h"
#include "Whorl/Runtime/Files.h"
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace whorl;

static CommandLine getCommandLine(RunOptions &o) {
  CommandLine line(
      "whorl-run",
      "whorl-run FILE.mlir [--entry=NAME] [--input=...]... [--output=...]...\n"
      "Compiles a graph, runs a function of it, and says what came out.");
  line.group("What to run");
  line.option("entry", o.entry, "NAME",
              "the public function; the only one when left out");
  line.option("input", o.inputs, "INPUT", "one for each input, in order:");
  line.note("FILE.npy, zeros:SHAPExDTYPE, iota:SHAPExDTYPE, scalar:VALUE,");
  line.note("random:SHAPExDTYPE[:SEED], randint:SHAPExDTYPE:HIGH[:SEED]");
  line.option("output", o.outputs, "FILE",
              "one for each output, in order: .npy, or .png to draw it");
  line.option(
      "batch", o.batch, "FILE",
      "one run a line: ENTRY INPUT... [expect=F.npy[:TOL]] [check[=TOL]]");
  line.group("How to compile");
  line.option("target", o.target, "CPU",
              "host (default), x86-64-v3, znver5, ...");
  line.flag("emulate-instructions", o.emulate,
            "run code for any x86 CPU here, slowly: to test it");
  line.option("threads", o.threads, "N",
              "1: one thread; 0 (default): OpenMP decides");
  line.flag("reference", o.useReference,
            "run the plain loops of the reference instead");
  line.option("schedules", o.schedules, "FILE",
              "schedules that whorl-bench --tune measured");
  line.option("print-after-stage", o.printAfterStage, "STAGE",
              "simplify, fuse, plan, bufferise, lower or finish");
  line.group("What to do with the results");
  line.optional("check", o.check, "TOL",
                "compare with the reference; fail above |a-b|/(1+|b|) = TOL");
  line.option("expected", o.expected, "FILE.npy[:TOL]",
              "compare an output with a file; - skips one");
  line.optional("bench", o.bench, "RUNS", "time it, 10 runs by default");
  line.flag("json", o.json, "print the timing as a JSON object on one line");
  line.flag("progress", o.progress,
            "report each call of a sampled model, terminal or not");
  line.flag("quiet", o.quiet, "print no summary of the outputs");
  return line;
}

static void printSummary(const Signature &signature,
                         llvm::ArrayRef<HostTensor> outputs) {
  for (auto [i, output] : llvm::enumerate(outputs)) {
    double low = INFINITY, high = -INFINITY, sum = 0;
    int64_t numNaN = 0;
    std::vector<std::string> first;
    for (int64_t k = 0; k < output.getNumElements(); ++k) {
      double value = output.get(k);
      numNaN += std::isnan(value);
      low = std::fmin(low, value);
      high = std::fmax(high, value);
      sum += value;
      if (k < 6)
        first.push_back(fmt::format("{:.6g}", value));
    }
    std::string who = describeParameter(false, i, signature.outputs[i]);
    if (numNaN > 0)
      who +=
          fmt::format(" ({} of {} are NaN)", numNaN, output.getNumElements());
    if (numNaN == output.getNumElements())
      low = high = NAN;
    if (output.getNumElements() == 0)
      fmt::print("{}: {}, empty\n", who, output.describe());
    else
      fmt::print("{}: {}, min {:.6g}, max {:.6g}, mean {:.6g}, starts {}\n",
                 who, output.describe(), low, high,
                 sum / static_cast<double>(output.getNumElements()),
                 fmt::join(first, " "));
  }
}

static Status writeOutput(const std::string &path, const HostTensor &tensor) {
  llvm::StringRef name(path);
  if (name.ends_with(".png"))
    return writePng(path, tensor);
  return writeNpy(path, tensor);
}

/// Options that would have no effect.
static std::optional<std::string> checkCombination(const RunOptions &o) {
  if (o.json && !o.bench)
    return "--json prints a timing; add --bench";
  if (!o.batch.empty() &&
      (!o.entry.empty() || !o.inputs.empty() || !o.outputs.empty() ||
       !o.expected.empty() || o.bench))
    return "--batch takes entries, inputs and expected files from its lines "
           "and writes no outputs; leave out --entry, --input, --output, "
           "--expected and --bench";
  return std::nullopt;
}

/// What can be refused before anything is compiled.
static std::optional<std::string> checkOptions(const RunOptions &o,
                                               const Signature &signature) {
  if (o.outputs.size() > signature.outputs.size())
    return fmt::format("'{}' has {} outputs, got {} files for them",
                       signature.function, signature.outputs.size(),
                       o.outputs.size());
  for (const std::string &path : o.outputs)
    if (!llvm::StringRef(path).ends_with(".png") &&
        !llvm::StringRef(path).ends_with(".npy"))
      return fmt::format("cannot write '{}': expected a name that ends in .npy "
                         "or .png",
                         path);
  for (const std::string &path : o.outputs)
    if (Status status = checkWritable(path); !status)
      return status.error();
  if (o.check)
    if (auto tolerance = parseTolerance(*o.check); !tolerance)
      return llvm::toString(tolerance.takeError());
  if (o.bench)
    if (auto runs = parseRuns(*o.bench); !runs)
      return llvm::toString(runs.takeError());
  return std::nullopt;
}

static llvm::Error runOnce(Program &program, const Signature &signature,
                           std::vector<HostTensor> &inputs,
                           llvm::ArrayRef<ExpectedOutput> expected,
                           const RunOptions &o) {
  llvm::Expected<LoadedCode *> code = program.getCode(o.useReference);
  if (!code)
    return code.takeError();
  llvm::Expected<Call> call = Call::prepare(**code, signature, inputs);
  if (!call)
    return call.takeError();
  {
    ProgressLine line(o.progress);
    if (llvm::Error error = call->run(ProgressLine::report, &line))
      return error;
  }
  for (size_t i = 0; i < o.outputs.size(); ++i)
    if (Status status = writeOutput(o.outputs[i], call->getOutputs()[i]);
        !status)
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     llvm::Twine(status.error()));
  if (!o.quiet && !o.json)
    printSummary(signature, call->getOutputs());
  if (llvm::Error error =
          checkExpected(signature, call->getOutputs(), expected))
    return error;
  if (o.check) {
    llvm::Expected<std::optional<double>> tolerance = parseTolerance(*o.check);
    if (!tolerance)
      return tolerance.takeError();
    llvm::Expected<double> difference = checkAgainstReference(
        program, signature, inputs, call->getOutputs(), *tolerance);
    if (!difference)
      return difference.takeError();
    if (!o.json)
      fmt::print("agrees with the reference: largest |a-b|/(1+|b|) is {:.3g}\n",
                 *difference);
  }
  if (!o.bench)
    return llvm::Error::success();
  llvm::Expected<unsigned> runs = parseRuns(*o.bench);
  if (!runs)
    return runs.takeError();
  return runBench(program, signature, inputs, *call, *runs, o.json);
}

int main(int argc, char **argv) {
  RunOptions o;
  CommandLine line = getCommandLine(o);
  int exitCode;
  std::optional<std::vector<std::string>> files =
      line.parse(argc, argv, exitCode);
  if (!files)
    return exitCode;
  if (files->size() != 1)
    return line.fail(fmt::format("expected one input file, got {}; see --help",
                                 files->size()));
  auto fail = [&](llvm::Error error) {
    return line.fail(llvm::toString(std::move(error)));
  };
  if (auto message = checkCombination(o))
    return line.fail(*message);
  llvm::Expected<CompileSettings> settings =
      parseSettings(o.target, o.threads, o.printAfterStage);
  if (!settings)
    return fail(settings.takeError());
  settings->schedules = o.schedules;
  settings->emulate = o.emulate;
  auto compilation = Compilation::parse(files->front());
  if (!compilation)
    return fail(compilation.takeError());
  Program program(**compilation, *settings);
  if (!o.batch.empty())
    return runBatch(program, o, line);
  auto signature = (*compilation)->findEntry(o.entry);
  if (!signature)
    return fail(signature.takeError());
  if (auto message = checkOptions(o, **signature))
    return line.fail(*message);
  auto inputs = readInputs(**signature, o.inputs);
  if (!inputs)
    return fail(inputs.takeError());
  auto expected = readExpected(**signature, o.expected);
  if (!expected)
    return fail(expected.takeError());
  if (llvm::Error error = runOnce(program, **signature, *inputs, *expected, o))
    return fail(std::move(error));
  return 0;
}
