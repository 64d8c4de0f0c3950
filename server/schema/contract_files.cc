#include "server/schema/contract_files.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <unordered_set>

namespace selfsame::schema {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

const DescriptorPool& Pool() { return *DescriptorPool::generated_pool(); }

Error Unknown(const char* reason, const char* message) {
  return {.code = ErrorCode::kNotFound, .reason = reason, .message = message};
}

Result<ContractFiles> WithImports(const FileDescriptor& file) {
  std::vector<const FileDescriptor*> files{&file};
  std::unordered_set<const FileDescriptor*> seen{&file};
  ContractFiles serialized;
  // Grows meanwhile, at most to the number of files in the pool.
  for (std::size_t i = 0; i < files.size(); ++i) {
    google::protobuf::FileDescriptorProto proto;
    files[i]->CopyTo(&proto);
    serialized.push_back(proto.SerializeAsString());
    for (int import = 0; import < files[i]->dependency_count(); ++import) {
      const FileDescriptor* imported = files[i]->dependency(import);
      if (seen.insert(imported).second) files.push_back(imported);
    }
  }
  return serialized;
}

}  // namespace

Result<ContractFiles> ContractFile(const std::string& path) {
  const FileDescriptor* file = Pool().FindFileByName(path);
  if (file == nullptr) return Unknown("FILE_UNKNOWN", "no such file in this server's contract");
  return WithImports(*file);
}

Result<ContractFiles> ContractFileOfSymbol(const std::string& name) {
  const FileDescriptor* file = Pool().FindFileContainingSymbol(name);
  if (file == nullptr) return Unknown("SYMBOL_UNKNOWN", "no such name in this server's contract");
  return WithImports(*file);
}

Result<ContractFiles> ContractFileOfExtension(const std::string& message, int number) {
  const Descriptor* extended = Pool().FindMessageTypeByName(message);
  const FieldDescriptor* extension =
      extended == nullptr ? nullptr : Pool().FindExtensionByNumber(extended, number);
  if (extension == nullptr) {
    return Unknown("EXTENSION_UNKNOWN", "no such extension in this server's contract");
  }
  return WithImports(*extension->file());
}

Result<std::vector<std::int32_t>> ContractExtensionNumbers(const std::string& message) {
  const Descriptor* extended = Pool().FindMessageTypeByName(message);
  if (extended == nullptr) {
    return Unknown("MESSAGE_UNKNOWN", "no such message in this server's contract");
  }
  std::vector<const FieldDescriptor*> extensions;
  Pool().FindAllExtensions(extended, &extensions);
  std::vector<std::int32_t> numbers;
  for (const FieldDescriptor* extension : extensions) numbers.push_back(extension->number());
  return numbers;
}

}  // namespace selfsame::schema
