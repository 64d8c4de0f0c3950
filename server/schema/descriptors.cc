#include "server/schema/descriptors.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/hash.h"
#include "selfsame/options/v1/options.pb.h"

namespace selfsame::schema {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;

// Names of the set's own files are any bytes; what is told of them is plain text, and short.
Error Invalid(std::string message) {
  constexpr std::size_t kMessageBytesMax = 500;
  message.resize(std::min(message.size(), kMessageBytesMax));
  std::replace_if(
      message.begin(), message.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return {.code = ErrorCode::kInvalidArgument,
          .reason = "DESCRIPTOR_SET_INVALID",
          .message = std::move(message)};
}

// Keeps the first thing that is wrong: the others mostly follow from it.
class FirstError : public DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string& file, const std::string& element,
                const google::protobuf::Message*, ErrorLocation,
                const std::string& message) override {
    if (text.empty()) text = file + ": " + element + ": " + message;
  }
  std::string text;
};

// The work of one Build: adds files to a pool, each after its imports.
class PoolBuilder {
 public:
  PoolBuilder(const FileDescriptorSet& files, DescriptorPool& pool) : files_(files), pool_(pool) {}

  Status AddAll() {
    for (const FileDescriptorProto& file : files_.file()) {
      if (!by_name_.emplace(file.name(), &file).second && !IsSupplied(file.name())) {
        return Invalid(file.name() + ": is in the set twice");
      }
    }
    for (const auto& [name, file] : by_name_) SELFSAME_RETURN_IF_ERROR(Add(name));
    return {};
  }

 private:
  // Depth is bounded by the number of files: one that imports itself, by any way, is an error.
  Status Add(const std::string& name) {
    if (pool_.FindFileByName(name) != nullptr) return {};
    FileDescriptorProto supplied;
    const FileDescriptorProto* file = Find(name, &supplied);
    if (file == nullptr) return Invalid("imports " + name + ", which is not in the set");
    if (!adding_.insert(name).second) return Invalid(name + ": imports itself");
    // Messages that are called like protobuf's own, such as google.protobuf.Timestamp, are treated
    // as such by their name, here and in protobuf: with other fields that would end the process.
    if (!IsSupplied(name) &&
        (file->package() == "google.protobuf" || file->package().starts_with("google.protobuf."))) {
      return Invalid(name + ": package google.protobuf is protobuf's own");
    }
    for (const std::string& import : file->dependency()) SELFSAME_RETURN_IF_ERROR(Add(import));
    FirstError errors;
    if (pool_.BuildFileCollectingErrors(*file, &errors) == nullptr) return Invalid(errors.text);
    return {};
  }

  const FileDescriptorProto* Find(const std::string& name, FileDescriptorProto* supplied) {
    if (IsSupplied(name)) {
      DescriptorPool::generated_pool()->FindFileByName(name)->CopyTo(supplied);
      return supplied;
    }
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }

  const FileDescriptorSet& files_;
  DescriptorPool& pool_;
  std::map<std::string, const FileDescriptorProto*> by_name_;
  std::set<std::string> adding_;
};

void CollectFiles(const FileDescriptor& file, std::set<const FileDescriptor*>& seen,
                  FileDescriptorSet& set) {
  if (IsSupplied(file.name()) || !seen.insert(&file).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) CollectFiles(*file.dependency(i), seen, set);
  file.CopyTo(set.add_file());
}

std::string SerializeDeterministically(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

// Types by name, each as its own description without the types declared in it, which are listed
// where something refers to them.
using Described = std::map<std::string, std::string>;

void Describe(const EnumDescriptor& type, Described& described) {
  google::protobuf::EnumDescriptorProto proto;
  type.CopyTo(&proto);
  described.emplace(type.full_name(), SerializeDeterministically(proto));
}

void Describe(const Descriptor& message, Described& described) {
  if (described.contains(message.full_name())) return;
  google::protobuf::DescriptorProto proto;
  message.CopyTo(&proto);
  proto.clear_nested_type();
  proto.clear_enum_type();
  described.emplace(message.full_name(),
                    std::to_string(message.file()->syntax()) + SerializeDeterministically(proto));
  if (IsSupplied(message.file()->name())) return;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (field.message_type() != nullptr) Describe(*field.message_type(), described);
    if (field.enum_type() != nullptr) Describe(*field.enum_type(), described);
  }
}

}  // namespace

bool IsSupplied(std::string_view file_name) {
  // Only what is really there: files that merely are called so are like any other.
  return (file_name.starts_with("google/protobuf/") ||
          file_name.starts_with("selfsame/options/")) &&
         DescriptorPool::generated_pool()->FindFileByName(std::string(file_name)) != nullptr;
}

MessageType::MessageType() = default;
MessageType::~MessageType() = default;

Result<std::unique_ptr<MessageType>> MessageType::Build(const FileDescriptorSet& files,
                                                        const std::string& message) {
  if (message.size() > kMessageNameBytesMax) return Invalid("the message's name is too long");
  SELFSAME_RETURN_IF_ERROR(CheckDescriptorSet(files));
  std::unique_ptr<MessageType> type(new MessageType);
  type->pool_ = std::make_unique<DescriptorPool>();
  // Linked in, or the options of the set could not be read as extensions.
  (void)options::v1::FieldRules::descriptor();
  SELFSAME_RETURN_IF_ERROR(PoolBuilder(files, *type->pool_).AddAll());
  type->descriptor_ = type->pool_->FindMessageTypeByName(message);
  // What protobuf makes up for a map is none that anybody could send.
  if (type->descriptor_ == nullptr || type->descriptor_->options().map_entry()) {
    return Error{.code = ErrorCode::kInvalidArgument,
                 .reason = "MESSAGE_UNKNOWN",
                 .message = "the descriptor set has no such message"};
  }
  type->factory_ = std::make_unique<google::protobuf::DynamicMessageFactory>(type->pool_.get());
  type->prototype_ = type->factory_->GetPrototype(type->descriptor_);
  return type;
}

Result<std::unique_ptr<MessageType>> MessageType::Parse(std::string_view descriptor_set,
                                                        const std::string& message) {
  FileDescriptorSet files;
  if (!files.ParseFromArray(descriptor_set.data(), static_cast<int>(descriptor_set.size()))) {
    return Invalid("not a descriptor set");
  }
  return Build(files, message);
}

std::unique_ptr<MessageType> MessageType::OfGenerated(const Descriptor& message) {
  std::unique_ptr<MessageType> type(new MessageType);
  type->descriptor_ = &message;
  type->prototype_ = google::protobuf::MessageFactory::generated_factory()->GetPrototype(&message);
  return type;
}

std::unique_ptr<google::protobuf::Message> MessageType::New() const {
  return std::unique_ptr<google::protobuf::Message>(prototype_->New());
}

std::string MinimalDescriptorSet(const Descriptor& message) {
  FileDescriptorSet set;
  std::set<const FileDescriptor*> seen;
  CollectFiles(*message.file(), seen, set);
  return SerializeDeterministically(set);
}

std::string ContentHash(const Descriptor& message) {
  Described described;
  Describe(message, described);
  std::string text = message.full_name();
  for (const auto& [name, bytes] : described) {
    text += '\0' + name + '\0' + std::to_string(bytes.size()) + '\0' + bytes;
  }
  return HexDigest256(text);
}

}  // namespace selfsame::schema
