// A signal to stop that threads can wait on in place of sleeping. Thread-safe; stays set.
#ifndef SELFSAME_BASE_STOP_H_
#define SELFSAME_BASE_STOP_H_

#include <atomic>
#include <chrono>
#include <limits>

#include "base/mutex.h"
#include "base/time.h"

namespace selfsame {

class StopSignal {
 public:
  void Set() {
    MutexLock lock(mutex_);
    is_set_ = true;
    changed_.notify_all();
  }
  bool IsSet() const {
    MutexLock lock(mutex_);
    return is_set_;
  }
  // Waits until the signal is set, at most `wait`; returns whether it is.
  bool WaitFor(std::chrono::milliseconds wait) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, wait, [this] { return is_set_; });
  }

 private:
  mutable Mutex mutex_;
  mutable CondVar changed_;
  bool is_set_ = false;  // Guarded by mutex_.
};

// When work that has not ended is given up, once a stop has begun. Thread-safe.
class StopLimit {
 public:
  void Set(const Deadline& deadline) { at_ = deadline.at().time_since_epoch().count(); }
  bool Expired() const {
    return std::chrono::steady_clock::now().time_since_epoch().count() >= at_;
  }

 private:
  using Ticks = std::chrono::steady_clock::rep;
  std::atomic<Ticks> at_{std::numeric_limits<Ticks>::max()};
};

}  // namespace selfsame

#endif  // SELFSAME_BASE_STOP_H_
