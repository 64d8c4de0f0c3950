#include "tests/bench/meter.h"

#include <algorithm>

#include "base/check.h"

namespace selfsame::bench {
namespace {

// The value that `share` of all are no greater than; sorts what it must.
double Quantile(std::vector<float>& values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

}  // namespace

Meter::Meter(const Watched& watched, SecondsDouble run_in, SecondsDouble measured)
    : watched_(watched),
      begin_at_(Clock::now() + std::chrono::duration_cast<Clock::duration>(run_in)),
      measured_(measured) {}

void Meter::Done(std::uint64_t records, Clock::duration latency) {
  slice_.records_in_all += records;
  if (is_over_) return;
  const Clock::time_point now = Clock::now();
  if (!is_begun_) {
    if (now >= begin_at_) Begin(now);
    return;
  }
  slice_.records += records;
  latencies_ms_.push_back(std::chrono::duration<float, std::milli>(latency).count());
  if (now - begun_ >= measured_) End(now);
}

void Meter::Begin(Clock::time_point now) {
  is_begun_ = true;
  begun_ = now;
  cpu_at_begin_ = CpuOf(watched_);
}

void Meter::End(Clock::time_point now) {
  is_over_ = true;
  slice_.seconds = SecondsDouble(now - begun_).count();
  slice_.cpu = CpuOf(watched_) - cpu_at_begin_;
}

Slice Meter::TakeSlice() {
  SELFSAME_CHECK(is_over_);
  slice_.p50_ms = Quantile(latencies_ms_, 0.50);
  slice_.p99_ms = Quantile(latencies_ms_, 0.99);
  return slice_;
}

}  // namespace selfsame::bench
