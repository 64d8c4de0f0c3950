// The gate every call of ours goes through: counts those that are open, so that a stop can refuse
// the next and see these to their ends. gRPC's own shutdown would cancel what comes too late, where
// clients are promised UNAVAILABLE, and would wait for what is none of ours: watches of our health,
// connections whose clients sleep.
#ifndef SELFSAME_SERVER_EDGE_GATE_H_
#define SELFSAME_SERVER_EDGE_GATE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/mutex.h"
#include "base/result.h"
#include "base/time.h"

namespace selfsame::edge {

// Thread-safe.
class Gate {
 public:
  // The call that holds it, or a copy of it, is open.
  using Pass = std::shared_ptr<const void>;

  // Requires: this outlives the pass. Errors: kUnavailable SHUTTING_DOWN once closed.
  Result<Pass> Enter();

  // For good.
  void Close();

  // Waits until no call is open. Requires: Close was called.
  void AwaitEmpty(const Deadline& deadline);

  // Waits until none has come for the length of `quiet`, which is when callers know.
  void AwaitQuiet(std::chrono::milliseconds quiet, const Deadline& deadline);

 private:
  void Leave();

  Mutex mutex_;
  CondVar changed_;
  bool is_closed_ SELFSAME_GUARDED_BY(mutex_) = false;
  std::size_t open_ SELFSAME_GUARDED_BY(mutex_) = 0;
  std::uint64_t refused_ SELFSAME_GUARDED_BY(mutex_) = 0;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_GATE_H_
