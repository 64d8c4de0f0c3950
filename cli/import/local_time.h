// Reading times as files have them: in a format, and often in a zone's local time.
#ifndef SELFSAME_CLI_IMPORT_LOCAL_TIME_H_
#define SELFSAME_CLI_IMPORT_LOCAL_TIME_H_

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace selfsame::cli {

// Immutable after construction; may be used by many threads.
class TimeReader {
 public:
  struct Options {
    // As for strptime(3) with %z for an offset in the text; or "rfc3339"; or "unix", "unix_ms".
    std::string format;
    // IANA name, for example "Europe/London". Required unless the text itself says its offset.
    std::string zone;
  };

  // Errors: kInvalidArgument TIME_FORMAT (with what is wrong), TIME_ZONE for a name nobody knows.
  static Result<TimeReader> Create(const Options& options);

  // Nothing when the whole text is no such time. A local time that happens twice (clocks go back)
  // is taken for the first; one that never happens (clocks go forward) counts on from before the
  // change: 01:30 on such a night is read as 02:30.
  std::optional<TimeUs> Read(const std::string& text) const;

 private:
  struct Zone;  // Keeps ICU out of this header.
  enum class Kind { kRfc3339, kUnix, kUnixMs, kOffset, kLocal };

  TimeReader() = default;
  std::optional<TimeUs> ReadUnix(const std::string& text) const;
  std::optional<TimeUs> ReadFormat(const std::string& text) const;
  std::optional<TimeUs> ToUtc(TimeUs local) const;

  Kind kind_ = Kind::kRfc3339;
  std::string format_;
  std::shared_ptr<const Zone> zone_;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_LOCAL_TIME_H_
