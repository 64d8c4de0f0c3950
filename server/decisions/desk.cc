#include "server/decisions/desk.h"

#include <chrono>
#include <optional>
#include <utility>

#include "storage/pg/errors.h"

namespace selfsame::decisions {

Desk::Desk(pg::BulkOptions database, const observe::Barrier& barrier, FairBounds queue)
    : database_(std::move(database)),
      barrier_(barrier),
      works_(queue),
      thread_([this] { Run(); }) {}

Desk::~Desk() { Stop(); }

Status Desk::Submit(TenantId tenant, IsAbandoned is_abandoned, Work work) {
  MutexLock lock(mutex_);
  if (is_stopped_) return StoppingServer();
  if (!works_.Push(tenant, {std::move(is_abandoned), std::move(work)})) {
    return Error{.code = ErrorCode::kResourceExhausted,
                 .reason = "DECISIONS_BUSY",
                 .message = "too many decisions are waiting",
                 .retry_after = std::chrono::milliseconds(500)};
  }
  changed_.notify_one();
  return {};
}

void Desk::Run() {
  std::unique_ptr<pg::BulkConnection> connection;
  for (;;) {
    std::optional<std::pair<TenantId, Queued>> next;
    {
      MutexLock lock(mutex_);
      changed_.wait(mutex_,
                    [this]() SELFSAME_REQUIRES(mutex_) { return is_stopped_ || !works_.empty(); });
      next = works_.Take(1);
      if (!next) return;
      works_.Done(next->first);  // One thread: nothing else is under way.
    }
    const Queued& queued = next->second;
    // Apart from the work: whatever happens here, the caller is answered.
    const Status ready = barrier_.Run(observe::Entry::kDecision, "", [&]() -> Status {
      SELFSAME_RETURN_IF_ERROR(Due(queued));
      if (connection != nullptr && connection->IsIdle()) return {};
      auto connected = pg::BulkConnection::Connect(database_);
      if (!connected.ok()) return pg::ForCallers(std::move(connected).error());
      connection = std::move(*connected);
      return {};
    });
    const Status done = barrier_.Run(observe::Entry::kDecision, "", [&] {
      return ready.ok() ? queued.work(connection.get()) : queued.work(ready.error());
    });
    // What stopped in the middle may have left a transaction open, or an answer unread.
    if (!done.ok() && done.error().code == ErrorCode::kInternal) connection.reset();
  }
}

Status Desk::Due(const Queued& queued) const {
  if (queued.is_abandoned && queued.is_abandoned()) return AbandonedCall();
  if (database_.stop != nullptr && database_.stop->Expired()) return StoppingServer();
  return {};
}

void Desk::Stop() {
  {
    MutexLock lock(mutex_);
    is_stopped_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace selfsame::decisions
