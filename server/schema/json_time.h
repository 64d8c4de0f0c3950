// Texts of google.protobuf.Timestamp, Duration and FieldMask, as proto3's mapping to JSON has them.
#ifndef SELFSAME_SERVER_SCHEMA_JSON_TIME_H_
#define SELFSAME_SERVER_SCHEMA_JSON_TIME_H_

#include <string>
#include <string_view>
#include <vector>

#include <cstdint>
#include <optional>

namespace selfsame::schema {

struct SecondsAndNanos {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
};

// "2020-01-01T01:00:00.5+01:00": RFC 3339 with upper-case T and Z, of the years 1 to 9999 in UTC,
// with at most nine digits of a second. Thread-safe.
std::optional<SecondsAndNanos> ParseTimestampText(std::string_view text);

// "-1.5s", of at most 315,576,000,000 seconds and nine digits of one. Thread-safe.
std::optional<SecondsAndNanos> ParseDurationText(std::string_view text);

// "user.displayName,photo" as {"user.display_name", "photo"}. Thread-safe.
std::optional<std::vector<std::string>> ParseFieldMaskText(std::string_view text);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_JSON_TIME_H_
