// A run of the benchmark: rounds of slices, one slice of each case a round, so that what the
// machine does meanwhile falls on all cases alike; then a count of what is stored.
#ifndef SELFSAME_TESTS_BENCH_RUN_H_
#define SELFSAME_TESTS_BENCH_RUN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "tests/bench/cases.h"
#include "tests/bench/installation.h"
#include "tests/bench/meter.h"

namespace selfsame::bench {

struct RunOptions {
  std::string program;  // The path of this very program.
  std::vector<const Case*> cases;
  double seconds = 6;  // Measured of each case, in all its slices.
  int slices = 5;
  std::uint64_t seed = 1;
};

struct Measured {
  const Case* what = nullptr;
  std::vector<Slice> slices;  // One a round.
};

struct Findings {
  RunOptions options;
  std::string postgres_version;
  bool is_on_disk = true;
  std::vector<Measured> measured;
  // What was acked or committed, run-in included, and so must be stored; and what is.
  Stored expected;
  Stored stored;
};

// Tells on standard error how far it is. Ends early when SIGINT or SIGTERM, which have to be
// blocked, are pending.
// Errors: what failed; kInternal ROWS_MISSING when acked records are not stored, or others are.
Result<Findings> RunBenchmark(const RunOptions& options);

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_RUN_H_
