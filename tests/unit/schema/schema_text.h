// Schemas in a few words, for tests that compare them: parts of a FileDescriptorProto as text.
#ifndef SELFSAME_TESTS_UNIT_SCHEMA_SCHEMA_TEXT_H_
#define SELFSAME_TESTS_UNIT_SCHEMA_SCHEMA_TEXT_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>

#include <string>
#include <string_view>

#include "base/check.h"

namespace selfsame::test {

// `extra` is more text within the field: "label: LABEL_REPEATED".
inline std::string Field(int number, const std::string& name, const std::string& type,
                         const std::string& extra = "") {
  return "field { number: " + std::to_string(number) + " name: '" + name + "' type: TYPE_" + type +
         " " + extra + " } ";
}

// Fields whose type is a message or enum of package shop.
inline std::string MessageField(int number, const std::string& name, const std::string& type,
                                const std::string& extra = "") {
  return Field(number, name, "MESSAGE", "type_name: '.shop." + type + "' " + extra);
}
inline std::string EnumField(int number, const std::string& name, const std::string& type,
                             const std::string& extra = "") {
  return Field(number, name, "ENUM", "type_name: '.shop." + type + "' " + extra);
}

// What protoc makes of `map<string, VALUE> counts = 7` within a message of package shop.
inline std::string CountsMap(const std::string& message, const std::string& value) {
  return MessageField(7, "counts", message + ".CountsEntry", "label: LABEL_REPEATED") +
         "nested_type { name: 'CountsEntry' options { map_entry: true } " +
         Field(1, "key", "STRING", "label: LABEL_OPTIONAL") +
         Field(2, "value", value, "label: LABEL_OPTIONAL") + "} ";
}

// Numbers from `first` to before `end`, as messages have them.
inline std::string ReservedNumbers(int first, int end) {
  return "reserved_range { start: " + std::to_string(first) + " end: " + std::to_string(end) +
         " } ";
}
inline std::string ReservedName(const std::string& name) {
  return "reserved_name: '" + name + "' ";
}

inline std::string Message(const std::string& name, const std::string& parts) {
  return "message_type { name: '" + name + "' " + parts + "} ";
}
inline std::string Enum(const std::string& name, const std::string& parts) {
  return "enum_type { name: '" + name + "' " + parts + "} ";
}
inline std::string Value(int number, const std::string& name) {
  return "value { number: " + std::to_string(number) + " name: '" + name + "' } ";
}

// A file of package shop; owns its descriptors.
class SchemaFile {
 public:
  // Requires: what the functions above make, and that protobuf takes it.
  explicit SchemaFile(const std::string& parts, std::string_view syntax = "proto3") {
    google::protobuf::FileDescriptorProto file;
    SELFSAME_CHECK(google::protobuf::TextFormat::ParseFromString(parts, &file));
    file.set_name("shop.proto");
    file.set_package("shop");
    file.set_syntax(std::string(syntax));
    SELFSAME_CHECK(pool_.BuildFile(file) != nullptr);
  }

  const google::protobuf::Descriptor& Find(const std::string& message) const {
    const auto* found = pool_.FindMessageTypeByName("shop." + message);
    SELFSAME_CHECK(found != nullptr);
    return *found;
  }

 private:
  google::protobuf::DescriptorPool pool_;
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_UNIT_SCHEMA_SCHEMA_TEXT_H_
