//===- Cases.cpp - what to measure ----------------------------------------===//

#include "Cases.h"
#include "JsonReader.h"
#include "Whorl/Driver/CommandLine.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

using namespace whorl;

static llvm::Error fail(const std::string &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 llvm::Twine(message));
}

/// The files that the command line names, directories taken apart.
static llvm::Expected<std::vector<std::string>>
collectFiles(llvm::ArrayRef<std::string> paths) {
  std::vector<std::string> files;
  for (const std::string &path : paths) {
    if (!llvm::sys::fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    std::error_code code;
    for (llvm::sys::fs::directory_iterator entry(path, code), end;
         !code && entry != end; entry.increment(code))
      if (llvm::StringRef(entry->path()).ends_with(".json"))
        found.push_back(entry->path());
    if (code)
      return fail(fmt::format("cannot read '{}': {}", path, code.message()));
    if (found.empty())
      return fail(fmt::format("'{}' holds no .json file", path));
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

/// `path`, which a file of cases means from its own directory, from here.
static std::string resolve(llvm::StringRef file, const std::string &path) {
  if (llvm::sys::path::is_absolute(path))
    return path;
  llvm::SmallString<128> resolved = llvm::sys::path::parent_path(file);
  llvm::sys::path::append(resolved, path);
  return resolved.str().str();
}

static void checkFile(JsonReader &reader, const char *key,
                      const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    reader.fail(key, fmt::format("cannot read '{}': {}", path,
                                 buffer.getError().message()));
}

/// What a name may consist of: tables, JSON and filters take it as it is.
static bool isName(llvm::StringRef name) {
  return llvm::all_of(name, [](char c) {
    return llvm::isAlnum(c) || llvm::StringRef("-_.+/").contains(c);
  });
}

static void readCase(JsonReader &reader, llvm::StringRef file, Case &c) {
  c.name = reader.getString("name", true);
  if (!c.name.empty())
    reader.addToWhere(fmt::format(" ('{}')", c.name));
  if (!isName(c.name))
    reader.fail("name", fmt::format("expected letters, digits and -_.+/, got "
                                    "'{}'",
                                    c.name));
  c.where = reader.getWhere();
  reader.checkKeys({"name", "module", "entry", "inputs", "flops", "bytes",
                    "tags", "baseline", "cold", "attention"});
  c.module = reader.getString("module", true);
  c.entry = reader.getString("entry", true);
  c.inputs = reader.getStrings("inputs", true);
  c.flops = reader.getNumber("flops", false);
  c.bytes = reader.getNumber("bytes", false);
  c.tags = reader.getStrings("tags", false);
  c.baseline = reader.getString("baseline", false);
  c.cold = reader.getBoolean("cold");
  reader.getObject("attention"); // for other programs
  if (!c.module.empty()) {
    c.module = resolve(file, c.module);
    checkFile(reader, "module", c.module);
  }
  for (std::string &input : c.inputs) {
    if (llvm::StringRef(input).contains(':'))
      continue;
    input = resolve(file, input);
    checkFile(reader, "inputs", input);
  }
}

static llvm::Error readFile(const std::string &file, std::vector<Case> &cases) {
  auto buffer = llvm::MemoryBuffer::getFile(file);
  if (!buffer)
    return fail(
        fmt::format("cannot read '{}': {}", file, buffer.getError().message()));
  llvm::Expected<llvm::json::Value> value =
      llvm::json::parse((*buffer)->getBuffer());
  if (!value)
    return fail(fmt::format("'{}' is not JSON: {}", file,
                            llvm::toString(value.takeError())));
  JsonReader top(file, *value);
  top.checkKeys({"cases"});
  const llvm::json::Array *array = top.getArray("cases", true);
  if (llvm::Error error = top.takeError())
    return error;
  for (auto [i, element] : llvm::enumerate(*array)) {
    JsonReader reader(fmt::format("{}: cases[{}]", file, i), element);
    Case &c = cases.emplace_back();
    readCase(reader, file, c);
    if (llvm::Error error = reader.takeError())
      return error;
  }
  return llvm::Error::success();
}

/// Names are unique and baselines exist.
static llvm::Error checkNames(llvm::ArrayRef<Case> cases) {
  llvm::StringMap<const Case *> byName;
  std::vector<std::string> names;
  for (const Case &c : cases) {
    auto [previous, isNew] = byName.try_emplace(c.name, &c);
    if (!isNew)
      return fail(fmt::format("{}: key 'name': {} has this name already",
                              c.where, previous->second->where));
    names.push_back(c.name);
  }
  for (const Case &c : cases) {
    if (c.baseline.empty())
      continue;
    if (c.baseline == c.name)
      return fail(fmt::format("{}: key 'baseline': expected another case, got "
                              "the case itself",
                              c.where));
    if (byName.count(c.baseline))
      continue;
    std::optional<std::string> nearest = findNearest(c.baseline, names);
    return fail(fmt::format(
        "{}: key 'baseline': no case is called '{}'{}", c.where, c.baseline,
        nearest ? fmt::format("; did you mean '{}'?", *nearest) : ""));
  }
  return llvm::Error::success();
}

llvm::Expected<std::vector<Case>>
whorl::readCases(llvm::ArrayRef<std::string> paths) {
  llvm::Expected<std::vector<std::string>> files = collectFiles(paths);
  if (!files)
    return files.takeError();
  std::vector<Case> cases;
  for (const std::string &file : *files)
    if (llvm::Error error = readFile(file, cases))
      return std::move(error);
  if (llvm::Error error = checkNames(cases))
    return std::move(error);
  return cases;
}

llvm::Expected<std::vector<Case>>
whorl::selectCases(llvm::ArrayRef<Case> cases,
                   llvm::ArrayRef<std::string> filters, bool withBaselines) {
  std::vector<const Case *> chosen;
  for (const Case &c : cases)
    chosen.push_back(&c);
  for (const std::string &filter : filters) {
    llvm::Regex regex(filter);
    std::string message;
    if (!regex.isValid(message))
      return fail(fmt::format("expected --filter=REGEX, got '{}': {}", filter,
                              message));
    llvm::erase_if(chosen, [&](const Case *c) {
      return !regex.match(c->name) && !llvm::is_contained(c->tags, filter);
    });
  }
  if (chosen.empty())
    return fail(filters.empty()
                    ? "the files hold no case"
                    : fmt::format("no case matches --filter={}; --list shows "
                                  "names and tags",
                                  fmt::join(filters, " --filter=")));
  std::set<llvm::StringRef> wanted;
  for (const Case *c : chosen) {
    wanted.insert(c->name);
    if (withBaselines)
      wanted.insert(c->baseline);
  }
  std::vector<Case> selected;
  llvm::copy_if(cases, std::back_inserter(selected),
                [&](const Case &c) { return wanted.count(c.name) > 0; });
  return selected;
}

void whorl::listCases(llvm::ArrayRef<Case> cases) {
  size_t width = 0;
  for (const Case &c : cases)
    width = std::max(width, c.name.size());
  for (const Case &c : cases)
    fmt::print("{:<{}}  {}:{}  {}\n", c.name, width,
               llvm::sys::path::filename(c.module).str(), c.entry,
               fmt::join(c.tags, " "));
}
