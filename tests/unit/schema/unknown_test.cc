// What a schema does not know: counted by field, and minded as the schema's policy says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/schema/validate.h"
#include "tests/unit/schema/compile.h"
#include "tests/unit/schema/orders.h"

namespace selfsame::schema {
namespace {

using shop::v1::Order;
using test::CompileOrder;
using test::Enum;
using test::EnumField;
using test::Field;
using test::FieldOptions;
using test::Generated;
using test::GoodOrder;
using test::Reasons;
using test::Registered;
using test::Value;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

CompiledSchema WithPolicy(const std::string& policy) {
  return CompileOrder(
      Field(1, "a", "STRING", FieldOptions("class: DATA_CLASS_PUBLIC")) +
          EnumField(2, "colour", "Colour", FieldOptions("class: DATA_CLASS_PUBLIC")),
      "unknown: " + policy, Enum("Colour", Value(0, "RED") + Value(1, "BLUE")));
}

std::vector<std::string> Drifts(const CheckedPayload& checked) {
  std::vector<std::string> paths;
  for (const Drift& drift : checked.drift) {
    paths.push_back(drift.path + (drift.is_enum_value ? " = " : " : ") + drift.value);
  }
  return paths;
}

// Field 9, which no schema here has, with the number 5; and colour 7.
constexpr std::string_view kUnknownField = "\x48\x05";
constexpr std::string_view kUnknownColour = "\x10\x07";

TEST(UnknownTest, IsKeptUnlessTheSchemaMinds) {
  for (const char* policy : {"UNKNOWN_POLICY_UNSPECIFIED", "UNKNOWN_POLICY_KEEP"}) {
    const auto schema = WithPolicy(policy);
    const auto bytes = CheckPayload(schema, Encoding::kProtobuf,
                                    std::string(kUnknownField) + std::string(kUnknownColour), {});
    EXPECT_THAT(Reasons(bytes.violations), IsEmpty());
    EXPECT_THAT(Drifts(bytes), ElementsAre("payload.#9 : 5", "payload.colour = 7"));
    const auto json = CheckPayload(schema, Encoding::kJson, R"({"b":5,"colour":"GREEN"})", {});
    EXPECT_THAT(Reasons(json.violations), IsEmpty());
    EXPECT_THAT(Drifts(json), ElementsAre("payload.b : 5", "payload.colour = \"GREEN\""));
    EXPECT_FALSE(bytes.is_rejected || json.is_rejected);
  }
}

TEST(UnknownTest, IsAViolationWhereTheSchemaMinds) {
  for (const char* policy : {"UNKNOWN_POLICY_QUARANTINE", "UNKNOWN_POLICY_REJECT"}) {
    const auto schema = WithPolicy(policy);
    const bool is_reject = std::string_view(policy) == "UNKNOWN_POLICY_REJECT";
    const auto bytes = CheckPayload(schema, Encoding::kProtobuf,
                                    std::string(kUnknownField) + std::string(kUnknownColour), {});
    EXPECT_THAT(Reasons(bytes.violations),
                ElementsAre("payload.#9 UNKNOWN_FIELD", "payload.colour ENUM_VALUE_UNKNOWN"));
    EXPECT_EQ(bytes.is_rejected, is_reject);
    const auto json = CheckPayload(schema, Encoding::kJson, R"({"b":5,"colour":9})", {});
    EXPECT_THAT(Reasons(json.violations),
                ElementsAre("payload.b UNKNOWN_FIELD", "payload.colour ENUM_VALUE_UNKNOWN"));
    EXPECT_EQ(json.is_rejected, is_reject);
    EXPECT_THAT(json.drift, SizeIs(2));
  }
}

TEST(UnknownTest, WhatIsKnownIsNeverRejected) {
  const auto schema = WithPolicy("UNKNOWN_POLICY_REJECT");
  const auto checked = CheckPayload(schema, Encoding::kJson, R"({"a":5})", {});
  EXPECT_THAT(Reasons(checked.violations), ElementsAre("payload.a PAYLOAD_TYPE_MISMATCH"));
  EXPECT_FALSE(checked.is_rejected);
}

TEST(UnknownTest, IsFoundAtAnyDepthAndCountedByField) {
  const auto json = CheckPayload(Registered<Order>(), Encoding::kJson, R"({
      "order_id": "o-1", "total": 1, "seen_on": ["CHANNEL_WEB", "MOON", "MARS"],
      "items": [{"sku": "AB-1", "quantity": 1, "size": 1}, {"sku": "AB-2", "quantity": 1, "size": 2,
                "price": {"tax": 1}}],
      "charges": {"x": {"vat": 1}, "y": {"vat": 2}}, "reached": {"a": "CHANNEL_WEB", "b": "MOON"}})",
                                 {});
  EXPECT_THAT(Reasons(json.violations), IsEmpty());
  EXPECT_THAT(Drifts(json),
              UnorderedElementsAre("payload.items.size : 1", "payload.items.price.tax : 1",
                                   "payload.charges.vat : 1", "payload.reached = \"MOON\"",
                                   "payload.seen_on = \"MOON\""));
  Order order = GoodOrder();
  order.mutable_items(0)
      ->GetReflection()
      ->MutableUnknownFields(order.mutable_items(0))
      ->AddVarint(99, 1);
  auto* charge = &(*order.mutable_charges())["x"];
  charge->GetReflection()->MutableUnknownFields(charge)->AddLengthDelimited(98, "text");
  order.mutable_items(0)->set_channel(static_cast<shop::v1::Channel>(55));
  (*order.mutable_reached())["a"] = static_cast<shop::v1::Channel>(56);
  order.add_seen_on(static_cast<shop::v1::Channel>(57));
  for (const auto* schema : {&Generated<Order>(), &Registered<Order>()}) {
    EXPECT_THAT(Drifts(CheckPayload(*schema, Encoding::kProtobuf, order.SerializeAsString(), {})),
                UnorderedElementsAre("payload.items.#99 : 1", "payload.charges.#98 : text",
                                     "payload.items.channel = 55", "payload.reached = 56",
                                     "payload.seen_on = 57"));
  }
}

TEST(UnknownTest, ANameThatNoFieldCouldHaveIsNotTold) {
  const auto checked = CheckPayload(WithPolicy("UNKNOWN_POLICY_QUARANTINE"), Encoding::kJson,
                                    R"({"somebody@shop.example":1,"":2})", {});
  EXPECT_THAT(Reasons(checked.violations), ElementsAre("payload.(no name) UNKNOWN_FIELD"));
}

TEST(UnknownTest, DriftIsBounded) {
  std::string json = "{\"a\":\"x\"";
  std::string bytes;
  for (int i = 0; i < 1'000; ++i) {
    json += ",\"m" + std::to_string(i) + "\":1";
    const int tag = (100 + i) << 3;
    bytes += {static_cast<char>(tag | 0x80), static_cast<char>(tag >> 7), 1};
  }
  const auto schema = WithPolicy("UNKNOWN_POLICY_QUARANTINE");
  EXPECT_THAT(CheckPayload(schema, Encoding::kJson, json + "}", {}).drift, SizeIs(kDriftMax));
  EXPECT_THAT(CheckPayload(schema, Encoding::kProtobuf, bytes, {}).drift, SizeIs(kDriftMax));
}

}  // namespace
}  // namespace selfsame::schema
