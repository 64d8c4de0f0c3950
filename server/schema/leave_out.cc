#include "server/schema/leave_out.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "server/schema/json_payload.h"
#include "server/schema/json_text.h"

namespace selfsame::schema {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

const FieldRule* RuleOf(const MessageRules* rules, const FieldDescriptor& field) {
  if (rules == nullptr) return nullptr;
  const auto found = std::find_if(rules->fields.begin(), rules->fields.end(),
                                  [&](const FieldRule& rule) { return rule.field == &field; });
  return found == rules->fields.end() ? nullptr : &*found;
}

// The names of a path, without indices: {"items", "sku"} of "payload.items[2].sku".
std::vector<std::string> NamesOf(std::string_view path) {
  std::vector<std::string> names;
  std::size_t at = path.find('.');
  while (at != std::string_view::npos) {
    const std::size_t end = path.find('.', at + 1);
    const std::string_view name = path.substr(at + 1, end - at - 1);
    names.emplace_back(name.substr(0, name.find('[')));
    at = end;
  }
  return names;
}

bool IsForGood(std::string_view reason) {
  return reason == "UNKNOWN_FIELD" || reason == "ENUM_VALUE_UNKNOWN" ||
         reason == "ISO_CODES_MISSING";
}

// Reasons that name a field, but are about the message around it.
bool IsOfMessageAround(std::string_view reason) {
  return reason == "FIELD_REQUIRED" || reason == "FIELDS_OUT_OF_ORDER" ||
         reason == "PAYLOAD_MALFORMED";
}

// What is to go of a message, by field number.
struct Cut {
  bool is_whole = false;
  bool was_there = false;
  std::map<int, Cut> inner;
};

Cut CutOf(const std::vector<FieldPlace>& places) {
  Cut root;
  for (const FieldPlace& place : places) {
    Cut* cut = &root;
    for (const FieldDescriptor* field : place) cut = &cut->inner[field->number()];
    cut->is_whole = true;
  }
  return root;
}

std::vector<bool> WhereThere(const Cut& root, const std::vector<FieldPlace>& places) {
  std::vector<bool> was_there;
  for (const FieldPlace& place : places) {
    const Cut* cut = &root;
    for (const FieldDescriptor* field : place) {
      cut = &cut->inner.at(field->number());
      if (cut->is_whole) break;  // What lies deeper went with it.
    }
    was_there.push_back(cut->was_there);
  }
  return was_there;
}

// Depth is bounded by that of the places.
std::string CutProtobuf(std::string_view bytes, Cut& cut) {
  google::protobuf::io::ArrayInputStream array(bytes.data(), static_cast<int>(bytes.size()));
  CodedInputStream in(&array);
  std::string kept;
  for (int begin = 0;; begin = in.CurrentPosition()) {
    const std::uint32_t tag = in.ReadTag();
    if (tag == 0) return kept;
    const int value = in.CurrentPosition();
    if (!WireFormatLite::SkipField(&in, tag)) return kept;
    const int end = in.CurrentPosition();
    const auto found = cut.inner.find(WireFormatLite::GetTagFieldNumber(tag));
    if (found == cut.inner.end()) {
      kept.append(bytes.substr(begin, end - begin));
      continue;
    }
    found->second.was_there = true;
    if (found->second.is_whole) continue;
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      kept.append(bytes.substr(begin, end - begin));  // Not of the field's type: nobody reads it.
      continue;
    }
    CodedInputStream length_in(reinterpret_cast<const std::uint8_t*>(bytes.data()) + value,
                               end - value);
    std::uint32_t length = 0;
    if (!length_in.ReadVarint32(&length)) return kept;
    const std::string inner = CutProtobuf(bytes.substr(end - length, length), found->second);
    kept.append(bytes.substr(begin, value - begin));
    std::array<std::uint8_t, 5> varint{};
    const auto* past = google::protobuf::io::CodedOutputStream::WriteVarint32ToArray(
        static_cast<std::uint32_t>(inner.size()), varint.data());
    kept.append(reinterpret_cast<const char*>(varint.data()), past - varint.data());
    kept += inner;
  }
}

// As the parser finds it: by name, or else by JSON name.
const FieldDescriptor* FieldOfMember(const Descriptor& message, const std::string& name) {
  if (const FieldDescriptor* field = message.FindFieldByName(name)) return field;
  for (int i = 0; i < message.field_count(); ++i) {
    if (message.field(i)->json_name() == name) return message.field(i);
  }
  return nullptr;
}

std::string CutJson(const Descriptor& message, const JsonValue& object, Cut& cut) {
  std::string kept = "{";
  for (const JsonMember& member : object.members) {
    const FieldDescriptor* field = FieldOfMember(message, member.name);
    const auto found = field == nullptr ? cut.inner.end() : cut.inner.find(field->number());
    std::string value(member.value.text);
    if (found != cut.inner.end()) {
      // Null is absence.
      if (!member.value.Is(JsonValue::Kind::kNull)) found->second.was_there = true;
      if (found->second.is_whole) continue;
      if (member.value.Is(JsonValue::Kind::kObject)) {
        value = CutJson(*field->message_type(), member.value, found->second);
      }
    }
    if (kept.size() > 1) kept += ',';
    kept += nlohmann::json(member.name).dump() + ':' + value;
  }
  return kept + '}';
}

}  // namespace

FieldPlace FieldToLeaveOut(const MessageRules& root, const Violation& violation) {
  if (IsForGood(violation.reason)) return {};
  const std::vector<std::string> names = NamesOf(violation.field);
  FieldPlace place;
  std::vector<bool> is_required;
  const Descriptor* message = root.message;
  const MessageRules* rules = &root;
  for (const std::string& name : names) {
    if (message == nullptr) break;
    const FieldDescriptor* field = message->FindFieldByName(name);
    if (field == nullptr) return {};
    const FieldRule* rule = RuleOf(rules, *field);
    place.push_back(field);
    is_required.push_back(field->is_required() || (rule != nullptr && rule->options.required()));
    const bool goes_on =
        field->message_type() != nullptr && !field->is_repeated() && !IsLeaf(*field);
    message = goes_on ? field->message_type() : nullptr;
    rules = rule == nullptr ? nullptr : rule->nested;
  }
  if (place.size() == names.size() && !place.empty() && IsOfMessageAround(violation.reason)) {
    place.pop_back();
  }
  while (!place.empty() && is_required[place.size() - 1]) place.pop_back();
  return place;
}

std::string PathOf(const FieldPlace& place) {
  std::string path = "payload";
  for (const FieldDescriptor* field : place) path += "." + field->name();
  return path;
}

Remaining WithoutFieldsOfProtobuf(std::string_view payload, const std::vector<FieldPlace>& places) {
  Cut cut = CutOf(places);
  std::string kept = CutProtobuf(payload, cut);
  return {std::move(kept), WhereThere(cut, places)};
}

Remaining WithoutFieldsOfJson(const Descriptor& message, std::string_view payload,
                              const std::vector<FieldPlace>& places) {
  Cut cut = CutOf(places);
  const std::optional<JsonValue> object = ParseJsonText(payload, kJsonDepthMax);
  std::string kept(payload);
  if (object && object->Is(JsonValue::Kind::kObject)) kept = CutJson(message, *object, cut);
  return {std::move(kept), WhereThere(cut, places)};
}

}  // namespace selfsame::schema
