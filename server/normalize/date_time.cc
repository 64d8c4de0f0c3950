#include <fmt/format.h>

#include <cstdlib>

#include "server/normalize/calendar.h"
#include "server/normalize/date.h"
#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

constexpr std::size_t kDateTimeBytesMax = 64;
constexpr int kDayMinutes = 24 * 60;

Error NotATime() { return Invalid("DATE_INVALID", "not a time as RFC 3339 writes one"); }
Error Impossible() { return Invalid("DATE_IMPOSSIBLE", "no clock or calendar shows such a time"); }
Error NoZone() {
  return Invalid("DATE_ZONE_UNKNOWN", "a time needs its offset from UTC, as in Z or +02:00");
}

struct Clock {
  int hour = 0;
  int minute = 0;
  int second = 0;
  int micros = 0;
  std::optional<int> offset_minutes;
  bool offset_known = true;
};

struct Day {
  int year = 0;
  int month = 0;
  int day = 0;
};

// The number of exactly `width` digits at the start, which it takes away; with what must follow.
std::optional<int> TakeDigits(std::string_view& text, std::size_t width, char then) {
  if (text.size() < width + (then != 0 ? 1 : 0)) return std::nullopt;
  const auto number = ParseDigits(text.substr(0, width));
  if (!number || (then != 0 && text[width] != then)) return std::nullopt;
  text.remove_prefix(width + (then != 0 ? 1 : 0));
  return number;
}

// ".283185" to microseconds; digits past the sixth are cut, never rounded into the next second.
bool TakeFraction(std::string_view& text, int& micros) {
  if (!text.starts_with('.')) return true;
  text.remove_prefix(1);
  std::size_t digits = 0;
  int scale = 100000;
  for (; digits < text.size() && IsDigit(text[digits]); ++digits, scale /= 10) {
    micros += (text[digits] - '0') * scale;
  }
  text.remove_prefix(digits);
  return digits > 0;
}

// What is left after the seconds: nothing, "Z", or an offset.
Status TakeOffset(std::string_view text, Clock& clock) {
  if (text.empty()) return {};
  if (text == "Z" || text == "z") {
    clock.offset_minutes = 0;
    return {};
  }
  const char sign = text.front();
  text.remove_prefix(1);
  if (sign != '+' && sign != '-') return NotATime();
  const auto hours = TakeDigits(text, 2, ':');
  const auto minutes = hours ? TakeDigits(text, 2, 0) : std::nullopt;
  if (!minutes || !text.empty()) return NotATime();
  if (*hours > 23 || *minutes > 59) return Impossible();
  const int offset = *hours * 60 + *minutes;
  clock.offset_minutes = sign == '-' ? -offset : offset;
  clock.offset_known = sign == '+' || offset != 0;
  return {};
}

// A leap second is the last of a day in UTC.
bool IsLastUtcMinute(const Clock& clock) {
  const int utc = clock.hour * 60 + clock.minute - clock.offset_minutes.value_or(0);
  return ((utc % kDayMinutes) + kDayMinutes) % kDayMinutes == kDayMinutes - 1;
}

Result<Clock> ParseClock(std::string_view text) {
  Clock clock;
  const auto hour = TakeDigits(text, 2, ':');
  const auto minute = hour ? TakeDigits(text, 2, ':') : std::nullopt;
  const auto second = minute ? TakeDigits(text, 2, 0) : std::nullopt;
  if (!second || !TakeFraction(text, clock.micros)) return NotATime();
  clock.hour = *hour;
  clock.minute = *minute;
  clock.second = *second;
  SELFSAME_RETURN_IF_ERROR(TakeOffset(text, clock));
  if (clock.hour > 23 || clock.minute > 59 || clock.second > 60) return Impossible();
  return clock;
}

Result<Day> ParseDay(std::string_view text) {
  const auto year = TakeDigits(text, 4, '-');
  const auto month = year ? TakeDigits(text, 2, '-') : std::nullopt;
  const auto day = month ? TakeDigits(text, 2, 0) : std::nullopt;
  if (!day || !text.empty()) return NotATime();
  if (!IsRealDate(*year, *month, *day)) return Impossible();
  return Day{*year, *month, *day};
}

std::string ClockText(const Clock& clock) {
  std::string text = fmt::format("{:02}:{:02}:{:02}", clock.hour, clock.minute, clock.second);
  if (clock.micros != 0) {
    text += fmt::format(".{:06}", clock.micros);
    text.erase(text.find_last_not_of('0') + 1);
  }
  const int offset = clock.offset_minutes.value_or(0);
  if (offset == 0) return text + (clock.offset_known ? "Z" : "-00:00");
  const int size = std::abs(offset);
  return text + fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', size / 60, size % 60);
}

TimeUs PointInTime(const Day& day, const Clock& clock) {
  const std::chrono::sys_days date = std::chrono::year(day.year) /
                                     std::chrono::month(static_cast<unsigned>(day.month)) /
                                     std::chrono::day(static_cast<unsigned>(day.day));
  const std::int64_t minutes = clock.hour * 60 + clock.minute - clock.offset_minutes.value_or(0);
  const std::int64_t seconds =
      date.time_since_epoch().count() * std::int64_t{86400} + minutes * 60 + clock.second;
  return {seconds * 1000000 + clock.micros};
}

// True for the last day, in UTC, of a month: no other has ever been given a leap second.
bool EndsAMonth(const TimeUs& just_after) {
  const std::chrono::sys_days date{
      std::chrono::floor<std::chrono::days>(std::chrono::microseconds(just_after.us))};
  return std::chrono::year_month_day(date).day() == std::chrono::day(1);
}

}  // namespace

Result<NormalizedDateTime> NormalizeDateTime(std::string_view value,
                                             const DateTimeOptions& options) {
  const std::string_view text = TrimAscii(value);
  constexpr std::size_t kDateSize = 10;
  if (text.size() <= kDateSize || text.size() > kDateTimeBytesMax) return NotATime();
  const char between = text[kDateSize];
  if (between != 'T' && between != 't' && between != ' ') return NotATime();
  SELFSAME_ASSIGN_OR_RETURN(const Day day, ParseDay(text.substr(0, kDateSize)));
  SELFSAME_ASSIGN_OR_RETURN(Clock clock, ParseClock(text.substr(kDateSize + 1)));
  if (!clock.offset_minutes) clock.offset_minutes = options.default_offset_minutes;
  if (!clock.offset_minutes) return NoZone();
  const TimeUs time = PointInTime(day, clock);
  if (clock.second == 60 && !(IsLastUtcMinute(clock) && EndsAMonth(time))) return Impossible();
  return NormalizedDateTime{
      .time = time,
      .offset_minutes = *clock.offset_minutes,
      .offset_known = clock.offset_known,
      .text = fmt::format("{:04}-{:02}-{:02}T", day.year, day.month, day.day) + ClockText(clock)};
}

Result<std::string> NormalizeTimeOfDay(std::string_view value) {
  const std::string_view text = TrimAscii(value);
  if (text.size() > kDateTimeBytesMax) return NotATime();
  SELFSAME_ASSIGN_OR_RETURN(const Clock clock, ParseClock(text));
  if (!clock.offset_minutes) return NoZone();
  if (clock.second == 60 && !IsLastUtcMinute(clock)) return Impossible();
  return ClockText(clock);
}

}  // namespace selfsame::normalize
