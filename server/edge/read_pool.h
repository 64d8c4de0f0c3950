// Threads for reads: gRPC threads never wait for SQL, so reads are handed to these.
#ifndef SELFSAME_SERVER_EDGE_READ_POOL_H_
#define SELFSAME_SERVER_EDGE_READ_POOL_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/call_life.h"
#include "base/fair_queue.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/stop.h"
#include "server/observe/barrier.h"
#include "storage/pg/session.h"

namespace selfsame::edge {

struct ReadPoolOptions {
  pg::SessionOptions database;
  // Each with its own session. One tenant never has the last of them, and half of them at most
  // while others read too.
  int threads = 4;
  std::size_t queue_reads_max = 1'000;  // Waiting, of all tenants beyond their shares.
  std::size_t queue_reads_share = 50;   // Waiting, of each tenant, that always find room.
  // Null: none. Once it has expired what is queued gets SHUTTING_DOWN instead of a session.
  const StopLimit* stop = nullptr;
};

// Thread-safe. Tenants take turns. Sessions connect at their first read, and again when they break.
class ReadPool {
 public:
  // Requires: `barrier` outlives this.
  ReadPool(ReadPoolOptions options, const observe::Barrier& barrier);
  ~ReadPool();
  ReadPool(const ReadPool&) = delete;
  ReadPool& operator=(const ReadPool&) = delete;

  // Gets a session, or the error of connecting. Runs once, on a thread of the pool. Returns how it
  // ended: after kInternal the session is not used again.
  using Read = std::function<Status(Result<pg::Session*> session)>;

  // Never blocks. Errors (the read will not run): kResourceExhausted READS_BUSY, kUnavailable
  // SHUTTING_DOWN, both with retry_after.
  Status Submit(TenantId tenant, IsAbandoned is_abandoned, Read read);

  // Ends the threads once what is queued has run or was abandoned.
  void Stop();

 private:
  struct Queued {
    IsAbandoned is_abandoned;
    Read read;
  };

  void Run();
  std::size_t RunningMax() const SELFSAME_REQUIRES(mutex_);
  void NoteTurn(TenantId tenant);
  Status Connect(std::unique_ptr<pg::Session>& session) const;
  // What to do about a read that is due: nothing when it is to run, otherwise the error it gets.
  Status Due(const Queued& queued) const;

  const ReadPoolOptions options_;
  const observe::Barrier& barrier_;
  Mutex mutex_;
  CondVar changed_;
  FairQueue<Queued> reads_ SELFSAME_GUARDED_BY(mutex_);
  std::optional<TenantId> last_ SELFSAME_GUARDED_BY(mutex_);  // That had a turn.
  // When a tenant last had its turn after another.
  std::optional<std::chrono::steady_clock::time_point> others_at_ SELFSAME_GUARDED_BY(mutex_);
  bool is_stopped_ SELFSAME_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_READ_POOL_H_
