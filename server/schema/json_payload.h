// JSON payloads, parsed by their schema as proto3's mapping to JSON says. There is one parser and
// one way through it: what becomes of a member does not depend on its neighbours.
#ifndef SELFSAME_SERVER_SCHEMA_JSON_PAYLOAD_H_
#define SELFSAME_SERVER_SCHEMA_JSON_PAYLOAD_H_

#include <string_view>

#include "server/schema/validate.h"

namespace selfsame::schema {

// The deepest nesting of a payload as JSON, in either encoding. Who reads it gets it as a
// google.protobuf.Struct, which is three messages deep for each level, and protobuf takes 100.
inline constexpr int kJsonDepthMax = 28;

// Fills `message`, which is clear, and adds to `validation`:
//   PAYLOAD_MALFORMED      not a JSON object by RFC 8259; two fields of one oneof, of which the
//                          second is named;
//   PAYLOAD_TOO_DEEP       nested beyond kJsonDepthMax;
//   PAYLOAD_TYPE_MISMATCH  a value that is not of its field's type, or a number that the type
//                          cannot hold; the field is named;
// and members and names of enum values that the schema does not know as drift. An empty text is an
// empty object. Of members that name the same field, also once as "first_name" and once as
// "firstName", and of entries of a map with the same key, the last one counts and replaces the
// others whole. Beyond proto3's mapping, a single value is a list of one, a list in a list is part
// of it, and null in a list is nothing. False when nothing could be read. Thread-safe.
bool ParseJsonPayload(std::string_view json, google::protobuf::Message& message,
                      Validation* validation);

// Fills a message, such as google.protobuf.Value, from its JSON form; false when it does not fit.
// Members that its type does not know do not fit. Thread-safe.
bool ParseJson(std::string_view json, google::protobuf::Message* message);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_JSON_PAYLOAD_H_
