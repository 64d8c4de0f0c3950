// Starts that must fail, and how: at once, with a message that says what to do, touching nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/e2e/operating/daemon.h"
#include "tests/e2e/tool.h"
#include "tests/support/test_database.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::seconds kAtOnce{20};  // The machine of a test may be busy.

pid_t PostmasterOf(const std::string& data_dir) {
  pid_t pid = 0;
  std::ifstream(data_dir + "/postgres/postmaster.pid") >> pid;
  return pid;
}

TEST(StartTest, ASecondServerOnADataFolderFailsAtOnceAndTouchesNothing) {
  const TempFolder folder;
  Daemon first({"--data-dir", folder.path()});
  ASSERT_TRUE(first.AwaitReady()) << first.Log();
  const std::string endpoint = ReadWholeFile(folder.path() + "/endpoint.json");
  const pid_t postmaster = PostmasterOf(folder.path());
  Daemon second({"--data-dir", folder.path()});
  EXPECT_EQ(second.AwaitExit(kAtOnce), 1);
  EXPECT_THAT(second.Log(), HasSubstr("DATA_DIR_IN_USE"));
  EXPECT_EQ(ReadWholeFile(folder.path() + "/endpoint.json"), endpoint);
  EXPECT_EQ(PostmasterOf(folder.path()), postmaster);
  EXPECT_EQ(first.Get("/readyz"), "READY\n");
  EXPECT_EQ(Tool().Run({"status", "--data-dir", folder.path()}).exit_code, 0);
  first.Signal(SIGTERM);
  EXPECT_EQ(first.AwaitExit(kAtOnce), 0);
  Daemon third({"--data-dir", folder.path()});
  EXPECT_TRUE(third.AwaitReady()) << third.Log();
}

// An earlier server was killed, and its PostgreSQL takes long to shut down.
TEST(StartTest, AStartThatWaitsForAnEarlierPostgresStopsOnSigterm) {
  const TempFolder folder;
  auto killed = std::make_unique<Daemon>(std::vector<std::string>{"--data-dir", folder.path()});
  ASSERT_TRUE(killed->AwaitReady()) << killed->Log();
  const pid_t postmaster = PostmasterOf(folder.path());
  ASSERT_GT(postmaster, 0);
  kill(postmaster, SIGSTOP);
  killed->Signal(SIGKILL);
  ASSERT_TRUE(killed->AwaitExit(kAtOnce).has_value());
  Daemon waiting({"--data-dir", folder.path()});
  EXPECT_TRUE(waiting.AwaitLog("starting private postgresql"));
  waiting.Signal(SIGTERM);
  EXPECT_EQ(waiting.AwaitExit(kAtOnce), 0) << waiting.Log();
  kill(postmaster, SIGCONT);
  Daemon next({"--data-dir", folder.path()});
  EXPECT_TRUE(next.AwaitReady()) << next.Log();
}

TEST(StartTest, ADataFolderThatCannotBeMadeIsAClearError) {
  Daemon daemon({"--data-dir", "/proc/nope"});
  EXPECT_EQ(daemon.AwaitExit(kAtOnce), 1);
  EXPECT_THAT(daemon.Log(), HasSubstr("DATA_DIR_UNUSABLE"));
  EXPECT_THAT(daemon.Log(), HasSubstr("/proc/nope"));
}

TEST(StartTest, AddressesAreRefusedRatherThanGuessed) {
  const TempFolder folder;
  for (const char* flag : {"--listen", "--metrics-listen"}) {
    for (const char* address :
         {"127.0.0.1", "127.0.0.1:99999", ":99999", "::1:7430", "host:http"}) {
      Daemon daemon({"--data-dir", folder.path(), flag, address});
      EXPECT_EQ(daemon.AwaitExit(kAtOnce), 2) << flag << " " << address << daemon.Log();
      EXPECT_THAT(daemon.Log(), HasSubstr(std::string(flag) + ": ")) << address;
    }
  }
}

TEST(StartTest, ListensOnAnIpv6AddressInBrackets) {
  if (!std::filesystem::exists("/proc/net/if_inet6") ||
      ReadWholeFile("/proc/net/if_inet6").empty()) {
    GTEST_SKIP() << "this machine has no IPv6";
  }
  const TempFolder folder;
  Daemon daemon(
      {"--data-dir", folder.path(), "--listen", "[::1]:0", "--metrics-listen", "[::1]:0"});
  ASSERT_TRUE(daemon.AwaitListening()) << daemon.Log();
  EXPECT_THAT(daemon.grpc(), testing::StartsWith("[::1]:"));
  EXPECT_THAT(daemon.metrics(), testing::StartsWith("[::1]:"));
  EXPECT_TRUE(Comes([&] {
    return Tool().Run({"status", "--server", daemon.grpc()}).exit_code == 0;
  })) << daemon.Log();
}

TEST(StartTest, AMistypedMasterKeyPathMakesNoKey) {
  const auto database = TestDatabase::Create();
  const TempFolder folder;
  const std::string mistyped = folder.path() + "/mastre.key";
  const std::vector<std::string> arguments = {"--database-url", database->url(),
                                              "--master-key-file", mistyped, "--allow-fsync-off"};
  Daemon daemon(arguments);
  EXPECT_EQ(daemon.AwaitExit(kAtOnce), 1);
  EXPECT_THAT(daemon.Log(), HasSubstr("MASTER_KEY_MISSING"));
  EXPECT_THAT(daemon.Log(), HasSubstr(mistyped));
  EXPECT_FALSE(std::filesystem::exists(mistyped));

  // On request it is made, for as long as the database has no key.
  std::vector<std::string> on_request = arguments;
  on_request.emplace_back("--create-master-key");
  database->SeedTenant("acme");
  Daemon refused(on_request);
  EXPECT_EQ(refused.AwaitExit(kAtOnce), 1);
  EXPECT_THAT(refused.Log(), HasSubstr("the database has a master key already"));
  EXPECT_FALSE(std::filesystem::exists(mistyped));
  const auto fresh = TestDatabase::Create();
  on_request[1] = fresh->url();
  Daemon made(on_request);
  EXPECT_TRUE(made.AwaitReady()) << made.Log();
  EXPECT_TRUE(std::filesystem::exists(mistyped));
}

TEST(StartTest, APrivateDatabaseWhoseKeyIsGoneGetsNoOther) {
  const TempFolder folder;
  {
    Daemon daemon({"--data-dir", folder.path()});
    ASSERT_TRUE(daemon.AwaitReady()) << daemon.Log();
    daemon.Signal(SIGTERM);
    ASSERT_EQ(daemon.AwaitExit(std::chrono::seconds(60)), 0);
  }
  std::filesystem::rename(folder.path() + "/master.key", folder.path() + "/elsewhere");
  Daemon daemon({"--data-dir", folder.path()});
  EXPECT_EQ(daemon.AwaitExit(kAtOnce), 1);
  EXPECT_THAT(daemon.Log(), HasSubstr("MASTER_KEY_MISSING"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/master.key"));
}

}  // namespace
}  // namespace selfsame::test
