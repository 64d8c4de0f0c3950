#include "server/schema/printable.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "server/schema/json_payload.h"
#include "server/schema/json_text.h"
#include "server/schema/path.h"
#include "server/schema/validate.h"

namespace selfsame::schema {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// As google/protobuf/timestamp.proto and duration.proto say.
constexpr std::int64_t kTimestampSecondsMin = -62'135'596'800;
constexpr std::int64_t kTimestampSecondsMax = 253'402'300'799;
constexpr std::int64_t kDurationSecondsMax = 315'576'000'000;
constexpr std::int32_t kNanosMax = 999'999'999;

bool IsTimestamp(std::int64_t seconds, std::int32_t nanos) {
  return seconds >= kTimestampSecondsMin && seconds <= kTimestampSecondsMax && nanos >= 0 &&
         nanos <= kNanosMax;
}

bool IsDuration(std::int64_t seconds, std::int32_t nanos) {
  return seconds >= -kDurationSecondsMax && seconds <= kDurationSecondsMax && nanos >= -kNanosMax &&
         nanos <= kNanosMax && !(seconds > 0 && nanos < 0) && !(seconds < 0 && nanos > 0);
}

// Whether a Value, ListValue or Struct holds a Value of no kind, at any depth. JSON has no form for
// it: protobuf leaves it out, with the member that holds it. Depth is bounded at decoding.
bool HoldsNoKind(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  const auto& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  if (message.GetDescriptor()->well_known_type() == Descriptor::WELLKNOWNTYPE_VALUE &&
      fields.empty()) {
    return true;
  }
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (HoldsNoKind(reflection.GetMessage(message, field))) return true;
      continue;
    }
    const int count = reflection.FieldSize(message, field);
    for (int i = 0; i < count; ++i) {
      const Message& item = reflection.GetRepeatedMessage(message, field, i);
      // An entry of a Struct without a value has one of no kind.
      const FieldDescriptor* value = field->is_map() ? field->message_type()->map_value() : nullptr;
      if (HoldsNoKind(value == nullptr ? item : item.GetReflection()->GetMessage(item, value))) {
        return true;
      }
    }
  }
  return false;
}

// Depth is bounded by the limit at decoding.
class BadLeafFinder {
 public:
  explicit BadLeafFinder(std::vector<Violation>& violations) : violations_(violations) {}

  void Run(const Message& message) {
    const auto type = message.GetDescriptor()->well_known_type();
    if (type == Descriptor::WELLKNOWNTYPE_TIMESTAMP) return Look(message, IsTimestamp);
    if (type == Descriptor::WELLKNOWNTYPE_DURATION) return Look(message, IsDuration);
    if (type == Descriptor::WELLKNOWNTYPE_VALUE || type == Descriptor::WELLKNOWNTYPE_LISTVALUE ||
        type == Descriptor::WELLKNOWNTYPE_STRUCT) {
      if (!HoldsNoKind(message)) return;
      return AddViolation({path_.Text(), "VALUE_WITHOUT_KIND",
                           "holds a google.protobuf.Value that is not set to anything"},
                          &violations_);
    }
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
      const Path::Step step(path_, *field);
      RunField(message, *field);
    }
  }

 private:
  void RunField(const Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    if (!field.is_repeated()) return Run(reflection.GetMessage(message, &field));
    const int count = reflection.FieldSize(message, &field);
    for (int i = 0; i < count; ++i) {
      path_.SetIndex(i);
      Run(reflection.GetRepeatedMessage(message, &field, i));
    }
  }

  template <typename Test>
  void Look(const Message& time, Test is_right) {
    const auto& reflection = *time.GetReflection();
    const auto& type = *time.GetDescriptor();
    if (is_right(reflection.GetInt64(time, type.FindFieldByNumber(1)),
                 reflection.GetInt32(time, type.FindFieldByNumber(2)))) {
      return;
    }
    AddViolation({path_.Text(), "PAYLOAD_TYPE_MISMATCH", "lies outside the times there are"},
                 &violations_);
  }

  std::vector<Violation>& violations_;
  Path path_;
};

// Levels of JSON that a message becomes. Depth is bounded by the limit at decoding.
int DepthOf(const Message& message) {
  const std::string& type = message.GetDescriptor()->full_name();
  const bool is_any_json = type == "google.protobuf.Struct" || type == "google.protobuf.ListValue";
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  int deepest = 0;
  for (const FieldDescriptor* field : fields) {
    const int around = field->is_repeated() && !is_any_json ? 1 : 0;
    deepest = std::max(deepest, around);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      deepest = std::max(deepest, DepthOf(reflection.GetMessage(message, field)));
      continue;
    }
    const int count = reflection.FieldSize(message, field);
    for (int i = 0; i < count; ++i) {
      deepest =
          std::max(deepest, around + DepthOf(reflection.GetRepeatedMessage(message, field, i)));
    }
  }
  const bool is_no_level =
      type == "google.protobuf.Value" || message.GetDescriptor()->options().map_entry();
  return deepest + (is_no_level ? 0 : 1);
}

}  // namespace

void FindUnprintable(const Rules& rules, const Message& message,
                     std::vector<Violation>* violations) {
  const Violation too_deep{"payload", "PAYLOAD_TOO_DEEP",
                           "is nested beyond " + std::to_string(kJsonDepthMax)};
  if (rules.has_messages() && DepthOf(message) > kJsonDepthMax) {
    return AddViolation(too_deep, violations);
  }
  const std::size_t found = violations->size();
  if (rules.has_times() || rules.has_values()) BadLeafFinder(*violations).Run(message);
  if (!rules.has_any() || violations->size() > found) return;
  // Any message at all: nobody but protobuf can say.
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text).ok()) {
    AddViolation({"payload", "PAYLOAD_MALFORMED", "holds a message that cannot be read"},
                 violations);
  } else if (NestingOf(text) > kJsonDepthMax) {
    AddViolation(too_deep, violations);
  }
}

}  // namespace selfsame::schema
