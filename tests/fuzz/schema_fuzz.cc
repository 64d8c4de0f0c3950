// Any bytes as a descriptor set, and as a payload of what it describes: registration never crashes
// or grows without bound, and what passes can be stored, built again and compared with itself.
#include <google/protobuf/descriptor.pb.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "server/schema/compatibility.h"
#include "server/schema/payload.h"

namespace {

namespace schema = selfsame::schema;

void CheckStored(const google::protobuf::Descriptor& message) {
  const auto stored =
      schema::MessageType::Parse(schema::MinimalDescriptorSet(message), message.full_name());
  SELFSAME_CHECK(stored.ok());
  SELFSAME_CHECK(schema::ContentHash((*stored)->descriptor()) == schema::ContentHash(message));
  SELFSAME_CHECK(schema::FindBreaks(message, (*stored)->descriptor()).empty());
}

void CheckMessage(const google::protobuf::FileDescriptorSet& files, const std::string& message,
                  std::string_view payload) {
  auto type = schema::MessageType::Build(files, message);
  if (!type.ok()) return;
  CheckStored((*type)->descriptor());
  const schema::CompiledSchema compiled(std::move(*type));
  SELFSAME_CHECK(compiled.findings().size() <= schema::kFindingsMax);
  SELFSAME_CHECK(compiled.entries().all.size() <= schema::kEntriesMax);
  for (const auto encoding : {schema::Encoding::kProtobuf, schema::Encoding::kJson}) {
    const auto checked = schema::CheckPayload(compiled, encoding, payload, {});
    if (checked.violations.empty()) {
      SELFSAME_CHECK(schema::PayloadJson(compiled, encoding, payload).ok());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}

// The first byte says how much of the rest is payload.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string_view payload = rest.substr(0, data[0]);
  const std::string_view set = rest.substr(payload.size());
  google::protobuf::FileDescriptorSet files;
  if (!files.ParseFromArray(set.data(), static_cast<int>(set.size()))) return 0;
  for (const auto& file : files.file()) {
    for (const auto& message : file.message_type()) {
      const std::string prefix = file.package().empty() ? "" : file.package() + ".";
      CheckMessage(files, prefix + message.name(), payload);
      for (const auto& nested : message.nested_type()) {
        CheckMessage(files, prefix + message.name() + "." + nested.name(), payload);
      }
    }
  }
  return 0;
}
