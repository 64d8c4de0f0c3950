// Threads for reads: gRPC threads never wait for SQL, so reads are handed to these.
#ifndef SELFSAME_SERVER_EDGE_READ_POOL_H_
#define SELFSAME_SERVER_EDGE_READ_POOL_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "storage/pg/session.h"

namespace selfsame::edge {

struct ReadPoolOptions {
  pg::SessionOptions database;
  int threads = 2;  // Each with its own session.
  std::size_t queue_reads_max = 1'000;
};

// Thread-safe. Sessions connect at their first read, and again when they break.
class ReadPool {
 public:
  explicit ReadPool(ReadPoolOptions options);
  ~ReadPool();
  ReadPool(const ReadPool&) = delete;
  ReadPool& operator=(const ReadPool&) = delete;

  // Gets a session, or the error of connecting. Runs once, on a thread of the pool.
  using Read = std::function<void(Result<pg::Session*> session)>;

  // Never blocks. Errors (the read will not run): kResourceExhausted READS_BUSY, kUnavailable
  // SHUTTING_DOWN, both with retry_after.
  Status Submit(Read read);

  // Runs what is queued, then ends the threads.
  void Stop();

 private:
  void Run();

  const ReadPoolOptions options_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Read> reads_ SELFSAME_GUARDED_BY(mutex_);
  bool is_stopped_ SELFSAME_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_READ_POOL_H_
