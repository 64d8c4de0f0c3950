// Compiling .proto files, with the `protoc` of whoever runs the tool.
#ifndef SELFSAME_CLI_SCHEMA_PROTOC_H_
#define SELFSAME_CLI_SCHEMA_PROTOC_H_

#include <google/protobuf/descriptor.pb.h>

#include <string>
#include <vector>

#include "base/result.h"

namespace selfsame::cli {

// What a person asked to be compiled.
struct ProtoFiles {
  std::vector<std::string> files;
  // As protoc's -I; none: the working folder.
  std::vector<std::string> include_dirs;
};

// The files with all they import, in an order in which each comes after its imports.
// selfsame/options/v1/options.proto need not lie anywhere: the tool brings its own.
// Errors: kFailedPrecondition PROTOC_MISSING when no protoc is on PATH or it cannot be run;
// kInvalidArgument PROTO_INVALID with what protoc said; kDeadlineExceeded PROTOC_TIMEOUT.
Result<google::protobuf::FileDescriptorSet> CompileProtos(const ProtoFiles& protos);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_SCHEMA_PROTOC_H_
