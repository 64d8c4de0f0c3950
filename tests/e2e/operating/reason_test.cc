// Why a server does not serve: the log, /readyz, gRPC health, the metric, `selfsame status` and
// refused callers name the reason from the first look at the database on.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/e2e/operating/daemon.h"
#include "tests/e2e/tool.h"
#include "tests/support/ingest_client.h"
#include "tests/support/test_database.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;

class ReasonTest : public testing::Test {
 protected:
  // A server on this database, with a key file of its own (`hex`: of this key).
  std::unique_ptr<Daemon> Start(const std::string& url, const storage::MasterKey* key) {
    const std::string path = folder_.path() + "/master.key";
    std::string hex(64, '5');
    if (key != nullptr) {
      hex.clear();
      for (const char c : key->reveal())
        hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    }
    std::ofstream(path) << hex;
    std::filesystem::permissions(
        path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    auto daemon = std::make_unique<Daemon>(std::vector<std::string>{
        "--database-url", url, "--master-key-file", path, "--allow-fsync-off"});
    EXPECT_TRUE(daemon->AwaitListening()) << daemon->Log();
    return daemon;
  }

  // All places say so.
  void ExpectReason(Daemon& daemon, const std::string& reason) {
    EXPECT_TRUE(daemon.AwaitLog("not serving reason=" + reason)) << daemon.Log();
    EXPECT_THAT(daemon.GetAny("/readyz"), HasSubstr(" 503 "));
    EXPECT_THAT(daemon.GetAny("/readyz"), HasSubstr("\r\n\r\n" + reason + ": "));
    EXPECT_EQ(daemon.Get("/healthz"), "ok\n");
    EXPECT_THAT(daemon.Get("/metrics"),
                HasSubstr("\nselfsame_ready_reason{reason=\"" + reason + "\"} 1\n"));
    EXPECT_THAT(daemon.Get("/metrics"), HasSubstr("\nselfsame_ready_reason{reason=\"READY\"} 0\n"));
    const ToolResult status = Tool().Run({"status", "--server", daemon.grpc(), "--output", "json"});
    EXPECT_EQ(status.exit_code, 5);
    EXPECT_EQ(status.Json()["state"], "NOT_SERVING");
    EXPECT_EQ(status.Json()["reason"], reason);
    EXPECT_THAT(Tool().Run({"status", "--server", daemon.grpc()}).output,
                HasSubstr("reason    " + reason + ": "));
  }

  void ExpectCallersAreTold(Daemon& daemon, const std::string& reason) {
    const auto refused = IngestClient(daemon.grpc(), "a key").GetLimits();
    EXPECT_EQ(refused.status.reason, "NOT_READY");
    EXPECT_THAT(refused.status.message, HasSubstr(reason));
  }

  double DatabaseUp(const Daemon& daemon) {
    return daemon.Get("/metrics").find("\nselfsame_database_up 1\n") != std::string::npos ? 1 : 0;
  }

  const TempFolder folder_;
};

TEST_F(ReasonTest, AWrongMasterKey) {
  const auto database = TestDatabase::Create();
  database->SeedTenant("acme");
  const auto daemon = Start(database->url(), nullptr);
  ExpectReason(*daemon, "MASTER_KEY_WRONG");
  ExpectCallersAreTold(*daemon, "MASTER_KEY_WRONG");
  EXPECT_EQ(DatabaseUp(*daemon), 1);  // Not the database's fault.
}

TEST_F(ReasonTest, MigrationsBehind) {
  const auto database = TestDatabase::CreateEmpty();
  const auto daemon = Start(database->url(), nullptr);
  ExpectReason(*daemon, "MIGRATIONS_PENDING");
  ExpectCallersAreTold(*daemon, "selfsame migrate up");
  EXPECT_EQ(DatabaseUp(*daemon), 1);
}

TEST_F(ReasonTest, AMissingDatabase) {
  const auto database = TestDatabase::Create();
  std::string url = database->url();
  url.insert(url.find("?"), "_not_there");
  const auto daemon = Start(url, nullptr);
  ExpectReason(*daemon, "DATABASE_MISSING");
  ExpectCallersAreTold(*daemon, "DATABASE_MISSING");
}

TEST_F(ReasonTest, ADatabaseThatIsAway) {
  const auto daemon = Start("postgresql://postgres@127.0.0.1:1/selfsame", nullptr);
  ExpectReason(*daemon, "DATABASE_UNAVAILABLE");
  ExpectCallersAreTold(*daemon, "DATABASE_UNAVAILABLE");
  EXPECT_EQ(DatabaseUp(*daemon), 0);
}

TEST_F(ReasonTest, TooManyConnections) {
  const auto database = TestDatabase::Create();
  TestDatabase::Administer("CREATE ROLE crowded LOGIN IN ROLE selfsame_app CONNECTION LIMIT 0");
  std::string url = database->url();
  url.replace(url.find("postgres@"), 9, "crowded@");
  const auto daemon = Start(url, nullptr);
  ExpectReason(*daemon, "DATABASE_TOO_MANY_CONNECTIONS");
}

TEST_F(ReasonTest, AReadOnlyDatabaseAndBack) {
  const auto database = TestDatabase::Create();
  database->SeedTenant("acme");
  const auto set_read_only = [&](const char* value) {
    Must(database->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
      const auto name = tx.exec("SELECT current_database()")[0][0].as<std::string>();
      tx.exec("SET TRANSACTION READ WRITE; ALTER DATABASE " + name +
              " SET default_transaction_read_only = " + value);
      return {};
    }));
  };
  set_read_only("on");
  const auto daemon = Start(database->url(), &database->master_key());
  ExpectReason(*daemon, "DATABASE_READ_ONLY");
  set_read_only("off");
  EXPECT_TRUE(daemon->AwaitReady()) << daemon->Log();
  EXPECT_THAT(daemon->Log(), HasSubstr("serving reason=READY before=DATABASE_READ_ONLY"));
  EXPECT_THAT(daemon->Get("/metrics"), HasSubstr("selfsame_ready_reason{reason=\"READY\"} 1\n"));
  EXPECT_THAT(daemon->Get("/metrics"),
              HasSubstr("selfsame_ready_reason{reason=\"DATABASE_READ_ONLY\"} 0\n"));
}

}  // namespace
}  // namespace selfsame::test
