//===- Results.cpp - what was measured ------------------------------------===//

#include "Results.h"
#include "JsonReader.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include <algorithm>
#include <ctime>
#include <fmt/format.h>

using namespace whorl;

std::optional<double> CaseResult::getComputeShare() const {
  std::optional<double> gflops = timing.getGflops();
  if (!gflops)
    return std::nullopt;
  return *gflops / timing.peakGflops;
}

void whorl::summarize(std::vector<double> times, CaseResult &result) {
  std::sort(times.begin(), times.end());
  size_t count = times.size();
  result.timing.medianMs = times[count / 2];
  result.timing.minMs = times.front();
  double between = times[(count * 3) / 4] - times[count / 4];
  result.spread = between / 2 / result.timing.medianMs;
}

std::string whorl::getDate() {
  std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  return text;
}

void whorl::fillRatios(std::vector<CaseResult> &results) {
  llvm::StringMap<double> times;
  for (const CaseResult &result : results)
    times[result.name] = result.timing.medianMs;
  for (CaseResult &result : results)
    if (auto found = times.find(result.baseline); found != times.end())
      result.ratio = found->second / result.timing.medianMs;
}

/// As JSON.
static std::string write(llvm::json::Value value) {
  return llvm::formatv("{0}", value).str();
}

std::string whorl::formatJson(const CaseResult &r) {
  return fmt::format(
      "{{{}, \"case\": {}, \"tags\": {}, \"spread\": {:.4g}, "
      "\"baseline\": {}, \"ratio\": {}, \"machine\": {}, \"date\": {}}}",
      formatJsonFields(r.timing), write(r.name),
      write(llvm::json::Array(r.tags)), r.spread,
      r.baseline.empty() ? "null" : write(r.baseline), toJson(r.ratio),
      write(r.machine), write(r.date));
}

static void readResult(JsonReader &reader, CaseResult &r) {
  Timing &t = r.timing;
  t.entry = reader.getString("entry", true);
  t.threads =
      static_cast<unsigned>(reader.getNumber("threads", true).value_or(0));
  t.runs = static_cast<unsigned>(reader.getNumber("runs", true).value_or(0));
  for (auto [key, field] :
       std::initializer_list<std::pair<const char *, double *>>{
           {"median_ms", &t.medianMs},
           {"min_ms", &t.minMs},
           {"bytes", &t.bytes},
           {"peak_gflops", &t.peakGflops},
           {"peak_gbs", &t.peakGBs},
           {"spread", &r.spread}})
    *field = reader.getNumber(key, true).value_or(0);
  t.flops = reader.getNumber("flops", false);
  r.name = reader.getString("case", true);
  r.tags = reader.getStrings("tags", true);
  r.baseline = reader.getString("baseline", false);
  r.ratio = reader.getNumber("ratio", false);
  r.machine = reader.getString("machine", true);
  r.date = reader.getString("date", true);
  for (auto [key, value] :
       std::initializer_list<std::pair<const char *, double>>{
           {"median_ms", t.medianMs},
           {"peak_gflops", t.peakGflops},
           {"peak_gbs", t.peakGBs}})
    if (value <= 0)
      reader.fail(key, "expected a number above 0, got 0");
}

llvm::Expected<std::vector<CaseResult>>
whorl::readResults(const std::string &path) {
  auto fail = [](const std::string &message) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   llvm::Twine(message));
  };
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return fail(
        fmt::format("cannot read '{}': {}", path, buffer.getError().message()));
  std::vector<CaseResult> results;
  llvm::SmallVector<llvm::StringRef> lines;
  (*buffer)->getBuffer().split(lines, '\n');
  for (auto [i, line] : llvm::enumerate(lines)) {
    if (line.trim().empty())
      continue;
    llvm::Expected<llvm::json::Value> value = llvm::json::parse(line);
    if (!value)
      return fail(fmt::format("{}:{}: expected a line of --json: {}", path,
                              i + 1, llvm::toString(value.takeError())));
    JsonReader reader(fmt::format("{}:{}", path, i + 1), *value);
    readResult(reader, results.emplace_back());
    if (llvm::Error error = reader.takeError())
      return std::move(error);
  }
  if (results.empty())
    return fail(fmt::format("'{}' holds no results", path));
  return results;
}
