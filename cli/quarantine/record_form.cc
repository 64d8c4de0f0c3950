#include "cli/quarantine/record_form.h"

#include <fmt/format.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <variant>

#include "cli/proto_json.h"

namespace selfsame::cli {
namespace {

using ingest::v1::Event;
using ingest::v1::ProfileUpdate;
using nlohmann::ordered_json;

constexpr const char* kPayload = "payload";
constexpr const char* kPayloadText = "payload_text";
constexpr const char* kPayloadBase64 = "payload_base64";
constexpr std::array kPayloadMembers = {kPayload, kPayloadText, kPayloadBase64};
constexpr std::array kMembers = {"key", "event_time", "identifiers", "schema", "consent"};

Error Malformed(std::string message) {
  return {ErrorCode::kInvalidArgument, "RECORD_MALFORMED", std::move(message)};
}

Error BadEdit(std::string message) {
  return {ErrorCode::kInvalidArgument, "EDIT_MALFORMED", std::move(message)};
}

std::string Base64(const std::string& bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), kVariant);
  text.pop_back();  // Its NUL.
  return text;
}

// The payload as it can be shown, under the name that says how.
std::pair<const char*, ordered_json> PayloadOfJson(const std::string& text) {
  ordered_json payload = ordered_json::parse(text, nullptr, false);
  if (payload.is_object()) return {kPayload, std::move(payload)};
  return {kPayloadText, text};
}

std::pair<const char*, ordered_json> PayloadOfBytes(const std::string& bytes,
                                                    const schema::MessageType* type) {
  const auto message = type == nullptr ? nullptr : type->New();
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  if (message == nullptr || !message->ParseFromString(bytes) ||
      !google::protobuf::util::MessageToJsonString(*message, &text, options).ok()) {
    return {kPayloadBase64, Base64(bytes)};
  }
  return PayloadOfJson(text);
}

// Event and ProfileUpdate have the same fields.
template <typename Record>
Result<ordered_json> FormOfRecord(const std::string& body, const schema::MessageType* type) {
  Record record;
  if (!record.ParseFromString(body)) {
    return Error{ErrorCode::kFailedPrecondition, "BODY_UNREADABLE",
                 "the body is no record that could be shown; --raw writes its bytes"};
  }
  const auto payload = record.has_protobuf() ? PayloadOfBytes(record.protobuf(), type)
                                             : PayloadOfJson(record.json());
  const bool has_payload = record.has_protobuf() || record.has_json();
  record.clear_payload();
  const ordered_json members = ProtoJson(record);
  ordered_json form;
  for (const char* name : kMembers) {
    if (members.contains(name) && !members[name].is_null()) form[name] = members[name];
  }
  if (has_payload) form[payload.first] = payload.second;
  return form;
}

// The one of the payload members that the form has, null where it has none.
const char* PayloadMember(const ordered_json& form) {
  const auto found = std::find_if(kPayloadMembers.begin(), kPayloadMembers.end(),
                                  [&](const char* name) { return form.contains(name); });
  return found == kPayloadMembers.end() ? nullptr : *found;
}

Status CheckMembers(const ordered_json& form) {
  if (!form.is_object()) return Malformed("a record is a JSON object");
  int payloads = 0;
  for (const auto& [name, value] : form.items()) {
    const bool is_payload =
        std::find(kPayloadMembers.begin(), kPayloadMembers.end(), name) != kPayloadMembers.end();
    payloads += is_payload ? 1 : 0;
    if (!is_payload && std::find(kMembers.begin(), kMembers.end(), name) == kMembers.end()) {
      return Malformed(fmt::format("a record has no member {}", name));
    }
  }
  return payloads > 1 ? Status(Malformed("a record has one payload")) : Status();
}

template <typename Record>
Status SetPayload(const ordered_json& form, Record& record) {
  const char* member = PayloadMember(form);
  if (member == nullptr) return {};
  if (member == kPayloadBase64) {
    return Malformed("the payload's bytes cannot be edited; give the whole as \"payload\"");
  }
  const ordered_json& payload = form[member];
  if (member == kPayload ? !payload.is_object() : !payload.is_string()) {
    return Malformed(member == kPayload ? "the payload is a JSON object"
                                        : "payload_text is a string");
  }
  record.set_json(member == kPayload ? payload.dump() : payload.template get<std::string>());
  return {};
}

// Takes the payload of the original as it is.
template <typename Record>
void CopyPayload(const std::string& original_body, Record& record) {
  Record original;
  if (!original.ParseFromString(original_body)) return;
  if (original.has_json()) record.set_json(original.json());
  if (original.has_protobuf()) record.set_protobuf(original.protobuf());
}

bool SamePayload(const ordered_json& a, const ordered_json& b) {
  const char* member = PayloadMember(a);
  return member == PayloadMember(b) && (member == nullptr || a[member] == b[member]);
}

template <typename Record>
Status FillRecord(const std::string& original_body, const ordered_json& original_form,
                  const ordered_json& form, Record& record) {
  SELFSAME_RETURN_IF_ERROR(CheckMembers(form));
  ordered_json members = form;
  for (const char* name : kPayloadMembers) members.erase(name);
  // What protobuf says of a broken value would hold the value.
  const std::string text = members.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  if (!google::protobuf::util::JsonStringToMessage(text, &record).ok()) {
    return Malformed(
        fmt::format("the record does not follow {}", Record::descriptor()->full_name()));
  }
  if (SamePayload(form, original_form)) {
    CopyPayload(original_body, record);
    return {};
  }
  return SetPayload(form, record);
}

// A member of an object or an item of a list.
using Step = std::variant<std::string, std::size_t>;

// "[12]" at the start of `path`, taken off it.
std::optional<std::size_t> TakeIndex(std::string_view& path) {
  std::size_t index = 0;
  const char* end = path.data() + path.size();
  const auto read = std::from_chars(path.data() + 1, end, index);
  if (read.ec != std::errc() || read.ptr == end || *read.ptr != ']') return std::nullopt;
  path.remove_prefix(static_cast<std::size_t>(read.ptr + 1 - path.data()));
  return index;
}

// The steps of a path; none where it is no path.
std::vector<Step> StepsOf(std::string_view path) {
  std::vector<Step> steps;
  bool wants_name = true;
  while (!path.empty()) {
    if (path.front() == '[' && !wants_name) {
      const auto index = TakeIndex(path);
      if (!index) return {};
      steps.emplace_back(*index);
    } else {
      const std::size_t end = std::min(path.find_first_of(".["), path.size());
      if (end == 0 || !wants_name) return {};
      steps.emplace_back(std::string(path.substr(0, end)));
      path.remove_prefix(end);
    }
    wants_name = path.starts_with('.');
    if (wants_name) path.remove_prefix(1);
  }
  return wants_name ? std::vector<Step>() : steps;
}

// The value a step leads to, made where it is not there; null where it cannot be.
ordered_json* Follow(ordered_json& at, const Step& step) {
  if (const auto* name = std::get_if<std::string>(&step)) {
    if (at.is_null()) at = ordered_json::object();
    return at.is_object() ? &at[*name] : nullptr;
  }
  const std::size_t index = std::get<std::size_t>(step);
  if (at.is_null()) at = ordered_json::array();
  if (!at.is_array() || index > at.size()) return nullptr;
  if (index == at.size()) at.push_back(nullptr);
  return &at[index];
}

bool Remove(ordered_json& at, const Step& step) {
  if (const auto* name = std::get_if<std::string>(&step)) {
    return at.is_object() && at.erase(*name) > 0;
  }
  const std::size_t index = std::get<std::size_t>(step);
  if (!at.is_array() || index >= at.size()) return false;
  at.erase(index);
  return true;
}

ordered_json EditedValue(const ordered_json& before, const std::string& value) {
  if (before.is_string()) return value;
  ordered_json parsed = ordered_json::parse(value, nullptr, false);
  return parsed.is_discarded() ? ordered_json(value) : parsed;
}

}  // namespace

Result<ordered_json> FormOf(BodyKind kind, const std::string& body,
                            const schema::MessageType* type) {
  return kind == BodyKind::kEvent ? FormOfRecord<Event>(body, type)
                                  : FormOfRecord<ProfileUpdate>(body, type);
}

NamedSchema SchemaOf(BodyKind kind, const std::string& body) {
  Event event;
  ProfileUpdate update;
  if (kind == BodyKind::kEvent && event.ParseFromString(body)) {
    return {.name = event.schema().name(), .version = event.schema().version()};
  }
  if (kind == BodyKind::kProfileUpdate && update.ParseFromString(body)) {
    return {.name = update.schema().name(), .version = update.schema().version()};
  }
  return {};
}

Result<Edit> ParseEdit(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return BadEdit("--set takes PATH=VALUE, for example payload.country=GB");
  }
  return Edit{.path = std::string(text.substr(0, equals)),
              .value = std::string(text.substr(equals + 1))};
}

Status ApplyEdit(const Edit& edit, ordered_json& form) {
  const std::vector<Step> steps = StepsOf(edit.path);
  if (steps.empty()) return BadEdit(fmt::format("{} is no path", edit.path));
  ordered_json changed = form;
  ordered_json* at = &changed;
  for (std::size_t i = 0; i + 1 < steps.size() && at != nullptr; ++i) at = Follow(*at, steps[i]);
  const Error leads_nowhere = BadEdit(fmt::format("{} leads nowhere in the record", edit.path));
  if (at == nullptr) return leads_nowhere;
  if (edit.removes) {
    if (!Remove(*at, steps.back())) return leads_nowhere;
  } else {
    at = Follow(*at, steps.back());
    if (at == nullptr) return leads_nowhere;
    *at = EditedValue(*at, edit.value);
  }
  form = std::move(changed);
  return {};
}

Result<quarantine::v1::PatchRequest> PatchOf(BodyKind kind, const std::string& original_body,
                                             const ordered_json& original_form,
                                             const ordered_json& form) {
  quarantine::v1::PatchRequest patch;
  SELFSAME_RETURN_IF_ERROR(
      kind == BodyKind::kEvent
          ? FillRecord(original_body, original_form, form, *patch.mutable_event())
          : FillRecord(original_body, original_form, form, *patch.mutable_profile_update()));
  return patch;
}

}  // namespace selfsame::cli
