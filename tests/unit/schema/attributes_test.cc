// Equal values have one spelling, whatever their type and whichever way it was written.
#include "server/schema/attributes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "shop/v1/shop.pb.h"
#include "tests/unit/schema/compile.h"

namespace selfsame::schema {
namespace {

using shop::v1::Customer;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

class AttributesTest : public testing::Test {
 protected:
  ~AttributesTest() override { EXPECT_THAT(violations_, IsEmpty()); }
  std::vector<Violation> violations_;
};

TEST_F(AttributesTest, TextsAreSpelledAsJsonSpellsThem) {
  for (const std::string text :
       {"", "plain", "n\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "a\"b", "back\\slash", "tab\tline\n",
        "\x01\x1f", "\x7f", "/", "</script>", "\xe2\x80\xa8"}) {
    Customer customer;
    customer.set_about(text);
    EXPECT_THAT(AttributesOf(customer, {}, &violations_),
                ElementsAre(Pair("about", nlohmann::json(text).dump())));
  }
}

TEST_F(AttributesTest, OtherTypesAreSpelledAsProtobufDoes) {
  Customer customer;
  customer.set_points(std::numeric_limits<std::int64_t>::min());
  customer.set_score(0.1f);
  customer.mutable_seen_at()->set_seconds(1);
  customer.set_avatar(std::string("\0\1", 2));
  customer.add_emails("a@shop.example");
  customer.add_spent()->set_amount(2);
  EXPECT_THAT(AttributesOf(customer, {}, &violations_),
              ElementsAre(Pair("emails", R"(["a@shop.example"])"),
                          Pair("points", "\"-9223372036854775808\""), Pair("score", "0.1"),
                          Pair("seen_at", "\"1970-01-01T00:00:01Z\""), Pair("avatar", "\"AAE=\""),
                          Pair("spent", R"([{"amount":2}])")));
}

TEST_F(AttributesTest, AFieldWithPresenceIsToldEvenWhenItIsEmpty) {
  Customer customer;
  EXPECT_THAT(AttributesOf(customer, {}, &violations_), IsEmpty());
  customer.set_points(0);
  customer.set_plan("");
  EXPECT_THAT(AttributesOf(customer, {}, &violations_),
              ElementsAre(Pair("plan", "\"\""), Pair("points", "\"0\"")));
}

TEST_F(AttributesTest, WhatIsDerivedIsKeptByTheFieldItComesFrom) {
  Customer customer;
  customer.set_phone("+442079460958");
  customer.set_work_phone("+442079460958");
  customer.set_work_phone_extension("7");
  const std::vector<DerivedValue> derived{
      {.of = "phone", .name = "phone_extension", .value = R"("5\"")"},
      {.of = "work_phone", .name = "work_phone_extension", .value = R"("7")", .is_field = true}};
  EXPECT_THAT(AttributesOf(customer, derived, &violations_),
              UnorderedElementsAre(Pair("phone", "\"+442079460958\""),
                                   Pair("work_phone", "\"+442079460958\"")));
  EXPECT_THAT(DerivedObjects(derived),
              ElementsAre(Pair("phone", R"({"phone_extension":"5\""})"),
                          Pair("work_phone", R"({"work_phone_extension":"7"})")));
  const std::vector<std::string> names{"phone"};
  EXPECT_EQ(FieldsJson(customer, names, std::span(derived).first(1), &violations_),
            R"({"phone":"+442079460958","phone_extension":"5\""})");
  EXPECT_EQ(FieldsJson(customer, {}, {}, &violations_), "");
}

// Whatever checks come before: what protobuf leaves out is the record's fault, and no exception.
TEST(UnwrittenAttributesTest, AFieldThatProtobufDoesNotWriteIsAViolation) {
  shop::v1::Anything anything;
  anything.mutable_value();
  anything.set_first_name("Ada");
  std::vector<Violation> violations;
  (void)AttributesOf(anything, {}, &violations);
  EXPECT_THAT(test::Reasons(violations), ElementsAre("payload.value PAYLOAD_MALFORMED"));
  violations.clear();
  const std::vector<std::string> names{"first_name", "value"};
  (void)FieldsJson(anything, names, {}, &violations);
  EXPECT_THAT(test::Reasons(violations), ElementsAre("payload.value PAYLOAD_MALFORMED"));
}

}  // namespace
}  // namespace selfsame::schema
