//===- Session.cpp - cases that run by turns ------------------------------===//

#include "Session.h"
#include "llvm/Support/Process.h"
#include <algorithm>
#include <fmt/format.h>

using namespace whorl;

void whorl::showProgress(const std::string &text) {
  if (llvm::sys::Process::StandardErrIsDisplayed())
    fmt::print(stderr, "\r\033[K{:.78}", text);
}

void whorl::endProgress() {
  if (llvm::sys::Process::StandardErrIsDisplayed())
    fmt::print(stderr, "\r\033[K");
}

llvm::Expected<Compilation *> Session::getCompilation(const std::string &path) {
  std::unique_ptr<Compilation> &compilation = compilations[path];
  if (!compilation) {
    auto parsed = Compilation::parse(path);
    if (!parsed)
      return parsed.takeError();
    compilation = std::move(*parsed);
  }
  return compilation.get();
}

llvm::Expected<LoadedCode *> Session::getCode(Compilation &compilation,
                                              const std::string &entry) {
  std::pair<std::string, std::string> key(compilation.getPath(), entry);
  auto found = code.find(key);
  if (found == code.end()) {
    CompileSettings wanted = settings;
    wanted.entry = entry;
    double start = getSeconds();
    llvm::Expected<LoadedCode> loaded = compilation.load(wanted);
    if (!loaded)
      return loaded.takeError();
    double seconds = getSeconds() - start;
    compileSeconds += seconds;
    if (seconds > longestSeconds) {
      longestSeconds = seconds;
      longest = key.first + ":" + entry;
    }
    found = code.emplace(std::move(key), std::move(*loaded)).first;
  }
  return &found->second;
}

llvm::Error Session::prepare(Prepared &p) {
  const Case &c = *p.source;
  llvm::Expected<Compilation *> compilation = getCompilation(c.module);
  if (!compilation)
    return compilation.takeError();
  llvm::Expected<const Signature *> signature =
      (*compilation)->findEntry(c.entry);
  if (!signature)
    return signature.takeError();
  p.signature = *signature;
  llvm::Expected<std::vector<HostTensor>> inputs =
      readInputs(*p.signature, c.inputs);
  if (!inputs)
    return inputs.takeError();
  p.inputs = std::move(*inputs);
  llvm::Expected<LoadedCode *> loaded = getCode(**compilation, c.entry);
  if (!loaded)
    return loaded.takeError();
  llvm::Expected<Call> call = Call::prepare(**loaded, *p.signature, p.inputs);
  if (!call)
    return call.takeError();
  if (c.cold && !evictor)
    evictor.emplace();
  p.sampler.emplace(std::move(*call), c.cold ? &*evictor : nullptr);
  p.flops = c.flops;
  if (p.flops)
    return llvm::Error::success();
  auto flops = countFlops(**compilation, *p.signature, p.inputs);
  if (!flops)
    return flops.takeError();
  p.flops = *flops;
  return llvm::Error::success();
}

std::string Session::describeCompilation() const {
  return fmt::format("{} cases compile: {} functions in {:.1f} s, the longest "
                     "{} in {:.2f} s",
                     cases.size(), code.size(), compileSeconds, longest,
                     longestSeconds);
}

/// Says which case an error is about.
static llvm::Error addCase(llvm::Error error, const Case &c) {
  if (!error)
    return error;
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 llvm::Twine(c.where) + ": " +
                                     llvm::toString(std::move(error)));
}

llvm::Error Session::add(const Case &c) {
  auto prepared = std::make_unique<Prepared>();
  prepared->source = &c;
  llvm::Error error = addCase(prepare(*prepared), c);
  cases.push_back(std::move(prepared));
  return error;
}

llvm::Expected<std::vector<CaseResult>> Session::measure(unsigned rounds) {
  showProgress("measuring the peaks");
  before = measurePeaks();
  for (unsigned round = 0; round <= rounds; ++round)
    for (auto [i, prepared] : llvm::enumerate(cases)) {
      showProgress(fmt::format("round {}/{}, case {}/{}: {}", round, rounds,
                               i + 1, cases.size(), prepared->source->name));
      Sampler &sampler = *prepared->sampler;
      if (llvm::Error error =
              addCase(round == 0 ? sampler.warmUp() : sampler.sample(),
                      *prepared->source))
        return std::move(error);
    }
  showProgress("measuring the peaks again");
  after = measurePeaks();
  endProgress();
  std::vector<CaseResult> results;
  results.reserve(cases.size());
  for (const std::unique_ptr<Prepared> &prepared : cases)
    results.push_back(summarizeCase(*prepared));
  fillRatios(results);
  return results;
}

/// What a core can do at best with elements of a type.
static double getPeakGflops(const Peaks &peaks, DType dtype) {
  if (dtype == DType::bf16)
    return peaks.getBF16Gflops();
  return dtype == DType::f64 ? peaks.gflops / 2 : peaks.gflops;
}

CaseResult Session::summarizeCase(Prepared &p) const {
  CaseResult result;
  result.name = p.source->name;
  result.tags = p.source->tags;
  result.baseline = p.source->baseline;
  result.machine = describeMachine();
  result.date = getDate();
  summarize(p.sampler->getTimes(), result);
  Timing &timing = result.timing;
  timing.entry = p.signature->function;
  timing.threads = countThreads(settings.threads);
  timing.runs = static_cast<unsigned>(p.sampler->getTimes().size());
  timing.flops = p.flops;
  double written = countBytes(p.sampler->getOutputs());
  timing.bytes = p.source->bytes.value_or(countBytes(p.inputs) + written);
  Peaks peaks = takeLarger(before, after);
  DType dtype = p.inputs.empty() ? DType::f32 : p.inputs.front().getDType();
  timing.peakGflops = timing.threads * getPeakGflops(peaks, dtype);
  written = std::min(written, timing.bytes);
  timing.peakGBs =
      timing.threads * peaks.getGBs(timing.bytes - written, written);
  return result;
}
