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
  std::string api_key;  // Of the tenant in whose name they send records and read.
  // Of the one in whose name they hold calls open: it runs out of places for those, the other not.
  std::string slow_api_key;
};

struct AttackCount {
  std::uint64_t rounds = 0;
  std::uint64_t answered = 0;  // That ended as they should: for calls, with OK.
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
  // What each attack has done so far: no number of rounds may be zero.
  std::map<std::string, AttackCount> Counts() const;

 private:
  struct Rounds {
    std::atomic<std::uint64_t> done{0};
    std::atomic<std::uint64_t> answered{0};
  };
  // Whether it ended as it should.
  using Round = bool (*)(const Arena& arena, std::uint64_t round, std::size_t thread);
  void Add(const std::string& name, std::size_t threads, Round round);

  const Arena arena_;
  StopSignal stop_;
  std::map<std::string, Rounds> rounds_;
  std::vector<std::thread> threads_;
};

}  // namespace selfsame::soak

#endif  // SELFSAME_TESTS_SOAK_ATTACKERS_H_
