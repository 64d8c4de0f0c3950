// A soak: the real server with all attacks at once beside a well-behaved tenant.
#ifndef SELFSAME_TESTS_SOAK_SOAK_H_
#define SELFSAME_TESTS_SOAK_SOAK_H_

#include <functional>
#include <string>

#include "tests/soak/report.h"

namespace selfsame::soak {

struct SoakOptions {
  int seconds = 600;  // The first sixth of them the tenant is alone, at most a minute.
  std::function<void(const std::string& line)> on_progress;
};

// Starts a private PostgreSQL, a server and, where haproxy is installed, the front; ends with the
// server's stop while the attacks go on. Call it on the main thread.
Report RunSoak(const SoakOptions& options);

}  // namespace selfsame::soak

#endif  // SELFSAME_TESTS_SOAK_SOAK_H_
