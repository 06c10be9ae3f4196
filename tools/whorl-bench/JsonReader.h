//===- JsonReader.h - objects with known keys -------------------*- C++ -*-===//
#ifndef WHORL_BENCH_JSONREADER_H
#define WHORL_BENCH_JSONREADER_H

#include "llvm/Support/JSON.h"
#include <optional>
#include <string>
#include <vector>

namespace whorl {

/// Takes the members of a JSON object apart. The first thing that is wrong is
/// kept as the error and ends the reading: later calls return nothing.
class JsonReader {
public:
  /// `where` starts each message: "cases.json: cases[3]".
  JsonReader(std::string where, const llvm::json::Value &value);

  /// Refuses members whose keys are not among `known`.
  void checkKeys(llvm::ArrayRef<std::string> known);

  // A member that is missing is an error where it is required; one that is null
  // counts as missing.
  std::string getString(llvm::StringRef key, bool required);
  std::optional<double> getNumber(llvm::StringRef key, bool required);
  bool getBoolean(llvm::StringRef key);
  std::vector<std::string> getStrings(llvm::StringRef key, bool required);
  const llvm::json::Array *getArray(llvm::StringRef key, bool required);
  const llvm::json::Object *getObject(llvm::StringRef key);

  /// Says what is wrong with a member, unless something was wrong before.
  void fail(llvm::StringRef key, const std::string &message);
  /// Adds to the place that messages name.
  void addToWhere(const std::string &text) { where += text; }
  const std::string &getWhere() const { return where; }
  llvm::Error takeError();

private:
  const llvm::json::Value *find(llvm::StringRef key, bool required);
  void failKind(llvm::StringRef key, const char *expected,
                const llvm::json::Value &actual);

  std::string where;
  const llvm::json::Object *object;
  std::optional<std::string> message;
};

} // namespace whorl

#endif // WHORL_BENCH_JSONREADER_H
