#include "server/schema/json_payload.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "server/schema/json_value.h"
#include "server/schema/path.h"
#include "server/schema/rules.h"

namespace selfsame::schema {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using nlohmann::json;

const FieldDescriptor* FindMember(const Descriptor& type, const std::string& name) {
  if (const FieldDescriptor* field = type.FindFieldByName(name)) return field;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == name) return type.field(i);
  }
  return nullptr;
}

// The name of a member nobody knows, if it is one that a field could have. Others could be
// anything, an address among them.
std::string PublicName(const std::string& name) {
  constexpr std::size_t kNameMax = 64;
  const bool is_plain =
      !name.empty() && name.size() <= kNameMax &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
          std::string::npos;
  return is_plain ? name : "(no name)";
}

// Fields one by one. Depth is bounded by NestingOf; work by the payload's size, since items in
// their usual forms cost next to nothing and others are given up after kViolationsMax.
class FieldByField {
 public:
  explicit FieldByField(Validation& validation) : validation_(validation) {}

  void Run(const json& object, Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    for (const auto& [name, value] : object.items()) {
      const FieldDescriptor* field = FindMember(type, name);
      if (field == nullptr) {
        Note(path_.FieldText() + "." + PublicName(name), false, value);
        continue;
      }
      if (value.is_null()) continue;  // Protobuf's JSON: absent.
      const Path::Step step(path_, *field);
      if (IsOfOneofThatIsSet(*field, message)) {
        Violate("PAYLOAD_MALFORMED", "stands beside another field of its oneof");
        continue;
      }
      TakeField(*field, value, message);
    }
  }

 private:
  static bool IsOfOneofThatIsSet(const FieldDescriptor& field, const Message& message) {
    const auto* oneof = field.real_containing_oneof();
    return oneof != nullptr && message.GetReflection()->HasOneof(message, oneof);
  }

  void Note(std::string path, bool is_enum_value, const json& value) {
    AddDrift({.path = std::move(path),
              .is_enum_value = is_enum_value,
              .value = value.dump(-1, ' ', false, json::error_handler_t::replace)},
             &validation_);
  }

  bool IsFull() const { return validation_.violations.size() >= kViolationsMax; }

  void Violate(const char* reason, const char* message) {
    AddViolation({path_.Text(), reason, message}, &validation_.violations);
  }

  void Mismatch() { Violate("PAYLOAD_TYPE_MISMATCH", "is not of the type its schema says"); }

  void TakeField(const FieldDescriptor& field, const json& value, Message& message) {
    if (field.is_map()) return TakeMap(field, value, message);
    if (!field.is_repeated()) return TakeItem(field, value, message);
    int index = 0;
    TakeItems(field, value, message, index);
    path_.SetIndex(-1);
  }

  // As protobuf does: a single value is a list of one, a list in a list is part of it, null is
  // nothing.
  void TakeItems(const FieldDescriptor& field, const json& value, Message& message, int& index) {
    if (IsFull() || value.is_null()) return;
    if (value.is_array()) {
      for (const json& item : value) TakeItems(field, item, message, index);
      return;
    }
    path_.SetIndex(index++);
    TakeItem(field, value, message);
  }

  void TakeItem(const FieldDescriptor& field, const json& value, Message& message) {
    if (SetPlainValue(value, field, &message)) return;
    if (IsLeaf(field)) return TakeAlone(field, value, value, message);
    const auto& reflection = *message.GetReflection();
    if (!value.is_object()) {
      Mismatch();
      // The items after it keep their indices.
      if (field.is_repeated()) reflection.AddMessage(&message, &field);
      return;
    }
    Run(value, field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                   : *reflection.MutableMessage(&message, &field));
  }

  // A map's entries one by one, since what their values do not know is drift too.
  void TakeMap(const FieldDescriptor& field, const json& value, Message& message) {
    if (!value.is_object()) return Mismatch();
    const FieldDescriptor& of_entry = *field.message_type()->map_value();
    for (const auto& [key, entry] : value.items()) {
      if (IsFull()) return;
      if (IsLeaf(field)) {
        TakeAlone(field, json{{key, entry}}, entry, message);
      } else if (entry.is_object()) {
        TakeEntry(field, of_entry, key, entry, message);
      } else if (!entry.is_null()) {
        Mismatch();
      }
    }
  }

  void TakeEntry(const FieldDescriptor& field, const FieldDescriptor& of_entry,
                 const std::string& key, const json& value, Message& message) {
    const std::unique_ptr<Message> alone(message.New());
    if (!ParseAlone(field, json{{key, json::object()}}, *alone)) return Mismatch();
    Message& entry = *alone->GetReflection()->MutableRepeatedMessage(alone.get(), &field, 0);
    Run(value, *entry.GetReflection()->MutableMessage(&entry, &of_entry));
    message.MergeFrom(*alone);
  }

  // Lets protobuf parse a message that has this field only. `item`: what is told when it is no
  // value of its enum.
  void TakeAlone(const FieldDescriptor& field, const json& value, const json& item,
                 Message& message) {
    const std::unique_ptr<Message> alone(message.New());
    if (ParseAlone(field, value, *alone)) return message.MergeFrom(*alone);
    const FieldDescriptor& of_item = field.is_map() ? *field.message_type()->map_value() : field;
    if (of_item.enum_type() != nullptr && item.is_string()) {
      return Note(path_.FieldText(), true, item);
    }
    Mismatch();
    if (field.is_repeated() && !field.is_map()) AddPlaceholder(field, message);
  }

  static bool ParseAlone(const FieldDescriptor& field, const json& value, Message& alone) {
    const json object = {{field.name(), value}};
    return ParseJson(object.dump(-1, ' ', false, json::error_handler_t::replace), &alone);
  }

  // The items after one that is of no use keep their indices.
  static void AddPlaceholder(const FieldDescriptor& field, Message& message) {
    if (field.message_type() != nullptr) {
      message.GetReflection()->AddMessage(&message, &field);
    } else if (field.type() == FieldDescriptor::TYPE_BYTES) {
      message.GetReflection()->AddString(&message, &field, {});
    } else {
      (void)(SetPlainValue(json(0), field, &message) || SetPlainValue(json(""), field, &message) ||
             SetPlainValue(json(false), field, &message));
    }
  }

  Validation& validation_;
  Path path_;
};

}  // namespace

int NestingOf(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

bool ParseJsonPayload(std::string_view text, Message& message, Validation* validation) {
  auto& violations = validation->violations;
  // Before it is parsed: parsers of JSON call themselves.
  if (NestingOf(text) > kJsonDepthMax) {
    violations.push_back(
        {"payload", "PAYLOAD_TOO_DEEP", "is nested beyond " + std::to_string(kJsonDepthMax)});
    return false;
  }
  if (text.empty() || ParseJson(text, &message)) return true;
  message.Clear();
  const json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) {
    violations.push_back({"payload", "PAYLOAD_MALFORMED", "is not a JSON object"});
    return false;
  }
  const std::size_t found = violations.size() + validation->drift.size();
  FieldByField(*validation).Run(object, message);
  if (violations.size() + validation->drift.size() > found || !message.IsInitialized()) return true;
  // Each field alone is right and the whole is not: a key of google.protobuf.Struct given twice.
  violations.push_back({"payload", "PAYLOAD_MALFORMED", "does not follow its schema"});
  return false;
}

}  // namespace selfsame::schema
