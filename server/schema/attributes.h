// Fields of a message as JSON values, one spelling for equal values: what becomes of a payload once
// it is valid.
#ifndef SELFSAME_SERVER_SCHEMA_ATTRIBUTES_H_
#define SELFSAME_SERVER_SCHEMA_ATTRIBUTES_H_

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/schema/payload.h"
#include "server/schema/validate.h"

namespace selfsame::schema {

// Each set top-level field by name, as protobuf's JSON writes its value, but for those that were
// set only to hold a value derived of another. Adds PAYLOAD_MALFORMED to `violations` for each
// field that protobuf does not write.
std::vector<AttributeValue> AttributesOf(const google::protobuf::Message& message,
                                         std::span<const DerivedValue> derived,
                                         std::vector<Violation>* violations);

// By the field they are derived of: the values as a JSON object.
std::vector<AttributeValue> DerivedObjects(std::span<const DerivedValue> derived);

// The named top-level fields and the derived values as one JSON object; empty when there are none.
// Adds to `violations` likewise.
std::string FieldsJson(const google::protobuf::Message& message, std::span<const std::string> names,
                       std::span<const DerivedValue> derived, std::vector<Violation>* violations);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_ATTRIBUTES_H_
