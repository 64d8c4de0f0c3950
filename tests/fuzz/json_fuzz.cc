// Any bytes as a JSON text: what is taken is what another strict parser takes, with the same
// values, and what is taken is bounded.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/check.h"
#include "server/schema/json_text.h"
#include "server/schema/json_time.h"
#include "server/schema/json_value.h"

namespace {

namespace schema = selfsame::schema;
using nlohmann::json;
using Kind = schema::JsonValue::Kind;

constexpr int kDepthMax = 28;

// Whether the other parser can hold all numbers: it refuses what a double cannot.
bool HoldsHugeNumber(const schema::JsonValue& value) {
  if (value.Is(Kind::kNumber)) return !schema::DoubleOf(value.text);
  for (const schema::JsonValue& item : value.items) {
    if (HoldsHugeNumber(item)) return true;
  }
  for (const schema::JsonMember& member : value.members) {
    if (HoldsHugeNumber(member.value)) return true;
  }
  return false;
}

// Of the same kind and, where it is one value, of the same value.
bool IsSame(const schema::JsonValue& value, const json& other);

bool AreSameItems(const schema::JsonValue& value, const json& other) {
  if (!other.is_array() || other.size() != value.items.size()) return false;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (!IsSame(value.items[i], other[i])) return false;
  }
  return true;
}

// Of repeated members the last one counts, there as here.
bool AreSameMembers(const schema::JsonValue& value, const json& other) {
  if (!other.is_object()) return false;
  std::map<std::string, const schema::JsonValue*> last;
  for (const schema::JsonMember& member : value.members) last[member.name] = &member.value;
  if (last.size() != other.size()) return false;
  for (const auto& [name, one] : last) {
    if (!other.contains(name) || !IsSame(*one, other[name])) return false;
  }
  return true;
}

bool IsSame(const schema::JsonValue& value, const json& other) {
  switch (value.kind) {
    case Kind::kNull: return other.is_null();
    case Kind::kBool: return other.is_boolean() && other.get<bool>() == value.truth;
    case Kind::kNumber:
      return other.is_number() && schema::IsJsonNumber(value.text) &&
             other.get<double>() == schema::DoubleOf(value.text);
    case Kind::kString: return other.is_string() && other.get<std::string>() == value.string;
    case Kind::kArray: return AreSameItems(value, other);
    case Kind::kObject: return AreSameMembers(value, other);
  }
  return false;
}

void CheckTimes(std::string_view text) {
  (void)schema::ParseFieldMaskText(text);
  if (const auto time = schema::ParseTimestampText(text)) {
    SELFSAME_CHECK(time->nanos >= 0 && time->nanos <= 999'999'999);
    SELFSAME_CHECK(time->seconds >= -62'135'596'800 && time->seconds <= 253'402'300'799);
  }
  if (const auto time = schema::ParseDurationText(text)) {
    SELFSAME_CHECK(std::abs(time->nanos) <= 999'999'999);
    SELFSAME_CHECK(std::abs(time->seconds) <= 315'576'000'000);
    SELFSAME_CHECK(time->seconds == 0 || time->nanos == 0 ||
                   (time->seconds < 0) == (time->nanos < 0));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckTimes(text);
  const auto value = schema::ParseJsonText(text, kDepthMax);
  // Before the other parser, which calls itself for each level.
  if (schema::NestingOf(text) > kDepthMax) {
    SELFSAME_CHECK(!value);
    return 0;
  }
  // The other one takes a NUL for the end of the text, whatever comes after it.
  if (text.find('\0') != std::string_view::npos) {
    SELFSAME_CHECK(!value);
    return 0;
  }
  const json other = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!value) {
    // The other one skips the mark that some editors put before a text.
    SELFSAME_CHECK(other.is_discarded() || text.starts_with("\xef\xbb\xbf"));
    return 0;
  }
  if (HoldsHugeNumber(*value)) return 0;
  SELFSAME_CHECK(!other.is_discarded());
  SELFSAME_CHECK(IsSame(*value, other));
  return 0;
}
