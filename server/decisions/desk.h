// The desk: one thread with its own connection, on which decisions are carried out one after the
// other. They are rare, and gRPC threads never wait for SQL.
#ifndef SELFSAME_SERVER_DECISIONS_DESK_H_
#define SELFSAME_SERVER_DECISIONS_DESK_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <thread>

#include "base/mutex.h"
#include "base/result.h"
#include "storage/pg/bulk.h"

namespace selfsame::decisions {

// Thread-safe. Connects at the first decision, and again when the connection breaks.
class Desk {
 public:
  explicit Desk(pg::BulkOptions database, std::size_t queue_max = 100);
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // Gets a connection without a transaction, or the error of connecting. Runs once.
  using Work = std::function<void(Result<pg::BulkConnection*> connection)>;

  // Never blocks. Errors (the work will not run): kResourceExhausted DECISIONS_BUSY, kUnavailable
  // SHUTTING_DOWN, both with retry_after.
  Status Submit(Work work);

  // Runs what is queued, then ends the thread. Idempotent.
  void Stop();

 private:
  void Run();

  const pg::BulkOptions database_;
  const std::size_t queue_max_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Work> works_ SELFSAME_GUARDED_BY(mutex_);
  bool is_stopped_ SELFSAME_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace selfsame::decisions

#endif  // SELFSAME_SERVER_DECISIONS_DESK_H_
