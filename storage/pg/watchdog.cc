#include "storage/pg/watchdog.h"

#include <sys/socket.h>

namespace selfsame::pg {

Watchdog::Watchdog(std::chrono::milliseconds bound) : bound_(bound), thread_([this] { Run(); }) {}

Watchdog::~Watchdog() {
  {
    MutexLock lock(mutex_);
    is_stopped_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void Watchdog::Expect(int socket) {
  MutexLock lock(mutex_);
  socket_ = socket;
  deadline_ = Deadline::After(bound_);
}

void Watchdog::Rest() {
  MutexLock lock(mutex_);
  deadline_.reset();
}

// Expect wakes nobody: a deadline that it sets while this sleeps lies after the end of the sleep.
void Watchdog::Run() {
  MutexLock lock(mutex_);
  while (!is_stopped_) {
    if (deadline_ && deadline_->Expired()) {
      shutdown(socket_, SHUT_RDWR);
      deadline_.reset();
    }
    const Deadline wake = deadline_ ? *deadline_ : Deadline::After(bound_);
    changed_.wait_until(mutex_, wake.at());
  }
}

}  // namespace selfsame::pg
