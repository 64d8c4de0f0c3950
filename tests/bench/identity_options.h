// How large the benchmark of identity is.
#ifndef SELFSAME_TESTS_BENCH_IDENTITY_OPTIONS_H_
#define SELFSAME_TESTS_BENCH_IDENTITY_OPTIONS_H_

#include <cstdint>
#include <string>

namespace selfsame::bench {

// Of the smaller two profiles that merge.
inline constexpr std::uint64_t kFewEvents = 10;

struct IdentityOptions {
  std::string program;  // The path of this very program.
  bool has_merge = true;
  bool has_kiosk = true;
  bool has_hot = true;
  std::uint64_t events = 1'000'000;   // Of each of the larger two profiles that merge.
  int merges = 21;                    // Rounds; at most 40: a person has 50 identifiers of a kind.
  std::uint64_t customers = 10'000;   // Who pass by the kiosk.
  int connections = 32;               // That send to the hot profile.
  std::uint64_t additions = 100'000;  // To the hot profile's counter, before the clock runs.
  double seconds = 6;                 // Measured of each case of the kiosk and the hot profile.
  int slices = 5;                     // The parts in which that time is measured.
  std::uint64_t seed = 1;
};

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_IDENTITY_OPTIONS_H_
