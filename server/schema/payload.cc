#include "server/schema/payload.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "server/schema/attributes.h"
#include "server/schema/json_value.h"
#include "server/schema/leave_out.h"
#include "server/schema/printable.h"
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

// Adds `required` fields of proto2 that are missing.
void FindMissing(const Message& message, Validation* validation) {
  if (message.IsInitialized()) return;
  std::vector<std::string> missing;
  message.FindInitializationErrors(&missing);
  for (const std::string& path : missing) {
    AddViolation({"payload." + path, "FIELD_REQUIRED", "must be set"}, &validation->violations);
  }
}

// Adds what cannot be decoded, and what the schema does not know. False when nothing could be read.
bool Decode(Encoding encoding, std::string_view payload, Message& message, Validation* validation) {
  if (encoding == Encoding::kJson) return ParseJsonPayload(payload, message, validation);
  if (ParseBytes(payload, &message)) {
    FindUnknownFields(message, validation);
    return true;
  }
  validation->violations.push_back({"payload", "PAYLOAD_MALFORMED", "does not follow its schema"});
  return false;
}

void MindUnknown(options::v1::UnknownPolicy policy, const Validation& validation,
                 CheckedPayload& checked) {
  if (policy != options::v1::UNKNOWN_POLICY_QUARANTINE &&
      policy != options::v1::UNKNOWN_POLICY_REJECT)
    return;
  for (const Drift& drift : validation.drift) {
    checked.violations.push_back(
        drift.is_enum_value ? Violation{drift.path, "ENUM_VALUE_UNKNOWN", "is no value of its enum"}
                            : Violation{drift.path, "UNKNOWN_FIELD", "is no field of its schema"});
  }
  checked.is_rejected = policy == options::v1::UNKNOWN_POLICY_REJECT && !validation.drift.empty();
}

// Whether a violation follows from a field that could not be decoded: what is asked of it and of
// what lies in it, and what is asked of it together with the fields beside it.
bool FollowsFrom(const Violation& undecoded, const Violation& violation) {
  const std::string& path = undecoded.field;
  if (violation.field.starts_with(path)) {
    const char next = violation.field.size() > path.size() ? violation.field[path.size()] : '.';
    if (next == '.' || next == '[') return true;
  }
  if (violation.reason != "AT_LEAST_ONE_REQUIRED" && violation.reason != "ALL_OR_NONE_REQUIRED") {
    return false;
  }
  return path.substr(0, path.find_last_of('.')) == violation.field;
}

// `undecoded`: how many of them, at the front, say what could not be decoded.
void DropFollowing(std::size_t undecoded, std::vector<Violation>& violations) {
  std::vector<Violation> kept;
  for (std::size_t i = 0; i < violations.size(); ++i) {
    const auto told = violations.begin() + static_cast<std::ptrdiff_t>(undecoded);
    const bool follows =
        i >= undecoded && std::any_of(violations.begin(), told, [&](const Violation& one) {
          return FollowsFrom(one, violations[i]);
        });
    if (!follows) kept.push_back(violations[i]);
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

// All that is asked of a message that could be decoded, if perhaps not all of it.
void CheckMessage(const Rules& rules, const Customs& customs, Encoding encoding,
                  std::string_view payload, Message& message, Validation* validation) {
  const std::size_t undecoded = validation->violations.size();
  if (MayHoldBadTexts(rules, encoding, payload)) FindBadTexts(message, &validation->violations);
  FindUnprintable(rules, message, &validation->violations);
  if (rules.has_proto2()) FindMissing(message, validation);
  Validate(rules.root(), customs, message, validation);
  if (undecoded > 0) DropFollowing(undecoded, validation->violations);
}

CheckedPayload CheckWhole(const CompiledSchema& schema, Encoding encoding, std::string_view payload,
                          const Customs& customs) {
  CheckedPayload checked;
  const CompiledSchema::Scratch scratch = schema.Borrow();
  Message& message = *scratch;
  Validation validation;
  if (Decode(encoding, payload, message, &validation)) {
    // Also where fields are of wrong types: all that is wrong is told at once.
    CheckMessage(schema.rules(), customs, encoding, payload, message, &validation);
  }
  checked.violations = std::move(validation.violations);
  MindUnknown(schema.rules().unknown(), validation, checked);
  checked.drift = std::move(validation.drift);
  if (!checked.violations.empty()) return checked;
  checked.filled = FilledEntries(schema, message);
  checked.closed = ClosedValuesOf(schema.closed_fields(), message);
  if (schema.use() == Use::kProfile) {
    checked.attributes = AttributesOf(message, validation.derived, &checked.violations);
    checked.derived = DerivedObjects(validation.derived);
  } else {
    checked.normalized =
        FieldsJson(message, validation.normalized, validation.derived, &checked.violations);
  }
  return checked;
}

bool LeavesOut(const CompiledSchema& schema, const Customs& customs) {
  return customs.leaves_out ||
         schema.rules().invalid_optional() == options::v1::INVALID_OPTIONAL_LEAVE_OUT;
}

// Fields that are to be left out of one payload, each once.
class LeftOut {
 public:
  explicit LeftOut(const CompiledSchema& schema) : schema_(schema) {}

  // False where one of the violations cannot be cured by leaving out one more field.
  bool Add(const std::vector<Violation>& violations) {
    const std::size_t before = places_.size();
    for (const Violation& violation : violations) {
      FieldPlace place = FieldToLeaveOut(schema_.rules().root(), violation);
      if (place.empty()) return false;
      const auto known = std::find(places_.begin(), places_.end(), place);
      // Gone before, and the violation is still there.
      if (known < places_.begin() + static_cast<std::ptrdiff_t>(before)) return false;
      if (known != places_.end()) continue;
      if (places_.size() == kLeftOutMax) return false;
      named_.push_back(Named(PathOf(place), violation));
      places_.push_back(std::move(place));
    }
    return true;
  }

  // Sets `remaining` and `left_out`.
  void CutFrom(Encoding encoding, std::string_view payload, CheckedPayload& checked) const {
    Remaining remaining = encoding == Encoding::kJson
                              ? WithoutFieldsOfJson(schema_.descriptor(), payload, places_)
                              : WithoutFieldsOfProtobuf(payload, places_);
    checked.remaining = std::move(remaining.payload);
    checked.left_out.clear();
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (remaining.was_there[i] && !LiesInAnother(places_[i])) {
        checked.left_out.push_back(named_[i]);
      }
    }
  }

 private:
  bool LiesInAnother(const FieldPlace& place) const {
    return std::any_of(places_.begin(), places_.end(), [&](const FieldPlace& other) {
      return other.size() < place.size() && std::equal(other.begin(), other.end(), place.begin());
    });
  }

  // What lies deeper is named in the message.
  static Violation Named(std::string path, const Violation& violation) {
    std::string message = violation.message;
    if (violation.field.size() > path.size()) {
      const char* sign = violation.field[path.size()] == '.' ? "" : "item ";
      message = sign + violation.field.substr(path.size() + (*sign == 0 ? 1 : 0)) + " " + message;
    }
    return {std::move(path), violation.reason, std::move(message)};
  }

  const CompiledSchema& schema_;
  std::vector<FieldPlace> places_;
  std::vector<Violation> named_;  // Of each place.
};

// Leaves out what is invalid and optional until the rest follows its schema. Each rest is checked
// as if it had been sent: what was cut off may have been what another field needs, or what kept an
// earlier value of the same field from counting. Where that does not help, `checked` keeps its
// violations, and gets those of the rest.
void LeaveOut(const CompiledSchema& schema, Encoding encoding, std::string_view payload,
              Customs customs, CheckedPayload& checked) {
  customs.needs_country = true;
  LeftOut left_out(schema);
  CheckedPayload rest = CheckWhole(schema, encoding, payload, customs);
  for (int round = 0; round < kLeaveOutRoundsMax && left_out.Add(rest.violations); ++round) {
    CheckedPayload cut;
    left_out.CutFrom(encoding, payload, cut);
    rest = CheckWhole(schema, encoding, cut.remaining, customs);
    rest.remaining = std::move(cut.remaining);
    rest.left_out = std::move(cut.left_out);
    if (!rest.violations.empty()) continue;
    rest.drift = std::move(checked.drift);  // Of all that was sent.
    checked = std::move(rest);
    return;
  }
  // Without it the sender would not know why the record was not accepted without its bad fields.
  if (rest.left_out.empty()) return;
  for (Violation& violation : rest.violations) {
    AddViolation(std::move(violation), &checked.violations);
  }
}

}  // namespace

CheckedPayload CheckPayload(const CompiledSchema& schema, Encoding encoding,
                            std::string_view payload, const Customs& customs) {
  CheckedPayload checked = CheckWhole(schema, encoding, payload, customs);
  if (!checked.violations.empty() && !checked.is_rejected && LeavesOut(schema, customs)) {
    LeaveOut(schema, encoding, payload, customs, checked);
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
