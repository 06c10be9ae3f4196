//===- Result.h - a value, or the reason why there is none ------*- C++ -*-===//
#ifndef WHORL_RUNTIME_RESULT_H
#define WHORL_RUNTIME_RESULT_H

#include <optional>
#include <string>
#include <utility>

namespace whorl {

/// A failure with a message for the user: what was expected, what was found,
/// and the cure where there is one.
struct Failure {
  std::string message;
};

/// A value of type T or a Failure.
template <typename T> class Result {
public:
  Result(T value) : value(std::move(value)) {}
  Result(Failure failure) : reason(std::move(failure.message)) {}

  explicit operator bool() const { return value.has_value(); }
  T &operator*() { return *value; }
  T *operator->() { return &*value; }
  /// The message of a failure.
  const std::string &error() const { return reason; }

private:
  std::optional<T> value;
  std::string reason;
};

/// Nothing, or a Failure.
class Status {
public:
  Status() = default;
  Status(Failure failure) : reason(std::move(failure.message)) {}

  explicit operator bool() const { return !reason.has_value(); }
  const std::string &error() const { return *reason; }

private:
  std::optional<std::string> reason;
};

} // namespace whorl

#endif // WHORL_RUNTIME_RESULT_H
