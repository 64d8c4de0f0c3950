#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
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

// Without white space and invisible characters around it; empty for what is no text.
std::string Tidied(std::string_view value) {
  if (IsAscii(value)) return std::string(TrimAscii(value));
  return IsUsableText(value) ? TidyNfkc(value) : std::string();
}

// The whole seconds and the microseconds of a number such as "-1.5" in thousandths or seconds.
std::optional<TimeUs> EpochTime(std::string_view text, EpochUnit unit) {
  constexpr std::size_t kDigitsMax = 15;  // Milliseconds to the year 9999.
  const bool is_before = text.starts_with('-');
  if (is_before) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  std::string_view fraction = text.substr(point);
  if (whole.empty() || whole.size() > kDigitsMax) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : whole) {
    if (!IsDigit(c)) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  int millionths = 0;
  if (!TakeFraction(fraction, millionths) || !fraction.empty()) return std::nullopt;
  const std::int64_t us = unit == EpochUnit::kSeconds ? number * 1'000'000 + millionths
                                                      : number * 1'000 + millionths / 1'000;
  return TimeUs{is_before ? -us : us};
}

}  // namespace

Result<NormalizedDateTime> NormalizeEpoch(std::string_view value, EpochUnit unit) {
  const auto time = EpochTime(Tidied(value), unit);
  if (!time) return Invalid("DATE_INVALID", "not a number of seconds or milliseconds since 1970");
  const auto micros = std::chrono::microseconds(time->us);
  const std::chrono::sys_days date{std::chrono::floor<std::chrono::days>(micros)};
  const std::chrono::year_month_day ymd(date);
  const Day day{static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
                static_cast<int>(static_cast<unsigned>(ymd.day()))};
  if (!IsRealDate(day.year, day.month, day.day)) return Impossible();
  const std::int64_t rest = (micros - date.time_since_epoch()).count();
  const auto second = static_cast<int>(rest / 1'000'000);
  const Clock clock{.hour = second / 3600,
                    .minute = second / 60 % 60,
                    .second = second % 60,
                    .micros = static_cast<int>(rest % 1'000'000),
                    .offset_minutes = 0};
  return NormalizedDateTime{
      .time = *time,
      .text = fmt::format("{:04}-{:02}-{:02}T", day.year, day.month, day.day) + ClockText(clock)};
}

Result<NormalizedDate> NormalizeEpochDate(std::string_view value, EpochUnit unit) {
  SELFSAME_ASSIGN_OR_RETURN(const NormalizedDateTime time, NormalizeEpoch(value, unit));
  constexpr std::size_t kDateSize = 10;
  return NormalizeDate(std::string_view(time.text).substr(0, kDateSize));
}

Result<NormalizedDateTime> NormalizeDateTime(std::string_view value,
                                             const DateTimeOptions& options) {
  const std::string tidy = Tidied(value);
  const std::string_view text = tidy;
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
  const std::string tidy = Tidied(value);
  const std::string_view text = tidy;
  if (text.size() > kDateTimeBytesMax) return NotATime();
  SELFSAME_ASSIGN_OR_RETURN(const Clock clock, ParseClock(text));
  if (!clock.offset_minutes) return NoZone();
  if (clock.second == 60 && !IsLastUtcMinute(clock)) return Impossible();
  return ClockText(clock);
}

}  // namespace selfsame::normalize
