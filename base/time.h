// Points in time: microseconds since 1970-01-01T00:00:00Z, PostgreSQL's resolution. Durations are
// std::chrono. The clock is read in few places and handed on as a value, so that tests can choose
// it.
#ifndef SELFSAME_BASE_TIME_H_
#define SELFSAME_BASE_TIME_H_

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace selfsame {

struct TimeUs {
  std::int64_t us = 0;
  auto operator<=>(const TimeUs&) const = default;
  TimeUs operator+(std::chrono::microseconds d) const { return {us + d.count()}; }
  TimeUs operator-(std::chrono::microseconds d) const { return {us - d.count()}; }
  std::chrono::microseconds operator-(TimeUs other) const {
    return std::chrono::microseconds(us - other.us);
  }
};

// The system clock, now.
TimeUs Now();

// RFC 3339 in UTC with microseconds only where they are not zero: 2010-12-01T08:26:00Z.
std::string FormatRfc3339(TimeUs time);

// RFC 3339 with a zone ("Z" or an offset) or, where absent, UTC. Returns nothing when it is not a
// time.
std::optional<TimeUs> ParseRfc3339(std::string_view text);

// YYYYMMDD in UTC, the suffix of a day's partition.
std::string DayStamp(TimeUs time);

// A moment by which a blocking call must be over. Value type over the steady clock.
class Deadline {
 public:
  static Deadline After(std::chrono::milliseconds wait) {
    return Deadline(std::chrono::steady_clock::now() + wait);
  }
  bool Expired() const { return std::chrono::steady_clock::now() >= at_; }
  std::chrono::milliseconds Left() const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        at_ - std::chrono::steady_clock::now());
    return left.count() > 0 ? left : std::chrono::milliseconds(0);
  }
  std::chrono::steady_clock::time_point at() const { return at_; }

 private:
  explicit Deadline(std::chrono::steady_clock::time_point at) : at_(at) {}
  std::chrono::steady_clock::time_point at_;
};

}  // namespace selfsame

#endif  // SELFSAME_BASE_TIME_H_
