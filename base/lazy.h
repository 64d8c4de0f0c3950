// A value that is made at its first use, when making it may fail. A success is kept for good. A
// failure is not: what was missing at start, such as a file descriptor, may be there later.
#ifndef SELFSAME_BASE_LAZY_H_
#define SELFSAME_BASE_LAZY_H_

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "base/mutex.h"
#include "base/result.h"

namespace selfsame {

// Thread-safe. Once the value is there, Get is one atomic read.
template <typename T>
class Lazy {
 public:
  // After a failure, Get returns the same error for `retry_after` before it tries again: making the
  // value may be costly.
  explicit Lazy(std::chrono::milliseconds retry_after = std::chrono::seconds(1))
      : retry_after_(retry_after) {}

  // The value, which lives as long as this; `make` returns Result<T>, and is called by one thread
  // at a time while the others wait. Errors: make's.
  template <typename Make>
  Result<const T*> Get(Make&& make) {
    if (const T* made = made_.load(std::memory_order_acquire)) return made;
    MutexLock lock(mutex_);
    if (value_ != nullptr) return value_.get();
    const auto now = std::chrono::steady_clock::now();
    if (error_ && now < failed_at_ + retry_after_) return *error_;
    Result<T> result = std::forward<Make>(make)();
    if (!result.ok()) {
      error_ = result.error();
      failed_at_ = now;
      return *error_;
    }
    value_ = std::make_unique<const T>(std::move(*result));
    made_.store(value_.get(), std::memory_order_release);
    return value_.get();
  }

 private:
  const std::chrono::milliseconds retry_after_;
  std::atomic<const T*> made_{nullptr};
  Mutex mutex_;
  std::unique_ptr<const T> value_ SELFSAME_GUARDED_BY(mutex_);
  std::optional<Error> error_ SELFSAME_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point failed_at_ SELFSAME_GUARDED_BY(mutex_);
};

}  // namespace selfsame

#endif  // SELFSAME_BASE_LAZY_H_
