#include "server/decisions/desk.h"

#include <chrono>
#include <utility>

namespace selfsame::decisions {

Desk::Desk(pg::BulkOptions database, std::size_t queue_max)
    : database_(std::move(database)), queue_max_(queue_max), thread_([this] { Run(); }) {}

Desk::~Desk() { Stop(); }

Status Desk::Submit(Work work) {
  MutexLock lock(mutex_);
  if (is_stopped_) {
    return Error{.code = ErrorCode::kUnavailable,
                 .reason = "SHUTTING_DOWN",
                 .message = "the server is stopping",
                 .retry_after = std::chrono::seconds(1)};
  }
  if (works_.size() >= queue_max_) {
    return Error{.code = ErrorCode::kResourceExhausted,
                 .reason = "DECISIONS_BUSY",
                 .message = "too many decisions are waiting",
                 .retry_after = std::chrono::milliseconds(500)};
  }
  works_.push_back(std::move(work));
  changed_.notify_one();
  return {};
}

void Desk::Run() {
  std::unique_ptr<pg::BulkConnection> connection;
  for (;;) {
    Work work;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return is_stopped_ || !works_.empty(); });
      if (works_.empty()) return;
      work = std::move(works_.front());
      works_.pop_front();
    }
    if (connection == nullptr || !connection->IsUsable()) {
      auto connected = pg::BulkConnection::Connect(database_);
      if (!connected.ok()) {
        work(std::move(connected).error());
        continue;
      }
      connection = std::move(*connected);
    }
    work(connection.get());
  }
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
