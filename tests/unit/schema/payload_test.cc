#include "server/schema/payload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "selfsame/schemas/commerce/v1/commerce.pb.h"
#include "selfsame/schemas/web/v1/web.pb.h"
#include "server/schema/catalog.h"
#include "tests/support/seed.h"

namespace selfsame::schema {
namespace {

const CompiledSchema& SchemaOf(std::string_view name) {
  static const std::vector<BuiltInSchema> schemas = BuiltInSchemas();
  for (const BuiltInSchema& schema : schemas) {
    if (schema.name == name) return *schema.compiled;
  }
  std::abort();
}

CheckedPayload Check(const CompiledSchema& schema, Encoding encoding, std::string_view payload) {
  return CheckPayload(schema, encoding, payload, {});
}

const CompiledSchema& OrderLine() { return SchemaOf("selfsame.schemas.commerce.v1.OrderLine"); }
const CompiledSchema& PageViewed() { return SchemaOf("selfsame.schemas.web.v1.PageViewed"); }

std::vector<std::string> Reasons(const CheckedPayload& checked) {
  std::vector<std::string> reasons;
  for (const Violation& violation : checked.violations)
    reasons.push_back(violation.field + " " + violation.reason);
  return reasons;
}

TEST(Payload, TakesBothForms) {
  selfsame::schemas::commerce::v1::OrderLine line;
  line.set_order_id("1");
  line.set_quantity(-3);
  EXPECT_TRUE(Check(OrderLine(), Encoding::kProtobuf, line.SerializeAsString()).violations.empty());
  EXPECT_TRUE(
      Check(OrderLine(), Encoding::kJson, R"({"order_id":"1","quantity":-3})").violations.empty());
  EXPECT_TRUE(Check(OrderLine(), Encoding::kJson, "").violations.empty());
}

TEST(Payload, BothFormsReadBackTheSame) {
  selfsame::schemas::commerce::v1::OrderLine line;
  line.set_order_id("1");
  line.set_unit_price(2.55);
  const auto from_protobuf =
      PayloadJson(OrderLine(), Encoding::kProtobuf, line.SerializeAsString());
  const auto from_json =
      PayloadJson(OrderLine(), Encoding::kJson, R"({"unit_price": 2.55, "order_id": "1"})");
  ASSERT_TRUE(from_protobuf.ok() && from_json.ok());
  EXPECT_EQ(*from_protobuf, *from_json);
  EXPECT_EQ(*from_json, R"({"order_id":"1","unit_price":2.55})");
}

TEST(Payload, EachMistypedMemberOfJsonIsNamed) {
  EXPECT_THAT(Reasons(Check(OrderLine(), Encoding::kJson,
                            R"({"quantity":"many","sku":{},"unit_price":2,"no_such_field":1})")),
              testing::UnorderedElementsAre("payload.quantity PAYLOAD_TYPE_MISMATCH",
                                            "payload.sku PAYLOAD_TYPE_MISMATCH"));
}

TEST(Payload, AMemberThatTheSchemaDoesNotKnowIsToldApart) {
  const CheckedPayload checked =
      Check(OrderLine(), Encoding::kJson, R"({"order_id":"1","no_such_field":"x"})");
  EXPECT_THAT(Reasons(checked), testing::IsEmpty());
  ASSERT_EQ(checked.drift.size(), 1u);
  EXPECT_EQ(checked.drift[0].path, "payload.no_such_field");
  EXPECT_FALSE(checked.drift[0].is_enum_value);
}

TEST(Payload, WhatDoesNotFollowItsSchemaIsMalformed) {
  for (const char* json : {"[]", "{", "\"text\"", "nul"}) {
    EXPECT_THAT(Reasons(Check(OrderLine(), Encoding::kJson, json)),
                testing::ElementsAre("payload PAYLOAD_MALFORMED"))
        << json;
  }
  EXPECT_THAT(Reasons(Check(OrderLine(), Encoding::kProtobuf, "\xff\xff\xff")),
              testing::ElementsAre("payload PAYLOAD_MALFORMED"));
  EXPECT_THAT(Reasons(Check(PageViewed(), Encoding::kProtobuf, "\x0a\x01\xff")),
              testing::ElementsAre("payload PAYLOAD_MALFORMED"));
}

TEST(Payload, ANulCharacterIsNamedByItsField) {
  selfsame::schemas::web::v1::PageViewed page;
  page.set_title(std::string("a\0b", 3));
  EXPECT_THAT(Reasons(Check(PageViewed(), Encoding::kProtobuf, page.SerializeAsString())),
              testing::ElementsAre("payload.title PAYLOAD_HAS_NUL"));
  EXPECT_THAT(Reasons(Check(PageViewed(), Encoding::kJson, "{\"url\":\"a\\u0000\"}")),
              testing::ElementsAre("payload.url PAYLOAD_HAS_NUL"));
}

const CompiledSchema& Traits() { return SchemaOf("selfsame.schemas.account.v1.Traits"); }

TEST(Payload, AttributesAreBroughtToTheirFieldsFormat) {
  const CheckedPayload checked = Check(Traits(), Encoding::kJson, R"({
      "first_name": "  JANE ", "last_name": "O'NEILL", "email": "Jane <Jane@B\u00fccher.example>",
      "phone": "+44 20 7946 0958 ext. 5", "country": "Deutschland", "language": "en_us",
      "birth_date": "3 April 1990", "city": " Rome "})");
  EXPECT_THAT(Reasons(checked), testing::IsEmpty());
  EXPECT_THAT(
      checked.attributes,
      testing::UnorderedElementsAre(
          testing::Pair("first_name", "\"Jane\""), testing::Pair("last_name", "\"O'Neill\""),
          testing::Pair("email", "\"jane@xn--bcher-kva.example\""),
          testing::Pair("phone", "\"+442079460958\""), testing::Pair("country", "\"DE\""),
          testing::Pair("language", "\"en-US\""), testing::Pair("birth_date", "\"1990-04-03\""),
          testing::Pair("city", "\"Rome\"")));
  EXPECT_THAT(checked.derived,
              testing::ElementsAre(testing::Pair("phone", R"({"phone_extension":"5"})")));
}

TEST(Payload, AnAttributeThatHasNoSuchFormIsAViolationOfItsField) {
  const CheckedPayload checked = Check(Traits(), Encoding::kJson, R"({
      "email": "nobody", "phone": "020 7946 0958", "country": "Korea", "birth_date": "03/04/1990"})");
  EXPECT_THAT(Reasons(checked), testing::UnorderedElementsAre("payload.email EMAIL_INVALID",
                                                              "payload.phone PHONE_REGION_UNKNOWN",
                                                              "payload.country COUNTRY_AMBIGUOUS",
                                                              "payload.birth_date DATE_AMBIGUOUS"));
}

TEST(Payload, AnAddressThatIsThrownAwayAfterUseIsFlagged) {
  const CheckedPayload checked =
      Check(Traits(), Encoding::kJson, R"({"email": "Jane@Mailinator.com"})");
  EXPECT_THAT(checked.attributes,
              testing::ElementsAre(testing::Pair("email", "\"jane@mailinator.com\"")));
  EXPECT_THAT(checked.derived,
              testing::ElementsAre(testing::Pair("email", R"({"email_disposable":true})")));
}

TEST(Payload, AnEmptyValueIsKeptEmpty) {
  const CheckedPayload checked = Check(Traits(), Encoding::kJson, R"({"email": ""})");
  EXPECT_THAT(Reasons(checked), testing::IsEmpty());
  EXPECT_THAT(checked.attributes, testing::ElementsAre(testing::Pair("email", "\"\"")));
}

TEST(PayloadProperty, NoBytesCrashTheDecoder) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    for (const Encoding encoding : {Encoding::kProtobuf, Encoding::kJson}) {
      const CheckedPayload checked = Check(OrderLine(), encoding, bytes);
      if (checked.violations.empty()) {
        EXPECT_TRUE(PayloadJson(OrderLine(), encoding, bytes).ok());
      }
    }
  }
}

}  // namespace
}  // namespace selfsame::schema
