#include "server/config.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.h"

namespace selfsame::server {
namespace {

Status Load(const std::string& text, Config* config) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/selfsamed.toml";
  std::ofstream(path) << text;
  return LoadConfigFile(path, config);
}

TEST(Config, TheExampleThatShipsSaysTheDefaults) {
  const char* source = std::getenv("SELFSAME_SOURCE_DIR");
  ASSERT_NE(source, nullptr);
  Config config;
  config.lanes.lanes = 63;  // What the file says comes back.
  config.drain_wait = std::chrono::milliseconds(1);
  const Status loaded = LoadConfigFile(std::string(source) + "/deploy/selfsamed.toml", &config);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  const Config defaults;
  EXPECT_EQ(config.listen, defaults.listen);
  EXPECT_EQ(config.drain_wait, defaults.drain_wait);
  EXPECT_EQ(config.lanes.lanes, defaults.lanes.lanes);
  EXPECT_EQ(config.lanes.queue_rows_max, defaults.lanes.queue_rows_max);
  EXPECT_EQ(config.lanes.queue_bytes_max, defaults.lanes.queue_bytes_max);
  EXPECT_EQ(config.lanes.batch_rows_max, defaults.lanes.batch_rows_max);
  EXPECT_EQ(config.lanes.give_up, defaults.lanes.give_up);
  EXPECT_EQ(config.lanes.cache_anchors_max, defaults.lanes.cache_anchors_max);
}

TEST(Config, AMisspeltKeyIsNamed) {
  Config config;
  const Status loaded = Load("[lanes]\nqueue_row_max = 5000\n", &config);
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.error().message.find("lanes.queue_row_max"), std::string::npos);
}

TEST(Config, WrongTypesAndRangesAreRefused) {
  Config config;
  for (const char* text :
       {"[lanes]\ncount = \"two\"", "[lanes]\ncount = 0", "[log]\nlevel = \"loud\"",
        "[server]\nlisten = 7430", "listen = \"x\"", "not toml"}) {
    EXPECT_FALSE(Load(text, &config).ok()) << text;
  }
}

TEST(Config, NeedsSomewhereToKeepItsData) {
  EXPECT_FALSE(CheckConfig({}).ok());
  EXPECT_TRUE(CheckConfig({.data_dir = "/tmp/x"}).ok());
  EXPECT_FALSE(CheckConfig({.database_url = "postgresql:///x"}).ok());
  EXPECT_TRUE(CheckConfig({.database_url = "postgresql:///x", .master_key_file = "/tmp/k"}).ok());
}

}  // namespace
}  // namespace selfsame::server
