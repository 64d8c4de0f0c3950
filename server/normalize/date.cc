#include "server/normalize/date.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "server/normalize/calendar.h"
#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

constexpr std::size_t kDateBytesMax = 40;

Error NotADate() { return Invalid("DATE_INVALID", "not a calendar date"); }
Error Impossible() { return Invalid("DATE_IMPOSSIBLE", "the calendar has no such day"); }
Error AmbiguousOrder() {
  return Invalid("DATE_AMBIGUOUS",
                 "day and month could be either; the source must state its order");
}
Error AmbiguousCentury() {
  return Invalid("DATE_AMBIGUOUS", "a year of two digits leaves the century open");
}

Result<NormalizedDate> MakeDate(int year, int month, int day) {
  if (!IsRealDate(year, month, day)) return Impossible();
  return NormalizedDate{.year = year,
                        .month = month,
                        .day = day,
                        .text = fmt::format("{:04}-{:02}-{:02}", year, month, day)};
}

// 1 to 12 for an English month's name or its first three letters (and "sept").
std::optional<int> MonthNamed(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonths = {
      "january", "february", "march",     "april",   "may",      "june",
      "july",    "august",   "september", "october", "november", "december"};
  const std::string lower = ToLowerAscii(word);
  if (lower == "sept") return 9;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (lower == kMonths[i] || lower == kMonths[i].substr(0, 3)) return static_cast<int>(i) + 1;
  }
  return std::nullopt;
}

// "3rd" is 3 beside a month's name.
std::string_view WithoutOrdinal(std::string_view word) {
  if (word.size() < 3 || !IsDigit(word.front())) return word;
  const std::string end = ToLowerAscii(word.substr(word.size() - 2));
  if (end == "st" || end == "nd" || end == "rd" || end == "th") word.remove_suffix(2);
  return word;
}

// The three parts of a date; nothing where there are not three, or separators differ.
std::optional<std::array<std::string_view, 3>> SplitAt(char separator, std::string_view text) {
  const std::size_t first = text.find(separator);
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = text.find(separator, first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return std::array{text.substr(0, first), text.substr(first + 1, second - first - 1),
                    text.substr(second + 1)};
}

Result<NormalizedDate> FromNamedMonth(int month, std::string_view day, std::string_view year) {
  const auto day_number = ParseDigits(WithoutOrdinal(day));
  const auto year_number = ParseDigits(year);
  if (!day_number || day.size() > 4 || !year_number) return NotADate();
  if (year.size() == 2) return AmbiguousCentury();
  if (year.size() != 4) return NotADate();
  return MakeDate(*year_number, month, *day_number);
}

// Two numbers before a year.
Result<NormalizedDate> FromDayAndMonth(int first, int second, int year, DateOrder order) {
  switch (order) {
    case DateOrder::kDayMonthYear: return MakeDate(year, second, first);
    case DateOrder::kMonthDayYear: return MakeDate(year, first, second);
    case DateOrder::kUnstated: break;
  }
  if (first > 12 && second > 12) return Impossible();
  if (first > 12 || first == second) return MakeDate(year, second, first);
  if (second > 12) return MakeDate(year, first, second);
  return AmbiguousOrder();
}

Result<NormalizedDate> FromParts(const std::array<std::string_view, 3>& parts, DateOrder order) {
  if (const auto month = MonthNamed(parts[1])) return FromNamedMonth(*month, parts[0], parts[2]);
  if (const auto month = MonthNamed(parts[0])) return FromNamedMonth(*month, parts[1], parts[2]);
  const auto first = ParseDigits(parts[0]);
  const auto second = ParseDigits(parts[1]);
  const auto third = ParseDigits(parts[2]);
  if (!first || !second || !third || parts[1].size() > 2) return NotADate();
  if (parts[0].size() == 4 && parts[2].size() <= 2) return MakeDate(*first, *second, *third);
  if (parts[0].size() > 2) return NotADate();
  if (parts[2].size() == 4) return FromDayAndMonth(*first, *second, *third, order);
  return parts[2].size() == 2 ? Result<NormalizedDate>(AmbiguousCentury()) : NotADate();
}

// "April 3, 2020", "3. Apr. 2020" and "03-Apr-2020" by their words: full stops and commas end words
// here, and hyphens part them.
Result<NormalizedDate> FromWords(std::string_view text, DateOrder order) {
  std::string plain;
  for (const char c : text) {
    const bool parts = c == ' ' || c == '-' || c == '/' || c == ',' || c == '.';
    if (!parts) plain += c;
    if (parts && !plain.empty() && plain.back() != ' ') plain += ' ';
  }
  if (plain.ends_with(' ')) plain.pop_back();
  const auto parts = SplitAt(' ', plain);
  const bool has_month = parts && (MonthNamed((*parts)[0]) || MonthNamed((*parts)[1]));
  return has_month ? FromParts(*parts, order) : NotADate();
}

}  // namespace

Result<NormalizedDate> NormalizeDate(std::string_view value, const DateOptions& options) {
  if (!IsUsableText(value)) return NotADate();
  const std::string tidy = IsAscii(value) ? std::string() : TidyNfkc(value);
  const std::string_view text = IsAscii(value) ? TrimAscii(value) : std::string_view(tidy);
  if (text.size() > kDateBytesMax || text.empty()) return NotADate();
  if (std::any_of(text.begin(), text.end(), IsAlpha)) return FromWords(text, options.order);
  if (const auto digits = ParseDigits(text); digits && text.size() == 8) {
    return MakeDate(*digits / 10000, *digits / 100 % 100, *digits % 100);
  }
  for (const char separator : {'-', '/', '.'}) {
    if (const auto parts = SplitAt(separator, text)) return FromParts(*parts, options.order);
  }
  return NotADate();
}

Status CheckBirthDate(const NormalizedDate& date, TimeUs now) {
  constexpr int kAgeYearsMax = 150;
  // Tomorrow is today somewhere.
  const std::chrono::sys_days latest{
      std::chrono::floor<std::chrono::days>(std::chrono::microseconds(now.us)) +
      std::chrono::days(1)};
  const std::chrono::sys_days day = std::chrono::year(date.year) /
                                    std::chrono::month(static_cast<unsigned>(date.month)) /
                                    std::chrono::day(static_cast<unsigned>(date.day));
  const auto this_year = static_cast<int>(std::chrono::year_month_day(latest).year());
  if (day <= latest && date.year >= this_year - kAgeYearsMax) return {};
  return Invalid("DATE_IMPOSSIBLE", "no living person was born then");
}

}  // namespace selfsame::normalize
