#include "base/time.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cctype>

namespace selfsame {
namespace {

constexpr std::int64_t kMicrosASecond = 1'000'000;

std::int64_t FloorDiv(std::int64_t a, std::int64_t b) {
  const std::int64_t quotient = a / b;
  return a % b < 0 ? quotient - 1 : quotient;
}

// Reads exactly `digits` decimal digits at `at`, or fails.
std::optional<int> Digits(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// Reads ".123456" at *at into microseconds and moves *at past all its digits.
std::optional<std::int64_t> Fraction(std::string_view text, std::size_t* at) {
  if (*at >= text.size() || text[*at] != '.') return 0;
  std::int64_t micros = 0;
  std::int64_t unit = kMicrosASecond / 10;
  const std::size_t first = ++*at;
  for (; *at < text.size() && std::isdigit(static_cast<unsigned char>(text[*at])); ++*at) {
    micros += (text[*at] - '0') * unit;
    unit /= 10;
  }
  if (*at == first) return std::nullopt;
  return micros;
}

// Seconds east of UTC of "Z", "+hh:mm", "-hh:mm" or nothing.
std::optional<int> ZoneSeconds(std::string_view zone) {
  if (zone.empty() || zone == "Z" || zone == "z") return 0;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  const auto hours = Digits(zone, 1, 2);
  const auto minutes = Digits(zone, 4, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const int seconds = *hours * 3600 + *minutes * 60;
  return zone[0] == '-' ? -seconds : seconds;
}

}  // namespace

TimeUs Now() {
  return {std::chrono::duration_cast<std::chrono::microseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

std::string FormatRfc3339(TimeUs time) {
  const std::int64_t seconds = FloorDiv(time.us, kMicrosASecond);
  const std::int64_t micros = time.us - seconds * kMicrosASecond;
  const std::string whole = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(std::time_t{seconds}));
  return micros == 0 ? whole + "Z" : fmt::format("{}.{:06}Z", whole, micros);
}

std::optional<TimeUs> ParseRfc3339(std::string_view text) {
  const auto year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
  const auto hour = Digits(text, 11, 2), minute = Digits(text, 14, 2), second = Digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return std::nullopt;
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  std::size_t at = 19;
  const auto micros = Fraction(text, &at);
  if (!micros) return std::nullopt;
  const auto zone = ZoneSeconds(text.substr(at));
  if (!zone) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = days * 86'400 + *hour * 3600 + *minute * 60 + *second - *zone;
  return TimeUs{seconds * kMicrosASecond + *micros};
}

std::string DayStamp(TimeUs time) {
  return fmt::format("{:%Y%m%d}", fmt::gmtime(std::time_t{FloorDiv(time.us, kMicrosASecond)}));
}

}  // namespace selfsame
