//===- Tuner.cpp - measures schedules against each other ------------------===//

#include "Tuner.h"
#include "Results.h"
#include "Session.h"
#include "Whorl/Runtime/Files.h"
#include "Whorl/Target/CPUDescription.h"
#include "Whorl/Transforms/Schedules.h"
#include "llvm/Support/FileSystem.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tuple>

using namespace mlir;
using namespace whorl;

/// Two runs of one program differ by so much in where their memory lies, which
/// no spread within a run shows.
static constexpr double kLeastNoise = 0.02;
/// What is slower than the best by this factor after the first rounds is
/// measured no further.
static constexpr double kSlow = 1.1;
static constexpr unsigned kFirstRounds = 3;

static llvm::Error fail(const std::string &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 llvm::Twine(message));
}

static std::string toText(Attribute attribute) {
  std::string text;
  llvm::raw_string_ostream(text) << attribute;
  return text;
}

llvm::Error whorl::checkScheduleFile(const std::string &path) {
  if (Status status = checkWritable(path); !status)
    return fail(status.error());
  MLIRContext context;
  if (llvm::sys::fs::exists(path))
    if (auto file = ScheduleFile::read(path, &context); !file)
      return file.takeError();
  return llvm::Error::success();
}

llvm::Error Tuner::readCases() {
  auto parsed = Compilation::parse(cases.front()->module);
  if (!parsed)
    return parsed.takeError();
  // The attributes of the last function go with its context.
  subjects.clear();
  done.clear();
  compilation = std::move(*parsed);
  llvm::Expected<const Signature *> found =
      compilation->findEntry(cases.front()->entry);
  if (!found)
    return found.takeError();
  signature = *found;
  inputs.clear();
  for (const Case *c : cases) {
    auto read = readInputs(*signature, c->inputs);
    if (!read)
      return fail(c->where + ": " + llvm::toString(read.takeError()));
    inputs.push_back(std::move(*read));
    if (c->cold && !evictor)
      evictor.emplace();
  }
  return llvm::Error::success();
}

/// The attentions as the plan stage meets them.
llvm::Error Tuner::collectSubjects() {
  CompileSettings fused = settings.compile;
  fused.entry = signature->function;
  fused.last = Stage::fuse;
  auto module = compilation->run(fused);
  if (!module)
    return module.takeError();
  target = (**module)->getAttrOfType<CPUTargetAttr>("whorl.target");
  if (!target) {
    llvm::Expected<CPUDescription> description = describeCPU(fused.target);
    if (!description)
      return description.takeError();
    target = description->toAttr(module->get().getContext());
  }
  unsigned place = 0;
  module->get().walk([&](AttentionOp op) {
    DictionaryAttr attention = describeAttention(op);
    bool isByHand = op.getScheduleAttr() != nullptr;
    auto found = llvm::find_if(subjects, [&](const Subject &subject) {
      return subject.attention == attention && subject.isByHand == isByHand;
    });
    if (found == subjects.end()) {
      Subject &subject = subjects.emplace_back();
      subject.attention = attention;
      subject.isByHand = isByHand;
      subject.candidates = getScheduleCandidates(op, target);
      size_t count = subject.candidates.size();
      subject.candidates.resize(std::min<size_t>(count, settings.candidates));
      subject.numLeftOut =
          static_cast<unsigned>(count - subject.candidates.size());
      found = std::prev(subjects.end());
    }
    found->places.push_back(place++);
  });
  return llvm::Error::success();
}

llvm::Error Tuner::tune(llvm::ArrayRef<const Case *> toTune) {
  cases = toTune;
  llvm::Error error = readCases();
  if (!error)
    error = collectSubjects();
  if (error)
    return fail(cases.front()->where + ": " + llvm::toString(std::move(error)));
  if (subjects.empty())
    numWithout += static_cast<unsigned>(cases.size());
  for (const Subject &subject : subjects) {
    if (subject.isByHand) {
      fmt::print("{}: an attention has a schedule that is written by hand, "
                 "which stays\n\n",
                 cases.front()->name);
      continue;
    }
    if (llvm::Error error = tuneSubject(subject))
      return fail(cases.front()->where + ": " +
                  llvm::toString(std::move(error)));
    ++numTuned;
  }
  return llvm::Error::success();
}

llvm::Error Tuner::compile(const Subject &subject, Candidate &candidate) {
  CompileSettings wanted = settings.compile;
  wanted.entry = signature->function;
  wanted.beforePlan = [&](ModuleOp module) {
    unsigned place = 0;
    module.walk([&](AttentionOp op) {
      if (auto found = done.find(place); found != done.end())
        op.setScheduleAttr(found->second);
      if (llvm::is_contained(subject.places, place))
        op.setScheduleAttr(candidate.schedule);
      ++place;
    });
  };
  llvm::Expected<LoadedCode> loaded = compilation->load(wanted);
  if (!loaded)
    return loaded.takeError();
  candidate.code.emplace(std::move(*loaded));
  for (auto [c, tensors] : llvm::zip_equal(cases, inputs)) {
    llvm::Expected<Call> call =
        Call::prepare(*candidate.code, *signature, tensors);
    if (!call)
      return call.takeError();
    candidate.samplers.emplace_back(std::move(*call),
                                    c->cold ? &*evictor : nullptr);
  }
  return llvm::Error::success();
}

/// Whether the outputs agree with those of the planner's choice: each may be
/// off by the tolerance of --check.
llvm::Error Tuner::check(Candidate &candidate, Candidate &planned) {
  for (auto [ours, theirs] :
       llvm::zip_equal(candidate.samplers, planned.samplers))
    for (auto [i, actual] : llvm::enumerate(ours.getOutputs())) {
      Result<Difference> difference = compare(actual, theirs.getOutputs()[i]);
      if (!difference)
        return fail(difference.error());
      double limit = 2 * getDefaultTolerance(actual.getDType());
      if (difference->mismatches > 0 || difference->maxScaled > limit)
        return fail(
            fmt::format("{} differs from the planner's: largest "
                        "|a-b|/(1+|b|) is {:.3g}, expected {:.3g} at "
                        "most",
                        describeParameter(false, i, signature->outputs[i]),
                        difference->maxScaled, limit));
    }
  return llvm::Error::success();
}

/// Compiles the candidates, runs each once and checks what comes out. The
/// planner's choice must work; what is wrong with another one is its failure.
llvm::Error Tuner::warmUp(const Subject &subject,
                          std::vector<Candidate> &candidates) {
  auto tryOne = [&](Candidate &candidate) -> llvm::Error {
    if (llvm::Error error = compile(subject, candidate))
      return error;
    for (Sampler &sampler : candidate.samplers)
      if (llvm::Error error = sampler.warmUp())
        return error;
    return check(candidate, candidates.front());
  };
  for (auto [i, candidate] : llvm::enumerate(candidates)) {
    showProgress(fmt::format("{}: compiling {}/{}", cases.front()->name, i + 1,
                             candidates.size()));
    llvm::Error error = tryOne(candidate);
    if (error && i == 0)
      return error;
    if (error)
      candidate.failure = llvm::toString(std::move(error));
  }
  return llvm::Error::success();
}

/// Samples all by turns. What is much slower than the best after a few rounds
/// would only take time from the others.
llvm::Error Tuner::measure(std::vector<Candidate> &candidates) {
  for (unsigned round = 1; round <= settings.rounds; ++round) {
    for (auto [i, candidate] : llvm::enumerate(candidates)) {
      if (candidate.isOut() || candidate.isSlow)
        continue;
      showProgress(fmt::format("{}: round {}/{}, schedule {}/{}",
                               cases.front()->name, round, settings.rounds,
                               i + 1, candidates.size()));
      for (Sampler &sampler : candidate.samplers)
        if (llvm::Error error = sampler.sample())
          return error;
    }
    if (round != kFirstRounds)
      continue;
    summarizeAll(candidates, /*byLeast=*/true);
    double best = choose(candidates, /*noise=*/0).ratio;
    for (Candidate &candidate : llvm::drop_begin(candidates))
      candidate.isSlow = !candidate.isOut() && candidate.ratio > kSlow * best;
  }
  summarizeAll(candidates, /*byLeast=*/false);
  return llvm::Error::success();
}

/// Ratios are means over the cases, of their logarithms: half the time in one
/// weighs twice the time in another. `byLeast` takes the least times, which few
/// samples tell better than the median.
void Tuner::summarizeAll(std::vector<Candidate> &candidates, bool byLeast) {
  std::vector<CaseResult> planned;
  for (Candidate &candidate : candidates) {
    if (candidate.isOut())
      continue;
    auto getMs = [&](const CaseResult &result) {
      bool isShort = byLeast || candidate.isSlow;
      return isShort ? result.timing.minMs : result.timing.medianMs;
    };
    double logarithms = 0, spreads = 0;
    for (auto [i, sampler] : llvm::enumerate(candidate.samplers)) {
      CaseResult result;
      summarize(sampler.getTimes(), result);
      if (&candidate == &candidates.front())
        planned.push_back(result);
      if (i == 0) {
        candidate.ms = result.timing.medianMs;
        candidate.leastMs = result.timing.minMs;
      }
      logarithms += std::log(getMs(result) / getMs(planned[i]));
      spreads += result.spread + planned[i].spread;
    }
    auto count = static_cast<double>(candidate.samplers.size());
    candidate.ratio = std::exp(logarithms / count);
    candidate.noise = std::max(spreads / count, kLeastNoise);
  }
}

/// The fastest, where it is faster than the planner's choice by more than
/// `noise` times what two runs of one program may differ by.
const Tuner::Candidate &Tuner::choose(const std::vector<Candidate> &candidates,
                                      double noise) {
  const Candidate *best = &candidates.front();
  for (const Candidate &candidate : candidates)
    if (!candidate.isOut() && !candidate.isSlow &&
        candidate.ratio < best->ratio &&
        candidate.ratio < 1 - noise * candidate.noise)
      best = &candidate;
  return *best;
}

llvm::Error Tuner::tuneSubject(const Subject &subject) {
  std::vector<Candidate> candidates(subject.candidates.size());
  for (auto [candidate, schedule] :
       llvm::zip_equal(candidates, subject.candidates))
    candidate.schedule = schedule;
  llvm::Error error = warmUp(subject, candidates);
  if (!error)
    error = measure(candidates);
  endProgress();
  if (error)
    return error;
  const Candidate &winner = choose(candidates, /*noise=*/1);
  print(subject, candidates, winner);
  for (unsigned place : subject.places)
    done[place] = winner.schedule;
  return write(subject, winner, candidates.front());
}

/// "ms  +-%  x planned  schedule", the fastest first.
void Tuner::print(const Subject &subject,
                  const std::vector<Candidate> &candidates,
                  const Candidate &winner) const {
  std::vector<std::string> names;
  for (const Case *c : cases)
    names.push_back(c->name);
  fmt::print("{}: {} of {} schedules of {}\n", fmt::join(names, ", "),
             candidates.size(), candidates.size() + subject.numLeftOut,
             toText(subject.attention));
  std::vector<const Candidate *> order;
  order.reserve(candidates.size());
  for (const Candidate &candidate : candidates)
    order.push_back(&candidate);
  llvm::sort(order, [](const Candidate *a, const Candidate *b) {
    return std::tuple(a->isOut(), a->ratio, a) <
           std::tuple(b->isOut(), b->ratio, b);
  });
  fmt::print("{:>12} {:>12} {:>10} {:>6}  schedule\n", "median ms", "least ms",
             "x planned", "+-%");
  for (const Candidate *candidate : order) {
    std::string schedule = toText(candidate->schedule);
    if (candidate == &candidates.front())
      schedule += " (planned)";
    if (candidate->isOut()) {
      fmt::print("{:>12} {:>12} {:>10} {:>6}  {}: {}\n", "fails", "-", "-", "-",
                 schedule, candidate->failure);
      continue;
    }
    std::string noise =
        candidate->isSlow ? "-" : fmt::format("{:.1f}", 100 * candidate->noise);
    fmt::print("{:>12.6g} {:>12.6g} {:>10.3f} {:>6}  {}\n", candidate->ms,
               candidate->leastMs, candidate->ratio, noise, schedule);
  }
  const Candidate &best = choose(candidates, /*noise=*/0);
  if (&winner != &candidates.front())
    fmt::print("takes the first: {:.3f} of the planner's time, the noise is "
               "{:.1f}%\n\n",
               winner.ratio, 100 * winner.noise);
  else if (&best == &winner)
    fmt::print("keeps the planner's choice: nothing is faster\n\n");
  else
    fmt::print(
        "keeps the planner's choice: what is faster by {:.1f}% is within "
        "the noise of {:.1f}%\n\n",
        100 * (1 - best.ratio), 100 * best.noise);
}

/// Merges the winner into the file, which another run may have written to.
llvm::Error Tuner::write(const Subject &subject, const Candidate &winner,
                         const Candidate &planned) {
  ScheduleFile file(settings.path);
  if (llvm::sys::fs::exists(settings.path)) {
    auto read =
        ScheduleFile::read(settings.path, subject.attention.getContext());
    if (!read)
      return read.takeError();
    file = std::move(*read);
  }
  ScheduleEntry entry;
  entry.attention = subject.attention;
  entry.target = target;
  entry.threads = settings.compile.threads;
  entry.schedule = winner.schedule;
  entry.ms = winner.ms;
  entry.plannedMs = planned.ms;
  entry.caseName = cases.front()->name;
  entry.machine = describeMachine();
  entry.date = getDate();
  file.set(entry);
  Status status = writeFileAtomically(settings.path, file.getText());
  return status ? llvm::Error::success() : fail(status.error());
}
