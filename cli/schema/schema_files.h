// A schema as it lies on the disk: .proto files or a descriptor set, and the message that is meant.
#ifndef SELFSAME_CLI_SCHEMA_SCHEMA_FILES_H_
#define SELFSAME_CLI_SCHEMA_SCHEMA_FILES_H_

#include <google/protobuf/descriptor.pb.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "cli/schema/protoc.h"
#include "server/schema/descriptors.h"

namespace selfsame::cli {

struct SchemaFiles {
  ProtoFiles protos;
  std::string descriptor_set;  // A file; instead of .proto files.
  std::string message;         // Full name; empty: the only one that says it is a schema.
};

struct LoadedSchema {
  google::protobuf::FileDescriptorSet set;
  std::unique_ptr<schema::MessageType> type;

  const std::string& message() const;
};

// Errors: as CompileProtos; ReadTextFile; MessageType::Build; kInvalidArgument SCHEMA_FILES_MISSING
// when neither kind of file was given or both; MESSAGE_UNKNOWN and MESSAGE_UNCLEAR, with the
// messages there are.
Result<LoadedSchema> LoadSchema(const SchemaFiles& files);

// The messages that carry the option selfsame.options.v1.schema with a kind, by full name.
std::vector<std::string> SchemaMessages(const google::protobuf::FileDescriptorSet& set);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_SCHEMA_SCHEMA_FILES_H_
