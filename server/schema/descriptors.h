// Descriptor sets: messages described by bytes, as clients register them, made into something that
// payloads can be decoded with.
#ifndef SELFSAME_SERVER_SCHEMA_DESCRIPTORS_H_
#define SELFSAME_SERVER_SCHEMA_DESCRIPTORS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/schema/descriptor_limits.h"

namespace google::protobuf {
class Descriptor;
class DescriptorPool;
class DynamicMessageFactory;
class FileDescriptorSet;
class Message;
}  // namespace google::protobuf

namespace selfsame::schema {

// A message type and all it needs. Immutable; thread-safe.
class MessageType {
 public:
  // Files of google/protobuf and selfsame/options that this server has are its own, whatever the
  // set holds. Errors: kInvalidArgument DESCRIPTOR_SET_INVALID, naming the file and what is wrong
  // with it, or the bound of server/schema/descriptor_limits.h that the set breaks;
  // MESSAGE_UNKNOWN.
  static Result<std::unique_ptr<MessageType>> Build(
      const google::protobuf::FileDescriptorSet& files, const std::string& message);
  // The same from bytes. Errors: also DESCRIPTOR_SET_INVALID when they are none.
  static Result<std::unique_ptr<MessageType>> Parse(std::string_view descriptor_set,
                                                    const std::string& message);
  // Of a message that is compiled in.
  static std::unique_ptr<MessageType> OfGenerated(const google::protobuf::Descriptor& message);

  ~MessageType();
  MessageType(const MessageType&) = delete;
  MessageType& operator=(const MessageType&) = delete;

  const google::protobuf::Descriptor& descriptor() const { return *descriptor_; }
  std::unique_ptr<google::protobuf::Message> New() const;

 private:
  MessageType();

  std::unique_ptr<google::protobuf::DescriptorPool> pool_;            // Null when compiled in.
  std::unique_ptr<google::protobuf::DynamicMessageFactory> factory_;  // Likewise.
  const google::protobuf::Descriptor* descriptor_ = nullptr;
  const google::protobuf::Message* prototype_ = nullptr;
};

// The files a message needs, itself first of all, in an order in which each comes after what it
// imports: without source positions, and without files that Build supplies. What is stored.
std::string MinimalDescriptorSet(const google::protobuf::Descriptor& message);

// Equal exactly when two messages say the same: fields, types and options of the message and of all
// messages and enums it reaches. Names of files, comments and other messages in them do not count.
// Lower-case hex.
std::string ContentHash(const google::protobuf::Descriptor& message);

// Names of files that Build supplies.
bool IsSupplied(std::string_view file_name);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_DESCRIPTORS_H_
