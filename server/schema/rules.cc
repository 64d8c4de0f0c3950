#include "server/schema/rules.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>
#include <utility>

#include "server/schema/derived.h"
#include "server/schema/descriptors.h"

namespace selfsame::schema {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool IsText(const FieldDescriptor& field) { return field.type() == FieldDescriptor::TYPE_STRING; }

bool IsNumber(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT: return true;
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_MESSAGE: return false;
  }
  return false;
}

bool IsTimestamp(const FieldDescriptor& field) {
  return field.message_type() != nullptr &&
         field.message_type()->full_name() == "google.protobuf.Timestamp";
}

bool NeedsCountry(options::v1::Format format) { return format == options::v1::FORMAT_POSTAL_CODE; }

bool TakesCountry(options::v1::Format format) {
  return NeedsCountry(format) || format == options::v1::FORMAT_PHONE ||
         format == options::v1::FORMAT_ADDRESS_LINES;
}

// Whether values of the field, or of the map, are values of an enum.
bool HoldsEnum(const FieldDescriptor& field) {
  return field.is_map() ? field.message_type()->map_value()->enum_type() != nullptr
                        : field.enum_type() != nullptr;
}

// A name that a schema refers to, short enough to be told.
std::string Told(const std::string& name) {
  constexpr std::size_t kToldMax = 128;
  return name.size() <= kToldMax ? name : "(a name longer than any)";
}

template <typename Bounds>
bool IsEmptyRange(const Bounds& bounds) {
  return bounds.has_min() && bounds.has_max() && bounds.min() > bounds.max();
}

// The message type that a field, or the values of a map, hold. Requires: not a leaf.
const Descriptor& InnerType(const FieldDescriptor& field) {
  return field.is_map() ? *field.message_type()->map_value()->message_type()
                        : *field.message_type();
}

void CollectMessages(const Descriptor& message, std::set<const Descriptor*>& seen,
                     std::vector<const Descriptor*>& ordered) {
  if (!seen.insert(&message).second) return;
  ordered.push_back(&message);
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (field.message_type() == nullptr || IsLeaf(field)) continue;
    CollectMessages(InnerType(field), seen, ordered);
  }
}

}  // namespace

// A message type of the schema whose values are looked into: maps with messages as values too.
bool IsLeaf(const FieldDescriptor& field) {
  if (field.message_type() == nullptr) return true;
  if (field.is_map()) {
    const FieldDescriptor& value = *field.message_type()->map_value();
    return value.message_type() == nullptr || IsSupplied(value.message_type()->file()->name());
  }
  return IsSupplied(field.message_type()->file()->name());
}

void VisitFields(const Descriptor& message,
                 const std::function<void(const FieldDescriptor&)>& visit) {
  std::set<const Descriptor*> seen;
  std::vector<const Descriptor*> messages;
  CollectMessages(message, seen, messages);
  for (const Descriptor* type : messages) {
    for (int i = 0; i < type->field_count(); ++i) visit(*type->field(i));
  }
}

// The work of the constructor.
class RulesCompiler {
 public:
  RulesCompiler(Rules& rules, std::vector<Finding>* findings)
      : rules_(rules), findings_(findings) {}

  void Run(const Descriptor& root) {
    rules_.schema_ = root.options().GetExtension(options::v1::schema);
    if (rules_.schema_.kind() == options::v1::KIND_UNSPECIFIED) {
      Report(root.full_name(), "needs a kind: KIND_EVENT or KIND_PROFILE");
    }
    std::set<const Descriptor*> seen;
    std::vector<const Descriptor*> messages;
    CollectMessages(root, seen, messages);
    for (const Descriptor* message : messages) {
      rules_.messages_[message] = std::make_unique<MessageRules>();
    }
    for (const Descriptor* message : messages) CompileMessage(*message);
    if (pattern_work_ > kPatternWorkMax) {
      Report(root.full_name(), "its patterns together are too large");
    }
    DropTrivial(messages);
    rules_.root_ = rules_.messages_.at(&root).get();
    std::sort(rules_.vocabularies_.begin(), rules_.vocabularies_.end());
    rules_.vocabularies_.erase(
        std::unique(rules_.vocabularies_.begin(), rules_.vocabularies_.end()),
        rules_.vocabularies_.end());
  }

 private:
  void Report(const std::string& path, std::string message) {
    if (findings_->size() >= kFindingsMax) return;
    findings_->push_back({.rule = "OPTION_INVALID", .path = path, .message = std::move(message)});
  }

  void CompileMessage(const Descriptor& message) {
    MessageRules& rules = *rules_.messages_.at(&message);
    rules.message = &message;
    rules_.has_proto2_ = rules_.has_proto2_ || message.file()->syntax() !=
                                                   google::protobuf::FileDescriptor::SYNTAX_PROTO3;
    for (int i = 0; i < message.field_count(); ++i) CompileField(*message.field(i), rules);
    const auto& options = message.options().GetExtension(options::v1::schema);
    CheckCatalog(message.full_name(), options);
    if (options.rules_size() > kCrossRulesMax) {
      return Report(message.full_name(),
                    "has more than " + std::to_string(kCrossRulesMax) + " rules");
    }
    for (const auto& rule : options.rules()) CompileCrossRule(message, rule, rules);
  }

  // What people read of a schema or a field.
  template <typename Options>
  void CheckCatalog(const std::string& path, const Options& options) {
    if (options.owner().size() > kOwnerBytesMax) {
      Report(path, "owner is longer than " + std::to_string(kOwnerBytesMax) + " bytes");
    }
    if (options.purpose().size() > kPurposeBytesMax) {
      Report(path, "purpose is longer than " + std::to_string(kPurposeBytesMax) + " bytes");
    }
    if (options.retention_days() > 36'525) {
      Report(path, "retention_days is at most 36525, a hundred years");
    }
  }

  void NoteType(const FieldDescriptor& field) {
    const FieldDescriptor& value = field.is_map() ? *field.message_type()->map_value() : field;
    if (value.message_type() == nullptr) return;
    rules_.has_messages_ = true;
    if (!IsLeaf(value)) return;
    const std::string& name = value.message_type()->full_name();
    if (name == "google.protobuf.Timestamp" || name == "google.protobuf.Duration") {
      rules_.has_times_ = true;
    } else if (value.message_type()->file()->name() == "google/protobuf/struct.proto") {
      rules_.has_values_ = true;
    } else if (!HasJsonFormAlways(value.message_type()->file()->name())) {
      rules_.has_any_ = true;
    }
  }

  static bool HasJsonFormAlways(const std::string& file_of_leaf) {
    return file_of_leaf == "google/protobuf/wrappers.proto" ||
           file_of_leaf == "google/protobuf/empty.proto";
  }

  void CompileField(const FieldDescriptor& field, MessageRules& rules) {
    FieldRule rule{.field = &field, .options = field.options().GetExtension(options::v1::field)};
    NoteType(field);
    CheckTypes(field, rule.options);
    CheckBounds(field, rule.options);
    CheckCatalog(field.full_name(), rule.options);
    CompilePattern(field, rule);
    CompileCountry(field, rule);
    if (rule.options.format() == options::v1::FORMAT_PHONE) {
      rule.extension =
          field.containing_type()->FindFieldByName(field.name() + std::string(kExtension));
    }
    rule.one_of.insert(rule.options.one_of().begin(), rule.options.one_of().end());
    if (!rule.options.vocabulary().empty()) {
      rules_.vocabularies_.push_back(rule.options.vocabulary());
    }
    if (!IsLeaf(field)) rule.nested = rules_.messages_.at(&InnerType(field)).get();
    const auto& options = rule.options;
    rule.has_value_rules = options.format() != options::v1::FORMAT_UNSPECIFIED ||
                           options.has_length() || options.has_range() || rule.pattern != nullptr ||
                           !rule.one_of.empty() || !options.vocabulary().empty();
    if (rule.has_value_rules || options.required() || options.has_items() ||
        rule.nested != nullptr || HoldsEnum(field)) {
      rules.fields.push_back(std::move(rule));
    }
  }

  void CheckTypes(const FieldDescriptor& field, const options::v1::FieldRules& options) {
    const bool is_text = IsText(field);
    const bool is_bytes = field.type() == FieldDescriptor::TYPE_BYTES;
    const auto need = [&](bool is_asked, bool is_right, const char* message) {
      if (is_asked && !is_right) Report(field.full_name(), message);
    };
    need(options.format() != options::v1::FORMAT_UNSPECIFIED, is_text, "format is for strings");
    need(options.has_length(), is_text || is_bytes, "length is for strings and bytes");
    need(options.has_range(), IsNumber(field), "range is for numbers");
    need(!options.pattern().empty(), is_text, "pattern is for strings");
    need(options.one_of_size() > 0, is_text, "one_of is for strings");
    need(!options.vocabulary().empty(), is_text, "vocabulary is for strings");
    need(options.has_items(), field.is_repeated(), "items is for repeated fields and maps");
    need(options.lenient(),
         options.format() != options::v1::FORMAT_UNSPECIFIED || !options.vocabulary().empty(),
         "lenient needs a format or a vocabulary");
    need(options.format() != options::v1::FORMAT_UNSPECIFIED, options.vocabulary().empty(),
         "format and vocabulary exclude each other");
    const bool is_date = options.format() == options::v1::FORMAT_DATE;
    need(options.of_birth(), is_date, "of_birth is for FORMAT_DATE");
    need(options.epoch() != options::v1::EPOCH_UNIT_UNSPECIFIED,
         is_date || options.format() == options::v1::FORMAT_DATE_TIME,
         "epoch is for FORMAT_DATE and FORMAT_DATE_TIME");
  }

  void CheckBounds(const FieldDescriptor& field, const options::v1::FieldRules& options) {
    const auto need = [&](bool is_right, const char* message) {
      if (!is_right) Report(field.full_name(), message);
    };
    need(!IsEmptyRange(options.length()), "length: min is above max");
    need(!IsEmptyRange(options.range()), "range: min is above max");
    need(!IsEmptyRange(options.items()), "items: min is above max");
    need(options.vocabulary().size() <= kVocabularyNameBytesMax,
         "vocabulary is longer than any name of one");
    need(options.consumers_size() <= kConsumersMax, "consumers are at most 20");
    need(std::all_of(options.consumers().begin(), options.consumers().end(),
                     [](const std::string& name) { return name.size() <= kOwnerBytesMax; }),
         "a consumer is longer than 200 bytes");
  }

  void CompilePattern(const FieldDescriptor& field, FieldRule& rule) {
    if (rule.options.pattern().empty() || pattern_work_ > kPatternWorkMax) return;
    if (rule.options.pattern().size() > kPatternBytesMax) {
      return Report(field.full_name(), "pattern is longer than 1000 bytes");
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    auto pattern = std::make_unique<re2::RE2>(rule.options.pattern(), options);
    // One that is too large was nearly compiled, too.
    pattern_work_ += pattern->ok() ? pattern->ProgramSize() : kPatternWorkMax / 100;
    if (!pattern->ok()) {
      return Report(field.full_name(), "pattern is no RE2: " + pattern->error());
    }
    rule.pattern = std::move(pattern);
  }

  void CompileCountry(const FieldDescriptor& field, FieldRule& rule) {
    const auto& name = rule.options.country_field();
    if (name.empty()) {
      if (NeedsCountry(rule.options.format())) {
        Report(field.full_name(), "FORMAT_POSTAL_CODE needs a country_field");
      }
      return;
    }
    const FieldDescriptor* country = Sibling(*field.containing_type(), field.full_name(), name);
    if (country == nullptr) return;
    if (!TakesCountry(rule.options.format())) {
      return Report(field.full_name(), "country_field is for phones, postal codes and addresses");
    }
    if (!IsText(*country) || country->is_repeated()) {
      return Report(field.full_name(), "country_field must name a single string");
    }
    rule.country = country;
  }

  const FieldDescriptor* Sibling(const Descriptor& message, const std::string& where,
                                 const std::string& name) {
    const FieldDescriptor* found = message.FindFieldByName(name);
    if (found == nullptr) Report(where, "no field beside it is called " + Told(name));
    return found;
  }

  Fields Siblings(const Descriptor& message, const options::v1::FieldNames& names) {
    Fields fields;
    if (names.fields_size() > kRuleFieldsMax) {
      Report(message.full_name(),
             "a rule names at most " + std::to_string(kRuleFieldsMax) + " fields");
      return fields;
    }
    for (const std::string& name : names.fields()) {
      const FieldDescriptor* field = Sibling(message, message.full_name(), name);
      if (field != nullptr) fields.push_back(field);
    }
    if (names.fields_size() < 2) Report(message.full_name(), "a rule of several names two fields");
    return fields;
  }

  void CompileCrossRule(const Descriptor& message, const options::v1::CrossRule& rule,
                        MessageRules& rules) {
    switch (rule.rule_case()) {
      case options::v1::CrossRule::kAtLeastOneOf:
        rules.at_least_one_of.push_back(Siblings(message, rule.at_least_one_of()));
        return;
      case options::v1::CrossRule::kAllOrNoneOf:
        rules.all_or_none_of.push_back(Siblings(message, rule.all_or_none_of()));
        return;
      case options::v1::CrossRule::kOrder: return CompileOrder(message, rule.order(), rules);
      case options::v1::CrossRule::kRequiredWhen:
        return CompileRequiredWhen(message, rule.required_when(), rules);
      case options::v1::CrossRule::RULE_NOT_SET:
        return Report(message.full_name(), "a rule that says nothing");
    }
  }

  void CompileOrder(const Descriptor& message, const options::v1::Order& order,
                    MessageRules& rules) {
    const FieldDescriptor* low = Sibling(message, message.full_name(), order.low());
    const FieldDescriptor* high = Sibling(message, message.full_name(), order.high());
    if (low == nullptr || high == nullptr) return;
    if (low->is_repeated() || high->is_repeated() || !AreComparable(*low, *high)) {
      return Report(message.full_name(),
                    "order compares two numbers, two timestamps, two dates or two times");
    }
    rules.orders.push_back(
        {.low = low, .high = high, .strict = order.strict(), .format = FormatOf(*low)});
  }

  static bool AreComparable(const FieldDescriptor& a, const FieldDescriptor& b) {
    if (IsNumber(a) && IsNumber(b)) return true;
    if (IsTimestamp(a) && IsTimestamp(b)) return true;
    return IsText(a) && IsText(b) && FormatOf(a) == FormatOf(b) &&
           (FormatOf(a) == options::v1::FORMAT_DATE ||
            FormatOf(a) == options::v1::FORMAT_DATE_TIME);
  }

  static options::v1::Format FormatOf(const FieldDescriptor& field) {
    return field.options().GetExtension(options::v1::field).format();
  }

  void CompileRequiredWhen(const Descriptor& message, const options::v1::RequiredWhen& rule,
                           MessageRules& rules) {
    const FieldDescriptor* field = Sibling(message, message.full_name(), rule.field());
    const FieldDescriptor* when = Sibling(message, message.full_name(), rule.when());
    if (field == nullptr || when == nullptr) return;
    if (when->is_repeated() || when->message_type() != nullptr) {
      return Report(message.full_name(), "required_when looks at a single value");
    }
    rules.required_when.push_back({.field = field, .when = when, .equals = rule.equals()});
  }

  // Fields that hold messages without any rule need not be looked into. Repeated until nothing
  // changes, since messages may hold each other; those that are held come first, which makes it
  // quick.
  void DropTrivial(const std::vector<const Descriptor*>& messages) {
    std::set<const MessageRules*> asking;
    const auto is_needed = [&](const FieldRule& rule) {
      return !IsTrivial(rule) || (rule.nested != nullptr && asking.contains(rule.nested));
    };
    for (bool has_changed = true; has_changed;) {
      has_changed = false;
      for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
        const MessageRules& rules = *rules_.messages_.at(*message);
        if (HasCrossRules(rules) ||
            std::any_of(rules.fields.begin(), rules.fields.end(), is_needed)) {
          has_changed = asking.insert(&rules).second || has_changed;
        }
      }
    }
    for (auto& [message, rules] : rules_.messages_) {
      std::erase_if(rules->fields, [&](const FieldRule& rule) { return !is_needed(rule); });
    }
  }

  static bool IsTrivial(const FieldRule& rule) {
    return !rule.has_value_rules && !rule.options.required() && !rule.options.has_items() &&
           !HoldsEnum(*rule.field);
  }

  static bool HasCrossRules(const MessageRules& rules) {
    return !rules.at_least_one_of.empty() || !rules.all_or_none_of.empty() ||
           !rules.orders.empty() || !rules.required_when.empty();
  }

  Rules& rules_;
  std::vector<Finding>* findings_;
  int pattern_work_ = 0;
};

Rules::Rules(const Descriptor& message, std::vector<Finding>* findings) {
  RulesCompiler(*this, findings).Run(message);
}

}  // namespace selfsame::schema
