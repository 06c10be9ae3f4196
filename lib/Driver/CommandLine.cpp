//===- CommandLine.cpp - options of a tool --------------------------------===//

#include "Whorl/Driver/CommandLine.h"
#include <algorithm>
#include <cstdio>
#include <fmt/format.h>

using namespace whorl;

void CommandLine::group(llvm::StringRef title) {
  options.push_back({title.str(), "", "", Option::Kind::group, {}});
}

void CommandLine::note(llvm::StringRef text) {
  options.push_back({"", "", text.str(), Option::Kind::note, {}});
}

void CommandLine::flag(llvm::StringRef name, bool &value,
                       llvm::StringRef help) {
  options.push_back({name.str(), "", help.str(), Option::Kind::flag,
                     [&value](const std::string &) { value = true; }});
}

void CommandLine::option(llvm::StringRef name, std::string &value,
                         llvm::StringRef placeholder, llvm::StringRef help) {
  options.push_back({name.str(), placeholder.str(), help.str(),
                     Option::Kind::value,
                     [&value](std::string text) { value = std::move(text); }});
}

void CommandLine::option(llvm::StringRef name, std::vector<std::string> &values,
                         llvm::StringRef placeholder, llvm::StringRef help) {
  options.push_back(
      {name.str(), placeholder.str(), help.str(), Option::Kind::value,
       [&values](std::string text) { values.push_back(std::move(text)); }});
}

void CommandLine::optional(llvm::StringRef name,
                           std::optional<std::string> &value,
                           llvm::StringRef placeholder, llvm::StringRef help) {
  options.push_back({name.str(), placeholder.str(), help.str(),
                     Option::Kind::optional,
                     [&value](std::string text) { value = std::move(text); }});
}

int CommandLine::fail(const std::string &message) const {
  fmt::print(stderr, "{}: error: {}\n", tool, message);
  return 1;
}

void CommandLine::printHelp() const {
  fmt::print("{}\n", usage);
  for (const Option &option : options) {
    if (option.kind == Option::Kind::group) {
      fmt::print("\n{}:\n", option.name);
      continue;
    }
    if (option.kind == Option::Kind::note) {
      fmt::print("  {:<30} {}\n", "", option.help);
      continue;
    }
    std::string left = (option.name.size() == 1 ? "-" : "--") + option.name;
    if (option.kind == Option::Kind::value)
      left += (option.name.size() == 1 ? " " : "=") + option.placeholder;
    if (option.kind == Option::Kind::optional)
      left += "[=" + option.placeholder + "]";
    fmt::print("  {:<30} {}\n", left, option.help);
  }
  fmt::print("\n  {:<30} {}\n", "--help", "print this");
}

bool CommandLine::parseOption(const std::string &argument, int &index, int argc,
                              char **argv) {
  size_t start = argument[1] == '-' ? 2 : 1;
  size_t equals = argument.find('=');
  std::string name = argument.substr(start, equals - start);
  auto option = std::find_if(options.begin(), options.end(), [&](auto &o) {
    return isOption(o) && o.name == name;
  });
  if (option == options.end()) {
    std::vector<std::string> names;
    for (const Option &o : options)
      if (isOption(o))
        names.push_back(o.name);
    std::optional<std::string> nearest = findNearest(name, names);
    fail(fmt::format("unknown option '{}'{}", argument,
                     nearest ? fmt::format("; did you mean '--{}'?", *nearest)
                             : "; see --help"));
    return false;
  }
  bool hasValue = equals != std::string::npos;
  std::string value = hasValue ? argument.substr(equals + 1) : "";
  if (option->kind == Option::Kind::flag && hasValue) {
    fail(fmt::format("option '--{}' takes no value", name));
    return false;
  }
  if (option->kind == Option::Kind::value && !hasValue) {
    if (index + 1 >= argc) {
      fail(fmt::format("option '{}' needs a value: {}", argument,
                       option->placeholder));
      return false;
    }
    value = argv[++index];
  }
  option->set(value);
  return true;
}

std::optional<std::vector<std::string>>
CommandLine::parse(int argc, char **argv, int &exitCode) {
  std::vector<std::string> positional;
  exitCode = 0;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument == "--help" || argument == "-h") {
      printHelp();
      return std::nullopt;
    }
    if (argument.size() < 2 || argument[0] != '-') {
      positional.push_back(argument);
      continue;
    }
    if (!parseOption(argument, i, argc, argv)) {
      exitCode = 1;
      return std::nullopt;
    }
  }
  return positional;
}

std::optional<std::string>
whorl::findNearest(llvm::StringRef name,
                   llvm::ArrayRef<std::string> candidates) {
  std::optional<std::string> best;
  // At most half of the letters differ: one letter is near to any other.
  unsigned limit = name.size() / 2 + 1;
  for (const std::string &candidate : candidates) {
    unsigned distance = name.edit_distance(candidate, true, limit);
    if (distance < limit) {
      limit = distance;
      best = candidate;
    }
  }
  return best;
}
