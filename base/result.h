// Result<T>: a value or an Error. Not for control flow of data: a rejected or repeated record is
// an Outcome, not an Error.
#ifndef SELFSAME_BASE_RESULT_H_
#define SELFSAME_BASE_RESULT_H_

#include <optional>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/error.h"

namespace selfsame {

// Holds exactly one of a T or an Error. Asking for the one that is not there aborts.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT: implicit on purpose.
  Result(Error error) : state_(std::move(error)) {}  // NOLINT: implicit on purpose.

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  T& value() & {
    SELFSAME_CHECK(ok());
    return std::get<T>(state_);
  }
  const T& value() const& {
    SELFSAME_CHECK(ok());
    return std::get<T>(state_);
  }
  T&& value() && {
    SELFSAME_CHECK(ok());
    return std::get<T>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    SELFSAME_CHECK(!ok());
    return std::get<Error>(state_);
  }
  Error&& error() && {
    SELFSAME_CHECK(!ok());
    return std::get<Error>(std::move(state_));
  }

 private:
  std::variant<T, Error> state_;
};

// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose.

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& {
    SELFSAME_CHECK(!ok());
    return *error_;
  }
  Error&& error() && {
    SELFSAME_CHECK(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

// Forgets the value.
template <typename T>
Status ToStatus(Result<T> result) {
  return result.ok() ? Status() : Status(std::move(result).error());
}

}  // namespace selfsame

#define SELFSAME_CONCAT_INNER(a, b) a##b
#define SELFSAME_CONCAT(a, b) SELFSAME_CONCAT_INNER(a, b)

// Returns the error of a Status (or Result) expression from the enclosing function, if any.
#define SELFSAME_RETURN_IF_ERROR(expression)                              \
  do {                                                                    \
    auto selfsame_status = (expression);                                  \
    if (!selfsame_status.ok()) return std::move(selfsame_status).error(); \
  } while (false)

// Declares `declaration` from the value of a Result, or returns its error.
#define SELFSAME_ASSIGN_OR_RETURN(declaration, expression) \
  SELFSAME_ASSIGN_OR_RETURN_INNER(SELFSAME_CONCAT(result_, __LINE__), declaration, expression)
#define SELFSAME_ASSIGN_OR_RETURN_INNER(result, declaration, expression) \
  auto result = (expression);                                            \
  if (!result.ok()) return std::move(result).error();                    \
  declaration = std::move(result).value()

#endif  // SELFSAME_BASE_RESULT_H_
