// std::mutex with clang's thread-safety annotations. No mutex is held across I/O.
#ifndef SELFSAME_BASE_MUTEX_H_
#define SELFSAME_BASE_MUTEX_H_

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define SELFSAME_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define SELFSAME_THREAD_ANNOTATION(x)
#endif

#define SELFSAME_GUARDED_BY(mutex) SELFSAME_THREAD_ANNOTATION(guarded_by(mutex))
#define SELFSAME_REQUIRES(...) SELFSAME_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))

namespace selfsame {

class SELFSAME_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  void lock() SELFSAME_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void unlock() SELFSAME_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

// Holds a Mutex for a scope. Also what CondVar waits on.
class SELFSAME_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) SELFSAME_THREAD_ANNOTATION(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() SELFSAME_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

using CondVar = std::condition_variable_any;

}  // namespace selfsame

#endif  // SELFSAME_BASE_MUTEX_H_
