// What is accepted can be read again: as JSON, and as attributes of a profile.
#include "server/schema/printable.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <gtest/gtest.h>

#include "server/schema/json_payload.h"
#include "tests/unit/schema/compile.h"
#include "tests/unit/schema/orders.h"

namespace selfsame::schema {
namespace {

using google::protobuf::Struct;
using shop::v1::Customer;
using shop::v1::Order;
using test::Field;
using test::FieldOptions;
using test::FileSet;
using test::Generated;
using test::GoodOrder;
using test::Message;
using test::Reasons;
using test::ReasonsOf;
using test::ReasonsOfJson;
using test::Registered;
using test::SchemaOptions;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(PrintableTest, TimesBeyondTheCalendarAreNamed) {
  Customer customer;
  for (const std::int64_t seconds : {-62'135'596'801LL, 253'402'300'800LL, 1LL << 60}) {
    customer.mutable_seen_at()->set_seconds(seconds);
    EXPECT_THAT(ReasonsOf(Registered<Customer>(), customer),
                ElementsAre("payload.seen_at PAYLOAD_TYPE_MISMATCH"));
  }
  for (const std::int64_t seconds : {-62'135'596'800LL, 0LL, 253'402'300'799LL}) {
    customer.mutable_seen_at()->set_seconds(seconds);
    EXPECT_THAT(ReasonsOf(Generated<Customer>(), customer), IsEmpty());
  }
  for (const int nanos : {-1, 1'000'000'000}) {
    customer.mutable_seen_at()->set_nanos(nanos);
    EXPECT_THAT(ReasonsOf(Generated<Customer>(), customer),
                ElementsAre("payload.seen_at PAYLOAD_TYPE_MISMATCH"));
  }
}

TEST(PrintableTest, DurationsThatAreNoneAreNamed) {
  Order order = GoodOrder();
  const auto with = [&](std::int64_t seconds, int nanos) {
    order.mutable_waited()->set_seconds(seconds);
    order.mutable_waited()->set_nanos(nanos);
    return ReasonsOf(Registered<Order>(), order);
  };
  const auto wrong = ElementsAre("payload.waited PAYLOAD_TYPE_MISMATCH");
  EXPECT_THAT(with(315'576'000'001, 0), wrong);
  EXPECT_THAT(with(1, -1), wrong);
  EXPECT_THAT(with(-1, 1), wrong);
  EXPECT_THAT(with(0, 1'000'000'000), wrong);
  EXPECT_THAT(with(-315'576'000'000, -999'999'999), IsEmpty());
}

TEST(PrintableTest, WhatHidesInAnAnyIsHeldToTheSame) {
  Customer inner;
  inner.mutable_seen_at()->set_seconds(1LL << 60);
  Customer customer;
  customer.mutable_attached()->PackFrom(inner);
  EXPECT_THAT(ReasonsOf(Registered<Customer>(), customer),
              ElementsAre("payload PAYLOAD_MALFORMED"));
  inner.mutable_seen_at()->set_seconds(1);
  customer.mutable_attached()->PackFrom(inner);
  EXPECT_THAT(ReasonsOf(Registered<Customer>(), customer), IsEmpty());
}

Struct Nested(int levels) {
  Struct outer;
  Struct* inner = &outer;
  for (int i = 1; i < levels; ++i) inner = (*inner->mutable_fields())["a"].mutable_struct_value();
  return outer;
}

// The payload itself is a level too.
TEST(PrintableTest, DepthIsCountedAsJsonHasItInBothEncodings) {
  for (const int levels : {1, kJsonDepthMax - 1, kJsonDepthMax}) {
    Customer customer;
    *customer.mutable_extra() = Nested(levels);
    std::string json = "{\"extra\":";
    for (int i = 1; i < levels; ++i) json += "{\"a\":";
    json += "{}" + std::string(levels, '}');
    std::vector<std::string> expected;
    if (levels == kJsonDepthMax) expected = {"payload PAYLOAD_TOO_DEEP"};
    EXPECT_EQ(ReasonsOf(Registered<Customer>(), customer), expected) << levels;
    EXPECT_EQ(ReasonsOfJson(Registered<Customer>(), json), expected) << levels;
  }
}

TEST(PrintableTest, MessagesWithinThemselvesAreBounded) {
  for (const int levels : {kJsonDepthMax / 2 - 2, 40, 90}) {
    Order order = GoodOrder();
    shop::v1::Item* item = order.mutable_items(0);
    for (int i = 0; i < levels; ++i) {
      item = item->add_parts();
      item->set_sku("AB-1");
      item->set_quantity(1);
    }
    const auto reasons = ReasonsOf(Registered<Order>(), order);
    if (levels < kJsonDepthMax / 2) {
      EXPECT_THAT(reasons, IsEmpty()) << levels;
    } else {
      EXPECT_THAT(reasons, testing::Contains("payload PAYLOAD_TOO_DEEP")) << levels;
    }
  }
}

// A reader of the API gets a payload as a Struct of its JSON.
TEST(PrintableTest, TheDeepestPayloadCanBeReadAsAStruct) {
  Customer customer;
  *customer.mutable_extra() = Nested(kJsonDepthMax - 1);
  const std::string bytes = customer.SerializeAsString();
  const auto json = PayloadJson(Registered<Customer>(), Encoding::kProtobuf, bytes);
  ASSERT_TRUE(json.ok());
  Struct read;
  EXPECT_TRUE(ParseJson(*json, &read));
  Struct again;
  EXPECT_TRUE(again.ParseFromString(read.SerializeAsString()));
}

struct NoKind {
  const char* name;
  const char* text;
  const char* path;
};

class NoKindTest : public testing::TestWithParam<NoKind> {};

TEST_P(NoKindTest, IsAViolationOfItsField) {
  shop::v1::Anything anything;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(GetParam().text, &anything));
  EXPECT_THAT(ReasonsOf(Registered<shop::v1::Anything>(), anything),
              ElementsAre(std::string("payload.") + GetParam().path + " VALUE_WITHOUT_KIND"));
}

INSTANTIATE_TEST_SUITE_P(
    All, NoKindTest,
    testing::Values(NoKind{"Alone", "value {}", "value"},
                    NoKind{"InAList", "values { number_value: 1 } values {}", "values[1]"},
                    NoKind{"InAMap", "by_name { key: 'a' }", "by_name"},
                    NoKind{"InAStruct", "fields { fields { key: 'a' value {} } }", "fields"},
                    NoKind{"InAListValue", "list { values { list_value { values {} } } }", "list"},
                    NoKind{"InAOneof", "any_choice {}", "any_choice"},
                    NoKind{"InAMessage", "home { rooms { note {} } }", "home.rooms[0].note"}),
    [](const auto& test) { return test.param.name; });

// The bytes of the record that once ended the process.
TEST(PrintableTest, AValueOfNoKindIsNoException) {
  const auto checked = CheckPayload(Registered<shop::v1::Anything>(), Encoding::kProtobuf,
                                    std::string("\x0a\x00", 2), {});
  EXPECT_THAT(Reasons(checked.violations), ElementsAre("payload.value VALUE_WITHOUT_KIND"));
}

TEST(PrintableTest, TextsOfProto2WithinProto3AreKeptToUtf8) {
  google::protobuf::FileDescriptorSet set = FileSet(Message(
      "Order", SchemaOptions("kind: KIND_PROFILE owner: 'o' purpose: 'p' retention_days: 1") +
                   Field(1, "old", "MESSAGE", "type_name: '.old.Old' label: LABEL_REPEATED")));
  auto& old = *set.add_file();
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      Message("Old", Field(1, "text", "STRING",
                           "label: LABEL_OPTIONAL " + FieldOptions("class: DATA_CLASS_PII"))),
      &old));
  old.set_name("old.proto");
  old.set_package("old");
  old.set_syntax("proto2");
  old.add_dependency("selfsame/options/v1/options.proto");
  set.mutable_file(0)->add_dependency("old.proto");
  auto type = MessageType::Build(set, "shop.Order");
  ASSERT_TRUE(type.ok()) << type.error().message;
  const CompiledSchema schema(std::move(*type));
  EXPECT_THAT(
      Reasons(CheckPayload(schema, Encoding::kProtobuf, "\x0a\x03\x0a\x01\xff", {}).violations),
      ElementsAre("payload.old[0].text PAYLOAD_NOT_UTF8"));
}

}  // namespace
}  // namespace selfsame::schema
