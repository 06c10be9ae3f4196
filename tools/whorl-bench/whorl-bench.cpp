//===- whorl-bench.cpp - measures cases, compares with earlier runs -------===//

#include "Session.h"
#include "Tuner.h"
#include "Whorl/Runtime/Files.h"
#include <fmt/format.h>

using namespace whorl;

namespace {
struct BenchOptions {
  std::vector<std::string> files, filters;
  std::string target = "host", threads = "1", runs = "11", compare, from;
  std::optional<std::string> json, tune;
  std::string schedules, candidates = "24";
  bool list = false, compileOnly = false;
};

/// What there is to print.
struct Outcome {
  std::vector<CaseResult> results;
  std::optional<Peaks> before, after; ///< of a measurement
};
} // namespace

static llvm::Error fail(const std::string &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 llvm::Twine(message));
}

static CommandLine getCommandLine(BenchOptions &o) {
  CommandLine line("whorl-bench",
                   "whorl-bench CASES.json|DIRECTORY... [--filter=...]...\n"
                   "Measures cases by turns, beside the peaks of the machine.");
  line.group("What to measure");
  line.option("filter", o.filters, "REGEX",
              "cases with this tag, or a name that matches; all must hold");
  line.flag("list", o.list, "print the cases, measure nothing");
  line.flag("compile-only", o.compileOnly,
            "read and compile the cases, measure nothing");
  line.option("from", o.from, "FILE.json",
              "take the results of an earlier --json, measure nothing");
  line.group("How");
  line.option("runs", o.runs, "N",
              "rounds, in each of which all cases run: 11");
  line.option("threads", o.threads, "N",
              "1 (default): one thread; 0: OpenMP decides");
  line.option("target", o.target, "CPU",
              "host (default), x86-64-v3, znver5, ...");
  line.option("schedules", o.schedules, "FILE",
              "compile with the schedules that --tune measured");
  line.group("Tuning");
  line.optional("tune", o.tune, "FILE",
                "find the fastest schedule of each attention, and keep it in");
  line.note("a file that --schedules reads: whorl-schedules.txt");
  line.option("candidates", o.candidates, "N",
              "schedules to measure of each, the most promising ones: 24");
  line.group("What to print");
  line.optional("json", o.json, "FILE",
                "one JSON object a line instead of the table, or to a file");
  line.option("compare", o.compare, "OLD.json",
              "print what changed; exit code 1 where a case got slower");
  return line;
}

/// Options that exclude each other or would have no effect.
static std::optional<std::string> checkCombination(const BenchOptions &o) {
  if (o.list + o.compileOnly + !o.from.empty() > 1)
    return "--list, --compile-only and --from exclude each other";
  if (!o.from.empty() && !(o.files.empty() && o.filters.empty()))
    return "--from takes the results as they are; leave out cases and "
           "--filter";
  if (o.from.empty() && o.files.empty())
    return "expected files or directories of cases, such as bench/cases; see "
           "--help";
  if ((o.list || o.compileOnly) && (o.json || !o.compare.empty()))
    return "nothing is measured with --list or --compile-only; leave out "
           "--json and --compare";
  if (o.tune && (o.list || o.compileOnly || !o.from.empty() || o.json ||
                 !o.compare.empty() || !o.schedules.empty()))
    return "--tune measures schedules and writes them; leave out --list, "
           "--compile-only, --from, --json, --compare and --schedules";
  if (o.json && o.json->empty() && !o.compare.empty())
    return "--json and --compare would both print; write the lines to a file "
           "with --json=FILE";
  return std::nullopt;
}

static llvm::Expected<unsigned> parseCount(const char *option,
                                           llvm::StringRef text) {
  unsigned count;
  if (text.getAsInteger(10, count) || count == 0 || count > 100000)
    return fail(fmt::format("expected --{}=N with N from 1 to 100000, got '{}'",
                            option, text.str()));
  return count;
}

static llvm::Error compileAll(Session &session, llvm::ArrayRef<Case> cases) {
  for (auto [i, c] : llvm::enumerate(cases)) {
    showProgress(
        fmt::format("compiling {}/{}: {}", i + 1, cases.size(), c.name));
    llvm::Error error = session.add(c);
    endProgress();
    if (error)
      return error;
  }
  return llvm::Error::success();
}

/// Before anything is measured: some case must be in the earlier results too.
template <typename Named>
static llvm::Error checkCommon(llvm::ArrayRef<CaseResult> earlier,
                               llvm::ArrayRef<Named> cases,
                               const std::string &path) {
  for (const CaseResult &result : earlier)
    for (const Named &c : cases)
      if (result.name == c.name)
        return llvm::Error::success();
  return earlier.empty()
             ? llvm::Error::success()
             : fail(fmt::format("there is nothing to compare: '{}' has none of "
                                "the cases",
                                path));
}

/// What --list, --compile-only or neither ask for.
static llvm::Expected<Outcome> runCases(const BenchOptions &o,
                                        const CompileSettings &settings,
                                        unsigned rounds,
                                        llvm::ArrayRef<CaseResult> earlier) {
  Outcome outcome;
  auto all = readCases(o.files);
  if (!all)
    return all.takeError();
  auto cases = selectCases(*all, o.filters);
  if (!cases)
    return cases.takeError();
  if (o.list) {
    listCases(*cases);
    return outcome;
  }
  if (llvm::Error error =
          checkCommon(earlier, llvm::ArrayRef(*cases), o.compare))
    return std::move(error);
  Session session(settings);
  if (llvm::Error error = compileAll(session, *cases))
    return std::move(error);
  if (o.compileOnly) {
    fmt::print("{}\n", session.describeCompilation());
    return outcome;
  }
  auto results = session.measure(rounds);
  if (!results)
    return results.takeError();
  outcome.results = std::move(*results);
  outcome.before = session.getBefore();
  outcome.after = session.getAfter();
  return outcome;
}

static llvm::Error print(const Outcome &outcome,
                         const std::optional<std::string> &json) {
  if (!json || !json->empty()) {
    printTable(outcome.results);
    if (outcome.before)
      printPeaks(*outcome.before, *outcome.after);
  }
  if (!json)
    return llvm::Error::success();
  std::string lines;
  for (const CaseResult &result : outcome.results)
    lines += formatJson(result) + "\n";
  if (json->empty())
    fmt::print("{}", lines);
  else if (Status status = writeFileAtomically(*json, lines); !status)
    return fail(status.error());
  return llvm::Error::success();
}

/// What --tune asks for. Cases that call one function are tuned together: they
/// run the same code.
static llvm::Error tune(const BenchOptions &o, CompileSettings compile,
                        unsigned rounds) {
  TuneSettings settings;
  settings.compile = std::move(compile);
  settings.rounds = rounds;
  settings.path = o.tune->empty() ? "whorl-schedules.txt" : *o.tune;
  llvm::Expected<unsigned> candidates = parseCount("candidates", o.candidates);
  if (!candidates)
    return candidates.takeError();
  settings.candidates = *candidates;
  if (llvm::Error error = checkScheduleFile(settings.path))
    return error;
  auto all = readCases(o.files);
  if (!all)
    return all.takeError();
  auto cases = selectCases(*all, o.filters, /*withBaselines=*/false);
  if (!cases)
    return cases.takeError();
  Tuner tuner(settings);
  std::vector<std::vector<const Case *>> functions;
  for (const Case &c : *cases) {
    auto found = llvm::find_if(functions, [&](const auto &alike) {
      return alike.front()->module == c.module &&
             alike.front()->entry == c.entry;
    });
    if (found == functions.end())
      found = functions.emplace(functions.end());
    found->push_back(&c);
  }
  for (const std::vector<const Case *> &alike : functions)
    if (llvm::Error error = tuner.tune(alike))
      return error;
  if (tuner.getNumTuned() == 0)
    return fail("none of the cases has an attention to tune");
  std::string without;
  if (unsigned count = tuner.getNumWithout())
    without = fmt::format(" ({} cases have no attention)", count);
  fmt::print("{} tuned{}; the schedules are in '{}'\n", tuner.getNumTuned(),
             without, settings.path);
  return llvm::Error::success();
}

/// Does what the options ask for; returns the exit code.
static llvm::Expected<int> run(const BenchOptions &o) {
  llvm::Expected<unsigned> rounds = parseCount("runs", o.runs);
  if (!rounds)
    return rounds.takeError();
  auto settings = parseSettings(o.target, o.threads, "");
  if (!settings)
    return settings.takeError();
  settings->schedules = o.schedules;
  if (o.tune) {
    if (llvm::Error error = tune(o, *settings, *rounds))
      return std::move(error);
    return 0;
  }
  if (o.json && !o.json->empty())
    if (Status status = checkWritable(*o.json); !status)
      return fail(status.error());
  std::vector<CaseResult> earlier;
  if (!o.compare.empty()) {
    auto read = readResults(o.compare);
    if (!read)
      return read.takeError();
    earlier = std::move(*read);
  }
  Outcome outcome;
  if (!o.from.empty()) {
    auto read = readResults(o.from);
    if (!read)
      return read.takeError();
    outcome.results = std::move(*read);
    if (llvm::Error error =
            checkCommon(earlier, llvm::ArrayRef(outcome.results), o.compare))
      return std::move(error);
  } else {
    auto measured = runCases(o, *settings, *rounds, earlier);
    if (!measured)
      return measured.takeError();
    outcome = std::move(*measured);
  }
  if (outcome.results.empty())
    return 0;
  if (llvm::Error error = print(outcome, o.json))
    return std::move(error);
  if (earlier.empty())
    return 0;
  return compareResults(earlier, outcome.results) ? 1 : 0;
}

int main(int argc, char **argv) {
  BenchOptions o;
  CommandLine line = getCommandLine(o);
  int exitCode;
  auto files = line.parse(argc, argv, exitCode);
  if (!files)
    return exitCode;
  o.files = std::move(*files);
  if (auto message = checkCombination(o))
    return line.fail(*message);
  llvm::Expected<int> code = run(o);
  return code ? *code : line.fail(llvm::toString(code.takeError()));
}
