#include "server/schema/json_time.h"

#include <chrono>

namespace selfsame::schema {
namespace {

constexpr std::int64_t kDurationSecondsMax = 315'576'000'000;
constexpr std::int64_t kTimestampSecondsMin = -62'135'596'800;
constexpr std::int64_t kTimestampSecondsMax = 253'402'300'799;
constexpr std::size_t kFractionDigitsMax = 9;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes pieces off the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool IsAtEnd() const { return rest_.empty(); }

  bool Take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // From `min` to `max` digits; there must not be more.
  std::optional<std::int64_t> TakeDigits(std::size_t min, std::size_t max) {
    std::size_t count = 0;
    std::int64_t number = 0;
    while (count < rest_.size() && IsDigit(rest_[count])) {
      if (++count > max) return std::nullopt;
      number = number * 10 + (rest_[count - 1] - '0');
    }
    rest_.remove_prefix(count);
    return count < min ? std::nullopt : std::optional(number);
  }

  // The digits after a point, if there is one.
  std::optional<std::int32_t> TakeNanos() {
    if (!Take('.')) return 0;
    const std::size_t before = rest_.size();
    const auto fraction = TakeDigits(1, kFractionDigitsMax);
    if (!fraction) return std::nullopt;
    std::int64_t nanos = *fraction;
    for (std::size_t i = before - rest_.size(); i < kFractionDigitsMax; ++i) nanos *= 10;
    return static_cast<std::int32_t>(nanos);
  }

 private:
  std::string_view rest_;
};

std::optional<std::int64_t> TakeDay(Reader& reader) {
  const auto year = reader.TakeDigits(4, 4);
  if (!year || !reader.Take('-')) return std::nullopt;
  const auto month = reader.TakeDigits(2, 2);
  if (!month || !reader.Take('-')) return std::nullopt;
  const auto day = reader.TakeDigits(2, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::optional<std::int64_t> TakeTwo(Reader& reader, std::int64_t max) {
  const auto number = reader.TakeDigits(2, 2);
  return number && *number <= max ? number : std::nullopt;
}

// Seconds east of UTC.
std::optional<std::int64_t> TakeOffset(Reader& reader) {
  if (reader.Take('Z')) return 0;
  const bool is_east = reader.Take('+');
  if (!is_east && !reader.Take('-')) return std::nullopt;
  const auto hours = TakeTwo(reader, 23);
  if (!hours || !reader.Take(':')) return std::nullopt;
  const auto minutes = TakeTwo(reader, 59);
  if (!minutes) return std::nullopt;
  const std::int64_t seconds = *hours * 3600 + *minutes * 60;
  return is_east ? seconds : -seconds;
}

// The words of a path, without '_' and with a capital for each word but the first.
bool AppendSnake(std::string_view path, std::string& snake) {
  for (const char c : path) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (!is_upper && !IsDigit(c) && c != '.' && (c < 'a' || c > 'z')) return false;
    if (is_upper) snake += '_';
    snake += static_cast<char>(is_upper ? c - 'A' + 'a' : c);
  }
  return true;
}

}  // namespace

std::optional<SecondsAndNanos> ParseTimestampText(std::string_view text) {
  Reader reader(text);
  const auto day = TakeDay(reader);
  if (!day || !reader.Take('T')) return std::nullopt;
  const auto hour = TakeTwo(reader, 23);
  if (!hour || !reader.Take(':')) return std::nullopt;
  const auto minute = TakeTwo(reader, 59);
  if (!minute || !reader.Take(':')) return std::nullopt;
  const auto second = TakeTwo(reader, 59);
  if (!second) return std::nullopt;
  const auto nanos = reader.TakeNanos();
  if (!nanos) return std::nullopt;
  const auto offset = TakeOffset(reader);
  if (!offset || !reader.IsAtEnd()) return std::nullopt;
  const std::int64_t seconds = *day * 86'400 + *hour * 3600 + *minute * 60 + *second - *offset;
  if (seconds < kTimestampSecondsMin || seconds > kTimestampSecondsMax) return std::nullopt;
  return SecondsAndNanos{seconds, *nanos};
}

std::optional<SecondsAndNanos> ParseDurationText(std::string_view text) {
  constexpr std::size_t kSecondsDigitsMax = 12;
  Reader reader(text);
  const bool is_negative = reader.Take('-');
  const auto seconds = reader.TakeDigits(1, kSecondsDigitsMax);
  if (!seconds) return std::nullopt;
  const auto nanos = reader.TakeNanos();
  if (!nanos || !reader.Take('s') || !reader.IsAtEnd()) return std::nullopt;
  if (*seconds > kDurationSecondsMax || (*seconds == kDurationSecondsMax && *nanos > 0)) {
    return std::nullopt;
  }
  return is_negative ? SecondsAndNanos{-*seconds, -*nanos} : SecondsAndNanos{*seconds, *nanos};
}

std::optional<std::vector<std::string>> ParseFieldMaskText(std::string_view text) {
  std::vector<std::string> paths;
  while (!text.empty()) {
    const std::string_view path = text.substr(0, text.find(','));
    if (path.empty() || path.size() + 1 == text.size()) return std::nullopt;
    if (!AppendSnake(path, paths.emplace_back())) return std::nullopt;
    text.remove_prefix(std::min(path.size() + 1, text.size()));
  }
  return paths;
}

}  // namespace selfsame::schema
