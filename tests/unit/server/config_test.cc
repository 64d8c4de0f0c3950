#include "server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "tests/support/temp_folder.h"

namespace selfsame::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Variables = std::map<std::string, std::string>;

class ConfigTest : public testing::Test {
 protected:
  LoadedConfig Load(const std::string& text, const Variables& variables = {},
                    std::vector<FlagSetting> flags = {}) {
    std::ofstream(path_) << text;
    return LoadConfig(
        {.file = path_,
         .environment = [variables](const std::string& name) -> std::optional<std::string> {
           const auto found = variables.find(name);
           if (found == variables.end()) return std::nullopt;
           return found->second;
         },
         .flags = std::move(flags)});
  }

  const test::TempFolder folder_;
  const std::string path_ = folder_.path() + "/selfsamed.toml";
};

constexpr const char* kPrivate = "[server]\ndata_dir = \"/tmp/x\"\n";

TEST_F(ConfigTest, TheExampleThatShipsSaysTheDefaultsAndIsValid) {
  const char* source = std::getenv("SELFSAME_SOURCE_DIR");
  ASSERT_NE(source, nullptr);
  const LoadedConfig loaded = LoadConfig({.file = std::string(source) + "/deploy/selfsamed.toml"});
  EXPECT_THAT(loaded.faults, IsEmpty());
  const Config& config = loaded.config;
  const Config defaults;
  EXPECT_EQ(config.listen, defaults.listen);
  EXPECT_EQ(config.drain_wait, defaults.drain_wait);
  EXPECT_EQ(config.lanes.lanes, defaults.lanes.lanes);
  EXPECT_EQ(config.lanes.queue_rows_max, defaults.lanes.queue_rows_max);
  EXPECT_EQ(config.lanes.queue_bytes_max, defaults.lanes.queue_bytes_max);
  EXPECT_EQ(config.lanes.batch_rows_max, defaults.lanes.batch_rows_max);
  EXPECT_EQ(config.lanes.give_up, defaults.lanes.give_up);
  EXPECT_EQ(config.lanes.cache_anchors_max, defaults.lanes.cache_anchors_max);
  EXPECT_EQ(config.data_dir, "/var/lib/selfsame");  // The state folder of the unit that ships.
}

TEST_F(ConfigTest, AllFaultsAreReportedAtOnceWithTheirLines) {
  const LoadedConfig loaded = Load(
      "[lanes]\n"
      "queue_row_max = 5000\n"
      "count = \"two\"\n"
      "[server]\n"
      "data_dir = \"/tmp/x\"\n"
      "listen = \"127.0.0.1\"\n"
      "[log]\n"
      "level = \"loud\"\n",
      {{"SELFSAME_LANES_QUEUE_ROWS_MAX", "many"}},
      {{.name = "server.metrics_listen", .value = ":99999", .flag = "--metrics-listen"}});
  EXPECT_THAT(
      loaded.faults,
      testing::UnorderedElementsAre(
          path_ + ":2: unknown key lanes.queue_row_max",
          path_ + ":3: lanes.count: expected a whole number from 1 to 64",
          path_ + ":6: server.listen: expected host:port, got \"127.0.0.1\": the port is missing",
          path_ + ":8: log.level: expected debug, info, warn or error",
          HasSubstr("SELFSAME_LANES_QUEUE_ROWS_MAX: lanes.queue_rows_max: expected a whole number"),
          HasSubstr("--metrics-listen: server.metrics_listen: expected host:port")));
}

TEST_F(ConfigTest, WrongTypesAndRangesAreRefused) {
  for (const char* text : {"[lanes]\ncount = 0", "[server]\nlisten = 7430", "listen = \"x\"",
                           "not toml", "[quarantine]\nttl_days_by_reason = { A = 0 }"}) {
    EXPECT_FALSE(Load(text, {{"SELFSAME_HOME", "/tmp/x"}}).faults.empty()) << text;
  }
  EXPECT_FALSE(LoadConfig({.file = folder_.path() + "/none.toml"}).faults.empty());
}

TEST_F(ConfigTest, ADatabaseUrlIsNotRepeated) {
  const LoadedConfig loaded =
      Load(std::string(kPrivate) + "[database]\nurl = \"postgresql://u:hunter2@[x/db\"\n");
  ASSERT_EQ(loaded.faults.size(), 1u);
  EXPECT_THAT(loaded.faults[0], HasSubstr(":4: database.url"));
  EXPECT_THAT(loaded.faults[0], testing::Not(HasSubstr("hunter2")));
}

TEST_F(ConfigTest, FlagsWinOverTheEnvironmentAndThatOverTheFile) {
  const std::string file = std::string(kPrivate) + "[lanes]\ncount = 3\nlinger_us = 7\n";
  const Variables variables = {{"SELFSAME_LANES_COUNT", "4"},
                               {"SELFSAME_LOG_LEVEL", "warn"},
                               {"SELFSAME_DATABASE_MIGRATE", "true"},
                               {"SELFSAME_QUARANTINE_TTL_DAYS_BY_REASON", "{ TOO_LONG = 5 }"}};
  const Config by_variable = Load(file, variables).config;
  EXPECT_EQ(by_variable.lanes.lanes, 4);
  EXPECT_EQ(by_variable.lanes.linger.count(), 7);
  EXPECT_EQ(by_variable.log.level, observe::LogLevel::kWarn);
  EXPECT_TRUE(by_variable.migrate);
  EXPECT_EQ(by_variable.quarantine.by_reason.at("TOO_LONG"), 5);
  const LoadedConfig by_flag =
      Load(file, variables, {{.name = "lanes.count", .value = "5", .flag = "--lanes"}});
  EXPECT_THAT(by_flag.faults, IsEmpty());
  EXPECT_EQ(by_flag.config.lanes.lanes, 5);
}

TEST_F(ConfigTest, ADataFolderGivenAsAFlagNamesAWholeInstallation) {
  const Variables variables = {{"SELFSAME_DATABASE_URL", "postgresql:///elsewhere"},
                               {"SELFSAME_MASTER_KEY_FILE", "/elsewhere/master.key"}};
  const LoadedConfig by_flag =
      Load("", variables, {{.name = "server.data_dir", .value = "/tmp/x", .flag = "--data-dir"}});
  EXPECT_EQ(by_flag.config.database_url, "");
  EXPECT_EQ(by_flag.config.master_key_file, "");
  EXPECT_EQ(by_flag.notes.size(), 2u);
  // Of equal precedence, both count: a given database, and a folder for endpoint.json.
  const LoadedConfig both =
      Load("", {},
           {{.name = "server.data_dir", .value = "/tmp/x", .flag = "--data-dir"},
            {.name = "database.url", .value = "postgresql:///x", .flag = "--database-url"}});
  EXPECT_EQ(both.config.database_url, "postgresql:///x");
  EXPECT_THAT(both.notes, IsEmpty());
  EXPECT_EQ(Load(kPrivate, variables).config.database_url, "postgresql:///elsewhere");
}

TEST_F(ConfigTest, NeedsSomewhereToKeepItsData) {
  EXPECT_FALSE(CheckConfig({}).ok());
  EXPECT_TRUE(CheckConfig({.data_dir = "/tmp/x"}).ok());
  EXPECT_FALSE(CheckConfig({.database_url = "postgresql:///x"}).ok());
  EXPECT_TRUE(CheckConfig({.database_url = "postgresql:///x", .master_key_file = "/tmp/k"}).ok());
}

}  // namespace
}  // namespace selfsame::server
