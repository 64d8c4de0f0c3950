// One client per language: it outlasts a database in trouble and a killed server, and prints what
// became of its records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <thread>

#include "tests/e2e/languages/page.h"
#include "tests/e2e/rows.h"
#include "tests/support/server_process.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;

constexpr std::chrono::seconds kInstallWait{120};
constexpr std::chrono::seconds kRunWait{180};
constexpr std::chrono::milliseconds kLookEvery{20};

// Ends the test without a verdict. CTest knows it by the word.
#define SELFSAME_SKIP(reason)                          \
  do {                                                 \
    std::cout << "SKIPPED: " << (reason) << std::endl; \
    GTEST_SKIP();                                      \
  } while (false)

std::string Tail(const std::string& text) {
  constexpr std::size_t kTailMax = 2'000;
  return text.size() <= kTailMax ? text : text.substr(text.size() - kTailMax);
}

class ClientTest : public testing::Test {
 protected:
  void Runs(const std::string& section, const std::string& tools) {
    const auto commands = CommandsOf(section);
    ASSERT_EQ(commands.size(), 2u);
    if (shell_.Run("command -v " + tools, kInstallWait) != 0) {
      SELFSAME_SKIP(section + " needs " + tools);
    }
    std::filesystem::copy(SourcePath("examples/" + Folder(section)), shell_.path(),
                          std::filesystem::copy_options::recursive);
    ASSERT_EQ(shell_.Run("selfsame contract > selfsame.binpb", kInstallWait), 0)
        << shell_.Printed();
    if (shell_.Run(commands[0], kInstallWait) != 0) {
      SELFSAME_SKIP(section + ": its packages cannot be installed: " + Tail(shell_.Printed()));
    }
    BringTrouble();
    const auto client = shell_.Start(commands[1]);
    if (!Prints(*client, "(RetryInfo)")) {
      if (IsOutOfReach(shell_.Printed())) SELFSAME_SKIP(section + ": " + Tail(shell_.Printed()));
      FAIL() << Tail(shell_.Printed());
    }
    server_->Kill9();
    ASSERT_TRUE(Prints(*client, "(back-off)")) << Tail(shell_.Printed());
    Sql("DROP TRIGGER trouble ON receipts");
    server_->Restart();
    EXPECT_EQ(client->AwaitExit(kRunWait), 0) << Tail(shell_.Printed());
    SaysWhatBecameOfAll();
  }

 private:
  static std::string Folder(const std::string& section) {
    return section == "Node.js" ? "node"
           : section == "Go"    ? "go"
           : section == "Java"  ? "java"
                                : "python";
  }

  void SaysWhatBecameOfAll() {
    for (const char* line : {"\nevents: ACCEPTED 3\n", "\nevents sent again: DUPLICATE 3\n",
                             "\nstream: ACCEPTED 200\n", "\nprofile update: ACCEPTED 1\n",
                             "\nprofile: first_name = Ada\n", "\nprofile: city = Leeds\n"}) {
      EXPECT_THAT(shell_.Printed(), HasSubstr(line));
    }
    EXPECT_EQ(CountOf(*database_, "receipts"), 204);
  }

  // The disk is full, as PostgreSQL reports it, of the table that every batch writes first.
  void BringTrouble() {
    Sql("CREATE FUNCTION raise_trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'canary' USING ERRCODE = '53100'; END $$;"
        "CREATE TRIGGER trouble BEFORE INSERT ON receipts FOR EACH STATEMENT "
        "EXECUTE FUNCTION raise_trouble()");
  }

  bool Prints(Program& client, const std::string& text) const {
    const Deadline deadline = Deadline::After(kRunWait);
    while (shell_.Printed().find(text) == std::string::npos) {
      if (!client.IsRunning() || deadline.Expired()) return false;
      std::this_thread::sleep_for(kLookEvery);
    }
    return true;
  }

  void Sql(const std::string& sql) {
    Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
      tx.exec(sql);
      return {};
    }));
  }

  const std::unique_ptr<TestDatabase> database_ = TestDatabase::Create();
  const SeededTenant tenant_ = database_->SeedTenant("acme");
  const std::unique_ptr<ServerProcess> server_ =
      ServerProcess::Start({.database_url = database_->url(),
                            .master_key = &database_->master_key(),
                            .config_toml = "[lanes]\ngive_up_ms = 200\n",
                            .flags = {}});
  const Shell shell_{{"SELFSAME_SERVER=" + server_->grpc_address(),
                      "SELFSAME_API_KEY=" + tenant_.api_key, "SELFSAME_RUN=test"}};
};

class PythonClientTest : public ClientTest {};
class GoClientTest : public ClientTest {};
class NodeClientTest : public ClientTest {};
class JavaClientTest : public ClientTest {};

TEST_F(PythonClientTest, RunsByTheCommandsOfThePage) { Runs("Python", "python3"); }
TEST_F(GoClientTest, RunsByTheCommandsOfThePage) { Runs("Go", "go && command -v protoc"); }
TEST_F(NodeClientTest, RunsByTheCommandsOfThePage) { Runs("Node.js", "node && command -v npm"); }
TEST_F(JavaClientTest, RunsByTheCommandsOfThePage) { Runs("Java", "javac && command -v mvn"); }

TEST(BufTest, LintsAndFormatsCleanly) {
  const Shell shell;
  if (shell.Run("command -v npm", kInstallWait) != 0) SELFSAME_SKIP("buf needs npm");
  if (shell.Run("npm install --ignore-scripts --no-audit --no-fund @bufbuild/buf@1.75.0\n"
                "node_modules/.bin/buf --version",
                kInstallWait) != 0) {
    SELFSAME_SKIP("buf cannot be installed: " + Tail(shell.Printed()));
  }
  EXPECT_EQ(shell.Run("buf=$PWD/node_modules/.bin/buf\ncd \"$SELFSAME_SOURCE_DIR\"\n"
                      "\"$buf\" lint && \"$buf\" format --diff --exit-code",
                      kRunWait),
            0)
      << Tail(shell.Printed());
}

}  // namespace
}  // namespace selfsame::test
