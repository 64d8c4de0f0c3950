// A bound for what libpqxx waits for. libpqxx blocks until the server answers, and a server that is
// stopped, or cut off, never does.
#ifndef SELFSAME_STORAGE_PG_WATCHDOG_H_
#define SELFSAME_STORAGE_PG_WATCHDOG_H_

#include <chrono>
#include <optional>
#include <thread>

#include "base/mutex.h"
#include "base/time.h"

namespace selfsame::pg {

// Shuts a socket down when an answer takes too long: whoever reads from it finds it closed. One
// thread watches one socket. Thread-safe.
class Watchdog {
 public:
  explicit Watchdog(std::chrono::milliseconds bound);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // From now on the bound runs for this socket; to be said at each statement. Costs no system call.
  void Expect(int socket);
  // Nothing is waited for any more. To be said before the socket is closed.
  void Rest();

 private:
  void Run();

  const std::chrono::milliseconds bound_;
  Mutex mutex_;
  CondVar changed_;
  bool is_stopped_ SELFSAME_GUARDED_BY(mutex_) = false;
  int socket_ SELFSAME_GUARDED_BY(mutex_) = -1;
  std::optional<Deadline> deadline_ SELFSAME_GUARDED_BY(mutex_);  // None: nothing is waited for.
  std::thread thread_;                                            // Last: it uses the others.
};

}  // namespace selfsame::pg

#endif  // SELFSAME_STORAGE_PG_WATCHDOG_H_
