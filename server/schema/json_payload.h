// JSON payloads, parsed by their schema. Protobuf's own parser does the work; where it refuses a
// payload, each field is looked at alone, so that all that is wrong is found and not only the
// first.
#ifndef SELFSAME_SERVER_SCHEMA_JSON_PAYLOAD_H_
#define SELFSAME_SERVER_SCHEMA_JSON_PAYLOAD_H_

#include <string_view>

#include "server/schema/validate.h"

namespace selfsame::schema {

// The deepest nesting of a payload as JSON, in either encoding. Who reads it gets it as a
// google.protobuf.Struct, which is three messages deep for each level, and protobuf takes 100.
inline constexpr int kJsonDepthMax = 28;

// How deep the brackets of a JSON text nest, outside of its strings.
int NestingOf(std::string_view json);

// Fills `message`, which is clear, and adds to `validation`:
//   PAYLOAD_MALFORMED      not a JSON object; two fields of one oneof, of which the second is
//   named; PAYLOAD_TOO_DEEP       nested beyond kJsonDepthMax; PAYLOAD_TYPE_MISMATCH  a value that
//   is none of its field's type; the field is named;
// and members and names of enum values that the schema does not know as drift. An empty text is an
// empty object; of a member that is given twice the last counts. False when nothing could be read.
// Thread-safe.
bool ParseJsonPayload(std::string_view json, google::protobuf::Message& message,
                      Validation* validation);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_JSON_PAYLOAD_H_
