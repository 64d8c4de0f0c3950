// Schemas compiled for tests: those of tests/support/proto, and others in a few words.
#ifndef SELFSAME_TESTS_UNIT_SCHEMA_COMPILE_H_
#define SELFSAME_TESTS_UNIT_SCHEMA_COMPILE_H_

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "selfsame/options/v1/options.pb.h"
#include "server/schema/compiled_schema.h"
#include "server/schema/payload.h"
#include "tests/unit/schema/schema_text.h"

namespace selfsame::test {

// A schema of generated code, compiled once; as code, or as a tenant's that arrived as bytes.
template <typename Message>
const schema::CompiledSchema& Generated() {
  static const schema::CompiledSchema compiled(
      schema::MessageType::OfGenerated(*Message::descriptor()));
  return compiled;
}

template <typename Message>
const schema::CompiledSchema& Registered() {
  static const schema::CompiledSchema compiled = [] {
    auto type = schema::MessageType::Parse(schema::MinimalDescriptorSet(*Message::descriptor()),
                                           Message::descriptor()->full_name());
    SELFSAME_CHECK(type.ok());
    return schema::CompiledSchema(std::move(*type));
  }();
  return compiled;
}

// A set with one file of package shop, of parts as schema_text.h makes them.
inline google::protobuf::FileDescriptorSet FileSet(const std::string& parts,
                                                   const std::string& syntax = "proto3") {
  google::protobuf::FileDescriptorSet set;
  auto& file = *set.add_file();
  SELFSAME_CHECK(google::protobuf::TextFormat::ParseFromString(parts, &file));
  file.set_name("shop.proto");
  file.set_package("shop");
  file.set_syntax(syntax);
  file.add_dependency("google/protobuf/timestamp.proto");
  file.add_dependency("selfsame/options/v1/options.proto");
  return set;
}

// Options of a field and of a message, to be put within it.
inline std::string FieldOptions(const std::string& rules) {
  return "options { [selfsame.options.v1.field] { " + rules + " } } ";
}
inline std::string SchemaOptions(const std::string& rules) {
  return "options { [selfsame.options.v1.schema] { " + rules + " } } ";
}

inline constexpr const char* kWholeEntry =
    "kind: KIND_EVENT owner: 'o@shop.example' purpose: 'p' retention_days: 30 ";

// Message shop.Order, of these parts and message-wide options.
inline schema::CompiledSchema CompileOrder(const std::string& fields,
                                           const std::string& more_options = "",
                                           const std::string& more_types = "",
                                           const std::string& syntax = "proto3") {
  auto type = schema::MessageType::Build(
      FileSet(Message("Order", SchemaOptions(kWholeEntry + more_options) + fields) + more_types,
              syntax),
      "shop.Order");
  SELFSAME_CHECK(type.ok());
  return schema::CompiledSchema(std::move(*type));
}

// "path REASON" of each, in order.
inline std::vector<std::string> Reasons(const std::vector<Violation>& violations) {
  std::vector<std::string> reasons;
  for (const Violation& one : violations) reasons.push_back(one.field + " " + one.reason);
  return reasons;
}
inline std::vector<std::string> Reasons(const std::vector<schema::Finding>& findings) {
  std::vector<std::string> reasons;
  for (const schema::Finding& one : findings) reasons.push_back(one.path + " " + one.rule);
  return reasons;
}

inline std::vector<std::string> ReasonsOf(const schema::CompiledSchema& schema,
                                          const google::protobuf::Message& message) {
  return Reasons(schema::CheckPayload(schema, schema::Encoding::kProtobuf,
                                      message.SerializePartialAsString(), {})
                     .violations);
}
inline std::vector<std::string> ReasonsOfJson(const schema::CompiledSchema& schema,
                                              std::string_view json) {
  return Reasons(schema::CheckPayload(schema, schema::Encoding::kJson, json, {}).violations);
}

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_UNIT_SCHEMA_COMPILE_H_
