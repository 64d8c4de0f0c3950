// Closed values: which of the values that a schema allows a record has. What the distribution of a
// field is measured by: names from the schema itself, never anything a client wrote.
#ifndef SELFSAME_SERVER_SCHEMA_CLOSED_VALUES_H_
#define SELFSAME_SERVER_SCHEMA_CLOSED_VALUES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace selfsame::schema {

// A single top-level field that is a bool, an enum or has a list of its only texts.
struct ClosedField {
  const google::protobuf::FieldDescriptor* field = nullptr;
  std::string name;
  std::vector<std::string> values;
};

// A field with more values than this has no distribution that anybody looks at.
inline constexpr std::size_t kClosedValuesMax = 50;

// In the order of the message; those of more than kClosedValuesMax values are left out.
std::vector<ClosedField> ClosedFieldsOf(const google::protobuf::Descriptor& message);

// Indices into the closed fields of a schema and into the values of that field.
struct ClosedValue {
  std::uint16_t field = 0;
  std::uint16_t value = 0;
};

// Of the fields that are set to one of their values.
std::vector<ClosedValue> ClosedValuesOf(const std::vector<ClosedField>& fields,
                                        const google::protobuf::Message& message);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_CLOSED_VALUES_H_
