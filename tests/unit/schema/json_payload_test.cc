// JSON payloads, member by member: what is taken, what is refused, and what is named.
#include "server/schema/json_payload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/schema/json_text.h"
#include "tests/unit/schema/compile.h"
#include "tests/unit/schema/orders.h"

namespace selfsame::schema {
namespace {

using shop::v1::Order;
using test::CompileOrder;
using test::Field;
using test::FieldOptions;
using test::Message;
using test::MessageField;
using test::Reasons;
using test::ReasonsOfJson;
using test::Registered;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// Members to be put beside those that make an order good.
std::vector<std::string> With(const std::string& members) {
  return ReasonsOfJson(
      Registered<Order>(),
      R"({"order_id":"o-1","total":1,"items":[{"sku":"AB-1","quantity":1}],)" + members + "}");
}

std::string Read(const std::string& json) {
  const auto text = PayloadJson(Registered<Order>(), Encoding::kJson, json);
  return text.ok() ? *text : text.error().reason;
}

struct Mistyped {
  const char* name;
  const char* member;
  const char* path;
};

class MistypedTest : public testing::TestWithParam<Mistyped> {};

TEST_P(MistypedTest, IsNamed) {
  EXPECT_THAT(With(GetParam().member),
              ElementsAre(std::string("payload.") + GetParam().path + " PAYLOAD_TYPE_MISMATCH"));
}

INSTANTIATE_TEST_SUITE_P(
    All, MistypedTest,
    testing::Values(
        Mistyped{"TextOfANumber", R"("note":1)", "note"},
        Mistyped{"TextOfAnObject", R"("note":{})", "note"},
        Mistyped{"NumberOfAText", R"("tax":"many")", "tax"},
        Mistyped{"NumberOfATruthValue", R"("tax":true)", "tax"},
        Mistyped{"IntegerOfAFraction", R"("points":[1.5])", "points[0]"},
        Mistyped{"IntegerTooLarge", R"("points":[0,9223372036854775808])", "points[1]"},
        Mistyped{"UnsignedOfANegative", R"("serial":-1)", "serial"},
        Mistyped{"FloatTooLarge", R"("weight":1e39)", "weight"},
        Mistyped{"TruthOfAText", R"("is_gift":"true")", "is_gift"},
        Mistyped{"DoubleTooLarge", R"("tax":1e400)", "tax"},
        Mistyped{"DoubleOfAHexText", R"("tax":"0x1p3")", "tax"},
        Mistyped{"DoubleOfATextWithASpace", R"("tax":" 1")", "tax"},
        Mistyped{"IntegerOfHugeExponent", R"("points":[1e99999999999])", "points[0]"},
        Mistyped{"NumberInAStruct", R"("extra":{"a":[1e999]})", "extra"},
        Mistyped{"TimestampOfTooManyDigits", R"("ordered_at":"2020-01-01T00:00:00.1234567890Z")",
                 "ordered_at"},
        Mistyped{"TimestampOfNoDay", R"("ordered_at":"2021-02-29T00:00:00Z")", "ordered_at"},
        Mistyped{"TimestampInLowerCase", R"("ordered_at":"2020-01-01t00:00:00z")", "ordered_at"},
        Mistyped{"DurationOfTooManyDigits", R"("waited":"1.0000000001s")", "waited"},
        Mistyped{"DurationTooLong", R"("waited":"315576000001s")", "waited"},
        Mistyped{"AnyWithoutAType", R"("attached":{"a":1})", "attached"},
        Mistyped{"AnyOfATypeNobodyKnows", R"("attached":{"@type":"a/no.Such"})", "attached"},
        Mistyped{"TruthOfANumber", R"("is_gift":1)", "is_gift"},
        Mistyped{"EnumOfAFraction", R"("channel":1.5)", "channel"},
        Mistyped{"EnumOfAList", R"("channel":["CHANNEL_WEB"])", "channel"},
        Mistyped{"BytesThatAreNoBase64", R"("signature":"!")", "signature"},
        Mistyped{"MessageOfAText", R"("cash":"1 EUR")", "cash"},
        Mistyped{"MapOfAList", R"("labels":[1])", "labels"},
        Mistyped{"KeyThatIsNoNumber", R"("labels":{"x":"a"})", "labels"},
        Mistyped{"ValueOfAMap", R"("labels":{"1":2})", "labels"},
        Mistyped{"MessageInAMap", R"("charges":{"a":1})", "charges"},
        Mistyped{"FieldInAMap", R"("charges":{"a":{"amount":"x","currency":"EUR"}})",
                 "charges.amount"},
        Mistyped{"TimestampOfANumber", R"("ordered_at":1700000000)", "ordered_at"},
        Mistyped{"TimestampThatIsNone", R"("ordered_at":"yesterday")", "ordered_at"},
        Mistyped{"DurationThatIsNone", R"("waited":"long")", "waited"},
        Mistyped{"StructOfAList", R"("extra":[1])", "extra"},
        Mistyped{"WrapperOfANumber", R"("comment":1)", "comment"},
        Mistyped{"InnerField", R"("cash":{"amount":"x","currency":"EUR"})", "cash.amount"}),
    [](const auto& test) { return test.param.name; });

struct Taken {
  const char* name;
  const char* sent;
  const char* read;
};

class TakenTest : public testing::TestWithParam<Taken> {};

// An unknown member beside it makes the difference between protobuf's parser and ours.
TEST_P(TakenTest, TheSameFieldByField) {
  EXPECT_EQ(Read(std::string("{") + GetParam().sent + "}"),
            std::string("{") + GetParam().read + "}");
  EXPECT_EQ(Read(std::string("{\"zz\":1,") + GetParam().sent + "}"),
            std::string("{") + GetParam().read + "}");
}

INSTANTIATE_TEST_SUITE_P(
    All, TakenTest,
    testing::Values(
        Taken{"Text", R"("note":"n\u00e4\n")", R"("note":"nä\n")"},
        Taken{"NameAsInJson", R"("orderId":"o")", R"("order_id":"o")"},
        Taken{"Null", R"("note":null,"tags":null,"cash":null)", ""},
        Taken{"IntegersInAnyForm", R"("points":["1",-2,3.0,4e0])",
              R"("points":["1","-2","3","4"])"},
        Taken{"LargestIntegers", R"("points":["9223372036854775807",-9223372036854775808])",
              R"("points":["9223372036854775807","-9223372036854775808"])"},
        Taken{"LargestUnsigned", R"("serial":18446744073709551615)",
              R"("serial":"18446744073709551615")"},
        Taken{"SmallIntegerOfAText", R"("items":[{"quantity":"7"}])",
              R"("items":[{"quantity":7}])"},
        Taken{"DecimalsInAnyForm", R"("tax":"1.5","total":2)", R"("tax":1.5,"total":2)"},
        Taken{"NoNumber", R"("tax":"NaN")", R"("tax":"NaN")"},
        Taken{"Floats", R"("weight":0.1)", R"("weight":0.1)"},
        Taken{"SmallestDecimal", R"("tax":1e-999)", R"()"},
        Taken{"IntegerWithAnExponent", R"("points":[1.50e3,"12e1"])", R"("points":["1500","120"])"},
        Taken{"EnumsInAnyCase", R"("channel":"channel-web")", R"("channel":"CHANNEL_WEB")"},
        Taken{"BytesInTheOtherAlphabet", R"("signature":"-_")", R"("signature":"+w==")"},
        Taken{"ALastMemberOfTwoNames", R"("orderId":"a","order_id":"b")", R"("order_id":"b")"},
        Taken{"ALastList", R"("tags":["aa"],"tags":["bb"])", R"("tags":["bb"])"},
        Taken{"ALastMessage", R"("cash":{"amount":1},"cash":{"currency":"EUR"})",
              R"("cash":{"currency":"EUR"})"},
        Taken{"ALastNull", R"("note":"a","note":null)", R"()"},
        Taken{"ALastEntry", R"("labels":{"1":"a","1":"b"})", R"("labels":{"1":"b"})"},
        Taken{"ALastEntryOfAStruct", R"("extra":{"a":1,"a":2})", R"("extra":{"a":2})"},
        Taken{"AnyOfAMessage",
              R"("attached":{"amount":2,"@type":"type.googleapis.com/shop.v1.Money"})",
              R"("attached":{"@type":"type.googleapis.com/shop.v1.Money","amount":2})"},
        Taken{
            "AnyOfATime",
            R"("attached":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"})",
            R"("attached":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"})"},
        Taken{"EnumsByNameAndNumber", R"("channel":2,"seen_on":["CHANNEL_WEB",2,"1"])",
              R"("channel":"CHANNEL_SHOP","seen_on":["CHANNEL_WEB","CHANNEL_SHOP","CHANNEL_WEB"])"},
        Taken{"EnumNumberNobodyKnows", R"("channel":77)", R"("channel":77)"},
        Taken{"Bytes", R"("signature":"AAEC")", R"("signature":"AAEC")"},
        Taken{"ListOfOneWithoutBrackets", R"("tags":"aa","items":{"sku":"x"})",
              R"("items":[{"sku":"x"}],"tags":["aa"])"},
        Taken{"ListsInLists", R"("tags":[["aa"],"bb"],"items":[[{"sku":"x"}]])",
              R"("items":[{"sku":"x"}],"tags":["aa","bb"])"},
        Taken{"NullsInLists", R"("tags":[null,"aa"])", R"("tags":["aa"])"},
        Taken{"Maps", R"("labels":{"-3":"a"},"reached":{"b":"CHANNEL_WEB"})",
              R"("labels":{"-3":"a"},"reached":{"b":"CHANNEL_WEB"})"},
        Taken{"MapsOfMessages", R"("charges":{"k":{"amount":1}})",
              R"("charges":{"k":{"amount":1}})"},
        Taken{"Timestamps", R"("ordered_at":"2020-01-01T01:00:00+01:00")",
              R"("ordered_at":"2020-01-01T00:00:00Z")"},
        Taken{"Durations", R"("waited":"1.500s")", R"("waited":"1.500s")"},
        Taken{"Wrappers", R"("comment":"x")", R"("comment":"x")"},
        Taken{"Structs", R"("extra":{"a":[1,{"b":null}]})", R"("extra":{"a":[1,{"b":null}]})"},
        Taken{"OneofWithNull", R"("card":null,"voucher":"v")", R"("voucher":"v")"},
        Taken{"LastOfAMemberGivenTwice", R"("note":"a","note":"b")", R"("note":"b")"}),
    [](const auto& test) { return test.param.name; });

TEST(JsonPayloadTest, EverythingThatIsWrongIsTold) {
  EXPECT_THAT(ReasonsOfJson(Registered<Order>(), R"({
      "order_id": "x", "total": "?", "items": [{"sku": 1, "quantity": 1}, 7, {"sku": "?", "quantity": 0}],
      "tags": ["a", 2, "b"], "points": [true, 9]})"),
              UnorderedElementsAre(
                  "payload.order_id TOO_SHORT", "payload.total PAYLOAD_TYPE_MISMATCH",
                  "payload.items[0].sku PAYLOAD_TYPE_MISMATCH",
                  "payload.items[1] PAYLOAD_TYPE_MISMATCH", "payload.items[2].sku PATTERN_MISMATCH",
                  "payload.items[2].quantity OUT_OF_RANGE", "payload.tags[0] TOO_SHORT",
                  "payload.tags[1] PAYLOAD_TYPE_MISMATCH", "payload.tags[2] TOO_SHORT",
                  "payload.points[0] PAYLOAD_TYPE_MISMATCH", "payload.points[1] OUT_OF_RANGE"));
}

TEST(JsonPayloadTest, WhatFollowsFromAMistypedFieldIsNotToldBesides) {
  EXPECT_THAT(ReasonsOfJson(Registered<Order>(), R"({"order_id": 5, "total": 1, "items": "none"})"),
              ElementsAre("payload.order_id PAYLOAD_TYPE_MISMATCH",
                          "payload.items[0] PAYLOAD_TYPE_MISMATCH"));
  EXPECT_THAT(With(R"("cash":{"amount":"x","currency":"EUR"})"),
              ElementsAre("payload.cash.amount PAYLOAD_TYPE_MISMATCH"));
}

TEST(JsonPayloadTest, TwoFieldsOfAOneofAreToldWhateverElseIsThere) {
  EXPECT_THAT(With(R"("card":"1234","voucher":"v")"),
              ElementsAre("payload.voucher PAYLOAD_MALFORMED"));
  EXPECT_THAT(With(R"("card":"1234","voucher":"v","zz":1)"),
              ElementsAre("payload.voucher PAYLOAD_MALFORMED"));
  EXPECT_THAT(With(R"("cash":{},"card":"1234")"), ElementsAre("payload.card PAYLOAD_MALFORMED"));
}

TEST(JsonPayloadTest, WhatIsNoObjectIsMalformed) {
  for (const char* json : {"[]",
                           "{",
                           "1",
                           "\"text\"",
                           "nul",
                           "{\"order_id\":\"\\ud800\"}",
                           "{}{}",
                           "\xff",
                           "{\"note\":\"\xff\"}",
                           "{'note':'x'}",
                           "{note:\"x\"}",
                           "{\"note\":\"x\",}",
                           "{\"points\":[1,]}",
                           R"({"note":"\x41"})",
                           "{\"tax\":5.}",
                           "{\"tax\":.5}",
                           "{\"tax\":+5}",
                           "{\"tax\":05}",
                           "{\"tax\":0x10}",
                           "{\"tax\":NaN}",
                           "{\"tax\":-}",
                           "{\"tax\":1e}",
                           "{\"note\":\"a\tb\"}",
                           "{/**/}",
                           "{\"note\":\"x\"}//",
                           "{\"note\" \"x\"}",
                           "{,}",
                           "{\"is_gift\":True}",
                           "\xef\xbb\xbf{}",
                           R"({"note":"\udc00"})",
                           R"({"note":"\ud800\u0041"})",
                           R"({"note":"\u12"})",
                           "{\"note\":\"\\'\"}"}) {
    EXPECT_THAT(ReasonsOfJson(Registered<Order>(), json), ElementsAre("payload PAYLOAD_MALFORMED"))
        << json;
  }
}

// Whatever a member is, one that nobody knows beside it changes nothing.
TEST(JsonPayloadTest, AnUnknownMemberChangesNothingElse) {
  for (const char* members :
       {R"("note":"x")", R"("note":"one","note":"two")", R"("orderId":"o1","order_id":"o2")",
        R"("cash":{"amount":1},"cash":{"currency":"EUR"})", R"("is_gift":"true")", R"("tax":1e400)",
        R"("card":"1234","voucher":"v")", R"("extra":{"a":1,"a":2})", R"("tags":["aa"],"tags":[])",
        R"('note':'x')", R"("note":"x",)", R"("note":"\x41")", R"("points":[1,])"}) {
    for (const char* unknown : {R"(,"zz":1)", R"(,"zz":1e999)", R"(,"zz":[{"a":null}])"}) {
      const std::string alone = std::string("{") + members + "}";
      const std::string beside = std::string("{") + members + unknown + "}";
      EXPECT_EQ(Read(alone), Read(beside)) << beside;
      EXPECT_EQ(ReasonsOfJson(Registered<Order>(), alone),
                ReasonsOfJson(Registered<Order>(), beside))
          << beside;
    }
  }
}

TEST(JsonPayloadTest, NullIsAValueOfWhatTakesIt) {
  using shop::v1::Anything;
  const auto text =
      PayloadJson(Registered<Anything>(), Encoding::kJson,
                  R"({"value":null,"values":[null,[1]],"by_name":{"a":null},"no_choice":null})");
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, R"({"value":null,"values":[null,[1]],"by_name":{"a":null},"no_choice":null})");
}

TEST(JsonPayloadTest, ATextOfNothingIsAnEmptyObject) {
  const auto nothing = CompileOrder(Field(1, "a", "STRING", FieldOptions("class: DATA_CLASS_PII")));
  EXPECT_THAT(ReasonsOfJson(nothing, ""), IsEmpty());
  EXPECT_THAT(ReasonsOfJson(nothing, "{}"), IsEmpty());
}

TEST(JsonPayloadTest, NestingIsCountedOutsideOfTexts) {
  EXPECT_EQ(NestingOf(""), 0);
  EXPECT_EQ(NestingOf(R"({"a":[{}],"b":"[[[["})"), 3);
  EXPECT_EQ(NestingOf(R"({"a\"[[[":"\\","b":[]})"), 2);
  EXPECT_EQ(NestingOf("]]]["), 0);
}

TEST(JsonPayloadTest, ABombOfBracketsIsRefusedUnread) {
  for (const char* open : {"{\"extra\":", "["}) {
    std::string bomb = "{\"extra\":";
    for (int i = 0; i < 5'000; ++i) bomb += open;
    EXPECT_THAT(ReasonsOfJson(Registered<Order>(), bomb), ElementsAre("payload PAYLOAD_TOO_DEEP"));
  }
}

TEST(JsonPayloadTest, HugeListsOfWrongItemsEnd) {
  for (const char* item : {"true", "\"x\"", "{}", "1.5"}) {
    std::string list = item;
    for (int i = 0; i < 10'000; ++i) list += std::string(",") + item;
    EXPECT_THAT(With("\"points\":[" + list + "]"), SizeIs(kViolationsMax)) << item;
  }
}

TEST(JsonPayloadTest, RequiredFieldsOfProto2AreNamed) {
  const auto schema = CompileOrder(
      Field(1, "a", "STRING", "label: LABEL_REQUIRED " + FieldOptions("class: DATA_CLASS_PII")) +
          Field(2, "b", "INT64", "label: LABEL_OPTIONAL " + FieldOptions("class: DATA_CLASS_PII")) +
          MessageField(3, "items", "Item", "label: LABEL_REPEATED"),
      "",
      Message("Item", Field(1, "sku", "STRING",
                            "label: LABEL_REQUIRED " + FieldOptions("class: DATA_CLASS_PII"))),
      "proto2");
  EXPECT_THAT(
      ReasonsOfJson(schema, R"({"b":1,"items":[{}]})"),
      UnorderedElementsAre("payload.a FIELD_REQUIRED", "payload.items[0].sku FIELD_REQUIRED"));
  EXPECT_THAT(ReasonsOfJson(schema, R"({"b":true})"),
              UnorderedElementsAre("payload.a FIELD_REQUIRED", "payload.b PAYLOAD_TYPE_MISMATCH"));
  EXPECT_THAT(ReasonsOfJson(schema, R"({"a":"x","zz":1})"), IsEmpty());
  EXPECT_THAT(Reasons(CheckPayload(schema, Encoding::kProtobuf, "\x10\x01", {}).violations),
              ElementsAre("payload.a FIELD_REQUIRED"));
}

}  // namespace
}  // namespace selfsame::schema
