// The Gregorian calendar, for dates and times alike.
#ifndef SELFSAME_SERVER_NORMALIZE_CALENDAR_H_
#define SELFSAME_SERVER_NORMALIZE_CALENDAR_H_

#include <chrono>
#include <optional>
#include <string_view>

#include "server/normalize/text.h"

namespace selfsame::normalize {

// True where the proleptic Gregorian calendar has that day in the years 1 to 9999.
inline bool IsRealDate(int year, int month, int day) {
  return year >= 1 && year <= 9999 &&
         (std::chrono::year(year) / std::chrono::month(static_cast<unsigned>(month)) /
          std::chrono::day(static_cast<unsigned>(day)))
             .ok();
}

// One to nine ASCII digits and nothing else.
inline std::optional<int> ParseDigits(std::string_view text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  int number = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_CALENDAR_H_
