// Where settings come from, and what ships: the unit with its file, the compose file's password.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/e2e/operating/daemon.h"
#include "tests/e2e/tool.h"
#include "tests/support/test_database.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::seconds kAtOnce{20};

std::string Shipped(const std::string& path) {
  const char* source = std::getenv("SELFSAME_SOURCE_DIR");
  return ReadWholeFile(std::string(source == nullptr ? "." : source) + "/deploy/" + path);
}

// Where systemd would listen for what a service of Type=notify says.
class Manager {
 public:
  explicit Manager(const std::string& path) : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    const timeval patience{.tv_sec = 60, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  }
  ~Manager() { close(fd_); }

  // Reads until one of this text has come; false after a minute of silence.
  bool Hears(const std::string& text) {
    char message[512];
    for (ssize_t size; (size = recv(fd_, message, sizeof(message), 0)) >= 0;) {
      if (std::string(message, static_cast<std::size_t>(size)).starts_with(text)) return true;
    }
    return false;
  }

 private:
  const int fd_;
};

// The words of a setting of the unit after the program.
std::vector<std::string> CommandOf(const std::string& unit, const std::string& setting) {
  std::smatch found;
  const std::regex line("\n" + setting + "=/usr/bin/selfsamed ([^\n]*)");
  if (!std::regex_search(unit, found, line)) return {};
  std::istringstream words(found[1]);
  return {std::istream_iterator<std::string>(words), {}};
}

TEST(ShippedUnitTest, StartsWithTheShippedFile) {
  const TempFolder folder;
  const std::string state = folder.path() + "/state";
  std::string config = Shipped("selfsamed.toml");
  config = std::regex_replace(config, std::regex("/var/lib/selfsame"), state);
  config = std::regex_replace(config, std::regex(":(7430|9464)\""), ":0\"");
  std::ofstream(folder.path() + "/selfsamed.toml") << config;
  const std::string unit = Shipped("systemd/selfsamed.service");
  EXPECT_THAT(unit, HasSubstr("\nType=notify\n"));
  EXPECT_THAT(unit, HasSubstr("\nStateDirectory=selfsame\n"));
  Manager manager(folder.path() + "/notify");
  for (const char* setting : {"ExecStartPre", "ExecStart"}) {
    std::vector<std::string> arguments = CommandOf(unit, setting);
    ASSERT_FALSE(arguments.empty()) << setting;
    for (std::string& argument : arguments) {
      if (argument == "/etc/selfsame/selfsamed.toml") argument = folder.path() + "/selfsamed.toml";
    }
    arguments.insert(arguments.begin(), "selfsamed");
    const auto program =
        Program::Start({.arguments = arguments,
                        .output_path = folder.path() + "/log",
                        .environment = {"NOTIFY_SOCKET=" + folder.path() + "/notify"}});
    if (std::string(setting) == "ExecStartPre") {
      EXPECT_EQ(program->AwaitExit(kAtOnce), 0) << ReadWholeFile(folder.path() + "/log");
      continue;
    }
    EXPECT_TRUE(manager.Hears("READY=1")) << ReadWholeFile(folder.path() + "/log");
    program->Signal(SIGTERM);
    EXPECT_TRUE(manager.Hears("STOPPING=1"));
    EXPECT_EQ(program->AwaitExit(std::chrono::seconds(60)), 0);
  }
}

TEST(ShippedComposeTest, APasswordMayHoldAnyCharacter) {
  const std::string compose = Shipped("compose.yaml");
  EXPECT_THAT(compose, Not(HasSubstr(":${SELFSAME_PASSWORD}@")));
  EXPECT_THAT(compose, HasSubstr("PGPASSWORD: ${SELFSAME_PASSWORD}"));
  std::smatch url;
  ASSERT_TRUE(std::regex_search(compose, url, std::regex("SELFSAME_DATABASE_URL: (\\S+)")));
  // The real program with that URL and a password that no URL takes; nobody listens there.
  const TempFolder folder;
  const std::string there =
      std::regex_replace(url[1].str(), std::regex("@postgres/"), "@127.0.0.1:1/");
  Tool tool({"SELFSAME_DATABASE_URL=" + there, "PGPASSWORD=p@ss/w:rd#?%"});
  EXPECT_THAT(tool.Run({"migrate", "status"}).errors, HasSubstr("DATABASE_UNAVAILABLE"));
  Daemon checked(
      {"--check-config", "--create-master-key", "--master-key-file", folder.path() + "/master.key"},
      {"SELFSAME_DATABASE_URL=" + there, "PGPASSWORD=p@ss/w:rd#?%"});
  EXPECT_EQ(checked.AwaitExit(kAtOnce), 0) << checked.Log();
}

TEST(SettingsTest, ADataFolderGivenAsAFlagWinsOverADatabaseOfTheEnvironment) {
  const TempFolder folder;
  Daemon daemon({"--data-dir", folder.path()},
                {"SELFSAME_DATABASE_URL=postgresql:///nowhere?host=/nowhere",
                 "SELFSAME_MASTER_KEY_FILE=/nowhere/master.key"});
  EXPECT_TRUE(daemon.AwaitReady()) << daemon.Log();
  EXPECT_THAT(daemon.Log(), HasSubstr("database.url is not used"));
}

TEST(SettingsTest, EverySettingCanComeFromTheEnvironment) {
  const TempFolder folder;
  Daemon daemon({}, {"SELFSAME_HOME=" + folder.path(), "SELFSAME_LANES_COUNT=3",
                     "SELFSAME_LOG_FORMAT=text", "SELFSAME_DIRECTORY_REFRESH_MS=20"});
  ASSERT_TRUE(daemon.AwaitReady()) << daemon.Log();
  EXPECT_THAT(daemon.Get("/metrics"), HasSubstr("lane=\"2\""));
}

TEST(SettingsTest, CheckConfigReportsAllFaultsWithLinesAndStartsNothing) {
  const TempFolder folder;
  const std::string path = folder.path() + "/selfsamed.toml";
  std::ofstream(path) << "[server]\ndata_dir = \"" << folder.path() << "/data\"\nlisen = 1\n"
                      << "[lanes]\ncount = 0\n";
  Daemon faulty({"--config", path, "--check-config"}, {"SELFSAME_LOG_LEVEL=loud"});
  EXPECT_EQ(faulty.AwaitExit(kAtOnce), 2);
  EXPECT_THAT(faulty.Log(), HasSubstr(path + ":3: unknown key server.lisen"));
  EXPECT_THAT(faulty.Log(),
              HasSubstr(path + ":5: lanes.count: expected a whole number from 1 to 64"));
  EXPECT_THAT(faulty.Log(), HasSubstr("SELFSAME_LOG_LEVEL: log.level: expected debug"));
  std::ofstream(path) << "[server]\ndata_dir = \"" << folder.path() << "/data\"\n";
  Daemon good({"--config", path, "--check-config"});
  EXPECT_EQ(good.AwaitExit(kAtOnce), 0) << good.Log();
  EXPECT_FALSE(std::ifstream(folder.path() + "/data/master.key").good());
}

TEST(SettingsTest, AnEmptyValueDoesNotSwallowTheNextWord) {
  const TempFolder folder;
  Daemon daemon({"--database-url", "", "--data-dir", folder.path()});
  EXPECT_EQ(daemon.AwaitExit(kAtOnce), 2);
  EXPECT_THAT(daemon.Log(), HasSubstr("--database-url: expected a value, got an empty one"));
}

TEST(SettingsTest, TheVersionNamesTheCommit) {
  Daemon daemon({"--version"});
  EXPECT_EQ(daemon.AwaitExit(kAtOnce), 0);
  EXPECT_THAT(daemon.Log(), testing::MatchesRegex("selfsamed [0-9.]+ \\(commit [0-9a-z]+\\)\n"));
}

}  // namespace
}  // namespace selfsame::test
