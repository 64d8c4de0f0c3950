#include "server/schema/validate.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "server/schema/derived.h"
#include "server/schema/path.h"

namespace selfsame::schema {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::size_t CharactersOf(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool IsSet(const Message& message, const FieldDescriptor& field) {
  return field.is_repeated() ? message.GetReflection()->FieldSize(message, &field) > 0
                             : message.GetReflection()->HasField(message, &field);
}

// A number as a double; of the 64-bit integers, near enough for bounds people write.
double NumberOf(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& r = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return one ? r.GetInt32(message, &field) : r.GetRepeatedInt32(message, &field, index);
    case FieldDescriptor::CPPTYPE_INT64:
      return static_cast<double>(one ? r.GetInt64(message, &field)
                                     : r.GetRepeatedInt64(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT32:
      return one ? r.GetUInt32(message, &field) : r.GetRepeatedUInt32(message, &field, index);
    case FieldDescriptor::CPPTYPE_UINT64:
      return static_cast<double>(one ? r.GetUInt64(message, &field)
                                     : r.GetRepeatedUInt64(message, &field, index));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return one ? r.GetDouble(message, &field) : r.GetRepeatedDouble(message, &field, index);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return one ? r.GetFloat(message, &field) : r.GetRepeatedFloat(message, &field, index);
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_MESSAGE: break;
  }
  return 0;
}

bool IsWithin(double number, const options::v1::Range& range) {
  if (std::isnan(number)) return false;
  if (range.has_min() && (range.exclusive_min() ? number <= range.min() : number < range.min())) {
    return false;
  }
  return !range.has_max() || (range.exclusive_max() ? number < range.max() : number <= range.max());
}

std::string TextOf(const Message& message, const FieldDescriptor& field) {
  const Reflection& r = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: return r.GetBool(message, &field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_STRING: return r.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value = field.enum_type()->FindValueByNumber(r.GetEnumValue(message, &field));
      return value == nullptr ? "" : value->name();
    }
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT: {
      std::string text = std::to_string(NumberOf(message, field, -1));
      text.erase(text.find_last_not_of('0') + 1);
      if (text.ends_with('.')) text.pop_back();
      return text;
    }
    case FieldDescriptor::CPPTYPE_INT32: return std::to_string(r.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64: return std::to_string(r.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32: return std::to_string(r.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64: return std::to_string(r.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE: break;
  }
  return {};
}

// What orders a value of a field: whole and part. Nothing where it says none, which is a violation
// of that field and not of the order.
using Rank = std::pair<double, double>;

std::optional<Rank> RankOf(const Message& message, const FieldDescriptor& field,
                           options::v1::Format format) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const Message& time = message.GetReflection()->GetMessage(message, &field);
    const auto& type = *time.GetDescriptor();
    return Rank(NumberOf(time, *type.FindFieldByNumber(1), -1),
                NumberOf(time, *type.FindFieldByNumber(2), -1));
  }
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
    return Rank(NumberOf(message, field, -1), 0);
  }
  const std::string text = message.GetReflection()->GetString(message, &field);
  if (format == options::v1::FORMAT_DATE_TIME) {
    const auto time = normalize::NormalizeDateTime(text);
    if (!time.ok()) return std::nullopt;
    return Rank(static_cast<double>(time->time.us), 0);
  }
  const auto date = normalize::NormalizeDate(text);
  if (!date.ok()) return std::nullopt;
  return Rank(date->year * 10'000.0 + date->month * 100.0 + date->day, 0);
}

// The work of one Validate call. Depth is bounded by protobuf's own limit at decoding.
class Validator {
 public:
  Validator(const Customs& customs, Validation& validation)
      : customs_(customs), validation_(validation) {}

  void Run(const MessageRules& rules, Message& message) {
    for (const FieldRule& rule : rules.fields) CheckField(rule, message);
    CheckTogether(rules, message);
  }

 private:
  void Violate(const char* reason, std::string message) {
    if (IsFull()) return;  // Before the path is written.
    validation_.violations.push_back({path_.Text(), reason, std::move(message)});
  }

  // Nothing more will be told, and the payload is not kept in any form but its own.
  bool IsFull() const { return validation_.violations.size() >= kViolationsMax; }

  void CheckField(const FieldRule& rule, Message& message) {
    const FieldDescriptor& field = *rule.field;
    const Path::Step step(path_, field);
    if (field.is_repeated()) return CheckRepeated(rule, message);
    const bool is_set = message.GetReflection()->HasField(message, &field);
    if (!is_set && rule.options.required()) return Violate("FIELD_REQUIRED", "must be set");
    // A number without presence is checked even when it is zero, which cannot be told from absent.
    if (!is_set && (field.has_presence() || !rule.options.has_range())) return;
    CheckValue(rule, message, -1);
  }

  void CheckRepeated(const FieldRule& rule, Message& message) {
    const FieldDescriptor& field = *rule.field;
    const int count = message.GetReflection()->FieldSize(message, &field);
    if (count == 0 && rule.options.required()) {
      return Violate("FIELD_REQUIRED", "needs at least one item");
    }
    const auto& items = rule.options.items();
    const auto size = static_cast<std::uint32_t>(count);
    if (items.has_min() && size < items.min()) {
      Violate("TOO_FEW_ITEMS", "needs at least " + std::to_string(items.min()));
    }
    if (items.has_max() && size > items.max()) {
      Violate("TOO_MANY_ITEMS", "takes at most " + std::to_string(items.max()));
    }
    for (int i = 0; i < count && !IsFull(); ++i) {
      path_.SetIndex(i);
      CheckValue(rule, message, i);
    }
    path_.SetIndex(-1);
  }

  void CheckValue(const FieldRule& rule, Message& message, int index) {
    const FieldDescriptor& field = *rule.field;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE: return CheckMessage(rule, message, index);
      case FieldDescriptor::CPPTYPE_ENUM: return CheckEnum(field, message, index);
      case FieldDescriptor::CPPTYPE_STRING: return CheckText(rule, message, index);
      case FieldDescriptor::CPPTYPE_BOOL: return;
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_INT64:
      case FieldDescriptor::CPPTYPE_UINT32:
      case FieldDescriptor::CPPTYPE_UINT64:
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        if (rule.options.has_range() &&
            !IsWithin(NumberOf(message, field, index), rule.options.range())) {
          Violate("OUT_OF_RANGE", "lies outside the range its schema allows");
        }
        return;
    }
  }

  void CheckMessage(const FieldRule& rule, Message& message, int index) {
    const FieldDescriptor& field = *rule.field;
    const FieldDescriptor* value = field.is_map() ? field.message_type()->map_value() : nullptr;
    if (rule.nested == nullptr && (value == nullptr || value->enum_type() == nullptr)) return;
    const Reflection& reflection = *message.GetReflection();
    Message* inner = index < 0 ? reflection.MutableMessage(&message, &field)
                               : reflection.MutableRepeatedMessage(&message, &field, index);
    if (value == nullptr) return Run(*rule.nested, *inner);
    if (rule.nested == nullptr) return CheckEnum(*value, *inner, -1);
    Run(*rule.nested, *inner->GetReflection()->MutableMessage(inner, value));
  }

  void CheckEnum(const FieldDescriptor& field, const Message& message, int index) {
    const Reflection& reflection = *message.GetReflection();
    const int number = index < 0 ? reflection.GetEnumValue(message, &field)
                                 : reflection.GetRepeatedEnumValue(message, &field, index);
    if (field.enum_type()->FindValueByNumber(number) != nullptr) return;
    AddDrift({.path = path_.FieldText(), .is_enum_value = true, .value = std::to_string(number)},
             &validation_);
  }

  void CheckText(const FieldRule& rule, Message& message, int index) {
    std::string scratch;
    const std::string* text = &TextAt(rule, message, index, scratch);
    // Somebody says that it is known to be empty; only `required` minds.
    if (text->empty()) {
      if (rule.options.required()) Violate("FIELD_REQUIRED", "must not be empty");
      return;
    }
    if (!rule.has_value_rules) return;
    if (rule.options.format() != options::v1::FORMAT_UNSPECIFIED ||
        !rule.options.vocabulary().empty()) {
      BringToForm(rule, *text, message, index);
      text = &TextAt(rule, message, index, scratch);
    }
    CheckLength(rule, *text);
    if (rule.pattern != nullptr && !re2::RE2::FullMatch(*text, *rule.pattern)) {
      Violate("PATTERN_MISMATCH", "does not have the form its schema asks for");
    }
    if (!rule.one_of.empty() && !rule.one_of.contains(*text)) {
      Violate("NOT_IN_LIST", "is none of the values its schema lists");
    }
  }

  static const std::string& TextAt(const FieldRule& rule, const Message& message, int index,
                                   std::string& scratch) {
    const Reflection& reflection = *message.GetReflection();
    return index < 0 ? reflection.GetStringReference(message, rule.field, &scratch)
                     : reflection.GetRepeatedStringReference(message, rule.field, index, &scratch);
  }

  void CheckLength(const FieldRule& rule, const std::string& text) {
    if (!rule.options.has_length()) return;
    const auto& length = rule.options.length();
    const bool is_bytes = rule.field->type() == FieldDescriptor::TYPE_BYTES;
    const std::size_t size = is_bytes ? text.size() : CharactersOf(text);
    if (length.has_min() && size < length.min()) {
      Violate("TOO_SHORT", "needs at least " + std::to_string(length.min()));
    }
    if (length.has_max() && size > length.max()) {
      Violate("TOO_LONG", "takes at most " + std::to_string(length.max()));
    }
  }

  void BringToForm(const FieldRule& rule, const std::string& text, Message& message, int index) {
    std::string country;
    if (rule.country != nullptr) {
      country = message.GetReflection()->GetString(message, rule.country);
    }
    Result<Canonical> canonical = Canonicalize(rule.options, text, country, customs_);
    if (!canonical.ok()) {
      const bool is_theirs = canonical.error().code == ErrorCode::kInvalidArgument;
      if (rule.options.lenient() && is_theirs) {
        ++validation_.lenient_misses;
        return;
      }
      return Violate(canonical.error().reason.c_str(), canonical.error().message);
    }
    if (!canonical->extension.empty()) {
      KeepApart(rule, std::move(canonical->extension), message, index);
    }
    if (canonical->is_disposable && path_.depth() == 1 && index < 0) {
      const std::string& name = rule.field->name();
      validation_.derived.push_back(
          {.of = name, .name = name + std::string(kDisposable), .value = "true"});
    }
    if (canonical->value == text) return;
    NoteNormalized(path_.TopLevelName());
    const Reflection& reflection = *message.GetReflection();
    index < 0
        ? reflection.SetString(&message, rule.field, std::move(canonical->value))
        : reflection.SetRepeatedString(&message, rule.field, index, std::move(canonical->value));
  }

  void NoteNormalized(const std::string& top) {
    auto& names = validation_.normalized;
    if (std::find(names.begin(), names.end(), top) == names.end()) names.push_back(top);
  }

  // In the field beside it that is meant for it, unless that says something itself; or else as a
  // value of its own.
  void KeepApart(const FieldRule& rule, std::string extension, Message& message, int index) {
    if (index >= 0) return;
    const FieldDescriptor* beside = rule.extension;
    const std::string& name = rule.field->name();
    DerivedValue derived{.of = name,
                         .name = name + std::string(kExtension),
                         .value = nlohmann::json(extension).dump(),
                         .is_field = beside != nullptr};
    if (beside != nullptr) {
      if (beside->type() != FieldDescriptor::TYPE_STRING || beside->is_repeated() ||
          message.GetReflection()->HasField(message, beside)) {
        return;
      }
      message.GetReflection()->SetString(&message, beside, std::move(extension));
      NoteNormalized(path_.depth() == 1 ? beside->name() : path_.TopLevelName());
    }
    if (path_.depth() == 1) validation_.derived.push_back(std::move(derived));
  }

  static std::string NamesOf(const Fields& fields) {
    std::string names;
    for (const FieldDescriptor* field : fields) {
      names += names.empty() ? field->name() : ", " + field->name();
    }
    return names;
  }

  void CheckTogether(const MessageRules& rules, const Message& message) {
    const auto is_set = [&](const FieldDescriptor* field) { return IsSet(message, *field); };
    for (const Fields& fields : rules.at_least_one_of) {
      if (std::none_of(fields.begin(), fields.end(), is_set)) {
        Violate("AT_LEAST_ONE_REQUIRED", "needs one of " + NamesOf(fields));
      }
    }
    for (const Fields& fields : rules.all_or_none_of) {
      const auto count = std::count_if(fields.begin(), fields.end(), is_set);
      if (count > 0 && count < static_cast<std::ptrdiff_t>(fields.size())) {
        Violate("ALL_OR_NONE_REQUIRED", "needs all of " + NamesOf(fields) + " or none");
      }
    }
    for (const CompiledOrder& order : rules.orders) CheckOrder(order, message);
    for (const CompiledRequiredWhen& rule : rules.required_when) {
      if (IsSet(message, *rule.field) || TextOf(message, *rule.when) != rule.equals) continue;
      const Path::Step step(path_, *rule.field);
      Violate("FIELD_REQUIRED", "must be set with this " + rule.when->name());
    }
  }

  void CheckOrder(const CompiledOrder& order, const Message& message) {
    if (!IsSet(message, *order.low) || !IsSet(message, *order.high)) return;
    const std::optional<Rank> low = RankOf(message, *order.low, order.format);
    const std::optional<Rank> high = RankOf(message, *order.high, order.format);
    if (!low || !high) return;
    const bool is_number = !std::isnan(low->first) && !std::isnan(high->first);
    if (is_number && (order.strict ? *low < *high : *low <= *high)) return;
    const Path::Step step(path_, *order.high);
    Violate("FIELDS_OUT_OF_ORDER", std::string("must ") + (order.strict ? "" : "not ") +
                                       (order.strict ? "be above " : "be below ") +
                                       order.low->name());
  }

  const Customs& customs_;
  Validation& validation_;
  Path path_;
};

class UnknownFinder {
 public:
  explicit UnknownFinder(Validation& validation) : validation_(validation) {}

  void Run(const Message& message) {
    const Reflection& reflection = *message.GetReflection();
    const auto& unknown = reflection.GetUnknownFields(message);
    for (int i = 0; i < unknown.field_count(); ++i) Note(unknown.field(i));
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      // The catalog has no entry for an extension: it is as unknown as any other number.
      if (field->is_extension()) {
        AddDrift({.path = NumberPath(field->number()), .is_enum_value = false, .value = {}},
                 &validation_);
        continue;
      }
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
      const Path::Step step(path_, *field);
      if (!field->is_repeated()) {
        Run(reflection.GetMessage(message, field));
        continue;
      }
      const int count = reflection.FieldSize(message, field);
      for (int i = 0; i < count; ++i) Run(reflection.GetRepeatedMessage(message, field, i));
    }
  }

 private:
  void Note(const google::protobuf::UnknownField& field) {
    if (validation_.drift.size() >= kDriftMax) return;
    std::string value;
    switch (field.type()) {
      case google::protobuf::UnknownField::TYPE_VARINT:
        value = std::to_string(field.varint());
        break;
      case google::protobuf::UnknownField::TYPE_FIXED32:
        value = std::to_string(field.fixed32());
        break;
      case google::protobuf::UnknownField::TYPE_FIXED64:
        value = std::to_string(field.fixed64());
        break;
      case google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED:
        value = field.length_delimited();
        break;
      case google::protobuf::UnknownField::TYPE_GROUP: break;
    }
    AddDrift(
        {.path = NumberPath(field.number()), .is_enum_value = false, .value = std::move(value)},
        &validation_);
  }

  std::string NumberPath(int number) const {
    return path_.FieldText() + ".#" + std::to_string(number);
  }

  Validation& validation_;
  Path path_;
};

}  // namespace

void AddDrift(Drift drift, Validation* validation) {
  auto& known = validation->drift;
  if (known.size() >= kDriftMax) return;
  const bool is_known = std::any_of(known.begin(), known.end(), [&](const Drift& other) {
    return other.path == drift.path && other.is_enum_value == drift.is_enum_value;
  });
  if (!is_known) known.push_back(std::move(drift));
}

void AddViolation(Violation violation, std::vector<Violation>* violations) {
  if (violations->size() < kViolationsMax) violations->push_back(std::move(violation));
}

void Validate(const MessageRules& rules, const Customs& customs, Message& message,
              Validation* validation) {
  Validator(customs, *validation).Run(rules, message);
}

void FindUnknownFields(const Message& message, Validation* validation) {
  UnknownFinder(*validation).Run(message);
}

}  // namespace selfsame::schema
