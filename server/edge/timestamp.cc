#include "server/edge/timestamp.h"

#include <cstdint>

namespace selfsame::edge {
namespace {

constexpr std::int64_t kMicrosASecond = 1'000'000;
constexpr std::int64_t kSecondsMin = -62'135'596'800;  // 0001-01-01.
constexpr std::int64_t kSecondsMax = 253'402'300'799;  // 9999-12-31T23:59:59.

}  // namespace

void SetTime(TimeUs time, google::protobuf::Timestamp* reply) {
  std::int64_t seconds = time.us / kMicrosASecond;
  std::int64_t micros = time.us % kMicrosASecond;
  if (micros < 0) {
    --seconds;
    micros += kMicrosASecond;
  }
  reply->set_seconds(seconds);
  reply->set_nanos(static_cast<int>(micros * 1000));
}

Result<TimeUs> TimeOf(const google::protobuf::Timestamp& time, const std::string& field) {
  const bool is_time = time.seconds() >= kSecondsMin && time.seconds() <= kSecondsMax &&
                       time.nanos() >= 0 && time.nanos() <= 999'999'999;
  if (!is_time) {
    constexpr const char* kMessage = "must be within the years 1 to 9999";
    return Error{.code = ErrorCode::kInvalidArgument,
                 .reason = "TIME_OUT_OF_RANGE",
                 .message = kMessage,
                 .violations = {{field, "TIME_OUT_OF_RANGE", kMessage}}};
  }
  return TimeUs{time.seconds() * kMicrosASecond + time.nanos() / 1000};
}

}  // namespace selfsame::edge
