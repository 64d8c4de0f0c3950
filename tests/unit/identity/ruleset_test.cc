#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/ruleset_toml.h"

namespace selfsame::identity {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kSmall = R"(
component_max = 10
[kinds.customer_id]
priority = 1
limit = 1
[kinds.anonymous_id]
priority = 2
limit = 5
per = "7d"
shared_above = 3
[custom_kinds]
priority = 3
limit = 4
[[blocked]]
kinds = ["anonymous_id"]
values = ["Nobody"]
patterns = ['x+\d']
[survivorship]
default = "earliest"
[survivorship.fields]
city = "most_frequent"
[trust]
crm = 7
)";

std::string With(std::string_view from, std::string_view to) {
  std::string text(kSmall);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

// "field: message" of every mistake.
std::vector<std::string> MistakesOf(std::string_view toml) {
  const auto parsed = ParseRuleset(toml);
  if (parsed.ok()) return {};
  std::vector<std::string> mistakes;
  for (const Violation& violation : parsed.error().violations) {
    mistakes.push_back(violation.field + ": " + violation.message);
  }
  return mistakes;
}

TEST(Ruleset, SaysWhatItsTextSays) {
  const auto rules = ParseRuleset(kSmall);
  ASSERT_TRUE(rules.ok()) << rules.error().message;
  EXPECT_EQ(rules->component_nodes_max, 10);
  const KindRule& anonymous = *rules->Find("anonymous_id");
  EXPECT_EQ(anonymous.per_person_max, 5);
  EXPECT_EQ(anonymous.window, std::chrono::hours(24 * 7));
  EXPECT_EQ(anonymous.shared_above, 3);
  EXPECT_TRUE(rules->Find("customer_id")->IsUnique());
  EXPECT_EQ(rules->Find("crm:id")->per_person_max, 4);
  EXPECT_EQ(rules->Find("email"), nullptr);
  EXPECT_EQ(rules->SurvivorshipOf("city"), Survivorship::kMostFrequent);
  EXPECT_EQ(rules->SurvivorshipOf("plan"), Survivorship::kEarliest);
  EXPECT_EQ(rules->source_trust.at("crm"), 7);
}

TEST(Ruleset, TheOneThatShipsIsWhatTheDocumentsSay) {
  const Ruleset& rules = DefaultRuleset();
  EXPECT_EQ(rules.version, 0);
  EXPECT_EQ(rules.component_nodes_max, 5000);
  EXPECT_EQ(rules.Find("email")->per_person_max, 5);
  EXPECT_EQ(rules.Find("email")->canonical, Canonical::kEmail);
  EXPECT_EQ(rules.Find("device_id")->shared_above, 2);
  EXPECT_EQ(rules.Find("a:b")->per_person_max, 50);
  EXPECT_EQ(rules.SurvivorshipOf("city"), Survivorship::kLatest);
}

TEST(Ruleset, BlocksByValuePatternAndShapeAfterNormalizing) {
  const auto rules = ParseRuleset(kSmall);
  ASSERT_TRUE(rules.ok());
  const auto blocks = [&](std::string_view kind, std::string_view value) {
    return rules->blocked->Blocks(kind, value);
  };
  EXPECT_TRUE(blocks("anonymous_id", " NO\u200bBODY\u00a0"));
  EXPECT_TRUE(blocks("anonymous_id", "'nobody'"));
  EXPECT_TRUE(blocks("anonymous_id", "XXX1"));
  EXPECT_FALSE(blocks("anonymous_id", "axxx1"));
  EXPECT_FALSE(blocks("customer_id", "nobody"));
  EXPECT_TRUE(blocks("customer_id", "\u200b "));
  EXPECT_TRUE(DefaultRuleset().blocked->Blocks("customer_id", "\uff4eull"));  // NFKC.
  EXPECT_TRUE(DefaultRuleset().blocked->Blocks("customer_id", "n\u200bone"));
}

TEST(Ruleset, GenericMailboxesAreKnownByTheirLocalParts) {
  const Ruleset& rules = DefaultRuleset();
  for (const char* value : {"info@x.io", "sales@x.io", "call-center2@x.io", "call.centre+eu@x.io",
                            "customer_service@x.io", "kontakt@x.io"}) {
    EXPECT_TRUE(rules.IsGenericMailbox("email", value)) << value;
  }
  for (const char* value : {"jane@x.io", "salesman@x.io", "infos.jane@x.io", "sales", "12@x.io"}) {
    EXPECT_FALSE(rules.IsGenericMailbox("email", value)) << value;
  }
  EXPECT_FALSE(rules.IsGenericMailbox("customer_id", "info@x.io"));
  EXPECT_TRUE(rules.LinksNobody("email", "noreply@x.io"));
  EXPECT_FALSE(ParseRuleset(kSmall)->IsGenericMailbox("email", "info@x.io"));
}

TEST(Ruleset, SaysEverythingThatIsWrong) {
  EXPECT_THAT(MistakesOf(With("limit = 5", "limit = 0\ntypo = 1")),
              testing::UnorderedElementsAre(
                  "kinds.anonymous_id.typo: is not a key of rulesets",
                  "kinds.anonymous_id.limit: must be a whole number from 1 to 1,000,000"));
  EXPECT_THAT(MistakesOf(With("\"7d\"", "\"soon\"")), ElementsAre(HasSubstr("anonymous_id.per")));
  EXPECT_THAT(MistakesOf(With("limit = 1", "limit = 1\nshared_above = 3")),
              ElementsAre(HasSubstr("customer_id.shared_above")));
  EXPECT_THAT(MistakesOf(With("'x+\\d'", "'x(+'")), ElementsAre(HasSubstr("x(+")));
  EXPECT_THAT(MistakesOf(With("most_frequent", "loudest")),
              ElementsAre(HasSubstr("survivorship.fields.city: must be one of")));
  EXPECT_THAT(MistakesOf(With("[survivorship.fields]\ncity = \"most_frequent\"", "fields = \"x\"")),
              ElementsAre("survivorship.fields: must be a table"));
  EXPECT_THAT(MistakesOf(With("component_max", "name = 7\ncomponent_max")),
              ElementsAre("name: must be a text"));
  EXPECT_THAT(
      MistakesOf(
          With("component_max", "generic_mailboxes.local_parts = [\"In.fo\"]\ncomponent_max")),
      ElementsAre(HasSubstr("generic_mailboxes.local_parts: 'In.fo' must be in lower case")));
  EXPECT_EQ(ParseRuleset("kinds = [").error().reason, "RULESET_MALFORMED");
  EXPECT_THAT(ParseRuleset("a = ").error().message, HasSubstr("line 1"));
}

TEST(Ruleset, DiffNamesWhatRulesDifferently) {
  const auto before = ParseRuleset(kSmall);
  const auto after = ParseRuleset(With("limit = 5\nper = \"7d\"", "limit = 6"));
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_THAT(DiffRulesets(*before, *after), ElementsAre("kinds.anonymous_id.limit: 5 -> 6",
                                                         "kinds.anonymous_id.per: 7d -> (none)"));
  EXPECT_THAT(DiffRulesets(*before, *before), IsEmpty());
}

}  // namespace
}  // namespace selfsame::identity
