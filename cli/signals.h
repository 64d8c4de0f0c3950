// Noticing Ctrl-C and SIGTERM where it suits, instead of being interrupted by them.
#ifndef SELFSAME_CLI_SIGNALS_H_
#define SELFSAME_CLI_SIGNALS_H_

#include <signal.h>

#include <chrono>

namespace selfsame::cli {

// Holds back SIGINT and SIGTERM for the process: make one before any other thread is started.
// Owned by one thread; at most one exists.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // Waits for either, at most this long; true at once when one has come before.
  bool Await(std::chrono::milliseconds wait);

 private:
  sigset_t awaited_;
  sigset_t before_;
  bool raised_ = false;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_SIGNALS_H_
