#include "cli/settings.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <string>

#include "cli/credentials.h"
#include "tests/support/temp_folder.h"

namespace selfsame::cli {
namespace {

Environment Variables(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

void WriteEndpoint(const std::string& folder, int pid) {
  std::ofstream(folder + "/endpoint.json")
      << "{\"pid\":" << pid
      << ",\"grpc\":\"127.0.0.1:1\",\"metrics\":\"127.0.0.1:2\",\"database_url\":\"folder-url\","
         "\"master_key_file\":\"folder-key\"}";
}

// The pid of a process that is gone for certain.
int DeadPid() {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(0);
  ::waitpid(pid, nullptr, 0);
  return pid;
}

TEST(SettingsTest, WithoutAnythingTheServerIsTheDefaultOne) {
  const Settings settings({}, Variables({}));
  EXPECT_EQ(*settings.Server(), kDefaultServer);
  EXPECT_EQ(settings.DatabaseUrl().error().reason, "SETTING_MISSING");
  EXPECT_EQ(settings.ApiKey().error().code, ErrorCode::kInvalidArgument);
}

TEST(SettingsTest, FlagsWinOverVariablesOverTheFolderOfALocalServer) {
  const test::TempFolder folder;
  WriteEndpoint(folder.path(), ::getpid());
  ASSERT_TRUE(WriteCredentials(folder.path(), {.api_key = "folder-api-key"}).ok());
  const auto variables = Variables({{"SELFSAME_SERVER", "variable:1"},
                                    {"SELFSAME_DATABASE_URL", "variable-url"},
                                    {"SELFSAME_HOME", folder.path()}});

  const Settings by_home({}, variables);
  EXPECT_EQ(*by_home.Server(), "variable:1");
  EXPECT_EQ(*by_home.DatabaseUrl(), "variable-url");
  EXPECT_EQ(*by_home.MasterKeyFile(), "folder-key");
  EXPECT_EQ(*by_home.ApiKey(), "folder-api-key");

  const Settings by_flag({.server = "flag:1", .data_dir = folder.path()}, variables);
  EXPECT_EQ(*by_flag.Server(), "flag:1");
  EXPECT_EQ(*by_flag.DatabaseUrl(), "folder-url");
}

// The key in the folder is what the demonstration left there; an operator's own comes first.
TEST(SettingsTest, AKeyOfTheEnvironmentWinsOverTheOneInTheFolder) {
  const test::TempFolder folder;
  WriteEndpoint(folder.path(), ::getpid());
  ASSERT_TRUE(WriteCredentials(folder.path(), {.api_key = "folder-api-key"}).ok());
  const auto variables = Variables({{"SELFSAME_API_KEY", "admin-key"}});
  EXPECT_EQ(*Settings({.data_dir = folder.path()}, variables).ApiKey(), "admin-key");
  EXPECT_EQ(*Settings({.api_key = "flag-key", .data_dir = folder.path()}, variables).ApiKey(),
            "flag-key");
  EXPECT_EQ(*Settings({.data_dir = folder.path()}, Variables({})).ApiKey(), "folder-api-key");
}

TEST(SettingsTest, AServerWithoutAPortIsRefused) {
  for (const char* server : {"127.0.0.1", "localhost", "127.0.0.1:99999", "::1:7430"}) {
    EXPECT_EQ(Settings({.server = server}, Variables({})).Server().error().reason,
              "ADDRESS_MALFORMED")
        << server;
  }
  for (const char* server : {"[::1]:7430", "dns:///name:7430", "unix:/run/selfsame.sock"}) {
    EXPECT_TRUE(Settings({.server = server}, Variables({})).Server().ok()) << server;
  }
}

TEST(SettingsTest, AFolderWhoseServerIsGoneIsSaidToBeSo) {
  const test::TempFolder folder;
  EXPECT_EQ(Settings({.data_dir = folder.path()}, Variables({})).Server().error().reason,
            "SERVER_NOT_RUNNING");
  WriteEndpoint(folder.path(), DeadPid());
  const Settings settings({.data_dir = folder.path()}, Variables({}));
  EXPECT_EQ(settings.Server().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(settings.DatabaseUrl().error().reason, "SERVER_NOT_RUNNING");
  // What was named otherwise does not need the folder.
  EXPECT_EQ(*Settings({.server = "flag:1", .data_dir = folder.path()}, Variables({})).Server(),
            "flag:1");
}

TEST(SettingsTest, AnEndpointThatIsNoneIsRefused) {
  const test::TempFolder folder;
  for (const char* text : {"", "[]", "{}", "{\"pid\":\"1\",\"grpc\":\"x\"}", "{\"pid\":1}"}) {
    std::ofstream(folder.path() + "/endpoint.json") << text;
    EXPECT_EQ(ReadEndpoint(folder.path()).error().reason, "ENDPOINT_MALFORMED") << text;
  }
}

}  // namespace
}  // namespace selfsame::cli
