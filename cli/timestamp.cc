#include "cli/timestamp.h"

#include <fmt/format.h>

namespace selfsame::cli {

google::protobuf::Timestamp ToTimestamp(TimeUs time) {
  constexpr std::int64_t kMicrosASecond = 1'000'000;
  // Nanos are never negative: times before 1970 count up from the second before.
  const std::int64_t micros = (time.us % kMicrosASecond + kMicrosASecond) % kMicrosASecond;
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds((time.us - micros) / kMicrosASecond);
  timestamp.set_nanos(static_cast<std::int32_t>(micros * 1'000));
  return timestamp;
}

std::string FormatTimestamp(const google::protobuf::Timestamp& timestamp) {
  return FormatRfc3339({timestamp.seconds() * 1'000'000});
}

std::string FormatMoment(const google::protobuf::Timestamp& timestamp) {
  return timestamp.seconds() == 0 && timestamp.nanos() == 0 ? "-" : FormatTimestamp(timestamp);
}

Result<google::protobuf::Timestamp> ParseMoment(std::string_view option, std::string_view text) {
  constexpr std::size_t kDateLength = 10;
  const auto time = ParseRfc3339(text.size() == kDateLength ? fmt::format("{}T00:00:00Z", text)
                                                            : std::string(text));
  if (time) return ToTimestamp(*time);
  return Error{
      ErrorCode::kInvalidArgument, "TIME_MALFORMED",
      fmt::format("{} takes a date or a time, as 2026-03-01 or 2026-03-01T12:00:00Z", option)};
}

}  // namespace selfsame::cli
