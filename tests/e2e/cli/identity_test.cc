// Who is who, as administrators ask and decide by the tool.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "identity/ruleset.h"
#include "storage/rulesets.h"
#include "tests/e2e/deciding.h"
#include "tests/e2e/tool.h"

namespace selfsame::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CliIdentityTest : public DecidingTest {
 protected:
  ToolResult Done(std::vector<std::string> arguments) {
    ToolResult result = tool_.Run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return result;
  }
  ToolResult Decide(std::vector<std::string> arguments) {
    for (const char* said : {"--actor", "ann", "--reason", "called us"}) arguments.push_back(said);
    return Done(std::move(arguments));
  }

  Tool tool_{{"SELFSAME_SERVER=" + server_->grpc_address(), "SELFSAME_API_KEY=" + tenant_.api_key}};
};

TEST_F(CliIdentityTest, DecisionsAreListedAndTakenBackByWhatTheTablesShow) {
  Seen(1, {{"customer_id", "c-1"}});
  Seen(2, {{"email", "a@shop.test"}});
  Decide({"identity", "merge", "customer_id=c-1", "email=a@shop.test"});
  const auto entry =
      Done({"profile", "history", "--identifier", "customer_id=c-1", "--output", "json"}).Json();
  EXPECT_EQ(entry["actor"], "ann");
  EXPECT_EQ(entry["reason"], "called us");
  const std::string history = entry["history_id"];
  const auto table = Done({"profile", "history", "--identifier", "customer_id=c-1"}).output;
  EXPECT_THAT(table, HasSubstr(history));
  EXPECT_THAT(table, HasSubstr("called us"));

  Decide({"identity", "unmerge", "--merge", history});
  EXPECT_THAT(MembersOf("customer_id", "c-1"), ElementsAre("customer_id=c-1"));
  const auto operations =
      Done({"identity", "history", "customer_id=c-1", "--output", "json"}).JsonLines();
  ASSERT_EQ(operations.size(), 2u);
  EXPECT_EQ(operations[0]["kind"], "KIND_UNMERGE");
  EXPECT_EQ(operations[1]["operation_id"], entry["operation_id"]);
  const ToolResult newest = Done({"identity", "history", "--limit", "1"});
  EXPECT_THAT(newest.output, StartsWith("TIME"));
  EXPECT_THAT(newest.output, HasSubstr("customer_id=c-1 email=a@shop.test"));
  EXPECT_EQ(std::count(newest.output.begin(), newest.output.end(), '\n'), 2);
  EXPECT_THAT(newest.errors, HasSubstr("there are more"));
}

TEST_F(CliIdentityTest, AProfileIsShownAsOfAPastTime) {
  Seen(0, {{"customer_id", "c-1"}});
  Seen(3600, {{"customer_id", "c-1"}, {"email", "a@shop.test"}});
  const auto get = [&](const char* option, const std::string& time) {
    return Done({"profile", "get", "--identifier", "customer_id=c-1", option, time}).output;
  };
  EXPECT_THAT(get("--at", "2024-02-29T12:30:00Z"), Not(HasSubstr("a@shop.test")));
  EXPECT_THAT(get("--at", "2024-03-01"), HasSubstr("a@shop.test"));
  EXPECT_THAT(get("--known-at", "2999-01-01"), HasSubstr("a@shop.test"));
  const ToolResult never =
      tool_.Run({"profile", "get", "--identifier", "customer_id=c-1", "--known-at", "2024-03-01"});
  EXPECT_EQ(never.exit_code, 3);
}

// A batch of several pages is known after the first: should another one fail, it can be gone on
// with, or taken back.
TEST_F(CliIdentityTest, ABatchOfPagesIsNamedBeforeItsEnd) {
  std::vector<ingest::v1::Event> events;
  for (int i = 0; i < 250; ++i) {
    events.push_back(
        EventBuilder(fmt::format("e{}", i)).With("customer_id", std::to_string(i)).Build());
  }
  TrackAll(events);
  const int version =
      Must(storage::ActivateRuleset(database_->owner(), "acme", identity::DefaultRulesetToml(),
                                    {.actor = "ann", .reason = "again"}));
  const std::string ruleset = std::to_string(version);
  const ToolResult batch = Decide({"identity", "reresolve", "--ruleset", ruleset});
  EXPECT_THAT(batch.errors, StartsWith("batch "));
  const std::string id = batch.errors.substr(6, 36);
  EXPECT_THAT(batch.errors, HasSubstr("as batch " + id));
  const ToolResult again = Decide({"identity", "reresolve", "--ruleset", ruleset, "--batch", id});
  EXPECT_THAT(again.errors, HasSubstr("as batch " + id));
  const auto operations = Done({"identity", "history", "--output", "json"}).JsonLines();
  ASSERT_EQ(operations.size(), 1u);
  EXPECT_EQ(operations[0]["operation_id"], id);
  EXPECT_EQ(operations[0]["to_ruleset"], version);
  EXPECT_THAT(Done({"identity", "history"}).output, HasSubstr("ruleset 0 -> " + ruleset));
}

}  // namespace
}  // namespace selfsame::test
