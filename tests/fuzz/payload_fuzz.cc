// Any bytes as a payload of a schema that uses every option, in both encodings: checking never
// crashes, its answer is bounded, and what is accepted can be read again.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/check.h"
#include "server/schema/payload.h"
#include "shop/v1/shop.pb.h"

namespace {

namespace schema = selfsame::schema;

// As a tenant's, which arrived as bytes.
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

void Check(const schema::CompiledSchema& schema, schema::Encoding encoding,
           std::string_view payload) {
  const auto checked = schema::CheckPayload(schema, encoding, payload, {.phone_region = "GB"});
  SELFSAME_CHECK(checked.violations.size() <= schema::kViolationsMax + schema::kDriftMax);
  SELFSAME_CHECK(checked.drift.size() <= schema::kDriftMax);
  if (!checked.violations.empty()) return;
  const auto json = schema::PayloadJson(schema, encoding, payload);
  SELFSAME_CHECK(json.ok());
  // What a reader is given is a payload, too.
  const auto again =
      schema::CheckPayload(schema, schema::Encoding::kJson, *json, {.phone_region = "GB"});
  SELFSAME_CHECK(again.violations.empty());
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view payload(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto encoding = (data[0] & 1) != 0 ? schema::Encoding::kJson : schema::Encoding::kProtobuf;
  const auto& schema =
      (data[0] & 2) != 0 ? Registered<shop::v1::Order>() : Registered<shop::v1::Customer>();
  Check(schema, encoding, payload);
  return 0;
}
