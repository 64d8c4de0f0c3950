// Each option of a field, with and without presence, repeated, nested and in maps.
#include "server/schema/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/schema/compile.h"
#include "tests/unit/schema/orders.h"

namespace selfsame::schema {
namespace {

using shop::v1::Customer;
using shop::v1::Order;
using test::CompileOrder;
using test::Field;
using test::FieldOptions;
using test::Generated;
using test::GoodOrder;
using test::Message;
using test::MessageField;
using test::Reasons;
using test::ReasonsOf;
using test::ReasonsOfJson;
using test::Registered;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

std::vector<std::string> Wrong(const Order& order) {
  const auto as_code = ReasonsOf(Generated<Order>(), order);
  EXPECT_EQ(as_code, ReasonsOf(Registered<Order>(), order));
  return as_code;
}

CheckedPayload Check(const Customer& customer, const Customs& customs = {}) {
  return CheckPayload(Registered<Customer>(), Encoding::kProtobuf, customer.SerializeAsString(),
                      customs);
}

TEST(ValidateTest, TheSchemasOfTheTestsPassTheGate) {
  EXPECT_THAT(Reasons(Generated<Order>().findings()), IsEmpty());
  EXPECT_THAT(Reasons(Registered<Customer>().findings()), IsEmpty());
  EXPECT_THAT(Wrong(GoodOrder()), IsEmpty());
}

TEST(ValidateTest, RequiredFieldsMustBeSet) {
  Order order = GoodOrder();
  order.mutable_items(0)->clear_sku();
  EXPECT_THAT(Wrong(order), ElementsAre("payload.items[0].sku FIELD_REQUIRED"));
  order.clear_items();
  EXPECT_THAT(Wrong(order), ElementsAre("payload.items FIELD_REQUIRED"));
}

TEST(ValidateTest, ARequiredTextMustSaySomethingWhateverElseIsAskedOfIt) {
  for (const char* more : {"", "length { max: 5 }"}) {
    const std::string rules =
        FieldOptions(std::string("class: DATA_CLASS_PUBLIC required: true ") + more);
    const auto single =
        CompileOrder(Field(1, "a", "STRING", "proto3_optional: true oneof_index: 0 " + rules) +
                     "oneof_decl { name: '_a' }");
    EXPECT_THAT(ReasonsOfJson(single, R"({"a":""})"), ElementsAre("payload.a FIELD_REQUIRED"));
    EXPECT_THAT(ReasonsOfJson(single, "{}"), ElementsAre("payload.a FIELD_REQUIRED"));
    EXPECT_THAT(ReasonsOfJson(single, R"({"a":"x"})"), IsEmpty());
    const auto repeated = CompileOrder(Field(1, "a", "STRING", "label: LABEL_REPEATED " + rules));
    EXPECT_THAT(ReasonsOfJson(repeated, R"({"a":["x",""]})"),
                ElementsAre("payload.a[1] FIELD_REQUIRED"));
  }
}

TEST(ValidateTest, ARequiredNumberWithPresenceMayBeZero) {
  const std::string rules = FieldOptions("class: DATA_CLASS_PUBLIC required: true");
  const auto with =
      CompileOrder(Field(1, "a", "INT32", "proto3_optional: true oneof_index: 0 " + rules) +
                   "oneof_decl { name: '_a' }");
  const auto without = CompileOrder(Field(1, "a", "INT32", rules));
  EXPECT_THAT(ReasonsOfJson(with, R"({"a":0})"), IsEmpty());
  EXPECT_THAT(ReasonsOfJson(without, R"({"a":0})"), ElementsAre("payload.a FIELD_REQUIRED"));
}

TEST(ValidateTest, LengthIsInCharactersOfTextsAndBytesOfBytes) {
  Order order = GoodOrder();
  order.set_order_id("o");
  order.set_signature("1");
  EXPECT_THAT(Wrong(order),
              ElementsAre("payload.order_id TOO_SHORT", "payload.signature TOO_SHORT"));
  order.set_order_id("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6");  // Eight.
  order.set_signature("1234");
  EXPECT_THAT(Wrong(order), IsEmpty());
  order.set_order_id("123456789");
  order.set_signature("\xc3\xa4\xc3\xb6!");
  EXPECT_THAT(Wrong(order), ElementsAre("payload.order_id TOO_LONG", "payload.signature TOO_LONG"));
}

TEST(ValidateTest, LengthIsOfEachItem) {
  Order order = GoodOrder();
  for (const char* tag : {"a", "bb", "ccccccc", ""}) order.add_tags(tag);
  EXPECT_THAT(Wrong(order), ElementsAre("payload.tags[0] TOO_SHORT", "payload.tags[2] TOO_LONG"));
}

TEST(ValidateTest, BoundsOfARangeAreInsideUnlessTheyAreExclusive) {
  for (const int quantity : {1, 100}) {
    Order order = GoodOrder();
    order.mutable_items(0)->set_quantity(quantity);
    EXPECT_THAT(Wrong(order), IsEmpty()) << quantity;
  }
  for (const double total : {0.0, -1.0, 10'000.0, 1e300}) {
    Order order = GoodOrder();
    order.set_total(total);
    EXPECT_THAT(Wrong(order), ElementsAre("payload.total OUT_OF_RANGE")) << total;
  }
}

TEST(ValidateTest, ZeroWithoutPresenceCannotBeToldFromAbsentAndIsHeldToTheRange) {
  Order order = GoodOrder();
  order.mutable_items(0)->clear_quantity();
  order.clear_total();
  EXPECT_THAT(Wrong(order),
              ElementsAre("payload.items[0].quantity OUT_OF_RANGE", "payload.total OUT_OF_RANGE"));
}

TEST(ValidateTest, WhatIsNoNumberIsInNoRange) {
  Order order = GoodOrder();
  order.set_weight(std::numeric_limits<float>::quiet_NaN());
  EXPECT_THAT(Wrong(order), ElementsAre("payload.weight OUT_OF_RANGE"));
  order.set_weight(std::numeric_limits<float>::infinity());
  EXPECT_THAT(Wrong(order), ElementsAre("payload.weight OUT_OF_RANGE"));
}

TEST(ValidateTest, RangesAreOfEachItemAndOfUnsignedNumbers) {
  Order order = GoodOrder();
  for (const int points : {-6, -5, 5, 6}) order.add_points(points);
  order.set_serial(std::numeric_limits<std::uint64_t>::max());
  EXPECT_THAT(Wrong(order),
              ElementsAre("payload.points[0] OUT_OF_RANGE", "payload.points[3] OUT_OF_RANGE",
                          "payload.serial OUT_OF_RANGE"));
}

TEST(ValidateTest, PatternsAreOfTheWholeText) {
  for (const char* sku : {"xAB-1", "AB-1x", "ab-1", "AB-"}) {
    Order order = GoodOrder();
    order.mutable_items(0)->set_sku(sku);
    EXPECT_THAT(Wrong(order), ElementsAre("payload.items[0].sku PATTERN_MISMATCH")) << sku;
  }
}

TEST(ValidateTest, ListsAreExact) {
  Order order = GoodOrder();
  order.set_type("Sale");
  EXPECT_THAT(Wrong(order), ElementsAre("payload.type NOT_IN_LIST"));
  order.set_type("sale");
  EXPECT_THAT(Wrong(order), IsEmpty());
}

TEST(ValidateTest, ItemsAreCountedInListsAndMaps) {
  Order order = GoodOrder();
  for (int i = 0; i < 5; ++i) *order.add_items() = order.items(0);
  for (const char* key : {"a", "b", "c", "d"}) (*order.mutable_charges())[key];
  EXPECT_THAT(Wrong(order),
              ElementsAre("payload.items TOO_MANY_ITEMS", "payload.charges TOO_MANY_ITEMS"));
  const auto schema = CompileOrder(
      Field(1, "a", "STRING",
            "label: LABEL_REPEATED " + FieldOptions("class: DATA_CLASS_PUBLIC items { min: 2 }")));
  EXPECT_THAT(ReasonsOfJson(schema, "{}"), ElementsAre("payload.a TOO_FEW_ITEMS"));
  EXPECT_THAT(ReasonsOfJson(schema, R"({"a":["x"]})"), ElementsAre("payload.a TOO_FEW_ITEMS"));
}

TEST(ValidateTest, EveryViolationIsToldWithItsPath) {
  Order order = GoodOrder();
  order.set_order_id("x");
  auto& second = *order.add_items();
  second.set_quantity(0);
  second.add_parts()->set_sku("nope");
  second.mutable_price()->set_amount(-1);
  order.mutable_cash()->set_currency("XXXX");
  order.set_type("?");
  EXPECT_THAT(
      Wrong(order),
      ElementsAre("payload.order_id TOO_SHORT", "payload.items[1].sku FIELD_REQUIRED",
                  "payload.items[1].quantity OUT_OF_RANGE",
                  "payload.items[1].price.amount OUT_OF_RANGE",
                  "payload.items[1].price ALL_OR_NONE_REQUIRED",
                  "payload.items[1].parts[0].sku PATTERN_MISMATCH",
                  "payload.items[1].parts[0].quantity OUT_OF_RANGE", "payload.type NOT_IN_LIST",
                  "payload.cash.currency CURRENCY_UNKNOWN", "payload.cash ALL_OR_NONE_REQUIRED"));
}

// Keys are values, and may be as private as any.
TEST(ValidateTest, WhatLiesInAMapLiesAtTheMap) {
  Order order = GoodOrder();
  (*order.mutable_charges())["somebody@shop.example"].set_amount(-1);
  EXPECT_THAT(Wrong(order), ElementsAre("payload.charges.amount OUT_OF_RANGE",
                                        "payload.charges ALL_OR_NONE_REQUIRED"));
}

TEST(ValidateTest, ViolationsAreBounded) {
  const auto schema = CompileOrder(
      MessageField(1, "items", "Item", "label: LABEL_REPEATED"), "",
      Message("Item",
              Field(1, "a", "STRING", FieldOptions("class: DATA_CLASS_PII required: true"))));
  std::string items = "{}";
  for (int i = 1; i < 5'000; ++i) items += ",{}";
  const auto reasons = ReasonsOfJson(schema, "{\"items\":[" + items + "]}");
  EXPECT_THAT(reasons, SizeIs(kViolationsMax));
  EXPECT_EQ(reasons.back(), "payload.items[199].a FIELD_REQUIRED");
}

TEST(ValidateTest, TextsThatCannotBeStoredAreBoundedToo) {
  Order order = GoodOrder();
  for (int i = 0; i < 5'000; ++i) (*order.mutable_labels())[i] = std::string(1, '\0');
  EXPECT_THAT(Wrong(order), SizeIs(kViolationsMax));
}

TEST(ValidateTest, RulesAreAskedOfWhatIsKept) {
  Customer customer;
  customer.set_about("   " + std::string(40, 'a') + "   ");
  EXPECT_THAT(Reasons(Check(customer).violations), IsEmpty());
  const auto schema = CompileOrder(
      Field(1, "a", "STRING",
            FieldOptions("class: DATA_CLASS_PII format: FORMAT_COUNTRY one_of: ['DE', 'FR']")));
  EXPECT_THAT(ReasonsOfJson(schema, R"({"a":"Germany"})"), IsEmpty());
  EXPECT_THAT(ReasonsOfJson(schema, R"({"a":"Italy"})"), ElementsAre("payload.a NOT_IN_LIST"));
}

TEST(ValidateTest, EachFormatHasItsReason) {
  Customer customer;
  customer.set_given_name("12");
  customer.set_family_name("?");
  customer.set_full_name("a@b.example");
  customer.set_email("nobody");
  customer.set_phone("020 7946 0958");
  customer.set_country("Atlantis");
  customer.set_language("Klingonish");
  customer.set_birth_date("03/04/2020");
  customer.set_joined_at("2020-04-03");
  customer.set_currency("shells");
  customer.set_device("1234");
  customer.set_plan("gold");
  customer.add_emails("a@shop.example");
  customer.add_emails("b");
  EXPECT_THAT(Reasons(Check(customer).violations),
              ElementsAre("payload.given_name NAME_INVALID", "payload.family_name NAME_INVALID",
                          "payload.full_name NAME_INVALID", "payload.email EMAIL_INVALID",
                          "payload.phone PHONE_REGION_UNKNOWN", "payload.country COUNTRY_UNKNOWN",
                          "payload.language LANGUAGE_UNKNOWN", "payload.birth_date DATE_AMBIGUOUS",
                          "payload.joined_at DATE_INVALID", "payload.currency CURRENCY_UNKNOWN",
                          "payload.device UUID_INVALID", "payload.plan NOT_IN_VOCABULARY",
                          "payload.emails[1] EMAIL_INVALID"));
}

TEST(ValidateTest, LenientFieldsKeepWhatHasNoForm) {
  Customer customer;
  customer.set_website("shop");
  customer.set_postal_code("?");
  const auto checked = Check(customer);
  EXPECT_THAT(Reasons(checked.violations), IsEmpty());
  EXPECT_THAT(checked.attributes,
              ElementsAre(Pair("website", "\"shop\""), Pair("postal_code", "\"?\"")));
}

TEST(ValidateTest, CustomsOfTheSourceFillIn) {
  const auto plans =
      normalize::Vocabulary::Make(std::vector<normalize::VocabularyTerm>{{"gold", {"premium"}}});
  ASSERT_TRUE(plans.ok());
  const Vocabularies vocabularies{{"plans", std::make_shared<normalize::Vocabulary>(*plans)}};
  Customer customer;
  customer.set_work_phone("020 7946 0958");
  customer.set_birth_date("03/04/2020");
  customer.set_plan("Premium");
  const auto checked = Check(customer, {.phone_region = "GB",
                                        .date_order = normalize::DateOrder::kMonthDayYear,
                                        .vocabularies = &vocabularies});
  EXPECT_THAT(Reasons(checked.violations), IsEmpty());
  EXPECT_THAT(checked.attributes,
              UnorderedElementsAre(Pair("work_phone", "\"+442079460958\""),
                                   Pair("birth_date", "\"2020-03-04\""), Pair("plan", "\"gold\"")));
}

TEST(ValidateTest, AnExtensionIsDerivedOfItsNumber) {
  Customer customer;
  customer.set_phone("+44 20 7946 0958 ext. 5");
  const auto checked = Check(customer);
  EXPECT_THAT(checked.attributes, ElementsAre(Pair("phone", "\"+442079460958\"")));
  EXPECT_THAT(checked.derived, ElementsAre(Pair("phone", R"({"phone_extension":"5"})")));
}

// Two values of one attribute in one record could not be stored.
TEST(ValidateTest, AFieldForTheExtensionSaysWhatItsSenderSaysOfIt) {
  Customer customer;
  customer.set_work_phone("+44 20 7946 0958 ext. 5");
  auto checked = Check(customer);
  EXPECT_THAT(checked.attributes, ElementsAre(Pair("work_phone", "\"+442079460958\"")));
  EXPECT_THAT(checked.derived, ElementsAre(Pair("work_phone", R"({"work_phone_extension":"5"})")));
  customer.set_work_phone_extension("77");
  checked = Check(customer);
  EXPECT_THAT(checked.attributes, UnorderedElementsAre(Pair("work_phone", "\"+442079460958\""),
                                                       Pair("work_phone_extension", "\"77\"")));
  EXPECT_THAT(checked.derived, IsEmpty());
}

TEST(ValidateTest, WhatWasChangedOfAnEventIsToldApart) {
  Order order = GoodOrder();
  order.set_first_day("3/4/2020");
  order.set_last_day("4/5/2020");
  order.set_note("n");
  order.mutable_items(0)->mutable_price()->set_amount(1);
  order.mutable_items(0)->mutable_price()->set_currency("euro");
  const auto checked =
      CheckPayload(Generated<Order>(), Encoding::kProtobuf, order.SerializeAsString(), {});
  EXPECT_THAT(Reasons(checked.violations), IsEmpty());
  EXPECT_EQ(checked.normalized,
            R"({"first_day":"2020-04-03","items":[{"price":{"amount":1,"currency":"EUR"},)"
            R"("quantity":2,"sku":"AB-1"}],"last_day":"2020-04-05"})");
}

// INV-10.
TEST(ValidateTest, NoViolationHoldsAValue) {
  Customer customer;
  for (const auto* value : {"canary-7c1"}) {
    customer.set_email(value);
    customer.set_phone(value);
    customer.set_country(value);
    customer.set_birth_date(value);
    customer.set_device(value);
    customer.set_plan(value);
    customer.set_about(std::string(41, 'a') + value);
  }
  const auto checked = Check(customer);
  EXPECT_THAT(checked.violations, SizeIs(7));
  for (const Violation& violation : checked.violations) {
    EXPECT_THAT(violation.field + violation.message, Not(testing::HasSubstr("canary")));
  }
}

}  // namespace
}  // namespace selfsame::schema
