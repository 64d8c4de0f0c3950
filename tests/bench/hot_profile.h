// What becomes of a profile that everybody writes to at once.
#ifndef SELFSAME_TESTS_BENCH_HOT_PROFILE_H_
#define SELFSAME_TESTS_BENCH_HOT_PROFILE_H_

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "tests/bench/identity_options.h"
#include "tests/bench/stage.h"

namespace selfsame::bench {

struct HotSlice {
  double records_per_second = 0;  // Acked: events, sets and additions together.
  double p50_ms = 0;              // Of a call.
  double p99_ms = 0;
};

struct HotCost {
  std::vector<HotSlice> fresh;              // A new profile each round.
  std::vector<HotSlice> laden;              // One with many additions from before the clock runs.
  std::uint64_t additions_laden = 0;        // That the latter has in the end.
  std::int64_t acked = 0;                   // The sum of all acked additions, of all profiles.
  std::int64_t stored = 0;                  // What their counters say.
  std::uint64_t deadlocks = 0;              // As PostgreSQL counted.
  std::uint64_t serialization_retries = 0;  // As the server did.
};

// Many connections, each with one call after the other to the same customer: ten events, or ten
// profile updates of which half add to a counter and half set an attribute.
// Errors: what failed; kInternal ADDITIONS_LOST when the counters are not what was acked.
Result<HotCost> MeasureHotProfile(Stage& stage, const IdentityOptions& options);

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_HOT_PROFILE_H_
