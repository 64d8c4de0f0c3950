// Where messages that take long to check are handled: on threads of their own, tenants in turn.
// gRPC has few threads for the events of all calls, and a tenant that sends a thousand records at a
// time would keep the calls of all others waiting for them.
#ifndef SELFSAME_SERVER_EDGE_LONG_MESSAGES_H_
#define SELFSAME_SERVER_EDGE_LONG_MESSAGES_H_

#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "base/fair_queue.h"
#include "base/ids.h"
#include "base/mutex.h"

namespace selfsame::edge {

struct LongMessagesOptions {
  std::size_t bytes_min = 16 * 1024;  // Shorter ones are handled sooner than handed over.
  int threads = 0;                    // 0: one more than the machine has cores.
  std::size_t waiting_max = 32;       // Of all tenants beyond their shares.
  std::size_t waiting_share = 4;      // Of each tenant, that always find room.
};

// Thread-safe.
class LongMessages {
 public:
  explicit LongMessages(const LongMessagesOptions& options = {});
  // Runs what waits. Requires: Take is not called any more.
  ~LongMessages();
  LongMessages(const LongMessages&) = delete;
  LongMessages& operator=(const LongMessages&) = delete;

  // Runs `handle`, which must not throw, on a thread of its own. False, and it will not run: the
  // message is short, or too many wait; the caller handles it himself.
  bool Take(TenantId tenant, std::size_t bytes, std::function<void()> handle);

 private:
  void Run();

  const LongMessagesOptions options_;
  Mutex mutex_;
  CondVar changed_;
  FairQueue<std::function<void()>> waiting_ SELFSAME_GUARDED_BY(mutex_);
  bool is_stopped_ SELFSAME_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_LONG_MESSAGES_H_
