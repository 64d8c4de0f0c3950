// Values of JSON as values of protobuf, one at a time: what proto3's mapping to JSON says of
// numbers, texts, bytes and enums. Messages are json_payload.h's.
#ifndef SELFSAME_SERVER_SCHEMA_JSON_VALUE_H_
#define SELFSAME_SERVER_SCHEMA_JSON_VALUE_H_

#include <optional>
#include <string_view>

#include "server/schema/json_text.h"

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace selfsame::schema {

// How a value went into a field.
enum class Fit {
  kSet,
  kUnknownEnum,  // A name or number that its enum does not have; the number is set where it can be.
  kTooLarge,     // A number that the field's type cannot hold.
  kMismatch,     // A value of another type.
};

// Sets a field, or adds to it where it is repeated. Requires: the field holds no message, or is a
// map's key or value. Thread-safe.
Fit SetScalar(const JsonValue& value, const google::protobuf::FieldDescriptor& field,
              google::protobuf::Message* message);

// Adds a zero to a repeated field: the items after one that is of no use keep their indices.
void AddZero(const google::protobuf::FieldDescriptor& field, google::protobuf::Message* message);

// The key of an entry of a map. False when the name is no value of the key's type.
bool SetMapKey(const std::string& name, const google::protobuf::FieldDescriptor& key,
               google::protobuf::Message* entry);

// A number as JSON writes it as the nearest double; nothing where that would be infinite.
std::optional<double> DoubleOf(std::string_view number);

// Fills a message from bytes. Fields that its type does not know are fine, and so are `required`
// fields of proto2 that are missing.
bool ParseBytes(std::string_view bytes, google::protobuf::Message* message);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_JSON_VALUE_H_
