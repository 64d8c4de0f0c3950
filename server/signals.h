// The signals of the process, taken by one thread: SIGTERM and SIGINT stop it, SIGHUP reloads.
#ifndef SELFSAME_SERVER_SIGNALS_H_
#define SELFSAME_SERVER_SIGNALS_H_

#include <atomic>
#include <functional>
#include <thread>

#include "base/stop.h"

namespace selfsame::server {

// Made before any other thread, so that all inherit the blocked signals. Thread-safe.
class Signals {
 public:
  // `on_hangup` runs on the thread of the signals.
  explicit Signals(std::function<void()> on_hangup);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Set by the first signal to stop; those after it are ignored.
  const StopSignal& stop() const { return stop_; }
  // Which one it was; 0: none yet.
  int number() const { return number_; }

 private:
  void Take();

  const std::function<void()> on_hangup_;
  StopSignal stop_;
  std::atomic<int> number_{0};
  std::thread thread_;
};

}  // namespace selfsame::server

#endif  // SELFSAME_SERVER_SIGNALS_H_
