#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <cmath>

#include "server/schema/compatibility_rules.h"

namespace selfsame::schema {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;

// Types of one family may replace each other: they are the same on the wire and in JSON. That rules
// out int32 to int64 (a JSON number and a JSON string), int32 to bool, string to bytes (base64) and
// enum to integer.
FieldDescriptor::Type FamilyOf(FieldDescriptor::Type type) {
  switch (type) {
    case FieldDescriptor::TYPE_UINT32: return FieldDescriptor::TYPE_INT32;
    case FieldDescriptor::TYPE_UINT64: return FieldDescriptor::TYPE_INT64;
    case FieldDescriptor::TYPE_FIXED32: return FieldDescriptor::TYPE_SFIXED32;
    case FieldDescriptor::TYPE_FIXED64: return FieldDescriptor::TYPE_SFIXED64;
    case FieldDescriptor::TYPE_BOOL:
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_DOUBLE:
    case FieldDescriptor::TYPE_ENUM:
    case FieldDescriptor::TYPE_FLOAT:
    case FieldDescriptor::TYPE_GROUP:
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_MESSAGE:
    case FieldDescriptor::TYPE_SFIXED32:
    case FieldDescriptor::TYPE_SFIXED64:
    case FieldDescriptor::TYPE_SINT32:
    case FieldDescriptor::TYPE_SINT64:
    case FieldDescriptor::TYPE_STRING: return type;
  }
  return type;
}

// An enum may move, to another scope or file, when it keeps its own name and loses no value.
bool MayReplace(const EnumDescriptor& was, const EnumDescriptor& is) {
  if (was.full_name() == is.full_name()) return true;  // Its values have rules of their own.
  if (was.name() != is.name()) return false;
  for (int i = 0; i < was.value_count(); ++i) {
    const auto* value = is.FindValueByName(was.value(i)->name());
    if (value == nullptr || value->number() != was.value(i)->number()) return false;
  }
  return true;
}

bool HasCompatibleType(const FieldDescriptor& was, const FieldDescriptor& is) {
  if (FamilyOf(was.type()) != FamilyOf(is.type())) return false;
  if (was.enum_type() != nullptr) return MayReplace(*was.enum_type(), *is.enum_type());
  if (was.message_type() == nullptr) return true;
  return was.message_type()->full_name() == is.message_type()->full_name();
}

std::string TypeText(const FieldDescriptor& field) {
  if (field.is_map()) {
    return "map<" + TypeText(*field.message_type()->map_key()) + ", " +
           TypeText(*field.message_type()->map_value()) + ">";
  }
  if (field.enum_type() != nullptr) return field.enum_type()->full_name();
  if (field.message_type() == nullptr) return field.type_name();
  const char* form = field.type() == FieldDescriptor::TYPE_GROUP ? "group " : "";
  return form + field.message_type()->full_name();
}

// With and without presence are one: both read the other's bytes and JSON.
const char* CardinalityOf(const FieldDescriptor& field) {
  if (field.is_map()) return "map";
  if (field.is_repeated()) return "repeated";
  return field.is_required() ? "required" : "singular";
}

// A field that is `optional` in proto3 is in a oneof that only descriptors know.
std::string OneofOf(const FieldDescriptor& field) {
  const OneofDescriptor* oneof = field.real_containing_oneof();
  return oneof == nullptr ? "" : oneof->name();
}

std::string DecimalText(double number) {
  if (std::isnan(number)) return "nan";
  return fmt::format("{}", number + 0.0);  // Of the two zeros, the plain one.
}

// What a reader takes an absent field for, by value: an enum's by its number.
std::string DefaultOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: return field.default_value_bool() ? "true" : "false";
    case FieldDescriptor::CPPTYPE_DOUBLE: return DecimalText(field.default_value_double());
    case FieldDescriptor::CPPTYPE_ENUM: return std::to_string(field.default_value_enum()->number());
    case FieldDescriptor::CPPTYPE_FLOAT: return DecimalText(double{field.default_value_float()});
    case FieldDescriptor::CPPTYPE_INT32: return std::to_string(field.default_value_int32());
    case FieldDescriptor::CPPTYPE_INT64: return std::to_string(field.default_value_int64());
    case FieldDescriptor::CPPTYPE_MESSAGE: return "";
    case FieldDescriptor::CPPTYPE_STRING: return field.default_value_string();
    case FieldDescriptor::CPPTYPE_UINT32: return std::to_string(field.default_value_uint32());
    case FieldDescriptor::CPPTYPE_UINT64: return std::to_string(field.default_value_uint64());
  }
  return "";
}

void CompareNames(const FieldDescriptor& was, const FieldDescriptor& is,
                  std::vector<Break>& breaks) {
  const std::string& old_name = was.is_extension() ? was.full_name() : was.name();
  const std::string& new_name = is.is_extension() ? is.full_name() : is.name();
  if (old_name != new_name) {
    breaks.push_back(
        {"FIELD_SAME_NAME", PathOf(was), old_name, new_name, "renamed; JSON carries the name"});
  }
  if (!was.is_extension() && was.json_name() != is.json_name()) {
    breaks.push_back({"FIELD_SAME_JSON_NAME", PathOf(was), Presentable(was.json_name()),
                      Presentable(is.json_name()), "its name in JSON changed"});
  }
}

// A field without a singular value on both sides has no default to keep.
void CompareDefaults(const FieldDescriptor& was, const FieldDescriptor& is,
                     std::vector<Break>& breaks) {
  if (was.is_repeated() || is.is_repeated()) return;
  const std::string old_default = DefaultOf(was);
  const std::string new_default = DefaultOf(is);
  if (old_default == new_default) return;
  breaks.push_back({"FIELD_SAME_DEFAULT", PathOf(was), Presentable(old_default),
                    Presentable(new_default), "records without it would be read as another value"});
}

}  // namespace

void CompareFields(const FieldDescriptor& was, const FieldDescriptor& is,
                   std::vector<Break>& breaks) {
  CompareNames(was, is, breaks);
  if (HasCompatibleType(was, is)) {
    CompareDefaults(was, is, breaks);
  } else {
    breaks.push_back({"FIELD_COMPATIBLE_TYPE", PathOf(was), TypeText(was), TypeText(is),
                      "the types differ on the wire or in JSON"});
  }
  const std::string old_cardinality = CardinalityOf(was);
  const std::string new_cardinality = CardinalityOf(is);
  if (old_cardinality != new_cardinality) {
    breaks.push_back({"FIELD_COMPATIBLE_CARDINALITY", PathOf(was), old_cardinality, new_cardinality,
                      "single values, lists and maps are not read as each other"});
  }
  const std::string old_oneof = OneofOf(was);
  const std::string new_oneof = OneofOf(is);
  if (old_oneof != new_oneof) {
    breaks.push_back({"FIELD_SAME_ONEOF", PathOf(was), old_oneof, new_oneof,
                      "setting a field of a oneof clears the others of it"});
  }
}

}  // namespace selfsame::schema
