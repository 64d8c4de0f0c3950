// Reading times as files have them: in a format, and often in a zone's local time.
#ifndef SELFSAME_CLI_IMPORT_LOCAL_TIME_H_
#define SELFSAME_CLI_IMPORT_LOCAL_TIME_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace selfsame::cli {

// Immutable after construction; may be used by many threads.
class TimeReader {
 public:
  struct Options {
    // A pattern of conversions as strptime(3) has them, of these: %Y %y %m %d %e %b %B %h %a %A %F
    // %D %T %R %H %I %M %S %p %z %%, and %f, a fraction of a second of 1 to 9 digits; after a dot
    // or comma it may be absent from the text. Or "rfc3339", which also takes PostgreSQL's own text
    // ("2023-05-01 10:20:30.5+00"); "unix", "unix_ms"; "excel", the number of a day with its time
    // as a fraction.
    std::string format;
    // IANA name, for example "Europe/London". Required unless the text itself has an offset from
    // UTC. With rfc3339 it is the zone of texts without an offset, which are no times otherwise.
    std::string zone;
  };

  // Errors: kInvalidArgument TIME_FORMAT, with what is wrong; TIME_ZONE for an unknown zone.
  static Result<TimeReader> Create(const Options& options);

  // The same without a zone, for days alone: what is read is the local time as if it were UTC.
  // Errors: TIME_FORMAT, also for a format that gives a point in time (rfc3339, unix, unix_ms, %z).
  static Result<TimeReader> CreateForDays(const std::string& format);

  // Nothing when the whole text, without spaces around it, is no such time. A local time that
  // happens twice (clocks go back) is taken for the first; one that never happens (clocks go
  // forward) counts on from before the change: 01:30 on such a night is read as 02:30.
  std::optional<TimeUs> Read(std::string_view text) const;

 private:
  struct Zone;  // Keeps ICU out of this header.
  enum class Kind { kRfc3339, kUnix, kUnixMs, kExcel, kOffset, kLocal };

  TimeReader() = default;
  static Result<TimeReader> ForPattern(const std::string& format);
  Status UseZone(const std::string& name);
  std::optional<TimeUs> ReadRfc3339(std::string text) const;
  std::optional<TimeUs> ReadUnix(const std::string& text) const;
  std::optional<TimeUs> ReadExcel(std::string text) const;
  std::optional<TimeUs> ReadFormat(std::string text) const;
  std::optional<std::int64_t> TakeFraction(std::string& text) const;
  std::optional<TimeUs> ToUtc(TimeUs local) const;

  Kind kind_ = Kind::kRfc3339;
  // The pattern up to the fraction and without it; both are the whole pattern where it has none.
  std::string before_fraction_;
  std::string format_;
  bool has_fraction_ = false;
  char point_ = '\0';                 // Before the fraction, where the pattern has one.
  std::shared_ptr<const Zone> zone_;  // Null: as if UTC.
};

// The first of several formats that reads a text, for columns that mix them.
class TimeReaders {
 public:
  explicit TimeReaders(std::vector<TimeReader> readers = {}) : readers_(std::move(readers)) {}
  std::optional<TimeUs> Read(std::string_view text) const;

 private:
  std::vector<TimeReader> readers_;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_LOCAL_TIME_H_
