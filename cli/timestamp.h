// Our points in time as protobuf's, and those as text.
#ifndef SELFSAME_CLI_TIMESTAMP_H_
#define SELFSAME_CLI_TIMESTAMP_H_

#include <google/protobuf/timestamp.pb.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace selfsame::cli {

// Requires: a time between the years 1 and 9999, as protobuf does; others are sent all the same.
google::protobuf::Timestamp ToTimestamp(TimeUs time);

// RFC 3339 in UTC, whole seconds: for people.
std::string FormatTimestamp(const google::protobuf::Timestamp& timestamp);

// The same; "-" for one that was never set.
std::string FormatMoment(const google::protobuf::Timestamp& timestamp);

// A date, which is its first moment in UTC, or a time as RFC 3339 has it.
// Errors: kInvalidArgument TIME_MALFORMED, naming the option.
Result<google::protobuf::Timestamp> ParseMoment(std::string_view option, std::string_view text);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_TIMESTAMP_H_
