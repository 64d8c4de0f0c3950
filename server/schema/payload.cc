#include "server/schema/payload.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "server/schema/attributes.h"
#include "server/schema/json_payload.h"
#include "server/schema/texts.h"

namespace selfsame::schema {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

google::protobuf::util::JsonPrintOptions PrintOptions() {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  return options;
}

// Adds what cannot be decoded, and what the schema does not know.
void Decode(Encoding encoding, std::string_view payload, Message& message, Validation* validation) {
  if (encoding == Encoding::kJson) return ParseJsonPayload(payload, message, validation);
  if (message.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return FindUnknownFields(message, validation);
  }
  validation->violations.push_back({"payload", "PAYLOAD_MALFORMED", "does not follow its schema"});
}

void MindUnknown(options::v1::UnknownPolicy policy, const Validation& validation,
                 CheckedPayload& checked) {
  if (policy != options::v1::UNKNOWN_QUARANTINE && policy != options::v1::UNKNOWN_REJECT) return;
  for (const Drift& drift : validation.drift) {
    checked.violations.push_back(
        drift.is_enum_value ? Violation{drift.path, "ENUM_VALUE_UNKNOWN", "is no value of its enum"}
                            : Violation{drift.path, "UNKNOWN_FIELD", "is no field of its schema"});
  }
  checked.is_rejected = policy == options::v1::UNKNOWN_REJECT && !validation.drift.empty();
}

// A field whose value was of no use is not missing besides.
void DropFollowing(std::vector<Violation>& violations) {
  const auto is_told = [&](const Violation& violation) {
    return violation.reason == "FIELD_REQUIRED" &&
           std::any_of(violations.begin(), violations.end(), [&](const Violation& other) {
             return &other < &violation && other.field == violation.field;
           });
  };
  std::vector<Violation> kept;
  for (const Violation& violation : violations) {
    if (!is_told(violation)) kept.push_back(violation);
  }
  violations = std::move(kept);
}

// Adds the entries of the fields that are set, at any depth that has entries.
void AddFilled(const Message& message, const std::vector<std::uint16_t>& entry_of_field,
               const std::vector<Entry>& entries, std::vector<bool>& is_filled) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    // Also extensions, which a schema of proto2 may have, and which no entry describes.
    if (field->is_extension() || field->index() >= static_cast<int>(entry_of_field.size()))
      continue;
    const std::uint16_t entry = entry_of_field[field->index()];
    is_filled[entry] = true;
    const std::vector<std::uint16_t>& inner = entries[entry].inner;
    if (inner.empty()) continue;
    if (!field->is_repeated()) {
      AddFilled(reflection.GetMessage(message, field), inner, entries, is_filled);
      continue;
    }
    const int count = reflection.FieldSize(message, field);
    for (int i = 0; i < count; ++i) {
      const Message* item = &reflection.GetRepeatedMessage(message, field, i);
      if (field->is_map()) {
        item = &item->GetReflection()->GetMessage(*item, field->message_type()->map_value());
      }
      AddFilled(*item, inner, entries, is_filled);
    }
  }
}

std::vector<std::uint16_t> FilledEntries(const CompiledSchema& schema, const Message& message) {
  const Entries& entries = schema.entries();
  std::vector<bool> is_filled(entries.all.size());
  AddFilled(message, entries.top_level, entries.all, is_filled);
  std::vector<std::uint16_t> filled;
  for (std::size_t i = 0; i < is_filled.size(); ++i) {
    if (is_filled[i]) filled.push_back(static_cast<std::uint16_t>(i));
  }
  return filled;
}

}  // namespace

bool ParseJson(std::string_view json, Message* message) {
  return google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, message).ok();
}

CheckedPayload CheckPayload(const CompiledSchema& schema, Encoding encoding,
                            std::string_view payload, const Customs& customs) {
  CheckedPayload checked;
  const CompiledSchema::Scratch scratch = schema.Borrow();
  Message& message = *scratch;
  Validation validation;
  Decode(encoding, payload, message, &validation);
  const bool is_decoded = validation.violations.empty();
  if (is_decoded && MayHoldBadTexts(message, encoding, payload)) {
    FindBadTexts(message, &validation.violations);
  }
  // Also what has fields of wrong types: all that is wrong is told at once.
  if (is_decoded || validation.violations.front().reason == "PAYLOAD_TYPE_MISMATCH") {
    Validate(schema.rules().root(), customs, message, &validation);
    if (!is_decoded) DropFollowing(validation.violations);
  }
  checked.violations = std::move(validation.violations);
  MindUnknown(schema.rules().unknown(), validation, checked);
  checked.drift = std::move(validation.drift);
  if (!checked.violations.empty()) return checked;
  checked.filled = FilledEntries(schema, message);
  checked.closed = ClosedValuesOf(schema.closed_fields(), message);
  if (schema.use() == Use::kProfile) {
    checked.attributes = AttributesOf(message, validation.apart);
  } else {
    checked.normalized = FieldsJson(message, validation.normalized, validation.apart);
  }
  return checked;
}

Result<std::string> PayloadJson(const CompiledSchema& schema, Encoding encoding,
                                std::string_view payload) {
  const CompiledSchema::Scratch scratch = schema.Borrow();
  Validation ignored;
  Decode(encoding, payload, *scratch, &ignored);
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(*scratch, &text, PrintOptions()).ok()) {
    return Error{.code = ErrorCode::kInternal,
                 .reason = "PAYLOAD_UNREADABLE",
                 .message = "a stored payload cannot be read"};
  }
  return text;
}

}  // namespace selfsame::schema
