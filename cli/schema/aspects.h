// What a schema says of its messages, fields and enums, each thing as a name and a text: for
// showing it and for comparing it.
#ifndef SELFSAME_CLI_SCHEMA_ASPECTS_H_
#define SELFSAME_CLI_SCHEMA_ASPECTS_H_

#include <map>
#include <string>

namespace google::protobuf {
class Descriptor;
class EnumDescriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace selfsame::cli {

// By name; what is not said is absent.
using Aspects = std::map<std::string, std::string>;

// Options as far as they are set, by path: {"range.min": "0", "class": "PII"}. Lists are joined.
Aspects OptionAspects(const google::protobuf::Message& options);

// Its options, and what names and numbers are reserved.
Aspects MessageAspects(const google::protobuf::Descriptor& message);
// Name, type, JSON name where it is not the usual one, deprecation, and the options.
Aspects FieldAspects(const google::protobuf::FieldDescriptor& field);
// Each value by its number, as "value 3".
Aspects EnumAspects(const google::protobuf::EnumDescriptor& type);

// "repeated shop.v1.Item", "map<string, int32>", "optional double".
std::string FieldType(const google::protobuf::FieldDescriptor& field);
// "optional double total = 3".
std::string FieldDeclaration(const google::protobuf::FieldDescriptor& field);

// The rules of a field in a few words: "required, EMAIL, 1 to 200 long, at least 0"; "-" for none.
std::string RulesText(const google::protobuf::FieldDescriptor& field);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_SCHEMA_ASPECTS_H_
