#include "cli/schema/schema_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <utility>

#include "cli/text_file.h"
#include "selfsame/options/v1/options.pb.h"

namespace selfsame::cli {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::FileDescriptorSet;

// More names help nobody.
constexpr std::size_t kNamesShownMax = 10;

Result<FileDescriptorSet> LoadSet(const SchemaFiles& files) {
  if (files.protos.files.empty() == files.descriptor_set.empty()) {
    return Error{ErrorCode::kInvalidArgument, "SCHEMA_FILES_MISSING",
                 "which schema? give .proto files, or --descriptor-set FILE"};
  }
  if (files.descriptor_set.empty()) return CompileProtos(files.protos);
  SELFSAME_ASSIGN_OR_RETURN(const std::string bytes, ReadTextFile(files.descriptor_set));
  FileDescriptorSet set;
  if (!set.ParseFromString(bytes)) {
    return Error{ErrorCode::kInvalidArgument, "DESCRIPTOR_SET_INVALID",
                 fmt::format("{} is no descriptor set", files.descriptor_set)};
  }
  return set;
}

void AppendNames(const DescriptorProto& message, const std::string& scope, bool only_schemas,
                 std::vector<std::string>& names) {
  const std::string name = scope.empty() ? message.name() : scope + "." + message.name();
  const auto kind = message.options().GetExtension(options::v1::schema).kind();
  if (!only_schemas || kind != options::v1::KIND_UNSPECIFIED) names.push_back(name);
  for (const DescriptorProto& nested : message.nested_type()) {
    if (!nested.options().map_entry()) AppendNames(nested, name, only_schemas, names);
  }
}

std::vector<std::string> Names(const FileDescriptorSet& set, bool only_schemas) {
  std::vector<std::string> names;
  for (const auto& file : set.file()) {
    if (schema::IsSupplied(file.name())) continue;
    for (const DescriptorProto& message : file.message_type()) {
      AppendNames(message, file.package(), only_schemas, names);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string Shown(std::vector<std::string> names) {
  if (names.empty()) return "none";
  const bool cut = names.size() > kNamesShownMax;
  if (cut) names.resize(kNamesShownMax);
  return fmt::format("{}{}", fmt::join(names, ", "), cut ? " ..." : "");
}

Result<std::string> ChooseMessage(const SchemaFiles& files, const FileDescriptorSet& set) {
  if (!files.message.empty()) {
    const auto names = Names(set, false);
    if (std::binary_search(names.begin(), names.end(), files.message)) return files.message;
    return Error{ErrorCode::kInvalidArgument, "MESSAGE_UNKNOWN",
                 fmt::format("there is no message {}; there is: {}", files.message, Shown(names))};
  }
  auto schemas = SchemaMessages(set);
  if (schemas.size() == 1) return std::move(schemas.front());
  return Error{ErrorCode::kInvalidArgument, "MESSAGE_UNCLEAR",
               fmt::format("which message? give --message NAME; schemas among them: {}",
                           Shown(std::move(schemas)))};
}

}  // namespace

const std::string& LoadedSchema::message() const { return type->descriptor().full_name(); }

std::vector<std::string> SchemaMessages(const FileDescriptorSet& set) { return Names(set, true); }

Result<LoadedSchema> LoadSchema(const SchemaFiles& files) {
  LoadedSchema loaded;
  SELFSAME_ASSIGN_OR_RETURN(loaded.set, LoadSet(files));
  SELFSAME_ASSIGN_OR_RETURN(const std::string message, ChooseMessage(files, loaded.set));
  SELFSAME_ASSIGN_OR_RETURN(loaded.type, schema::MessageType::Build(loaded.set, message));
  return loaded;
}

}  // namespace selfsame::cli
