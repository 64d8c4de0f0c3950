// Times as they travel: google.protobuf.Timestamp.
#ifndef SELFSAME_SERVER_EDGE_TIMESTAMP_H_
#define SELFSAME_SERVER_EDGE_TIMESTAMP_H_

#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace selfsame::edge {

void SetTime(TimeUs time, google::protobuf::Timestamp* reply);

// Errors: kInvalidArgument TIME_OUT_OF_RANGE, naming the field: not within the years 1 to 9999.
Result<TimeUs> TimeOf(const google::protobuf::Timestamp& time, const std::string& field);

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_TIMESTAMP_H_
