// Rules about several fields of one message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "server/schema/validate.h"
#include "tests/unit/schema/compile.h"
#include "tests/unit/schema/orders.h"

namespace selfsame::schema {
namespace {

using shop::v1::Order;
using test::CompileOrder;
using test::Enum;
using test::Field;
using test::FieldOptions;
using test::GoodOrder;
using test::Reasons;
using test::ReasonsOf;
using test::ReasonsOfJson;
using test::Registered;
using test::Value;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Wrong(const Order& order) { return ReasonsOf(Registered<Order>(), order); }

TEST(ValidateTogetherTest, AtLeastOneOfMustBeSet) {
  Order order = GoodOrder();
  order.clear_order_id();
  EXPECT_THAT(Wrong(order), ElementsAre("payload AT_LEAST_ONE_REQUIRED"));
  order.set_invoice_id("9b2f0c34-5e4b-4d6f-8a35-0c1f7e1d2a3b");
  EXPECT_THAT(Wrong(order), IsEmpty());
  order.set_order_id("o-1");
  EXPECT_THAT(Wrong(order), IsEmpty());
}

TEST(ValidateTogetherTest, AllOrNone) {
  Order order = GoodOrder();
  auto& price = *order.mutable_items(0)->mutable_price();
  EXPECT_THAT(Wrong(order), IsEmpty());
  price.set_amount(0);  // Set, since it has presence.
  EXPECT_THAT(Wrong(order), ElementsAre("payload.items[0].price ALL_OR_NONE_REQUIRED"));
  price.set_currency("EUR");
  EXPECT_THAT(Wrong(order), IsEmpty());
}

TEST(ValidateTogetherTest, TimestampsAreInOrderToTheNanosecond) {
  Order order = GoodOrder();
  order.mutable_ordered_at()->set_seconds(1'700'000'000);
  order.mutable_ordered_at()->set_nanos(1);
  EXPECT_THAT(Wrong(order), IsEmpty());  // Only one of them.
  order.mutable_shipped_at()->set_seconds(1'700'000'000);
  EXPECT_THAT(Wrong(order), ElementsAre("payload.shipped_at FIELDS_OUT_OF_ORDER"));
  order.mutable_shipped_at()->set_nanos(1);
  EXPECT_THAT(Wrong(order), IsEmpty());
}

TEST(ValidateTogetherTest, DatesAreInOrderOfWhatTheyMean) {
  Order order = GoodOrder();
  order.set_first_day("02/01/2020");  // Day first: 2 January.
  order.set_last_day("01/03/2020");   // Month first: 3 January.
  EXPECT_THAT(Wrong(order), IsEmpty());
  order.set_last_day("2020-01-02");  // Strict: not the same.
  EXPECT_THAT(Wrong(order), ElementsAre("payload.last_day FIELDS_OUT_OF_ORDER"));
}

TEST(ValidateTogetherTest, ADateThatIsNoneIsNotOutOfOrderBesides) {
  Order order = GoodOrder();
  order.set_first_day("2020-01-02");
  order.set_last_day("2019-01-01T00:00:00Z");
  EXPECT_THAT(Wrong(order), ElementsAre("payload.last_day DATE_INVALID"));
}

TEST(ValidateTogetherTest, TimesAreInOrderWhateverTheirZones) {
  const std::string format = FieldOptions("class: DATA_CLASS_PII format: FORMAT_DATE_TIME");
  const auto schema =
      CompileOrder(Field(1, "low", "STRING", format) + Field(2, "high", "STRING", format),
                   "rules { order { low: 'low' high: 'high' } }");
  EXPECT_THAT(
      ReasonsOfJson(schema, R"({"low":"2020-01-01T02:00:00+02:00","high":"2020-01-01T00:30:00Z"})"),
      IsEmpty());
  EXPECT_THAT(
      ReasonsOfJson(schema, R"({"low":"2020-01-01T00:30:00Z","high":"2020-01-01T02:00:00+02:00"})"),
      ElementsAre("payload.high FIELDS_OUT_OF_ORDER"));
}

TEST(ValidateTogetherTest, NumbersOfAnyTwoTypesAreInOrder) {
  Order order = GoodOrder();
  order.set_tax(10);
  EXPECT_THAT(Wrong(order), ElementsAre("payload.total FIELDS_OUT_OF_ORDER"));
  order.set_tax(9.5);
  EXPECT_THAT(Wrong(order), IsEmpty());
  order.set_tax(std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(Wrong(order), ElementsAre("payload.total FIELDS_OUT_OF_ORDER"));
  order.set_tax(-std::numeric_limits<double>::infinity());
  EXPECT_THAT(Wrong(order), IsEmpty());
}

TEST(ValidateTogetherTest, AFieldIsRequiredWhenAnotherSaysSo) {
  Order order = GoodOrder();
  order.set_type("refund");
  order.set_channel(shop::v1::CHANNEL_SHOP);
  EXPECT_THAT(Wrong(order),
              ElementsAre("payload.refund_of FIELD_REQUIRED", "payload.note FIELD_REQUIRED"));
  order.set_refund_of("o-0");
  order.set_note("broken");
  EXPECT_THAT(Wrong(order), IsEmpty());
}

struct Trigger {
  const char* type;
  const char* extra;
  const char* equals;
  const char* json;
};

class RequiredWhenTest : public testing::TestWithParam<Trigger> {};

TEST_P(RequiredWhenTest, ComparesTheTextOfAnyType) {
  const auto& [type, extra, equals, json] = GetParam();
  const auto schema = CompileOrder(
      Field(1, "when", type, extra + FieldOptions("class: DATA_CLASS_PUBLIC")) +
          Field(2, "it", "STRING", FieldOptions("class: DATA_CLASS_PUBLIC")),
      std::string("rules { required_when { field: 'it' when: 'when' equals: '") + equals + "' } }",
      Enum("Colour", Value(0, "RED") + Value(1, "BLUE")));
  EXPECT_THAT(Reasons(schema.findings()), IsEmpty());
  EXPECT_THAT(ReasonsOfJson(schema, std::string("{\"when\":") + json + "}"),
              ElementsAre("payload.it FIELD_REQUIRED"));
  EXPECT_THAT(ReasonsOfJson(schema, std::string("{\"it\":\"x\",\"when\":") + json + "}"),
              IsEmpty());
  EXPECT_THAT(ReasonsOfJson(schema, "{}"), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    All, RequiredWhenTest,
    testing::Values(Trigger{"STRING", "", "refund", "\"refund\""},
                    Trigger{"BOOL", "", "true", "true"}, Trigger{"INT32", "", "-3", "-3"},
                    Trigger{"UINT32", "", "3", "3"},
                    Trigger{"INT64", "", "9007199254740993", "\"9007199254740993\""},
                    Trigger{"UINT64", "", "18446744073709551615", "\"18446744073709551615\""},
                    Trigger{"DOUBLE", "", "2.5", "2.5"}, Trigger{"FLOAT", "", "3", "3"},
                    Trigger{"ENUM", "type_name: '.shop.Colour' ", "BLUE", "\"BLUE\""}),
    [](const auto& test) { return std::string(test.param.type); });

}  // namespace
}  // namespace selfsame::schema
