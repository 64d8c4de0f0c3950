#include "server/schema/attributes.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "server/schema/validate.h"

namespace selfsame::schema {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using nlohmann::json;

// The value of a field that JSON has a word for; null for all others. As protobuf writes them:
// integers of 64 bits are texts there, and so are numbers that are none.
json PlainValue(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  if (field.is_repeated()) return nullptr;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      if (field.type() == FieldDescriptor::TYPE_BYTES) return nullptr;
      std::string scratch;
      return reflection.GetStringReference(message, &field, &scratch);
    }
    case FieldDescriptor::CPPTYPE_BOOL: return reflection.GetBool(message, &field);
    case FieldDescriptor::CPPTYPE_INT32: return reflection.GetInt32(message, &field);
    case FieldDescriptor::CPPTYPE_UINT32: return reflection.GetUInt32(message, &field);
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(reflection.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      const double number = reflection.GetDouble(message, &field);
      return std::isfinite(number) ? json(number) : json(nullptr);
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return field.enum_type()->FindValueByNumber(reflection.GetEnumValue(message, &field)) ==
                     nullptr
                 ? json(nullptr)
                 : json(reflection.GetEnum(message, &field)->name());
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_MESSAGE: return nullptr;
  }
  return nullptr;
}

// Of the whole message, by protobuf: slower, and made only when some field needs it.
class Printed {
 public:
  Printed(const Message& message, std::vector<Violation>* violations)
      : message_(message), violations_(violations) {}

  // Null, with a violation, for a field that is not there: protobuf leaves out what JSON has no
  // form for, and prints nothing at all where it cannot. FindUnprintable names all that is known
  // of, but what a client sends decides here, so nothing is taken for granted.
  json ValueOf(const FieldDescriptor& field) {
    if (!has_printed_) Print();
    const auto found = object_.find(field.name());
    if (found != object_.end()) return *found;
    AddViolation({"payload." + field.name(), "PAYLOAD_MALFORMED", "cannot be written as JSON"},
                 violations_);
    return nullptr;
  }

 private:
  void Print() {
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    std::string text;
    has_printed_ = true;
    if (google::protobuf::util::MessageToJsonString(message_, &text, options).ok()) {
      object_ = json::parse(text, nullptr, /*allow_exceptions=*/false);
    }
    if (!object_.is_object()) object_ = json::object();
  }

  const Message& message_;
  std::vector<Violation>* violations_;
  bool has_printed_ = false;
  json object_ = json::object();
};

// Whether a text is in JSON as it is, but for its quotes. Requires: UTF-8.
bool NeedsNoEscape(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '"' || c == '\\' || (c >= 0 && c < ' '); });
}

json ValueOf(const Message& message, const FieldDescriptor& field, Printed& printed) {
  json value = PlainValue(message, field);
  return value.is_null() ? printed.ValueOf(field) : value;
}

// As ValueOf writes it, without a detour for what nearly all attributes are.
std::string TextOf(const Message& message, const FieldDescriptor& field, Printed& printed) {
  if (field.type() == FieldDescriptor::TYPE_STRING && !field.is_repeated()) {
    std::string scratch;
    const std::string& text =
        message.GetReflection()->GetStringReference(message, &field, &scratch);
    if (NeedsNoEscape(text)) return '"' + text + '"';
  }
  return ValueOf(message, field, printed).dump();
}

}  // namespace

std::vector<AttributeValue> AttributesOf(const Message& message,
                                         std::span<const DerivedValue> derived,
                                         std::vector<Violation>* violations) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  Printed printed(message, violations);
  std::vector<AttributeValue> attributes;
  attributes.reserve(fields.size());
  for (const FieldDescriptor* field : fields) {
    const bool is_derived = std::any_of(derived.begin(), derived.end(), [&](const auto& one) {
      return one.is_field && one.name == field->name();
    });
    if (field->is_extension() || is_derived) continue;
    attributes.emplace_back(field->name(), TextOf(message, *field, printed));
  }
  return attributes;
}

std::vector<AttributeValue> DerivedObjects(std::span<const DerivedValue> derived) {
  std::map<std::string, json> objects;
  for (const DerivedValue& one : derived) {
    objects[one.of][one.name] = json::parse(one.value, nullptr, false);
  }
  std::vector<AttributeValue> texts;
  for (const auto& [of, object] : objects) texts.emplace_back(of, object.dump());
  return texts;
}

std::string FieldsJson(const Message& message, std::span<const std::string> names,
                       std::span<const DerivedValue> derived, std::vector<Violation>* violations) {
  if (names.empty() && derived.empty()) return {};
  Printed printed(message, violations);
  json object = json::object();
  for (const std::string& name : names) {
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
    object[name] = ValueOf(message, *field, printed);
  }
  for (const DerivedValue& one : derived) {
    object.emplace(one.name, json::parse(one.value, nullptr, false));
  }
  return object.dump();
}

}  // namespace selfsame::schema
