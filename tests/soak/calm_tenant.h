// The well-behaved tenant of a soak: some calls a second about people it knows, and how long each
// takes.
#ifndef SELFSAME_TESTS_SOAK_CALM_TENANT_H_
#define SELFSAME_TESTS_SOAK_CALM_TENANT_H_

#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/stop.h"

namespace selfsame::soak {

// What the calls of a time were like.
struct Calm {
  std::size_t calls = 0;
  std::size_t failed = 0;  // Anything but ACCEPTED records and profiles that were found.
  double p50_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;
  std::string first_failure;
};

// Calls from Start until it goes. Thread-safe.
class CalmTenant {
 public:
  CalmTenant(const std::string& address, const std::string& api_key);
  ~CalmTenant();
  CalmTenant(const CalmTenant&) = delete;
  CalmTenant& operator=(const CalmTenant&) = delete;

  // The calls since the last time this was asked.
  Calm Take();
  // Ends the calls, so that a stopping server fails none of them.
  void Stop();

 private:
  void Run(std::size_t client);
  void Note(double ms, const std::string& failure);

  const std::string address_;
  const std::string api_key_;
  StopSignal stop_;
  Mutex mutex_;
  std::vector<double> calls_ms_ SELFSAME_GUARDED_BY(mutex_);
  std::size_t failed_ SELFSAME_GUARDED_BY(mutex_) = 0;
  std::string first_failure_ SELFSAME_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace selfsame::soak

#endif  // SELFSAME_TESTS_SOAK_CALM_TENANT_H_
