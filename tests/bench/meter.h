// A slice of a case's measurement: what was done between two moments, how fast, at whose cost.
#ifndef SELFSAME_TESTS_BENCH_METER_H_
#define SELFSAME_TESTS_BENCH_METER_H_

#include <chrono>
#include <cstdint>
#include <vector>

#include "tests/bench/cpu.h"

namespace selfsame::bench {

using Clock = std::chrono::steady_clock;
using SecondsDouble = std::chrono::duration<double>;

struct Slice {
  std::uint64_t records = 0;  // Acked, or committed, within the measured time.
  double seconds = 0;
  double p50_ms = 0;  // Of a request, or of a transaction.
  double p99_ms = 0;
  CpuUse cpu;
  std::uint64_t records_in_all = 0;  // Those before and after the measured time too.
};

// Runs in first a little, unmeasured, then for the measured time. Owned by one thread.
class Meter {
 public:
  Meter(const Watched& watched, SecondsDouble run_in, SecondsDouble measured);

  // Counts what is done now; to be called often, since it is what moves the time on.
  void Done(std::uint64_t records, Clock::duration latency);
  // Whether the measured time is over: start nothing new.
  bool IsOver() const { return is_over_; }
  // What was measured. Requires: IsOver.
  Slice TakeSlice();

 private:
  void Begin(Clock::time_point now);
  void End(Clock::time_point now);

  const Watched watched_;
  const Clock::time_point begin_at_;
  const SecondsDouble measured_;
  bool is_begun_ = false;
  bool is_over_ = false;
  Clock::time_point begun_;
  CpuUse cpu_at_begin_;
  std::vector<float> latencies_ms_;
  Slice slice_;
};

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_METER_H_
