// The newest of a sequence of immutable values: one thread replaces it, many read it. A reader
// keeps the value it got for as long as it likes.
#ifndef SELFSAME_BASE_SNAPSHOT_H_
#define SELFSAME_BASE_SNAPSHOT_H_

#include <memory>
#include <utility>

#include "base/mutex.h"

namespace selfsame {

// Thread-safe.
template <typename T>
class Snapshot {
 public:
  explicit Snapshot(std::shared_ptr<const T> value) : value_(std::move(value)) {}

  std::shared_ptr<const T> Get() const {
    MutexLock lock(mutex_);
    return value_;
  }
  void Set(std::shared_ptr<const T> value) {
    MutexLock lock(mutex_);
    value_.swap(value);  // The old one goes after the lock does.
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const T> value_ SELFSAME_GUARDED_BY(mutex_);
};

}  // namespace selfsame

#endif  // SELFSAME_BASE_SNAPSHOT_H_
