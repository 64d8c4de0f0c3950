#include "cli/import/local_time.h"

#include <fmt/format.h>
#include <unicode/basictz.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <charconv>
#include <chrono>
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

bool IsNamedFormat(const std::string& format) {
  return format == "rfc3339" || format == "unix" || format == "unix_ms";
}

}  // namespace

Result<TimeReader> TimeReader::Create(const Options& options) {
  TimeReader reader;
  reader.format_ = options.format;
  if (IsNamedFormat(options.format)) {
    if (!options.zone.empty()) return BadFormat("format " + options.format + " takes no zone");
    reader.kind_ = options.format == "rfc3339" ? Kind::kRfc3339
                   : options.format == "unix"  ? Kind::kUnix
                                               : Kind::kUnixMs;
    return reader;
  }
  if (options.format.find('%') == std::string::npos) {
    return BadFormat(
        "format must be rfc3339, unix, unix_ms or a pattern such as %Y-%m-%d %H:%M:%S");
  }
  if (options.format.find("%s") != std::string::npos) return BadFormat("use format unix, not %s");
  if (options.format.find("%z") != std::string::npos) {
    if (!options.zone.empty()) return BadFormat("a format with %z takes no zone");
    reader.kind_ = Kind::kOffset;
    return reader;
  }
  if (options.zone.empty()) return BadFormat("a format without %z needs a zone, e.g. \"UTC\"");
  auto zone = std::make_shared<Zone>(Zone{FindZone(options.zone)});
  if (zone->icu == nullptr) {
    return Error{ErrorCode::kInvalidArgument, "TIME_ZONE",
                 fmt::format("no time zone is called {}", options.zone)};
  }
  reader.kind_ = Kind::kLocal;
  reader.zone_ = std::move(zone);
  return reader;
}

std::optional<TimeUs> TimeReader::Read(const std::string& text) const {
  switch (kind_) {
    case Kind::kRfc3339: return ParseRfc3339(text);
    case Kind::kUnix:
    case Kind::kUnixMs: return ReadUnix(text);
    case Kind::kOffset:
    case Kind::kLocal: return ReadFormat(text);
  }
  return std::nullopt;
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

std::optional<TimeUs> TimeReader::ReadFormat(const std::string& text) const {
  std::tm parts{};
  parts.tm_mday = 1;
  parts.tm_year = 70;
  const char* rest = ::strptime(text.c_str(), format_.c_str(), &parts);
  if (rest == nullptr || rest != text.c_str() + text.size()) return std::nullopt;
  const auto local = AsIfUtc(parts);
  if (!local) return std::nullopt;
  if (kind_ == Kind::kOffset) return *local - std::chrono::seconds(parts.tm_gmtoff);
  return ToUtc(*local);
}

std::optional<TimeUs> TimeReader::ToUtc(TimeUs local) const {
  std::int32_t raw_ms = 0;
  std::int32_t saving_ms = 0;
  UErrorCode status = U_ZERO_ERROR;
  zone_->icu->getOffsetFromLocal(static_cast<UDate>(local.us / 1'000), UCAL_TZ_LOCAL_FORMER,
                                 UCAL_TZ_LOCAL_FORMER, raw_ms, saving_ms, status);
  if (U_FAILURE(status)) return std::nullopt;
  return local - std::chrono::milliseconds(raw_ms + saving_ms);
}

}  // namespace selfsame::cli
