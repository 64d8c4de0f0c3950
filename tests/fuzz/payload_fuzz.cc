// Any bytes as a payload of schemas that use every option, every type with a JSON form of its own,
// oneofs, maps, groups and extensions, in both encodings: checking never crashes, its answer is
// bounded, what is accepted can be read again, and an unknown member changes nothing else.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "server/schema/json_text.h"
#include "server/schema/payload.h"
#include "shop/v1/shop.pb.h"
#include "tests/unit/schema/compile.h"

namespace {

namespace schema = selfsame::schema;
namespace test = selfsame::test;
using schema::CheckedPayload;
using schema::CompiledSchema;
using schema::Encoding;

// What registration refuses may still be stored by an earlier version.
const CompiledSchema& WithGroupsAndExtensions() {
  static const CompiledSchema compiled = test::CompileOrder(
      test::Field(1, "place", "GROUP", "label: LABEL_REPEATED type_name: '.shop.Place'") +
          test::Field(3, "name", "STRING", "label: LABEL_REQUIRED") +
          test::MessageField(4, "home", "Place", "label: LABEL_OPTIONAL") +
          test::Field(5, "country", "STRING",
                      "label: LABEL_OPTIONAL " +
                          test::FieldOptions("class: DATA_CLASS_PII format: FORMAT_COUNTRY")) +
          "extension_range { start: 100 end: 200 } ",
      "",
      test::Message("Place", test::Field(2, "city", "STRING", "label: LABEL_OPTIONAL")) +
          "extension { extendee: '.shop.Order' number: 100 name: 'place_more' type: TYPE_GROUP "
          "label: LABEL_OPTIONAL type_name: '.shop.Place' } "
          "extension { extendee: '.shop.Order' number: 101 name: 'texts' type: TYPE_STRING "
          "label: LABEL_REPEATED } ",
      "proto2");
  return compiled;
}

CheckedPayload CheckPayload(const CompiledSchema& schema, Encoding encoding,
                            std::string_view payload) {
  return schema::CheckPayload(schema, encoding, payload, {.phone_region = "GB"});
}

void CheckReadable(const CompiledSchema& schema, Encoding encoding, std::string_view payload) {
  const auto json = schema::PayloadJson(schema, encoding, payload);
  // Groups cannot be written; a record that needs that is refused above.
  if (&schema == &WithGroupsAndExtensions()) return;
  SELFSAME_CHECK(json.ok());
  // What a reader is given is a payload, too.
  SELFSAME_CHECK(CheckPayload(schema, Encoding::kJson, *json).violations.empty());
}

std::vector<std::string> WithoutUnknown(const CheckedPayload& checked) {
  std::vector<std::string> reasons;
  for (const selfsame::Violation& one : checked.violations) {
    if (one.reason != "UNKNOWN_FIELD") reasons.push_back(one.field + " " + one.reason);
  }
  return reasons;
}

void CheckWithUnknownMember(const CompiledSchema& schema, std::string_view payload,
                            const CheckedPayload& alone) {
  const auto object = schema::ParseJsonText(payload, schema::kJsonDepthMax);
  if (!object || !object->Is(schema::JsonValue::Kind::kObject)) return;
  std::string more(payload.substr(0, payload.rfind('}')));
  more += std::string(object->members.empty() ? "" : ",") + "\"zzUnknown\":[1e999]}";
  const CheckedPayload beside = CheckPayload(schema, Encoding::kJson, more);
  SELFSAME_CHECK(WithoutUnknown(alone) == WithoutUnknown(beside));
  if (!alone.violations.empty() || !beside.violations.empty()) return;
  SELFSAME_CHECK(alone.attributes == beside.attributes && alone.normalized == beside.normalized);
}

void Check(const CompiledSchema& schema, Encoding encoding, std::string_view payload) {
  const CheckedPayload checked = CheckPayload(schema, encoding, payload);
  SELFSAME_CHECK(checked.violations.size() <= schema::kViolationsMax + schema::kDriftMax);
  SELFSAME_CHECK(checked.drift.size() <= schema::kDriftMax);
  if (encoding == Encoding::kJson) CheckWithUnknownMember(schema, payload, checked);
  if (checked.violations.empty()) CheckReadable(schema, encoding, payload);
}

const CompiledSchema& SchemaOf(int choice) {
  switch (choice) {
    case 0: return test::Registered<shop::v1::Order>();
    case 1: return test::Registered<shop::v1::Customer>();
    case 2: return test::Registered<shop::v1::Anything>();
    default: return WithGroupsAndExtensions();
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}

// The first byte chooses encoding and schema.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view payload(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto encoding = (data[0] & 1) != 0 ? Encoding::kJson : Encoding::kProtobuf;
  Check(SchemaOf((data[0] >> 1) & 3), encoding, payload);
  return 0;
}
