// Migrations, tenants, sources and keys, by the tool alone, on a database of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/e2e/tool.h"
#include "tests/support/server_process.h"
#include "tests/support/test_database.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> SettingsOf(const TestDatabase& database, const TempFolder& folder) {
  return {"SELFSAME_DATABASE_URL=" + database.url(),
          "SELFSAME_MASTER_KEY_FILE=" + folder.path() + "/master.key"};
}

std::vector<std::string> NewSource(const std::string& name) {
  return {"source", "create", name, "--tenant", "acme", "--owner", "o@acme.test", "--purpose", "p"};
}

TEST(CliAdminTest, MigrationsGoUpOnceAndAreVerified) {
  const auto database = TestDatabase::CreateEmpty();
  const TempFolder folder;
  Tool tool(SettingsOf(*database, folder));
  EXPECT_EQ(tool.Run({"migrate", "verify"}).exit_code, 4);  // None is applied.

  const ToolResult before = tool.Run({"migrate", "status", "--output", "json"});
  ASSERT_EQ(before.exit_code, 0) << before.errors;
  const auto files = before.JsonLines();
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) EXPECT_EQ(file["state"], "pending");

  const ToolResult up = tool.Run({"migrate", "up", "--output", "json"});
  ASSERT_EQ(up.exit_code, 0) << up.errors;
  EXPECT_EQ(up.JsonLines().size(), files.size());
  const ToolResult again = tool.Run({"migrate", "up"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.output, "");
  EXPECT_THAT(again.errors, HasSubstr("nothing to do"));
  EXPECT_EQ(tool.Run({"migrate", "verify"}).exit_code, 0);
  for (const auto& file : tool.Run({"migrate", "status", "--output", "json"}).JsonLines()) {
    EXPECT_EQ(file["state"], "applied");
  }
}

TEST(CliAdminTest, WhatExistsIsRefusedAndWhatDoesNotIsNotFound) {
  const auto database = TestDatabase::Create();
  const TempFolder folder;
  Tool tool(SettingsOf(*database, folder));
  EXPECT_EQ(tool.Run({"tenant", "create", "acme", "--create-master-key"}).exit_code, 0);
  EXPECT_EQ(tool.Run({"tenant", "create", "acme", "--create-master-key"}).exit_code, 4);
  EXPECT_EQ(tool.Run({"tenant", "create", "Not A Name"}).exit_code, 2);
  EXPECT_EQ(tool.Run(NewSource("web")).exit_code, 0);
  EXPECT_EQ(tool.Run(NewSource("web")).exit_code, 4);
  EXPECT_EQ(tool.Run({"source", "list", "--tenant", "nobody"}).exit_code, 3);
  EXPECT_EQ(tool.Run({"key", "create", "--tenant", "acme", "--source", "pos", "--scope", "read"})
                .exit_code,
            3);
  EXPECT_EQ(tool.Run({"key", "create", "--tenant", "acme", "--source", "web", "--scope", "root"})
                .exit_code,
            2);
  EXPECT_EQ(tool.Run({"key", "revoke", "99", "--tenant", "acme"}).exit_code, 3);
}

TEST(CliAdminTest, AMasterKeyOfAnotherInstallationWritesNothing) {
  const auto database = TestDatabase::Create();
  const TempFolder folder;
  Tool tool(SettingsOf(*database, folder));
  ASSERT_EQ(tool.Run({"tenant", "create", "acme", "--create-master-key"}).exit_code, 0);
  ASSERT_EQ(tool.Run(NewSource("web")).exit_code, 0);
  const auto other_database = TestDatabase::Create();
  const TempFolder elsewhere;
  Tool other(SettingsOf(*other_database, elsewhere));
  ASSERT_EQ(other.Run({"tenant", "create", "x", "--create-master-key"}).exit_code, 0);

  Tool mixed_up(SettingsOf(*database, elsewhere));
  const std::vector<std::vector<std::string>> commands = {
      {"tenant", "create", "globex"},
      {"tenant", "set", "acme", "--phone-region", "GB"},
      NewSource("crm"),
      {"source", "set", "web", "--tenant", "acme", "--phone-region", "GB"},
      {"key", "create", "--tenant", "acme", "--source", "web", "--scope", "read"}};
  for (const auto& command : commands) {
    const ToolResult refused = mixed_up.Run(command);
    EXPECT_EQ(refused.exit_code, 4) << command[0] << " " << command[1] << refused.output;
    EXPECT_THAT(refused.errors, HasSubstr("MASTER_KEY_WRONG"));
  }
  EXPECT_EQ(tool.Run({"tenant", "list", "--output", "json"}).JsonLines().size(), 1u);
  EXPECT_EQ(tool.Run({"source", "list", "--tenant", "acme", "--output", "json"}).JsonLines().size(),
            1u);
  EXPECT_EQ(tool.Run({"key", "list", "--tenant", "acme", "--output", "json"}).output, "");
}

TEST(CliAdminTest, AMasterKeyIsNotMadeAnewUnderTenantsThatHaveOne) {
  const auto database = TestDatabase::Create();
  const TempFolder folder;
  ASSERT_EQ(Tool(SettingsOf(*database, folder))
                .Run({"tenant", "create", "acme", "--create-master-key"})
                .exit_code,
            0);
  const TempFolder elsewhere;
  Tool tool(SettingsOf(*database, elsewhere));
  const ToolResult refused = tool.Run({"tenant", "create", "other"});
  EXPECT_EQ(refused.exit_code, 4);
  EXPECT_THAT(refused.errors, HasSubstr("MASTER_KEY_MISSING"));
  EXPECT_FALSE(std::filesystem::exists(elsewhere.path() + "/master.key"));
  EXPECT_EQ(tool.Run({"tenant", "create", "other", "--create-master-key"}).exit_code, 4);
  EXPECT_EQ(tool.Run(NewSource("web")).exit_code, 4);
  EXPECT_FALSE(std::filesystem::exists(elsewhere.path() + "/master.key"));
}

TEST(CliAdminTest, AMasterKeyIsMadeOnRequestOnly) {
  const auto database = TestDatabase::Create();
  const TempFolder folder;
  Tool tool(SettingsOf(*database, folder));
  const ToolResult refused = tool.Run({"tenant", "create", "acme"});
  EXPECT_EQ(refused.exit_code, 4);
  EXPECT_THAT(refused.errors, HasSubstr("--create-master-key"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/master.key"));
  EXPECT_EQ(tool.Run({"tenant", "create", "acme", "--create-master-key"}).exit_code, 0);
}

TEST(CliAdminTest, AnEmptyValueDoesNotSwallowTheNextWord) {
  for (const std::vector<std::string>& given :
       {std::vector<std::string>{"--api-key", ""}, {"--api-key="}, {"--server", ""}}) {
    std::vector<std::string> arguments = given;
    arguments.insert(arguments.end(), {"status"});
    const ToolResult refused = Tool().Run(arguments);
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.errors, HasSubstr("expected a value, got an empty one"));
  }
}

// A key as the tool makes it lets its bearer in; revoked, it does so no more.
TEST(CliAdminTest, AKeyOpensTheServerUntilItIsRevoked) {
  const auto database = TestDatabase::Create();
  const auto server = ServerProcess::Start(*database);
  Tool tool({"SELFSAME_DATABASE_URL=" + database->url(),
             "SELFSAME_MASTER_KEY_FILE=" + server->master_key_file(),
             "SELFSAME_SERVER=" + server->grpc_address()});
  ASSERT_EQ(tool.Run({"tenant", "create", "acme", "--create-master-key"}).exit_code, 0);
  ASSERT_EQ(tool.Run(NewSource("web")).exit_code, 0);
  const ToolResult made =
      tool.Run({"key", "create", "--tenant", "acme", "--source", "web", "--scope", "ingest,read"});
  ASSERT_EQ(made.exit_code, 0);
  const std::string key = made.output.substr(0, made.output.find('\n'));
  EXPECT_EQ(made.output, key + "\n");  // Alone, for $(...).

  const auto lists = [&](const std::string& what) {
    const auto status =
        Tool({"SELFSAME_SERVER=" + server->grpc_address(), "SELFSAME_API_KEY=" + key})
            .Run({"status", "--output", "json"})
            .Json();
    return (status["limits"].is_null() ? "refused" : "let in") == what;
  };
  const auto becomes = [&](const std::string& what) {
    const Deadline deadline = Deadline::After(std::chrono::seconds(20));
    while (!deadline.Expired()) {
      if (lists(what)) return true;
    }
    return false;
  };
  EXPECT_TRUE(becomes("let in"));
  const ToolResult listed = tool.Run({"key", "list", "--tenant", "acme", "--output", "json"});
  EXPECT_THAT(listed.output, Not(HasSubstr(key)));
  const auto keys = listed.JsonLines();
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys[0]["scopes"], (std::vector<std::string>{"ingest", "read"}));
  const std::string id = keys[0]["api_key_id"].dump();
  EXPECT_EQ(tool.Run({"key", "revoke", id, "--tenant", "acme"}).exit_code, 0);
  EXPECT_TRUE(becomes("refused"));
}

TEST(CliAdminTest, RulesetsAreCheckedComparedActivatedAndRemembered) {
  const auto database = TestDatabase::Create();
  database->SeedTenant("acme");
  const TempFolder folder;
  WriteMasterKey(folder.path() + "/master.key", database->master_key());
  Tool tool(SettingsOf(*database, folder));
  const std::string file = folder.path() + "/rules.toml";
  std::string text = tool.Run({"ruleset", "show"}).output;
  text.replace(text.find("limit = 5"), 9, "limit = 3");
  std::ofstream(file) << text;

  EXPECT_EQ(tool.Run({"ruleset", "check", file}).exit_code, 0);
  EXPECT_EQ(tool.Run({"ruleset", "diff", file}).output, "kinds.email.limit: 5 -> 3\n");
  const ToolResult activated = tool.Run({"ruleset", "activate", file, "--tenant", "acme", "--actor",
                                         "ann", "--reason", "three will do", "--output", "json"});
  ASSERT_EQ(activated.exit_code, 0) << activated.errors;
  EXPECT_EQ(activated.JsonLines().at(0)["version"], 1);
  EXPECT_EQ(tool.Run({"ruleset", "diff", file, "--tenant", "acme"}).output, "");
  EXPECT_EQ(tool.Run({"ruleset", "activate", "--version", "0", "--tenant", "acme", "--actor", "bob",
                      "--reason", "back"})
                .exit_code,
            0);
  const auto history =
      tool.Run({"ruleset", "history", "--tenant", "acme", "--output", "json"}).JsonLines();
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0]["actor"], "ann");
  EXPECT_EQ(history[1]["version"], 0);

  std::ofstream(file, std::ios::app) << "[typo]\n";
  const ToolResult refused = tool.Run(
      {"ruleset", "activate", file, "--tenant", "acme", "--actor", "ann", "--reason", "r"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.errors, HasSubstr("typo"));
  EXPECT_EQ(tool.Run({"ruleset", "activate", "--version", "9", "--tenant", "acme", "--actor", "ann",
                      "--reason", "r"})
                .exit_code,
            3);
}

}  // namespace
}  // namespace selfsame::test
