//===- JsonReader.cpp - objects with known keys ---------------------------===//

#include "JsonReader.h"
#include "Whorl/Driver/CommandLine.h"
#include "llvm/ADT/StringExtras.h"
#include <fmt/format.h>

using namespace whorl;
using namespace llvm;

static const char *describeKind(const json::Value &value) {
  switch (value.kind()) {
  case json::Value::Null:
    return "null";
  case json::Value::Boolean:
    return "a boolean";
  case json::Value::Number:
    return "a number";
  case json::Value::String:
    return "a string";
  case json::Value::Array:
    return "an array";
  case json::Value::Object:
    return "an object";
  }
  llvm_unreachable("a kind without a name");
}

JsonReader::JsonReader(std::string place, const json::Value &value)
    : where(std::move(place)), object(value.getAsObject()) {
  if (!object)
    message = fmt::format("{}: expected an object, got {}", where,
                          describeKind(value));
}

void JsonReader::fail(StringRef key, const std::string &text) {
  if (!message)
    message = fmt::format("{}: key '{}': {}", where, key.str(), text);
}

void JsonReader::failKind(StringRef key, const char *expected,
                          const json::Value &actual) {
  fail(key, fmt::format("expected {}, got {}", expected, describeKind(actual)));
}

Error JsonReader::takeError() {
  if (!message)
    return Error::success();
  return createStringError(inconvertibleErrorCode(), Twine(*message));
}

void JsonReader::checkKeys(ArrayRef<std::string> known) {
  if (message)
    return;
  for (const auto &member : *object) {
    std::string key = StringRef(member.first).str();
    if (is_contained(known, key))
      continue;
    std::optional<std::string> nearest = findNearest(key, known);
    fail(key, "is not known; " +
                  (nearest ? fmt::format("did you mean '{}'?", *nearest)
                           : "expected one of " + join(known, ", ")));
    return;
  }
}

const json::Value *JsonReader::find(StringRef key, bool required) {
  if (message)
    return nullptr;
  const json::Value *value = object->get(key);
  if (value && value->kind() == json::Value::Null)
    value = nullptr;
  if (!value && required)
    fail(key, "is missing");
  return value;
}

std::string JsonReader::getString(StringRef key, bool required) {
  const json::Value *value = find(key, required);
  if (!value)
    return "";
  std::optional<StringRef> text = value->getAsString();
  if (!text)
    failKind(key, "a string", *value);
  else if (text->empty())
    fail(key, "expected a text, got an empty one");
  return text.value_or("").str();
}

std::optional<double> JsonReader::getNumber(StringRef key, bool required) {
  const json::Value *value = find(key, required);
  if (!value)
    return std::nullopt;
  std::optional<double> number = value->getAsNumber();
  if (!number)
    failKind(key, "a number", *value);
  else if (!(*number >= 0))
    fail(key, fmt::format("expected a number of at least 0, got {}", *number));
  return number;
}

bool JsonReader::getBoolean(StringRef key) {
  const json::Value *value = find(key, /*required=*/false);
  if (!value)
    return false;
  std::optional<bool> flag = value->getAsBoolean();
  if (!flag)
    failKind(key, "a boolean", *value);
  return flag.value_or(false);
}

const json::Array *JsonReader::getArray(StringRef key, bool required) {
  const json::Value *value = find(key, required);
  if (value && !value->getAsArray())
    failKind(key, "an array", *value);
  return value ? value->getAsArray() : nullptr;
}

const json::Object *JsonReader::getObject(StringRef key) {
  const json::Value *value = find(key, /*required=*/false);
  if (value && !value->getAsObject())
    failKind(key, "an object", *value);
  return value ? value->getAsObject() : nullptr;
}

std::vector<std::string> JsonReader::getStrings(StringRef key, bool required) {
  std::vector<std::string> texts;
  const json::Array *array = getArray(key, required);
  if (!array)
    return texts;
  for (const json::Value &value : *array) {
    if (std::optional<StringRef> text = value.getAsString())
      texts.push_back(text->str());
    else
      failKind(key, "an array of strings", value);
  }
  return texts;
}
