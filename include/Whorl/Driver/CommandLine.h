//===- CommandLine.h - options of a tool ------------------------*- C++ -*-===//
//
// Our tools' own options and no others: LLVM's command line library would add
// some hundreds of LLVM's.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_DRIVER_COMMANDLINE_H
#define WHORL_DRIVER_COMMANDLINE_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace whorl {

/// Parses `--name=value`, `--name value`, `-o value` and positional arguments.
class CommandLine {
public:
  CommandLine(std::string tool, std::string usage)
      : tool(std::move(tool)), usage(std::move(usage)) {}

  /// Starts a group of options in the help.
  void group(llvm::StringRef title);
  /// A line of the help under the option before it.
  void note(llvm::StringRef text);
  /// A flag.
  void flag(llvm::StringRef name, bool &value, llvm::StringRef help);
  /// An option with a value; `placeholder` stands for it in the help.
  void option(llvm::StringRef name, std::string &value,
              llvm::StringRef placeholder, llvm::StringRef help);
  void option(llvm::StringRef name, std::vector<std::string> &values,
              llvm::StringRef placeholder, llvm::StringRef help);
  /// An option whose value may be left out: `--check`, `--check=1e-4`.
  void optional(llvm::StringRef name, std::optional<std::string> &value,
                llvm::StringRef placeholder, llvm::StringRef help);

  /// Parses the arguments into the options' variables. Returns the positional
  /// ones, or nothing when the program is to end with `exitCode`: after the
  /// help, or after an error that is already printed.
  std::optional<std::vector<std::string>> parse(int argc, char **argv,
                                                int &exitCode);
  /// Prints `TOOL: error: message` and returns 1.
  int fail(const std::string &message) const;

private:
  struct Option {
    std::string name, placeholder, help;
    enum class Kind { group, note, flag, value, optional } kind;
    std::function<void(std::string)> set;
  };
  static bool isOption(const Option &entry) {
    return entry.kind != Option::Kind::group &&
           entry.kind != Option::Kind::note;
  }
  void printHelp() const;
  bool parseOption(const std::string &argument, int &index, int argc,
                   char **argv);

  std::string tool, usage;
  std::vector<Option> options;
};

/// The candidate nearest to `name`, for "did you mean"; nothing when none is
/// near.
std::optional<std::string> findNearest(llvm::StringRef name,
                                       llvm::ArrayRef<std::string> candidates);

} // namespace whorl

#endif // WHORL_DRIVER_COMMANDLINE_H
