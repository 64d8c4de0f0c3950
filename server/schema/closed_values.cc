#include "server/schema/closed_values.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>

#include "selfsame/options/v1/options.pb.h"

namespace selfsame::schema {
namespace {

using google::protobuf::FieldDescriptor;

std::vector<std::string> ValuesOf(const FieldDescriptor& field) {
  std::vector<std::string> values;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    for (int i = 0; i < field.enum_type()->value_count(); ++i) {
      values.push_back(field.enum_type()->value(i)->name());
    }
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    values = {"false", "true"};
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    const auto& one_of = field.options().GetExtension(options::v1::field).one_of();
    values.assign(one_of.begin(), one_of.end());
  }
  return values;
}

// The value as its name; empty: not set, or a number the enum does not know.
std::string NameOf(const FieldDescriptor& field, const google::protobuf::Message& message) {
  const auto& reflection = *message.GetReflection();
  if (field.has_presence() && !reflection.HasField(message, &field)) return "";
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    return reflection.GetString(message, &field);
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    return reflection.GetBool(message, &field) ? "true" : "false";
  }
  const auto* value =
      field.enum_type()->FindValueByNumber(reflection.GetEnumValue(message, &field));
  return value == nullptr ? "" : value->name();
}

}  // namespace

std::vector<ClosedField> ClosedFieldsOf(const google::protobuf::Descriptor& message) {
  std::vector<ClosedField> fields;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (field.is_repeated()) continue;
    std::vector<std::string> values = ValuesOf(field);
    if (values.empty() || values.size() > kClosedValuesMax) continue;
    fields.push_back({&field, field.name(), std::move(values)});
  }
  return fields;
}

std::vector<ClosedValue> ClosedValuesOf(const std::vector<ClosedField>& fields,
                                        const google::protobuf::Message& message) {
  std::vector<ClosedValue> closed;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::vector<std::string>& values = fields[i].values;
    const auto found = std::find(values.begin(), values.end(), NameOf(*fields[i].field, message));
    if (found == values.end()) continue;
    closed.push_back(
        {static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(found - values.begin())});
  }
  return closed;
}

}  // namespace selfsame::schema
