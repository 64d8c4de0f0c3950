#include "server/schema/payload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "selfsame/schemas/commerce/v1/commerce.pb.h"
#include "selfsame/schemas/web/v1/web.pb.h"
#include "tests/support/seed.h"

namespace selfsame::schema {
namespace {

const Schema& SchemaOf(std::string_view name) {
  static const std::vector<Schema> schemas = BuiltInSchemas();
  for (const Schema& schema : schemas) {
    if (schema.name == name) return schema;
  }
  std::abort();
}

const Schema& OrderLine() { return SchemaOf("selfsame.schemas.commerce.v1.OrderLine"); }
const Schema& PageViewed() { return SchemaOf("selfsame.schemas.web.v1.PageViewed"); }

std::vector<std::string> Reasons(const CheckedPayload& checked) {
  std::vector<std::string> reasons;
  for (const Violation& violation : checked.violations) reasons.push_back(violation.field + " " + violation.reason);
  return reasons;
}

TEST(Payload, TakesBothForms) {
  selfsame::schemas::commerce::v1::OrderLine line;
  line.set_order_id("1");
  line.set_quantity(-3);
  EXPECT_TRUE(CheckPayload(OrderLine(), Encoding::kProtobuf, line.SerializeAsString()).violations.empty());
  EXPECT_TRUE(CheckPayload(OrderLine(), Encoding::kJson, R"({"order_id":"1","quantity":-3})").violations.empty());
  EXPECT_TRUE(CheckPayload(OrderLine(), Encoding::kJson, "").violations.empty());
}

TEST(Payload, BothFormsReadBackTheSame) {
  selfsame::schemas::commerce::v1::OrderLine line;
  line.set_order_id("1");
  line.set_unit_price(2.55);
  const auto from_protobuf = PayloadJson(OrderLine(), Encoding::kProtobuf, line.SerializeAsString());
  const auto from_json = PayloadJson(OrderLine(), Encoding::kJson, R"({"unit_price": 2.55, "order_id": "1"})");
  ASSERT_TRUE(from_protobuf.ok() && from_json.ok());
  EXPECT_EQ(*from_protobuf, *from_json);
  EXPECT_EQ(*from_json, R"({"order_id":"1","unit_price":2.55})");
}

TEST(Payload, WhatDoesNotFollowItsSchemaIsMalformed) {
  for (const char* json : {"[]", "{", R"({"quantity":"many"})", R"({"no_such_field":1})", "\"text\"", "nul"}) {
    EXPECT_THAT(Reasons(CheckPayload(OrderLine(), Encoding::kJson, json)),
                testing::ElementsAre("payload PAYLOAD_MALFORMED"))
        << json;
  }
  EXPECT_THAT(Reasons(CheckPayload(OrderLine(), Encoding::kProtobuf, "\xff\xff\xff")),
              testing::ElementsAre("payload PAYLOAD_MALFORMED"));
  EXPECT_THAT(Reasons(CheckPayload(PageViewed(), Encoding::kProtobuf, "\x0a\x01\xff")),
              testing::ElementsAre("payload PAYLOAD_MALFORMED"));
}

TEST(Payload, ANulCharacterIsNamedByItsField) {
  selfsame::schemas::web::v1::PageViewed page;
  page.set_title(std::string("a\0b", 3));
  EXPECT_THAT(Reasons(CheckPayload(PageViewed(), Encoding::kProtobuf, page.SerializeAsString())),
              testing::ElementsAre("payload.title PAYLOAD_HAS_NUL"));
  EXPECT_THAT(Reasons(CheckPayload(PageViewed(), Encoding::kJson, "{\"url\":\"a\\u0000\"}")),
              testing::ElementsAre("payload.url PAYLOAD_HAS_NUL"));
}

TEST(PayloadProperty, NoBytesCrashTheDecoder) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    for (const Encoding encoding : {Encoding::kProtobuf, Encoding::kJson}) {
      const CheckedPayload checked = CheckPayload(OrderLine(), encoding, bytes);
      if (checked.violations.empty()) {
        EXPECT_TRUE(PayloadJson(OrderLine(), encoding, bytes).ok());
      }
    }
  }
}

}  // namespace
}  // namespace selfsame::schema
