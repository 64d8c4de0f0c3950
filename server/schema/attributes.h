// Fields of a message as JSON values, one spelling for equal values: what becomes of a payload once
// it is valid.
#ifndef SELFSAME_SERVER_SCHEMA_ATTRIBUTES_H_
#define SELFSAME_SERVER_SCHEMA_ATTRIBUTES_H_

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/schema/payload.h"

namespace selfsame::schema {

// Each set top-level field by name, as protobuf's JSON writes its value, then the values kept
// apart. Adds PAYLOAD_MALFORMED to `violations` for each field that protobuf does not write.
std::vector<AttributeValue> AttributesOf(const google::protobuf::Message& message,
                                         std::span<const AttributeValue> apart,
                                         std::vector<Violation>* violations);

// The named top-level fields and the values kept apart as one JSON object; empty when there are
// none. Adds to `violations` likewise.
std::string FieldsJson(const google::protobuf::Message& message, std::span<const std::string> names,
                       std::span<const AttributeValue> apart, std::vector<Violation>* violations);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_ATTRIBUTES_H_
