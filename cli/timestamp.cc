#include "cli/timestamp.h"

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

}  // namespace selfsame::cli
