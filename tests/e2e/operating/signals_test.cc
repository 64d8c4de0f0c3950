// SIGHUP reloads and never kills.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "tests/e2e/operating/daemon.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;

TEST(SignalsTest, AHangupReloadsTheLevelOfTheLogAndNeverKills) {
  const TempFolder folder;
  const std::string path = folder.path() + "/selfsamed.toml";
  const auto write = [&](const std::string& level) {
    std::ofstream(path) << "[server]\ndata_dir = \"" << folder.path()
                        << "/data\"\n[log]\nlevel = \"" << level << "\"\n";
  };
  write("info");
  Daemon daemon({"--config", path});
  ASSERT_TRUE(daemon.AwaitReady()) << daemon.Log();
  write("loud");
  daemon.Signal(SIGHUP);
  EXPECT_TRUE(daemon.AwaitLog("configuration not reloaded"));
  EXPECT_THAT(daemon.Log(), HasSubstr(path + ":4: log.level"));
  write("info");
  daemon.Signal(SIGHUP);
  EXPECT_TRUE(daemon.AwaitLog("configuration reloaded"));
  EXPECT_EQ(daemon.Get("/readyz"), "READY\n");
  write("error");
  daemon.Signal(SIGHUP);
  // What is below the level is not logged any more: the stop leaves no trace.
  daemon.Signal(SIGTERM);
  EXPECT_EQ(daemon.AwaitExit(std::chrono::seconds(60)), 0);
  EXPECT_THAT(daemon.Log(), testing::Not(HasSubstr(" stopped")));
}

}  // namespace
}  // namespace selfsame::test
