// The error type of Selfsame's own code. Own code throws nothing: a function that can fail
// returns Result<T> (base/result.h), and foreign exceptions stop in one named function a library.
#ifndef SELFSAME_BASE_ERROR_H_
#define SELFSAME_BASE_ERROR_H_

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace selfsame {

// What kind of failure it was; decides the gRPC code, the exit code and whether a retry helps.
enum class ErrorCode {
  kInvalidArgument,     // The caller's input is wrong; a retry fails the same way.
  kUnauthenticated,     // No credential, or one nobody knows.
  kPermissionDenied,    // A known caller without the needed scope.
  kNotFound,            // The named thing does not exist for this tenant.
  kFailedPrecondition,  // The system is not in the state the call needs.
  kResourceExhausted,   // A named bound is reached; retry after retry_after.
  kUnavailable,         // A dependency does not answer; retry after retry_after.
  kAborted,             // Lost a race (deadlock, serialization); retry the whole body.
  kInDoubt,             // The connection broke around COMMIT; settle by reading receipts.
  kDeadlineExceeded,    // The caller's deadline passed.
  kInternal,            // A statement or an invariant failed; someone should look.
};

// One wrong field of a request or record. `field` is a path in the caller's terms
// ("identifiers[1].value"); `reason` is stable UPPER_SNAKE; `message` is for a person.
// None of the three ever contains the offending value.
struct Violation {
  std::string field;
  std::string reason;
  std::string message;
};

// An error is returned or logged, never both. `message` is lower case without a full stop and
// says what was attempted; it holds no secrets, raw identifiers or payloads (INV-10).
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string reason;  // Stable UPPER_SNAKE, part of the API.
  std::string message;
  std::chrono::milliseconds retry_after{0};  // Zero: no advice.
  std::vector<Violation> violations;         // Only with kInvalidArgument.
};

// The stable lower-case name of a code, for logs and `--output json`.
std::string_view ErrorCodeName(ErrorCode code);

}  // namespace selfsame

#endif  // SELFSAME_BASE_ERROR_H_
