// What a schema may not ask for: each is named with the path of its field.
#include "server/schema/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/schema/compile.h"

namespace selfsame::schema {
namespace {

using test::CompileOrder;
using test::Field;
using test::FieldOptions;
using test::FileSet;
using test::Message;
using test::MessageField;
using test::Reasons;
using test::SchemaOptions;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<Finding> FindingsOf(const std::string& fields, const std::string& more_options = "") {
  return CompileOrder(fields, more_options).findings();
}

std::string Public(const std::string& rules) {
  return FieldOptions("class: DATA_CLASS_PUBLIC " + rules);
}

struct WrongField {
  const char* name;
  const char* type;
  std::string extra;
  const char* message;
};

class WrongOptionTest : public testing::TestWithParam<WrongField> {};

TEST_P(WrongOptionTest, IsNamedWithItsField) {
  const WrongField& wrong = GetParam();
  const auto findings = FindingsOf(
      Field(1, "it", wrong.type, wrong.extra) + Field(2, "country", "STRING", Public("")) +
      Field(3, "countries", "STRING", "label: LABEL_REPEATED " + Public("")));
  ASSERT_THAT(Reasons(findings), ElementsAre("shop.Order.it OPTION_INVALID"));
  EXPECT_THAT(findings[0].message, HasSubstr(wrong.message));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongOptionTest,
    testing::Values(
        WrongField{"FormatOfANumber", "INT32", Public("format: FORMAT_EMAIL"),
                   "format is for strings"},
        WrongField{"FormatOfBytes", "BYTES", Public("format: FORMAT_TEXT"),
                   "format is for strings"},
        WrongField{"LengthOfANumber", "INT32", Public("length { max: 3 }"),
                   "length is for strings"},
        WrongField{"RangeOfAText", "STRING", Public("range { max: 3 }"), "range is for numbers"},
        WrongField{"RangeOfATruthValue", "BOOL", Public("range { max: 3 }"),
                   "range is for numbers"},
        WrongField{"PatternOfBytes", "BYTES", Public("pattern: 'a'"), "pattern is for strings"},
        WrongField{"OneOfANumber", "INT64", Public("one_of: '1'"), "one_of is for strings"},
        WrongField{"VocabularyOfANumber", "DOUBLE", Public("vocabulary: 'plans'"),
                   "vocabulary is for strings"},
        WrongField{"ItemsOfASingleValue", "STRING", Public("items { max: 3 }"),
                   "items is for repeated"},
        WrongField{"EmptyLength", "STRING", Public("length { min: 4 max: 3 }"),
                   "length: min is above max"},
        WrongField{"EmptyRange", "DOUBLE", Public("range { min: 4 max: 3 }"),
                   "range: min is above max"},
        WrongField{"EmptyItems", "STRING",
                   "label: LABEL_REPEATED " + Public("items { min: 4 max: 3 }"),
                   "items: min is above max"},
        WrongField{"EndlessRetention", "STRING", Public("retention_days: 36526"),
                   "retention_days is at most"},
        WrongField{"LenientAboutNothing", "STRING", Public("lenient: true"),
                   "lenient needs a format"},
        WrongField{"TwoForms", "STRING", Public("format: FORMAT_EMAIL vocabulary: 'plans'"),
                   "exclude each other"},
        WrongField{"NoPattern", "STRING", Public("pattern: '('"), "pattern is no RE2"},
        WrongField{"LongPattern", "STRING", Public("pattern: '" + std::string(1001, 'a') + "'"),
                   "pattern is longer"},
        WrongField{"PostalCodeOfNoCountry", "STRING", Public("format: FORMAT_POSTAL_CODE"),
                   "needs a country_field"},
        WrongField{"CountryOfAnEmail", "STRING",
                   Public("format: FORMAT_EMAIL country_field: 'country'"), "country_field is for"},
        WrongField{"CountryThatIsNone", "STRING",
                   Public("format: FORMAT_PHONE country_field: 'cuntry'"),
                   "no field beside it is called cuntry"},
        WrongField{"ManyCountries", "STRING",
                   Public("format: FORMAT_PHONE country_field: 'countries'"),
                   "must name a single string"},
        WrongField{"LongOwner", "STRING", Public("owner: '" + std::string(201, 'o') + "'"),
                   "owner is longer"},
        WrongField{"LongPurpose", "STRING", Public("purpose: '" + std::string(501, 'p') + "'"),
                   "purpose is longer"},
        WrongField{"LongVocabulary", "STRING", Public("vocabulary: '" + std::string(64, 'v') + "'"),
                   "vocabulary is longer"},
        WrongField{"LongConsumer", "STRING", Public("consumers: '" + std::string(201, 'c') + "'"),
                   "a consumer is longer"}),
    [](const auto& test) { return test.param.name; });

struct WrongRule {
  const char* name;
  const char* rule;
  const char* message;
};

class WrongCrossRuleTest : public testing::TestWithParam<WrongRule> {};

TEST_P(WrongCrossRuleTest, IsNamedWithItsMessage) {
  const auto findings =
      FindingsOf(Field(1, "a", "STRING", Public("")) + Field(2, "b", "INT32", Public("")) +
                     Field(3, "list", "INT32", "label: LABEL_REPEATED " + Public("")) +
                     Field(4, "day", "STRING", Public("format: FORMAT_DATE")) +
                     Field(5, "time", "STRING", Public("format: FORMAT_DATE_TIME")),
                 std::string("rules { ") + GetParam().rule + " }");
  ASSERT_THAT(Reasons(findings), ElementsAre("shop.Order OPTION_INVALID"));
  EXPECT_THAT(findings[0].message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongCrossRuleTest,
    testing::Values(
        WrongRule{"Nothing", "", "says nothing"},
        WrongRule{"OneName", "at_least_one_of { fields: 'a' }", "names two fields"},
        WrongRule{"OneNameForAll", "all_or_none_of { fields: 'a' }", "names two fields"},
        WrongRule{"UnknownName", "all_or_none_of { fields: ['a', 'x'] }", "is called x"},
        WrongRule{"OrderOfNoField", "order { low: 'b' high: 'x' }", "is called x"},
        WrongRule{"OrderOfTexts", "order { low: 'a' high: 'a' }", "order compares"},
        WrongRule{"OrderOfALists", "order { low: 'b' high: 'list' }", "order compares"},
        WrongRule{"OrderOfDayAndTime", "order { low: 'day' high: 'time' }", "order compares"},
        WrongRule{"WhenNoField", "required_when { field: 'a' when: 'x' }", "is called x"},
        WrongRule{"WhenAList", "required_when { field: 'a' when: 'list' }", "a single value"}),
    [](const auto& test) { return test.param.name; });

TEST(RulesTest, EverythingThatIsWrongIsTold) {
  EXPECT_THAT(
      Reasons(FindingsOf(Field(1, "a", "INT32", Public("pattern: '(' length { min: 2 max: 1 }")) +
                         Field(2, "b", "STRING", Public("range { min: 1 }")))),
      ElementsAre("shop.Order.a OPTION_INVALID", "shop.Order.a OPTION_INVALID",
                  "shop.Order.a OPTION_INVALID", "shop.Order.a OPTION_INVALID",
                  "shop.Order.b OPTION_INVALID"));
}

TEST(RulesTest, OptionsOfInnerMessagesAreHeldToTheSame) {
  const auto schema =
      CompileOrder(MessageField(1, "items", "Item", "label: LABEL_REPEATED"), "",
                   Message("Item", SchemaOptions("rules { order { low: 'x' high: 'x' } }") +
                                       Field(1, "sku", "STRING", Public("pattern: '['"))));
  EXPECT_THAT(Reasons(schema.findings()),
              ElementsAre("shop.Item.sku OPTION_INVALID", "shop.Item OPTION_INVALID",
                          "shop.Item OPTION_INVALID"));
}

TEST(RulesTest, ASchemaNeedsAKind) {
  auto type = MessageType::Build(FileSet(Message("Order", "")), "shop.Order");
  ASSERT_TRUE(type.ok());
  EXPECT_THAT(Reasons(CompiledSchema(std::move(*type)).findings()),
              ElementsAre("shop.Order OPTION_INVALID"));
}

TEST(RulesTest, ManyLargePatternsAreRefusedBeforeTheyAreCompiled) {
  std::string fields;
  for (int i = 1; i <= 200; ++i) {
    fields += Field(i, "f" + std::to_string(i), "STRING",
                    Public("pattern: '(((a{20}){20}){20})" + std::to_string(i) + "'"));
  }
  EXPECT_THAT(Reasons(FindingsOf(fields)), Contains("shop.Order OPTION_INVALID"));
}

TEST(RulesTest, RulesOfAMessageAreBounded) {
  std::string rule = "rules { all_or_none_of { fields: ['a', 'b'] } } ";
  std::string many;
  for (int i = 0; i <= kCrossRulesMax; ++i) many += rule;
  const std::string fields =
      Field(1, "a", "STRING", Public("")) + Field(2, "b", "STRING", Public(""));
  EXPECT_THAT(Reasons(FindingsOf(fields, many)), ElementsAre("shop.Order OPTION_INVALID"));
  std::string names = "'a'";
  for (int i = 0; i < kRuleFieldsMax; ++i) names += ", 'b'";
  EXPECT_THAT(
      FindingsOf(fields, "rules { at_least_one_of { fields: [" + names + "] } }")[0].message,
      HasSubstr("names at most"));
}

TEST(RulesTest, FindingsAreBounded) {
  std::string fields;
  for (int i = 1; i <= 1500; ++i) {
    fields += Field(i, "f" + std::to_string(i), "STRING", Public("range { min: 1 }"));
  }
  EXPECT_THAT(FindingsOf(fields), SizeIs(kFindingsMax));
}

TEST(RulesTest, VocabulariesAreListedOnce) {
  const auto schema = CompileOrder(Field(1, "a", "STRING", Public("vocabulary: 'plans'")) +
                                   Field(2, "b", "STRING", Public("vocabulary: 'colours'")) +
                                   Field(3, "c", "STRING", Public("vocabulary: 'plans'")));
  EXPECT_THAT(schema.findings(), IsEmpty());
  EXPECT_THAT(schema.rules().vocabularies(), ElementsAre("colours", "plans"));
}

TEST(RulesTest, MessagesWithoutRulesAreNotLookedInto) {
  const auto schema = CompileOrder(
      MessageField(1, "plain", "Plain") + MessageField(2, "ruled", "Ruled"), "",
      Message("Plain", Field(1, "text", "STRING", Public("")) + MessageField(2, "self", "Plain")) +
          Message("Ruled", Field(1, "text", "STRING", Public("required: true"))));
  ASSERT_THAT(schema.rules().root().fields, SizeIs(1));
  EXPECT_EQ(schema.rules().root().fields[0].field->name(), "ruled");
}

TEST(RulesTest, TypesVisitedAreThoseThatAreReached) {
  const auto schema = CompileOrder(
      MessageField(1, "item", "Item") +
          Field(2, "at", "MESSAGE", "type_name: '.google.protobuf.Timestamp'"),
      "",
      Message("Item", Field(1, "sku", "STRING", Public("")) + MessageField(2, "part", "Item")) +
          Message("Other", Field(1, "x", "STRING", "")));
  std::vector<std::string> visited;
  VisitFields(schema.descriptor(),
              [&](const auto& field) { visited.push_back(field.full_name()); });
  EXPECT_THAT(visited,
              ElementsAre("shop.Order.item", "shop.Order.at", "shop.Item.sku", "shop.Item.part"));
}

}  // namespace
}  // namespace selfsame::schema
