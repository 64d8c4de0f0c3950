#include "server/edge/read_pool.h"

#include <memory>
#include <utility>

namespace selfsame::edge {

ReadPool::ReadPool(ReadPoolOptions options) : options_(std::move(options)) {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Run(); });
}

ReadPool::~ReadPool() { Stop(); }

Status ReadPool::Submit(Read read) {
  MutexLock lock(mutex_);
  if (is_stopped_) {
    return Error{.code = ErrorCode::kUnavailable,
                 .reason = "SHUTTING_DOWN",
                 .message = "the server is stopping",
                 .retry_after = std::chrono::seconds(1)};
  }
  if (reads_.size() >= options_.queue_reads_max) {
    return Error{.code = ErrorCode::kResourceExhausted,
                 .reason = "READS_BUSY",
                 .message = "too many reads are waiting",
                 .retry_after = std::chrono::milliseconds(200)};
  }
  reads_.push_back(std::move(read));
  changed_.notify_one();
  return {};
}

void ReadPool::Run() {
  std::unique_ptr<pg::Session> session;
  for (;;) {
    Read read;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return is_stopped_ || !reads_.empty(); });
      if (reads_.empty()) return;
      read = std::move(reads_.front());
      reads_.pop_front();
    }
    if (session == nullptr) {
      Result<std::unique_ptr<pg::Session>> connected = pg::Session::Connect(options_.database);
      if (!connected.ok()) {
        read(std::move(connected).error());
        continue;
      }
      session = std::move(*connected);
    }
    read(session.get());
  }
}

void ReadPool::Stop() {
  {
    MutexLock lock(mutex_);
    is_stopped_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace selfsame::edge
