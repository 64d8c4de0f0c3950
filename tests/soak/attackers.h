// What hostile and careless callers do during a soak, each on threads of its own and without end.
#ifndef SELFSAME_TESTS_SOAK_ATTACKERS_H_
#define SELFSAME_TESTS_SOAK_ATTACKERS_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/stop.h"

namespace selfsame::soak {

struct Arena {
  std::string server;   // Its gRPC address.
  std::string front;    // The front's; empty where there is none.
  std::string api_key;  // Of the tenant in whose name they call.
};

// Attack from construction until Stop.
class Attackers {
 public:
  explicit Attackers(const Arena& arena);
  ~Attackers();
  Attackers(const Attackers&) = delete;
  Attackers& operator=(const Attackers&) = delete;

  // Waits for the calls that are open, which a stopped server fails.
  void Stop();
  // How many rounds each attack has done, whatever came of them: none may be zero.
  std::map<std::string, std::uint64_t> Rounds() const;

 private:
  using Round = void (*)(const Arena& arena, std::uint64_t round, std::size_t thread);
  void Add(const std::string& name, std::size_t threads, Round round);

  const Arena arena_;
  StopSignal stop_;
  std::map<std::string, std::atomic<std::uint64_t>> rounds_;
  std::vector<std::thread> threads_;
};

}  // namespace selfsame::soak

#endif  // SELFSAME_TESTS_SOAK_ATTACKERS_H_
