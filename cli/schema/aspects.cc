#include "cli/schema/aspects.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <vector>

#include "cli/enum_label.h"
#include "selfsame/options/v1/options.pb.h"

namespace selfsame::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

// One value; `index` is -1 for a field that is not repeated. Texts stand without quotes, enums
// without their prefix.
std::string ValueText(const Message& message, const FieldDescriptor& field, int index) {
  if (field.type() == FieldDescriptor::TYPE_STRING) {
    return index < 0 ? message.GetReflection()->GetString(message, &field)
                     : message.GetReflection()->GetRepeatedString(message, &field, index);
  }
  if (field.enum_type() != nullptr && index < 0) {
    return EnumLabel(*field.enum_type(), message.GetReflection()->GetEnumValue(message, &field));
  }
  TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string text;
  printer.PrintFieldValueToString(message, &field, index, &text);
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

void Flatten(const Message& message, const std::string& prefix, Aspects& aspects) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string name = prefix + field->name();
    if (field->is_repeated()) {
      std::vector<std::string> values;
      for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
        values.push_back(ValueText(message, *field, i));
      }
      aspects[name] = fmt::format("{}", fmt::join(values, "; "));
    } else if (field->message_type() != nullptr) {
      Flatten(message.GetReflection()->GetMessage(message, field), name + ".", aspects);
    } else {
      aspects[name] = ValueText(message, *field, -1);
    }
  }
}

std::string TypeName(const FieldDescriptor& field) {
  if (field.message_type() != nullptr) return field.message_type()->full_name();
  return field.enum_type() != nullptr ? field.enum_type()->full_name() : field.type_name();
}

// "1 to 20", "at least 1", "at most 20"; empty without bounds.
template <typename Bounds>
std::string BoundsText(const Bounds& bounds) {
  if (bounds.has_min() && bounds.has_max()) {
    return fmt::format("{} to {}", bounds.min(), bounds.max());
  }
  if (bounds.has_min()) return fmt::format("at least {}", bounds.min());
  return bounds.has_max() ? fmt::format("at most {}", bounds.max()) : "";
}

std::string RangeText(const options::v1::Range& range) {
  if (!range.exclusive_min() && !range.exclusive_max()) return BoundsText(range);
  std::vector<std::string> bounds;
  if (range.has_min()) {
    bounds.push_back(fmt::format("{} {}", range.exclusive_min() ? ">" : ">=", range.min()));
  }
  if (range.has_max()) {
    bounds.push_back(fmt::format("{} {}", range.exclusive_max() ? "<" : "<=", range.max()));
  }
  return fmt::format("{}", fmt::join(bounds, " and "));
}

}  // namespace

Aspects OptionAspects(const Message& options) {
  Aspects aspects;
  Flatten(options, "", aspects);
  return aspects;
}

Aspects MessageAspects(const Descriptor& message) {
  Aspects aspects = OptionAspects(message.options().GetExtension(options::v1::schema));
  for (int i = 0; i < message.reserved_range_count(); ++i) {
    const auto& range = *message.reserved_range(i);  // The end is outside.
    aspects[fmt::format("reserved {}", range.start)] =
        range.end == range.start + 1 ? "reserved" : fmt::format("to {}", range.end - 1);
  }
  for (int i = 0; i < message.reserved_name_count(); ++i) {
    aspects["reserved " + message.reserved_name(i)] = "reserved";
  }
  return aspects;
}

Aspects FieldAspects(const FieldDescriptor& field) {
  Aspects aspects = OptionAspects(field.options().GetExtension(options::v1::field));
  aspects["name"] = field.name();
  aspects["type"] = FieldType(field);
  if (field.json_name() != field.camelcase_name()) aspects["json name"] = field.json_name();
  if (field.options().deprecated()) aspects["deprecated"] = "true";
  if (field.real_containing_oneof() != nullptr) {
    aspects["oneof"] = field.real_containing_oneof()->name();
  }
  return aspects;
}

Aspects EnumAspects(const EnumDescriptor& type) {
  Aspects aspects;
  for (int i = 0; i < type.value_count(); ++i) {
    std::string& names = aspects[fmt::format("value {}", type.value(i)->number())];
    names += (names.empty() ? "" : ", ") + type.value(i)->name();  // Of one number: an alias.
  }
  return aspects;
}

std::string FieldType(const FieldDescriptor& field) {
  if (field.is_map()) {
    return fmt::format("map<{}, {}>", TypeName(*field.message_type()->map_key()),
                       TypeName(*field.message_type()->map_value()));
  }
  if (field.is_repeated()) return "repeated " + TypeName(field);
  return (field.has_optional_keyword() ? "optional " : "") + TypeName(field);
}

std::string FieldDeclaration(const FieldDescriptor& field) {
  return fmt::format("{} {} = {}", FieldType(field), field.name(), field.number());
}

std::string RulesText(const FieldDescriptor& field) {
  const auto& rules = field.options().GetExtension(options::v1::field);
  std::vector<std::string> words;
  const auto add = [&words](bool applies, std::string text) {
    if (applies) words.push_back(std::move(text));
  };
  add(rules.required(), "required");
  add(rules.recommended(), "recommended");
  add(rules.format() != options::v1::FORMAT_UNSPECIFIED, EnumLabel(rules.format()));
  add(!rules.vocabulary().empty(), "of vocabulary " + rules.vocabulary());
  add(rules.lenient(), "lenient");
  add(rules.has_length(), BoundsText(rules.length()) + " long");
  add(rules.has_range(), RangeText(rules.range()));
  add(rules.has_items(), BoundsText(rules.items()) + " items");
  add(!rules.pattern().empty(), "like " + rules.pattern());
  add(rules.one_of_size() > 0, fmt::format("one of {}", fmt::join(rules.one_of(), " | ")));
  add(field.options().deprecated(), "deprecated");
  return words.empty() ? "-" : fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace selfsame::cli
