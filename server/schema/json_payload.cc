#include "server/schema/json_payload.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "server/schema/path.h"
#include "server/schema/payload.h"
#include "server/schema/rules.h"

namespace selfsame::schema {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using nlohmann::json;

// How deep the brackets of a text nest, outside of its strings. Asked before the text is parsed:
// parsers and printers of JSON call themselves.
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

const FieldDescriptor* FindMember(const Descriptor& type, const std::string& name) {
  if (const FieldDescriptor* field = type.FindFieldByName(name)) return field;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == name) return type.field(i);
  }
  return nullptr;
}

// The name of a member nobody knows, if it is one that a field could have. Others could be anything,
// an address among them.
std::string PublicName(const std::string& name) {
  constexpr std::size_t kNameMax = 64;
  const bool is_plain =
      !name.empty() && name.size() <= kNameMax &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
          std::string::npos;
  return is_plain ? name : "(no name)";
}

// Fields one by one. Depth is bounded by NestingOf.
class FieldByField {
 public:
  explicit FieldByField(Validation& validation) : validation_(validation) {}

  void Run(const json& object, Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    for (const auto& [name, value] : object.items()) {
      const FieldDescriptor* field = FindMember(type, name);
      if (field == nullptr) {
        Note(path_.Text() + "." + PublicName(name), false, value);
        continue;
      }
      if (value.is_null()) continue;  // Protobuf's JSON: absent.
      const Path::Step step(path_, *field);
      TakeField(*field, value, message);
    }
  }

 private:
  void Note(std::string path, bool is_enum_value, const json& value) {
    if (validation_.drift.size() >= kDriftMax) return;
    validation_.drift.push_back(
        {.path = std::move(path),
         .is_enum_value = is_enum_value,
         .value = value.dump(-1, ' ', false, json::error_handler_t::replace)});
  }

  void Mismatch() {
    if (validation_.violations.size() >= kViolationsMax) return;
    validation_.violations.push_back(
        {path_.Text(), "PAYLOAD_TYPE_MISMATCH", "is not of the type its schema says"});
  }

  void TakeField(const FieldDescriptor& field, const json& value, Message& message) {
    if (field.is_map()) return TakeAlone(field, value, message);
    if (!field.is_repeated()) return TakeItem(field, value, message);
    if (!value.is_array()) return Mismatch();
    int index = 0;
    for (const json& item : value) {
      path_.SetIndex(index++);
      TakeItem(field, item, message);
    }
    path_.SetIndex(-1);
  }

  void TakeItem(const FieldDescriptor& field, const json& value, Message& message) {
    if (IsLeaf(field)) {
      return TakeAlone(field, field.is_repeated() ? json::array({value}) : value, message);
    }
    if (!value.is_object()) return Mismatch();
    const auto& reflection = *message.GetReflection();
    Run(value, field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                   : *reflection.MutableMessage(&message, &field));
  }

  // Lets protobuf parse a message that has this field only.
  void TakeAlone(const FieldDescriptor& field, const json& value, Message& message) {
    const std::unique_ptr<Message> alone(message.New());
    const json object = {{field.name(), value}};
    if (ParseJson(object.dump(-1, ' ', false, json::error_handler_t::replace), alone.get())) {
      return message.MergeFrom(*alone);
    }
    const json& item = value.is_array() && value.size() == 1 ? value.front() : value;
    if (field.enum_type() != nullptr && item.is_string()) return Note(path_.Text(), true, item);
    Mismatch();
  }

  Validation& validation_;
  Path path_;
};

}  // namespace

void ParseJsonPayload(std::string_view text, Message& message, Validation* validation) {
  if (text.empty() || ParseJson(text, &message)) return;
  message.Clear();
  if (NestingOf(text) > kJsonDepthMax) {
    validation->violations.push_back(
        {"payload", "PAYLOAD_TOO_DEEP", "is nested beyond " + std::to_string(kJsonDepthMax)});
    return;
  }
  const json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) {
    validation->violations.push_back({"payload", "PAYLOAD_MALFORMED", "is not a JSON object"});
    return;
  }
  const std::size_t found = validation->violations.size() + validation->drift.size();
  FieldByField(*validation).Run(object, message);
  if (validation->violations.size() + validation->drift.size() > found) return;
  // Each field alone is right and the whole is not: a member given twice, two of a oneof.
  validation->violations.push_back({"payload", "PAYLOAD_MALFORMED", "does not follow its schema"});
}

}  // namespace selfsame::schema
