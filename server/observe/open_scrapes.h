// The open connections of the metrics server, by age. The library's own timeout counts from the
// last byte, so that a client which sends one now and then would be served for ever.
#ifndef SELFSAME_SERVER_OBSERVE_OPEN_SCRAPES_H_
#define SELFSAME_SERVER_OBSERVE_OPEN_SCRAPES_H_

#include <chrono>
#include <cstddef>
#include <list>

#include "base/mutex.h"

namespace selfsame::observe {

// Thread-safe.
class OpenScrapes {
 public:
  using Clock = std::chrono::steady_clock;

  explicit OpenScrapes(std::size_t open_max) : open_max_(open_max) {}

  // A connection was accepted. Where there are too many, the oldest is shut down.
  void Opened(int socket, Clock::time_point now);
  // A connection is about to be closed. Requires: it was opened.
  void Closed(int socket);
  // Shuts down what was opened before `before`; its owner then closes it.
  void ShutDownOlderThan(Clock::time_point before);

 private:
  struct Scrape {
    int socket = -1;
    Clock::time_point opened_at;
    bool is_shut_down = false;
  };
  static void ShutDown(Scrape& scrape);

  const std::size_t open_max_;
  Mutex mutex_;  // Held while shutting down: a socket's number is not reused meanwhile.
  std::list<Scrape> open_ SELFSAME_GUARDED_BY(mutex_);  // Oldest first.
};

}  // namespace selfsame::observe

#endif  // SELFSAME_SERVER_OBSERVE_OPEN_SCRAPES_H_
