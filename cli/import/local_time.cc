#include "cli/import/local_time.h"

#include <fmt/format.h>
#include <unicode/basictz.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <ctime>
#include <utility>

namespace selfsame::cli {

struct TimeReader::Zone {
  std::unique_ptr<icu::BasicTimeZone> icu;
};

namespace {

constexpr std::int64_t kMicrosASecond = 1'000'000;

Error BadFormat(std::string why) {
  return {ErrorCode::kInvalidArgument, "TIME_FORMAT", std::move(why)};
}

// ICU's IANA zones are all BasicTimeZones; an unknown name comes back as the unknown zone.
std::unique_ptr<icu::BasicTimeZone> FindZone(const std::string& name) {
  std::unique_ptr<icu::TimeZone> zone(
      icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name)));
  if (zone == nullptr || *zone == icu::TimeZone::getUnknown()) return nullptr;
  if (dynamic_cast<icu::BasicTimeZone*>(zone.get()) == nullptr) return nullptr;
  return std::unique_ptr<icu::BasicTimeZone>(static_cast<icu::BasicTimeZone*>(zone.release()));
}

// The time of a broken-down time as if it were UTC; nothing for a 30th of February, which
// strptime lets pass.
std::optional<TimeUs> AsIfUtc(const std::tm& parts) {
  const std::chrono::year_month_day date{
      std::chrono::year(parts.tm_year + 1900),
      std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
      std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
  if (!date.ok() || parts.tm_sec > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds =
      days * 86'400 + parts.tm_hour * 3600 + parts.tm_min * 60 + parts.tm_sec;
  return TimeUs{seconds * kMicrosASecond};
}

// strptime takes more than these, and some of it is of no use here: it skips %Z without a look at
// it, so that a time of another zone would be read as one of ours.
constexpr std::string_view kConversions = "YymdebBhaAFDTRHIMSpzf%";

// What the conversions of a pattern give, as one letter each: year, month, day.
std::string PartsOf(std::string_view conversions) {
  std::string parts;
  for (const char c : conversions) {
    switch (c) {
      case 'Y':
      case 'y': parts += 'Y'; break;
      case 'm':
      case 'b':
      case 'B':
      case 'h': parts += 'm'; break;
      case 'd':
      case 'e': parts += 'd'; break;
      case 'F':
      case 'D': parts += "Ymd"; break;
    }
  }
  return parts;
}

// The letters after each % of a pattern. Errors: TIME_FORMAT for one that is not taken.
Result<std::string> ConversionsOf(std::string_view format) {
  std::string conversions;
  for (std::size_t at = 0; at < format.size(); ++at) {
    if (format[at] != '%') continue;
    const char letter = ++at < format.size() ? format[at] : ' ';
    if (letter == 'Z') {
      return BadFormat(
          "%Z is not taken, since a zone's abbreviation is ambiguous: use %z for an offset, or "
          "leave the abbreviation out and name the zone");
    }
    if (letter == 's') return BadFormat("use format unix, not %s");
    if (kConversions.find(letter) == std::string_view::npos) {
      return BadFormat(fmt::format("unknown conversion %{}", letter));
    }
    conversions += letter;
  }
  return conversions;
}

Status CheckConversions(std::string_view conversions) {
  const auto count = [&](char c) { return std::count(conversions.begin(), conversions.end(), c); };
  const std::string parts = PartsOf(conversions);
  for (const char part : {'Y', 'm', 'd'}) {
    if (parts.find(part) != std::string::npos) continue;
    return BadFormat("the pattern needs a year, a month and a day, such as %Y-%m-%d");
  }
  if ((count('I') > 0) != (count('p') > 0)) return BadFormat("%I and %p go together");
  if (count('f') > 1) return BadFormat("%f may be there once");
  return {};
}

// Spaces as spreadsheets leave them around a cell.
std::string Trimmed(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(kSpaces) - first + 1));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "+hh:mm" of the offsets that RFC 3339 and PostgreSQL write: "+00", "+0530", "+05:30"; "Z" stays.
// Nothing for another text.
std::optional<std::string> FullOffset(std::string_view offset) {
  if (offset == "Z" || offset == "z") return "Z";
  if (offset.size() < 3 || (offset[0] != '+' && offset[0] != '-')) return std::nullopt;
  std::string digits(offset.substr(1));
  if (digits.size() == 5 && digits[2] == ':') digits.erase(2, 1);
  if (digits.size() == 2) digits += "00";
  if (digits.size() != 4 || !std::all_of(digits.begin(), digits.end(), IsDigit)) {
    return std::nullopt;
  }
  return fmt::format("{}{}:{}", offset[0], digits.substr(0, 2), digits.substr(2));
}

}  // namespace

Result<TimeReader> TimeReader::Create(const Options& options) {
  TimeReader reader;
  const std::string& format = options.format;
  if (format == "unix" || format == "unix_ms") {
    if (!options.zone.empty()) return BadFormat("format " + format + " takes no zone");
    reader.kind_ = format == "unix" ? Kind::kUnix : Kind::kUnixMs;
    return reader;
  }
  if (format == "rfc3339") {
    if (!options.zone.empty()) SELFSAME_RETURN_IF_ERROR(reader.UseZone(options.zone));
    return reader;
  }
  const bool has_offset = format.find("%z") != std::string::npos;
  if (!has_offset && options.zone.empty()) {
    return BadFormat("a format without %z needs a zone, e.g. \"UTC\"");
  }
  if (has_offset && !options.zone.empty()) return BadFormat("a format with %z takes no zone");
  SELFSAME_ASSIGN_OR_RETURN(reader, ForPattern(format));
  if (has_offset) {
    reader.kind_ = Kind::kOffset;
    return reader;
  }
  SELFSAME_RETURN_IF_ERROR(reader.UseZone(options.zone));
  return reader;
}

Result<TimeReader> TimeReader::CreateForDays(const std::string& format) {
  if (format == "rfc3339" || format == "unix" || format == "unix_ms" ||
      format.find("%z") != std::string::npos) {
    return BadFormat("a day has no offset: use excel or a pattern such as %d.%m.%Y");
  }
  return ForPattern(format);
}

Result<TimeReader> TimeReader::ForPattern(const std::string& format) {
  TimeReader reader;
  reader.kind_ = format == "excel" ? Kind::kExcel : Kind::kLocal;
  if (format == "excel") return reader;
  if (format.find('%') == std::string::npos) {
    return BadFormat(
        "format must be rfc3339, unix, unix_ms, excel or a pattern such as %Y-%m-%d %H:%M:%S");
  }
  SELFSAME_ASSIGN_OR_RETURN(const std::string conversions, ConversionsOf(format));
  SELFSAME_RETURN_IF_ERROR(CheckConversions(conversions));
  reader.before_fraction_ = reader.format_ = format;
  const std::size_t fraction = format.find("%f");
  if (fraction == std::string::npos) return reader;
  reader.has_fraction_ = true;
  const bool has_point =
      fraction > 0 && (format[fraction - 1] == '.' || format[fraction - 1] == ',');
  const std::size_t before = fraction - (has_point ? 1 : 0);
  reader.before_fraction_ = format.substr(0, before);
  reader.format_.erase(before, fraction + 2 - before);
  reader.point_ = has_point ? format[before] : '\0';
  return reader;
}

Status TimeReader::UseZone(const std::string& name) {
  auto zone = std::make_shared<Zone>(Zone{FindZone(name)});
  if (zone->icu == nullptr) {
    return Error{ErrorCode::kInvalidArgument, "TIME_ZONE",
                 fmt::format("no time zone is called {}", name)};
  }
  zone_ = std::move(zone);
  return {};
}

std::optional<TimeUs> TimeReader::Read(std::string_view text) const {
  const std::string trimmed = Trimmed(text);
  switch (kind_) {
    case Kind::kRfc3339: return ReadRfc3339(trimmed);
    case Kind::kUnix:
    case Kind::kUnixMs: return ReadUnix(trimmed);
    case Kind::kExcel: return ReadExcel(trimmed);
    case Kind::kOffset:
    case Kind::kLocal: return ReadFormat(trimmed);
  }
  return std::nullopt;
}

// ParseRfc3339 takes a text without an offset for UTC, so it is given one.
std::optional<TimeUs> TimeReader::ReadRfc3339(std::string text) const {
  constexpr std::size_t kSecondsEnd = sizeof("2023-05-01T10:20:30") - 1;
  if (text.size() < kSecondsEnd) return std::nullopt;
  std::size_t at = kSecondsEnd;
  if (at < text.size() && text[at] == '.') ++at;
  while (at < text.size() && IsDigit(text[at])) ++at;
  if (at == text.size()) {
    if (zone_ == nullptr) return std::nullopt;
    const auto local = ParseRfc3339(text + "Z");
    return local ? ToUtc(*local) : std::nullopt;
  }
  const auto offset = FullOffset(std::string_view(text).substr(at));
  return offset ? ParseRfc3339(text.substr(0, at) + *offset) : std::nullopt;
}

std::optional<TimeUs> TimeReader::ReadUnix(const std::string& text) const {
  // Past this bound the count of microseconds would overflow; the year is far beyond 9999.
  constexpr std::int64_t kUnitsMax = 1'000'000'000'000'000;
  std::int64_t units = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, units);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  if (units > kUnitsMax || units < -kUnitsMax) return std::nullopt;
  const std::int64_t scale = kind_ == Kind::kUnix ? kMicrosASecond : 1'000;
  if (kind_ == Kind::kUnix && std::abs(units) > kUnitsMax / 1'000) return std::nullopt;
  return TimeUs{units * scale};
}

// Day 1 is 1900-01-01. Excel counts a 29 February 1900 that never was, as day 60.
std::optional<TimeUs> TimeReader::ReadExcel(std::string text) const {
  constexpr double kDaysEnd = 2'958'466;  // 10000-01-01.
  constexpr std::int64_t kDay1BeforeEpoch = 25'568;
  std::replace(text.begin(), text.end(), ',', '.');
  double days = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, days, std::chars_format::fixed);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  if (!(days >= 1) || days >= kDaysEnd || std::floor(days) == 60) return std::nullopt;
  // A double holds a day's time to some microseconds: Excel itself shows milliseconds.
  const auto ms = static_cast<std::int64_t>(std::llround(days * 86'400'000));
  const std::int64_t shift = kDay1BeforeEpoch + (days > 60 ? 1 : 0);
  return ToUtc(TimeUs{(ms - shift * 86'400'000) * 1'000});
}

std::optional<TimeUs> TimeReader::ReadFormat(std::string text) const {
  std::tm parts{};
  std::int64_t micros = 0;
  if (has_fraction_) {
    const auto taken = TakeFraction(text);
    if (!taken) return std::nullopt;
    micros = *taken;
  }
  parts.tm_mday = 1;
  parts.tm_year = 70;
  const char* rest = ::strptime(text.c_str(), format_.c_str(), &parts);
  if (rest == nullptr || rest != text.c_str() + text.size()) return std::nullopt;
  auto local = AsIfUtc(parts);
  if (!local) return std::nullopt;
  local->us += micros;
  if (kind_ == Kind::kOffset) return *local - std::chrono::seconds(parts.tm_gmtoff);
  return ToUtc(*local);
}

// strptime knows no fractions: the digits are taken out of the text before it reads the rest in
// one go, since it remembers %I and %p only within one call.
std::optional<std::int64_t> TimeReader::TakeFraction(std::string& text) const {
  std::tm ignored{};
  const char* at = ::strptime(text.c_str(), before_fraction_.c_str(), &ignored);
  if (at == nullptr) return std::nullopt;
  const auto first = static_cast<std::size_t>(at - text.c_str());
  std::size_t end = first;
  if (point_ != '\0') {
    if (end == text.size() || text[end] != point_) return 0;
    ++end;
  }
  std::int64_t micros = 0;
  std::int64_t unit = kMicrosASecond / 10;
  const std::size_t digits = end;
  for (; end < text.size() && IsDigit(text[end]); ++end) {
    micros += (text[end] - '0') * unit;
    unit /= 10;
  }
  if (end == digits || end - digits > 9) return std::nullopt;
  text.erase(first, end - first);
  return micros;
}

std::optional<TimeUs> TimeReader::ToUtc(TimeUs local) const {
  if (zone_ == nullptr) return local;
  std::int32_t raw_ms = 0;
  std::int32_t saving_ms = 0;
  UErrorCode status = U_ZERO_ERROR;
  zone_->icu->getOffsetFromLocal(static_cast<UDate>(local.us / 1'000), UCAL_TZ_LOCAL_FORMER,
                                 UCAL_TZ_LOCAL_FORMER, raw_ms, saving_ms, status);
  if (U_FAILURE(status)) return std::nullopt;
  return local - std::chrono::milliseconds(raw_ms + saving_ms);
}

std::optional<TimeUs> TimeReaders::Read(std::string_view text) const {
  for (const TimeReader& reader : readers_) {
    if (const auto time = reader.Read(text)) return time;
  }
  return std::nullopt;
}

}  // namespace selfsame::cli
