#include "server/signals.h"

#include <csignal>
#include <utility>

namespace selfsame::server {
namespace {

sigset_t Taken() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
  return set;
}

}  // namespace

Signals::Signals(std::function<void()> on_hangup) : on_hangup_(std::move(on_hangup)) {
  const sigset_t taken = Taken();
  pthread_sigmask(SIG_BLOCK, &taken, nullptr);
  thread_ = std::thread([this] { Take(); });
}

Signals::~Signals() {
  if (!stop_.IsSet()) pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

void Signals::Take() {
  const sigset_t taken = Taken();
  for (;;) {
    int number = 0;
    sigwait(&taken, &number);
    if (number == SIGHUP) {
      on_hangup_();
      continue;
    }
    number_ = number;
    return stop_.Set();
  }
}

}  // namespace selfsame::server
