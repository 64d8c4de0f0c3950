#include "server/decisions/desk.h"

#include <chrono>
#include <optional>
#include <utility>

namespace selfsame::decisions {

Desk::Desk(pg::BulkOptions database, FairBounds queue)
    : database_(std::move(database)), works_(queue), thread_([this] { Run(); }) {}

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
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return is_stopped_ || !works_.empty(); });
      next = works_.Take(1);
      if (!next) return;
      works_.Done(next->first);  // One thread: nothing else is under way.
    }
    const Queued& queued = next->second;
    if (const Status due = Due(queued); !due.ok()) {
      queued.work(due.error());
      continue;
    }
    if (connection == nullptr || !connection->IsUsable()) {
      auto connected = pg::BulkConnection::Connect(database_);
      if (!connected.ok()) {
        queued.work(std::move(connected).error());
        continue;
      }
      connection = std::move(*connected);
    }
    queued.work(connection.get());
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
