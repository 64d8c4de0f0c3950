#include "server/schema/json_value.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace selfsame::schema {
namespace {

namespace pb = google::protobuf;
using nlohmann::json;
using pb::FieldDescriptor;
using pb::Message;

// Sets or adds.
#define SELFSAME_PUT(Type, value)                                      \
  (field.is_repeated() ? reflection.Add##Type(&message, &field, value) \
                       : reflection.Set##Type(&message, &field, value))

template <typename Integer>
std::optional<Integer> IntegerOf(const json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<Integer>::max())) return {};
    return static_cast<Integer>(number);
  }
  if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    if (number < static_cast<std::int64_t>(std::numeric_limits<Integer>::min())) return {};
    return static_cast<Integer>(number);  // Negative, or it would be unsigned.
  }
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr || text->empty()) return {};
  Integer number = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, number);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

// Integers beyond 2^53 are left to protobuf, which minds what a double cannot hold.
std::optional<double> DecimalOf(const json& value) {
  constexpr double kExactMax = 9'007'199'254'740'992;
  if (!value.is_number()) return {};
  const double number = value.get<double>();
  if (!value.is_number_float() && std::abs(number) > kExactMax) return {};
  return number;
}

bool PutText(const json& value, const FieldDescriptor& field, const pb::Reflection& reflection,
             Message& message) {
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr || field.type() == FieldDescriptor::TYPE_BYTES) return false;
  SELFSAME_PUT(String, *text);
  return true;
}

bool PutEnum(const json& value, const FieldDescriptor& field, const pb::Reflection& reflection,
             Message& message) {
  const auto* name = value.get_ptr<const std::string*>();
  if (name == nullptr) return false;
  const auto* known = field.enum_type()->FindValueByName(*name);
  if (known == nullptr) return false;
  SELFSAME_PUT(Enum, known);
  return true;
}

bool PutDecimal(const json& value, const FieldDescriptor& field, const pb::Reflection& reflection,
                Message& message) {
  const std::optional<double> number = DecimalOf(value);
  if (!number) return false;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    SELFSAME_PUT(Double, *number);
    return true;
  }
  if (std::abs(*number) > std::numeric_limits<float>::max()) return false;
  SELFSAME_PUT(Float, static_cast<float>(*number));
  return true;
}

bool PutInteger(const json& value, const FieldDescriptor& field, const pb::Reflection& reflection,
                Message& message) {
  const auto put = [&](auto number, auto set) {
    if (number) set(*number);
    return number.has_value();
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put(IntegerOf<std::int32_t>(value), [&](auto n) { SELFSAME_PUT(Int32, n); });
    case FieldDescriptor::CPPTYPE_INT64:
      return put(IntegerOf<std::int64_t>(value), [&](auto n) { SELFSAME_PUT(Int64, n); });
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(IntegerOf<std::uint32_t>(value), [&](auto n) { SELFSAME_PUT(UInt32, n); });
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(IntegerOf<std::uint64_t>(value), [&](auto n) { SELFSAME_PUT(UInt64, n); });
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_MESSAGE:
    case FieldDescriptor::CPPTYPE_STRING: break;
  }
  return false;
}

bool PutBool(const json& value, const FieldDescriptor& field, const pb::Reflection& reflection,
             Message& message) {
  if (!value.is_boolean()) return false;
  SELFSAME_PUT(Bool, value.get<bool>());
  return true;
}

#undef SELFSAME_PUT

// What tells protobuf's parser the types of a pool. That of the generated pool is made once, by
// whoever is first.
const std::shared_ptr<pb::util::TypeResolver> ResolverOf(const pb::DescriptorPool& pool) {
  const auto make = [](const pb::DescriptorPool& of) {
    return std::shared_ptr<pb::util::TypeResolver>(
        pb::util::NewTypeResolverForDescriptorPool("type.googleapis.com", &of));
  };
  static const auto generated = make(*pb::DescriptorPool::generated_pool());
  return &pool == pb::DescriptorPool::generated_pool() ? generated : make(pool);
}

}  // namespace

bool SetPlainValue(const json& value, const FieldDescriptor& field, Message* message) {
  const pb::Reflection& reflection = *message->GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: return PutText(value, field, reflection, *message);
    case FieldDescriptor::CPPTYPE_BOOL: return PutBool(value, field, reflection, *message);
    case FieldDescriptor::CPPTYPE_ENUM: return PutEnum(value, field, reflection, *message);
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT: return PutDecimal(value, field, reflection, *message);
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64: return PutInteger(value, field, reflection, *message);
    case FieldDescriptor::CPPTYPE_MESSAGE: return false;
  }
  return false;
}

bool ParseBytes(std::string_view bytes, Message* message) {
  return message->ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

bool ParseJson(std::string_view text, Message* message) {
  const auto resolver = ResolverOf(*message->GetDescriptor()->file()->pool());
  std::string bytes;
  return pb::util::JsonToBinaryString(
             resolver.get(), "type.googleapis.com/" + message->GetDescriptor()->full_name(),
             {text.data(), text.size()}, &bytes)
             .ok() &&
         ParseBytes(bytes, message);
}

}  // namespace selfsame::schema
