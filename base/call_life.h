// Whether somebody still waits for the answer of a call. Work that waits in a queue asks before it
// begins: for a call that was cancelled or has run out of time nothing is begun.
#ifndef SELFSAME_BASE_CALL_LIFE_H_
#define SELFSAME_BASE_CALL_LIFE_H_

#include <functional>

#include "base/error.h"

namespace selfsame {

// True once nobody waits. Thread-safe; may be called until the call is answered. Empty: always
// wanted.
using IsAbandoned = std::function<bool()>;

// How such a call ends; only the metrics see it.
inline Error AbandonedCall() {
  return {.code = ErrorCode::kDeadlineExceeded,
          .reason = "CALL_ABANDONED",
          .message = "the call was cancelled or ran out of time before it was begun",
          .retry_after = std::chrono::milliseconds(200)};
}

inline Error StoppingServer() {
  return {.code = ErrorCode::kUnavailable,
          .reason = "SHUTTING_DOWN",
          .message = "the server is stopping",
          .retry_after = std::chrono::seconds(1)};
}

}  // namespace selfsame

#endif  // SELFSAME_BASE_CALL_LIFE_H_
