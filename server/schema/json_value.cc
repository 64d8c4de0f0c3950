#include "server/schema/json_value.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>

namespace selfsame::schema {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Kind = JsonValue::Kind;

// Sets or adds.
#define SELFSAME_PUT(Type, value)                                      \
  (field.is_repeated() ? reflection.Add##Type(&message, &field, value) \
                       : reflection.Set##Type(&message, &field, value))

// The number that a value writes, bare or in quotes; empty when it is none.
std::string_view NumberOf(const JsonValue& value) {
  if (value.Is(Kind::kNumber)) return value.text;
  return value.Is(Kind::kString) && IsJsonNumber(value.string) ? value.string : std::string_view();
}

// 1.50e3 as digits and a power of ten: "15" and 2. No digits: zero.
struct Decimal {
  bool is_negative = false;
  std::string digits;  // Neither the first nor the last is zero.
  std::int64_t exponent = 0;
};

// Requires: a number as JSON writes it.
Decimal DecimalOf(std::string_view number) {
  Decimal decimal{.is_negative = number.front() == '-', .digits = {}, .exponent = 0};
  const std::size_t e = number.find_first_of("eE");
  if (e != std::string_view::npos) {
    const std::string_view text = number.substr(number[e + 1] == '+' ? e + 2 : e + 1);
    // One beyond all that fits, if it is not zero: as large as a number may be.
    constexpr std::int64_t kHuge = 1'000'000'000;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), decimal.exponent);
    if (read.ec != std::errc()) decimal.exponent = text.front() == '-' ? -kHuge : kHuge;
    decimal.exponent = std::clamp(decimal.exponent, -kHuge, kHuge);
  }
  bool is_fraction = false;
  for (const char c : number.substr(0, e)) {
    if (c == '.') is_fraction = true;
    if (c < '0' || c > '9') continue;
    if (is_fraction) --decimal.exponent;
    if (c != '0' || !decimal.digits.empty()) decimal.digits += c;
  }
  while (!decimal.digits.empty() && decimal.digits.back() == '0') {
    decimal.digits.pop_back();
    ++decimal.exponent;
  }
  return decimal;
}

template <typename Integer>
Fit ReadInteger(const JsonValue& value, Integer* integer) {
  const std::string_view number = NumberOf(value);
  if (number.empty()) return Fit::kMismatch;
  Decimal decimal = DecimalOf(number);
  *integer = 0;
  if (decimal.digits.empty()) return Fit::kSet;
  if (decimal.exponent < 0) return Fit::kMismatch;  // A fraction.
  constexpr std::size_t kDigitsMax = 20;
  if (decimal.digits.size() + static_cast<std::size_t>(decimal.exponent) > kDigitsMax) {
    return Fit::kTooLarge;
  }
  decimal.digits.append(static_cast<std::size_t>(decimal.exponent), '0');
  if (decimal.is_negative) decimal.digits.insert(0, 1, '-');
  const char* end = decimal.digits.data() + decimal.digits.size();
  const auto [stop, error] = std::from_chars(decimal.digits.data(), end, *integer);
  return error == std::errc() && stop == end ? Fit::kSet : Fit::kTooLarge;
}

Fit ReadDouble(const JsonValue& value, double* number) {
  if (value.Is(Kind::kString)) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    for (const auto& [name, meant] :
         {std::pair("NaN", std::numeric_limits<double>::quiet_NaN()),
          std::pair("Infinity", kInfinity), std::pair("-Infinity", -kInfinity)}) {
      if (value.string != name) continue;
      *number = meant;
      return Fit::kSet;
    }
  }
  const std::string_view text = NumberOf(value);
  if (text.empty()) return Fit::kMismatch;
  const std::optional<double> read = DoubleOf(text);
  if (!read) return Fit::kTooLarge;
  *number = *read;
  return Fit::kSet;
}

Fit PutDecimal(const JsonValue& value, const FieldDescriptor& field, const Reflection& reflection,
               Message& message) {
  double number = 0;
  const Fit fit = ReadDouble(value, &number);
  if (fit != Fit::kSet) return fit;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    SELFSAME_PUT(Double, number);
    return Fit::kSet;
  }
  if (std::isfinite(number) && std::abs(number) > std::numeric_limits<float>::max()) {
    return Fit::kTooLarge;
  }
  SELFSAME_PUT(Float, static_cast<float>(number));
  return Fit::kSet;
}

Fit PutInteger(const JsonValue& value, const FieldDescriptor& field, const Reflection& reflection,
               Message& message) {
  const auto put = [&](auto integer, auto set) {
    const Fit fit = ReadInteger(value, &integer);
    if (fit == Fit::kSet) set(integer);
    return fit;
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put(std::int32_t{0}, [&](auto n) { SELFSAME_PUT(Int32, n); });
    case FieldDescriptor::CPPTYPE_INT64:
      return put(std::int64_t{0}, [&](auto n) { SELFSAME_PUT(Int64, n); });
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(std::uint32_t{0}, [&](auto n) { SELFSAME_PUT(UInt32, n); });
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(std::uint64_t{0}, [&](auto n) { SELFSAME_PUT(UInt64, n); });
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_MESSAGE:
    case FieldDescriptor::CPPTYPE_STRING: break;
  }
  return Fit::kMismatch;
}

// Both alphabets of RFC 4648, with or without padding.
std::optional<std::string> DecodeBase64(std::string_view text) {
  const std::string_view padding = text.substr(std::min(text.find('='), text.size()));
  text.remove_suffix(padding.size());
  if (padding.size() > 2 || padding.find_first_not_of('=') != std::string_view::npos ||
      (!padding.empty() && (text.size() + padding.size()) % 4 != 0) || text.size() % 4 == 1) {
    return std::nullopt;
  }
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    std::uint32_t sextet = 0;
    if (c >= 'A' && c <= 'Z') {
      sextet = static_cast<std::uint32_t>(c - 'A');
    } else if (c >= 'a' && c <= 'z') {
      sextet = static_cast<std::uint32_t>(c - 'a' + 26);
    } else if (c >= '0' && c <= '9') {
      sextet = static_cast<std::uint32_t>(c - '0' + 52);
    } else if (c == '+' || c == '-') {
      sextet = 62;
    } else if (c == '/' || c == '_') {
      sextet = 63;
    } else {
      return std::nullopt;
    }
    bits = (bits << 6) | sextet;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> count) & 0xFF);
  }
  return bytes;
}

Fit PutText(const JsonValue& value, const FieldDescriptor& field, const Reflection& reflection,
            Message& message) {
  if (!value.Is(Kind::kString)) return Fit::kMismatch;
  if (field.type() != FieldDescriptor::TYPE_BYTES) {
    SELFSAME_PUT(String, value.string);
    return Fit::kSet;
  }
  std::optional<std::string> bytes = DecodeBase64(value.string);
  if (!bytes) return Fit::kMismatch;
  SELFSAME_PUT(String, std::move(*bytes));
  return Fit::kSet;
}

const EnumValueDescriptor* FindEnumValue(const FieldDescriptor& field, std::string name) {
  if (const auto* exact = field.enum_type()->FindValueByName(name)) return exact;
  // In any case, and with hyphens: as protobuf's own parser takes them.
  for (char& c : name) {
    if (c == '-') c = '_';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return field.enum_type()->FindValueByName(name);
}

Fit PutEnum(const JsonValue& value, const FieldDescriptor& field, const Reflection& reflection,
            Message& message) {
  if (value.Is(Kind::kString)) {
    if (const auto* known = FindEnumValue(field, value.string)) {
      SELFSAME_PUT(Enum, known);
      return Fit::kSet;
    }
    if (!IsJsonNumber(value.string)) return Fit::kUnknownEnum;
  }
  std::int32_t number = 0;
  const Fit fit = ReadInteger(value, &number);
  if (fit != Fit::kSet) return fit;
  const bool is_known = field.enum_type()->FindValueByNumber(number) != nullptr;
  const bool is_open = field.enum_type()->file()->syntax() == FileDescriptor::SYNTAX_PROTO3;
  if (is_known || is_open) SELFSAME_PUT(EnumValue, number);
  return is_known ? Fit::kSet : Fit::kUnknownEnum;
}

Fit PutBool(const JsonValue& value, const FieldDescriptor& field, const Reflection& reflection,
            Message& message) {
  if (!value.Is(Kind::kBool)) return Fit::kMismatch;
  SELFSAME_PUT(Bool, value.truth);
  return Fit::kSet;
}

#undef SELFSAME_PUT

JsonValue StringValue(std::string string) {
  JsonValue value;
  value.kind = Kind::kString;
  value.string = std::move(string);
  return value;
}

}  // namespace

std::optional<double> DoubleOf(std::string_view number) {
  double value = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
  if (read.ec == std::errc()) return value;
  // Too large, or so small that it is zero: from_chars does not say which.
  value = std::strtod(std::string(number).c_str(), nullptr);
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

Fit SetScalar(const JsonValue& value, const FieldDescriptor& field, Message* message) {
  const Reflection& reflection = *message->GetReflection();
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
    case FieldDescriptor::CPPTYPE_MESSAGE: break;
  }
  return Fit::kMismatch;
}

void AddZero(const FieldDescriptor& field, Message* message) {
  const Reflection& reflection = *message->GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: return reflection.AddString(message, &field, {});
    case FieldDescriptor::CPPTYPE_BOOL: return reflection.AddBool(message, &field, false);
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.AddEnum(message, &field, field.enum_type()->value(0));
    case FieldDescriptor::CPPTYPE_DOUBLE: return reflection.AddDouble(message, &field, 0);
    case FieldDescriptor::CPPTYPE_FLOAT: return reflection.AddFloat(message, &field, 0);
    case FieldDescriptor::CPPTYPE_INT32: return reflection.AddInt32(message, &field, 0);
    case FieldDescriptor::CPPTYPE_INT64: return reflection.AddInt64(message, &field, 0);
    case FieldDescriptor::CPPTYPE_UINT32: return reflection.AddUInt32(message, &field, 0);
    case FieldDescriptor::CPPTYPE_UINT64: return reflection.AddUInt64(message, &field, 0);
    case FieldDescriptor::CPPTYPE_MESSAGE: reflection.AddMessage(message, &field); return;
  }
}

bool SetMapKey(const std::string& name, const FieldDescriptor& key, Message* entry) {
  if (key.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    if (name != "true" && name != "false") return false;
    entry->GetReflection()->SetBool(entry, &key, name == "true");
    return true;
  }
  // One spelling a number, so that equal keys have equal names.
  if (key.cpp_type() != FieldDescriptor::CPPTYPE_STRING &&
      (!IsJsonNumber(name) || name == "-0" || name.find_first_of(".eE") != std::string::npos)) {
    return false;
  }
  return SetScalar(StringValue(name), key, entry) == Fit::kSet;
}

bool ParseBytes(std::string_view bytes, Message* message) {
  return message->ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace selfsame::schema
