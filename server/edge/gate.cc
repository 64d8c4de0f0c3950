#include "server/edge/gate.h"

#include <algorithm>

namespace selfsame::edge {

Result<Gate::Pass> Gate::Enter() {
  MutexLock lock(mutex_);
  if (is_closed_) {
    ++refused_;
    changed_.notify_all();
    return Error{.code = ErrorCode::kUnavailable,
                 .reason = "SHUTTING_DOWN",
                 .message = "the server is stopping",
                 .retry_after = std::chrono::seconds(1)};
  }
  ++open_;
  return Pass(this, [this](const void*) { Leave(); });
}

void Gate::Leave() {
  MutexLock lock(mutex_);
  --open_;
  changed_.notify_all();
}

void Gate::Close() {
  MutexLock lock(mutex_);
  is_closed_ = true;
}

void Gate::AwaitEmpty(const Deadline& deadline) {
  MutexLock lock(mutex_);
  while (open_ > 0 && !deadline.Expired()) changed_.wait_until(mutex_, deadline.at());
}

void Gate::AwaitQuiet(std::chrono::milliseconds quiet, const Deadline& deadline) {
  MutexLock lock(mutex_);
  std::uint64_t refused_before = 0;
  do {
    refused_before = refused_;
    const Deadline quiet_until = Deadline::After(std::min(quiet, deadline.Left()));
    while (refused_ == refused_before && !quiet_until.Expired()) {
      changed_.wait_until(mutex_, quiet_until.at());
    }
  } while (refused_ != refused_before && !deadline.Expired());
}

}  // namespace selfsame::edge
