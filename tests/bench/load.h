// The client: keeps a server busy with as many requests in flight as saturate it, from one thread,
// and counts what is acked. Runs in a process of its own, so that its CPU time is counted apart.
#ifndef SELFSAME_TESTS_BENCH_LOAD_H_
#define SELFSAME_TESTS_BENCH_LOAD_H_

#include <cstdint>
#include <string>

#include "base/result.h"
#include "tests/bench/meter.h"
#include "tests/bench/workload.h"

namespace selfsame::bench {

struct LoadOptions {
  std::string address;
  RequestShape shape;
  People people = kKnownPeople;
  // The records' numbers, from here on; whoever starts loads keeps them apart.
  std::uint64_t first_number = 0;
  double run_in_seconds = 0;
  double seconds = 0;
  // Send this many records instead of measuring for a time; 0: measure.
  std::uint64_t records_exactly = 0;
  Watched watched;
  std::uint64_t seed = 0;
};

// Errors: kInternal LOAD_REFUSED when a call failed or a record was anything but ACCEPTED,
// kDeadlineExceeded LOAD_STUCK when answers stay out.
Result<Slice> RunLoad(const LoadOptions& options, const std::string& api_key);

// How options reach the client's process, and how its slice comes back.
std::string ToJson(const LoadOptions& options);
LoadOptions LoadOptionsFromJson(const std::string& json);
std::string ToJson(const Slice& slice);
Slice SliceFromJson(const std::string& json);

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_LOAD_H_
