// Values that protobuf can hold and that nobody could read as JSON: times beyond the years 1 to
// 9999, a google.protobuf.Value that holds nothing, broken messages within google.protobuf.Any, and
// what is nested too deep. What is accepted must be readable for ever.
#ifndef SELFSAME_SERVER_SCHEMA_PRINTABLE_H_
#define SELFSAME_SERVER_SCHEMA_PRINTABLE_H_

#include <vector>

#include "base/error.h"
#include "server/schema/rules.h"

namespace google::protobuf {
class Message;
}

namespace selfsame::schema {

// Adds PAYLOAD_TOO_DEEP; PAYLOAD_TYPE_MISMATCH for each time that is none; VALUE_WITHOUT_KIND for
// each field with such a Value in it; or PAYLOAD_MALFORMED where it is something else. Costs
// nothing where the schema has no such fields. Requires: the rules are the message's.
void FindUnprintable(const Rules& rules, const google::protobuf::Message& message,
                     std::vector<Violation>* violations);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_PRINTABLE_H_
