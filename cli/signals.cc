#include "cli/signals.h"

#include <pthread.h>

namespace selfsame::cli {

StopSignals::StopSignals() {
  sigemptyset(&awaited_);
  sigaddset(&awaited_, SIGINT);
  sigaddset(&awaited_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &awaited_, &before_);
}

// What came while we were stopping has been obeyed: it must not strike once it is let through.
StopSignals::~StopSignals() {
  const timespec at_once{};
  while (sigtimedwait(&awaited_, nullptr, &at_once) > 0) {
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool StopSignals::Await(std::chrono::milliseconds wait) {
  if (raised_) return true;
  const timespec timeout{.tv_sec = wait.count() / 1'000,
                         .tv_nsec = wait.count() % 1'000 * 1'000'000};
  // Another signal's handler may cut the wait short: no harm, callers ask again.
  raised_ = sigtimedwait(&awaited_, nullptr, &timeout) > 0;
  return raised_;
}

}  // namespace selfsame::cli
