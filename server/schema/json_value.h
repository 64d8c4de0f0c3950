// Values of JSON as values of protobuf, one at a time.
#ifndef SELFSAME_SERVER_SCHEMA_JSON_VALUE_H_
#define SELFSAME_SERVER_SCHEMA_JSON_VALUE_H_

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace selfsame::schema {

// Sets a field, or adds to it where it is repeated, from the form in which nearly everybody writes
// its type: text, true, 7, "7" of 64 bits, 2.5, the name of an enum's value. False for all else,
// among it right values in unusual forms: protobuf's own parser is to be asked. Thread-safe.
bool SetPlainValue(const nlohmann::json& value, const google::protobuf::FieldDescriptor& field,
                   google::protobuf::Message* message);

// Fills a message, such as google.protobuf.Value, from its JSON form; false when it does not fit.
// Members that its type does not know do not fit; `required` fields of proto2 that are missing do.
bool ParseJson(std::string_view json, google::protobuf::Message* message);

// The same from bytes, where fields that its type does not know do fit.
bool ParseBytes(std::string_view bytes, google::protobuf::Message* message);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_JSON_VALUE_H_
