#include "server/schema/payload.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/check.h"
#include "server/schema/attributes.h"

namespace selfsame::schema {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using nlohmann::json;

// A cleared message of the schema to decode into; reused by its thread, since making one costs as
// much as decoding a small payload.
Message& Scratch(const Schema& schema) {
  thread_local std::unordered_map<const google::protobuf::Descriptor*, std::unique_ptr<Message>>
      kept;
  std::unique_ptr<Message>& message = kept[schema.descriptor];
  if (message == nullptr) {
    message.reset(google::protobuf::MessageFactory::generated_factory()
                      ->GetPrototype(schema.descriptor)
                      ->New());
  }
  message->Clear();
  return *message;
}

bool Decode(Encoding encoding, std::string_view payload, Message& message) {
  if (encoding == Encoding::kProtobuf) {
    return message.ParseFromArray(payload.data(), static_cast<int>(payload.size()));
  }
  return payload.empty() || ParseJson(payload, &message);
}

// A cheap test that lets nearly every payload skip the search for NUL characters.
bool MayHoldNul(Encoding encoding, std::string_view payload) {
  return payload.find('\0') != std::string_view::npos ||
         (encoding == Encoding::kJson && payload.find("u0000") != std::string_view::npos);
}

void FindNul(const Message& message, const std::string& path, std::vector<Violation>& violations);

void FindNulInField(const Message& message, const FieldDescriptor* field, int index,
                    const std::string& path, std::vector<Violation>& violations) {
  const Reflection& reflection = *message.GetReflection();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    FindNul(index < 0 ? reflection.GetMessage(message, field)
                      : reflection.GetRepeatedMessage(message, field, index),
            path, violations);
    return;
  }
  if (field->type() != FieldDescriptor::TYPE_STRING) return;
  const std::string value = index < 0 ? reflection.GetString(message, field)
                                      : reflection.GetRepeatedString(message, field, index);
  if (value.find('\0') == std::string::npos) return;
  violations.push_back({path, "PAYLOAD_HAS_NUL", "holds a NUL character"});
}

// Depth is bounded by protobuf's own recursion limit at decoding.
void FindNul(const Message& message, const std::string& path, std::vector<Violation>& violations) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string field_path = path + "." + field->name();
    if (!field->is_repeated()) {
      FindNulInField(message, field, -1, field_path, violations);
      continue;
    }
    const int count = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < count; ++i) {
      FindNulInField(message, field, i, field_path + "[" + std::to_string(i) + "]", violations);
    }
  }
}

google::protobuf::util::JsonPrintOptions PrintOptions() {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  return options;
}

bool PrintJson(const Message& message, std::string* text) {
  return google::protobuf::util::MessageToJsonString(message, text, PrintOptions()).ok();
}

// Each set field as an attribute. Protobuf's JSON form decides how a value looks; nlohmann brings
// it to one spelling, so that equal values are equal bytes.
std::vector<AttributeValue> Attributes(const Message& message) {
  std::string text;
  SELFSAME_CHECK(PrintJson(message, &text));  // It was decoded: it can be printed.
  const json object = json::parse(text);
  std::vector<AttributeValue> attributes;
  for (const auto& [name, value] : object.items()) attributes.emplace_back(name, value.dump());
  return attributes;
}

}  // namespace

bool ParseJson(std::string_view json, Message* message) {
  return google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, message).ok();
}

CheckedPayload CheckPayload(const Schema& schema, Encoding encoding, std::string_view payload) {
  CheckedPayload checked;
  Message& message = Scratch(schema);
  if (!Decode(encoding, payload, message)) {
    checked.violations.push_back({"payload", "PAYLOAD_MALFORMED", "does not follow its schema"});
    return checked;
  }
  if (MayHoldNul(encoding, payload)) FindNul(message, "payload", checked.violations);
  if (schema.use == Use::kProfile && checked.violations.empty()) {
    checked.attributes = Attributes(message);
    NormalizeAttributes(schema, checked);
  }
  return checked;
}

Result<std::string> PayloadJson(const Schema& schema, Encoding encoding, std::string_view payload) {
  Message& message = Scratch(schema);
  std::string text;
  if (!Decode(encoding, payload, message) || !PrintJson(message, &text)) {
    return Error{.code = ErrorCode::kInternal,
                 .reason = "PAYLOAD_UNREADABLE",
                 .message = "a stored payload cannot be read by its schema"};
  }
  return text;
}

}  // namespace selfsame::schema
