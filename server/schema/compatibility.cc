#include "server/schema/compatibility.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/check.h"
#include "identity/canonicalize.h"
#include "server/schema/compatibility_rules.h"

namespace selfsame::schema {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// What a message reaches through fields, by full name. Sorted, so that every walk over it is the
// same walk.
struct Reached {
  std::map<std::string, const Descriptor*> messages;
  std::map<std::string, const EnumDescriptor*> enums;
};

constexpr std::size_t kTextBytesMax = 200;

using Fields = std::map<int, const FieldDescriptor*>;

// By number; extensions too, since payloads carry them like fields.
Fields FieldsOf(const Descriptor& message) {
  std::vector<const FieldDescriptor*> found;
  if (message.extension_range_count() > 0)
    message.file()->pool()->FindAllExtensions(&message, &found);
  for (int i = 0; i < message.field_count(); ++i) found.push_back(message.field(i));
  Fields fields;
  for (const FieldDescriptor* field : found) fields.emplace(field->number(), field);
  return fields;
}

// A stack of its own rather than recursion: the depth is the client's. Ends, since each message is
// put on it once.
Reached Reach(const Descriptor& root) {
  Reached reached;
  std::vector<const Descriptor*> unread{&root};
  reached.messages.emplace(root.full_name(), &root);
  while (!unread.empty()) {
    const Descriptor& message = *unread.back();
    unread.pop_back();
    for (const auto& [number, field] : FieldsOf(message)) {
      if (const EnumDescriptor* an_enum = field->enum_type())
        reached.enums.emplace(an_enum->full_name(), an_enum);
      const Descriptor* next = field->message_type();
      if (next != nullptr && reached.messages.emplace(next->full_name(), next).second)
        unread.push_back(next);
    }
  }
  return reached;
}

void CompareCommonFields(const Descriptor& was, const Descriptor& is, std::vector<Break>& breaks) {
  const Fields fields = FieldsOf(is);
  for (const auto& [number, old_field] : FieldsOf(was)) {
    const auto found = fields.find(number);
    if (found != fields.end()) CompareFields(*old_field, *found->second, breaks);
  }
}

}  // namespace

std::string Presentable(const std::string& text) {
  if (!identity::IsUtf8(text)) {
    std::string bytes = "0x";
    for (const char byte : text.substr(0, kTextBytesMax / 2 - 1))
      bytes += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return bytes;
  }
  if (text.size() <= kTextBytesMax) return text;
  std::size_t end = kTextBytesMax;
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // Within a character.
  return text.substr(0, end);
}

std::vector<Break> FindBreaks(const Descriptor& was, const Descriptor& is) {
  SELFSAME_CHECK(was.full_name() == is.full_name());
  const Reached before = Reach(was);
  const Reached after = Reach(is);
  std::vector<Break> breaks;
  for (const auto& [name, message] : before.messages) {
    if (breaks.size() >= kBreaksMax) break;
    const auto found = after.messages.find(name);
    if (found == after.messages.end()) continue;
    CompareMessages(*message, *found->second, breaks);
    CompareCommonFields(*message, *found->second, breaks);
  }
  for (const auto& [name, an_enum] : before.enums) {
    if (breaks.size() >= kBreaksMax) break;
    const auto found = after.enums.find(name);
    if (found != after.enums.end()) CompareEnums(*an_enum, *found->second, breaks);
  }
  std::ranges::stable_sort(breaks, {},
                           [](const Break& one) { return std::tie(one.path, one.rule); });
  if (breaks.size() > kBreaksMax) breaks.resize(kBreaksMax);
  return breaks;
}

}  // namespace selfsame::schema
