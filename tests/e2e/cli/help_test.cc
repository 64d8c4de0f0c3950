// What the tool says of itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/tool.h"

namespace selfsame::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const std::vector<std::vector<std::string>> kVerbs = {{"status"},
                                                      {"contract"},
                                                      {"migrate", "up"},
                                                      {"migrate", "status"},
                                                      {"migrate", "verify"},
                                                      {"tenant", "create"},
                                                      {"tenant", "list"},
                                                      {"source", "create"},
                                                      {"source", "list"},
                                                      {"key", "create"},
                                                      {"key", "list"},
                                                      {"key", "revoke"},
                                                      {"import", "csv"},
                                                      {"import", "maps"},
                                                      {"profile", "get"},
                                                      {"profile", "events"},
                                                      {"profile", "history"},
                                                      {"schema", "check"},
                                                      {"schema", "register"},
                                                      {"schema", "list"},
                                                      {"schema", "show"},
                                                      {"schema", "diff"},
                                                      {"schema", "export"},
                                                      {"schema", "deprecate"},
                                                      {"schema", "retire"},
                                                      {"schema", "drift"},
                                                      {"vocabulary", "load"},
                                                      {"vocabulary", "list"},
                                                      {"vocabulary", "show"},
                                                      {"quarantine", "list"},
                                                      {"quarantine", "count"},
                                                      {"quarantine", "get"},
                                                      {"quarantine", "patch"},
                                                      {"quarantine", "replay"},
                                                      {"quarantine", "discard"},
                                                      {"catalog", "list"},
                                                      {"catalog", "lineage"},
                                                      {"catalog", "unused"},
                                                      {"catalog", "export"},
                                                      {"identity", "merge"},
                                                      {"identity", "unmerge"},
                                                      {"identity", "pin"},
                                                      {"identity", "cannot-link"},
                                                      {"identity", "explain"},
                                                      {"identity", "explain-attribute"},
                                                      {"identity", "history"},
                                                      {"identity", "reresolve"},
                                                      {"identity", "rollback"},
                                                      {"ruleset", "check"},
                                                      {"ruleset", "show"},
                                                      {"ruleset", "diff"},
                                                      {"ruleset", "activate"},
                                                      {"ruleset", "history"},
                                                      {"quality", "report"},
                                                      {"quality", "rules"},
                                                      {"quality", "reconcile"},
                                                      {"quality", "recount"},
                                                      {"quality", "draw"},
                                                      {"quality", "audits"},
                                                      {"quality", "samples"},
                                                      {"quality", "judge"},
                                                      {"demo"}};

TEST(CliHelpTest, EveryVerbHasExamplesAndExitCodes) {
  Tool tool;
  for (std::vector<std::string> verb : kVerbs) {
    const std::string name = verb.back();
    verb.push_back("--help");
    const ToolResult help = tool.Run(verb);
    EXPECT_EQ(help.exit_code, 0) << name;
    EXPECT_THAT(help.output, AllOf(HasSubstr("Examples:\n  selfsame"), HasSubstr("Exit codes:"),
                                   HasSubstr("--output text|json")))
        << name;
    EXPECT_EQ(help.errors, "") << name;
  }
}

TEST(CliHelpTest, TheVersionIsOneLine) {
  const ToolResult version = Tool().Run({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.output, testing::MatchesRegex("selfsame [0-9.]+ \\(commit [0-9a-z]+\\)\n"));
}

TEST(CliHelpTest, WhatIsNotUnderstoodIsUsage) {
  Tool tool;
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{},
        {"tenant"},
        {"tenant", "destroy"},
        {"tenant", "create"},
        {"--output", "xml", "status"},
        {"import", "csv", "f.csv", "--batch", "0"},
        {"profile", "get"},
        {"profile", "get", "--id", "x", "--identifier", "a=b"},
        {"profile", "get", "--identifier", "a"},
        {"profile", "get", "--identifier", "a=b", "--at", "soon"},
        {"identity", "history", "=x"},
        {"tenant", "list"},
        {"schema"},
        {"schema", "check"},
        {"schema", "deprecate", "a.B", "--version", "1", "--sunset", "soon"},
        {"schema", "export", "a.B", "--format", "xml"},
        {"vocabulary", "load"},
        {"quarantine", "patch", "some-id"},
        {"quarantine", "patch", "some-id", "--set", "a=b", "--file", "f.json"},
        {"quarantine", "list", "--from", "yesterday"},
        {"quarantine", "replay", "--batch", "0"},
        {"quarantine", "discard", "--source", "web"},
        {"catalog", "list", "--class", "SECRET"},
        {"catalog", "export"}}) {
    const ToolResult result = tool.Run(arguments);
    EXPECT_EQ(result.exit_code, 2) << testing::PrintToString(arguments);
    EXPECT_EQ(result.output, "");
    EXPECT_NE(result.errors, "");
  }
}

TEST(CliHelpTest, AServerThatIsNotThereIsUnavailable) {
  Tool tool({"SELFSAME_SERVER=127.0.0.1:1", "SELFSAME_API_KEY=x"});
  const ToolResult status = tool.Run({"status", "--output", "json"});
  EXPECT_EQ(status.exit_code, 5);
  EXPECT_EQ(status.Json()["state"], "UNREACHABLE");
  const ToolResult profile =
      tool.Run({"profile", "get", "--identifier", "customer_id=1", "--output", "json"});
  EXPECT_EQ(profile.exit_code, 5);
  EXPECT_EQ(nlohmann::json::parse(profile.errors)["error"]["code"], "unavailable");
}

}  // namespace
}  // namespace selfsame::test
